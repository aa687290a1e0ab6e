package translate

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"
	"unicode/utf8"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/sync/singleflight"
	"golang.org/x/text/language"
)

// Options of a pipeline. The zero value works and translates nothing.
type Options struct {
	// Engines in order of preference. For each line the first one that has the pair is asked, the next one if it fails.
	Engines []Engine
	// CacheBytes bounds the cache (texts and keys); zero means DefaultCacheBytes, less than zero switches it off.
	CacheBytes int64
	// CacheTTL is how long an unused entry stays; zero means DefaultCacheTTL.
	CacheTTL time.Duration
	// TextLimit is the longest text in code points; zero means DefaultTextLimit.
	TextLimit int
	// Timeout is how long one text may take in all; zero means DefaultTimeout.
	Timeout time.Duration
	// Settings are those of the sites; nil: every site has the defaults.
	Settings Settings
	// Detect says which language a text is in, and by how much that leads the next, as a natural logarithm: detect.Detector.Detect. With it an
	// answer in the language of its source is found out; it may be nil.
	Detect func(text string) (language.Tag, float64)
	// Memory is asked before any engine; nil: there is none.
	Memory *Memory
	// Glossary is how the sites want their words translated; nil: they do not care.
	Glossary *Glossary
	// Store is where what was spent is counted and what engines answered is kept; nil: in this process only.
	Store Store
	// Budgets returns the budgets of the sites that have one, from memory; nil: how they stand is known from their first line on.
	Budgets func() map[string]chat.Budget
	// Answers is how many answers the store keeps; zero means DefaultAnswers, less than zero switches that cache off. AnswersTTL is how long one stays
	// that is of no use; zero means DefaultAnswersTTL.
	Answers    int
	AnswersTTL time.Duration
	// Figures hear what happens; nil: nobody does.
	Figures Figures
	Log     zerolog.Logger

	now func() time.Time
}

// Settings tell how a site wants its lines translated. They are asked for every line, so they must answer from memory. What was
// handed out is never changed: the pointer changes when the settings do. Nil stands for the defaults.
type Settings interface {
	Translating(site string) *chat.Translating
}

// Store is what the pipeline needs of a database. An answer that is not there is chat.NotFound.
type Store interface {
	// AddSpent adds to what was spent; rows of sites that do not exist are left out. The rows are sorted.
	AddSpent(ctx context.Context, rows []chat.Spent) error
	// SpentBy returns what these sites have spent on day (2026-11-22) and in its month, with all engines.
	SpentBy(ctx context.Context, sites []string, day string) (map[string]chat.Spending, error)
	// Answer returns the answer with this hash.
	Answer(ctx context.Context, hash [32]byte) (chat.Answer, error)
	// KeepAnswers stores answers; one that is there is replaced.
	KeepAnswers(ctx context.Context, all []chat.Answer) error
	// SweepAnswers removes answers that were last used before then, and the oldest until no more than most are left. It returns how many went.
	SweepAnswers(ctx context.Context, then chat.Time, most int) (int, error)
}

// Defaults of Options.
const (
	DefaultCacheBytes = 32 << 20
	DefaultCacheTTL   = 72 * time.Hour
	DefaultTextLimit  = 5000
	DefaultTimeout    = 5 * time.Second
)

// Pipeline translates lines. It is safe for any number of goroutines.
type Pipeline struct {
	opts     Options
	stations []*station
	cache    *cache
	answers  *answers
	ledger   *ledger
	figures  Figures
	flights  singleflight.Group

	defaults *chat.Translating // of sites that want nothing else
	plansMu  sync.Mutex        // guards plans
	plans    map[string]*plan  // by site

	ctx    context.Context // ends with Close; flights run in it
	cancel context.CancelFunc
	stop   context.CancelFunc // ends what runs in the background

	mu     sync.Mutex // guards closed, and calls.Add against calls.Wait
	closed bool
	calls  sync.WaitGroup // flights under way
	tasks  sync.WaitGroup // what runs in the background; it outlives the calls
}

// New makes a pipeline of the engines, which it owns from now on: Close closes them.
func New(o Options) *Pipeline {
	if o.CacheBytes == 0 {
		o.CacheBytes = DefaultCacheBytes
	}
	if o.CacheTTL <= 0 {
		o.CacheTTL = DefaultCacheTTL
	}
	if o.TextLimit <= 0 {
		o.TextLimit = DefaultTextLimit
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Answers == 0 {
		o.Answers = DefaultAnswers
	}
	if o.AnswersTTL <= 0 {
		o.AnswersTTL = DefaultAnswersTTL
	}
	if o.Figures == nil {
		o.Figures = silent{}
	}
	if o.now == nil {
		o.now = time.Now
	}
	p := &Pipeline{opts: o, defaults: &chat.Translating{}, figures: o.Figures}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.cache, p.answers, p.ledger = newCache(o.CacheBytes, o.CacheTTL), newAnswers(&o), newLedger(o.Store, o.now)
	for _, e := range o.Engines {
		p.stations = append(p.stations, &station{Engine: e})
	}
	if o.Store != nil {
		p.background(ctx)
	}
	return p
}

// background keeps the store up to date until Close.
func (p *Pipeline) background(ctx context.Context) {
	p.tasks.Go(func() { p.keepLedger(ctx) })
	if p.answers != nil {
		p.tasks.Go(func() { p.answers.run(ctx) })
	}
}

// Translate puts a text into another language. It never fails: what cannot be translated comes back as failed with a
// reason, what needs no translation as same. It returns soon after ctx ends, and within Options.Timeout in any case.
func (p *Pipeline) Translate(ctx context.Context, u chat.Untranslated) chat.Translation {
	return p.line(ctx, u, nil, nil)
}

// line is the way of a line. rep may be nil; it is told what happened for those who ask (Explain). g is nil for a line that is wanted in one language only.
func (p *Pipeline) line(ctx context.Context, u chat.Untranslated, rep *Report, g *guest) (t chat.Translation) {
	defer func() {
		// A text that fells one of the steps must not fell the server with it. The text itself is never logged.
		if v := recover(); v != nil {
			p.opts.Log.Error().Interface("panic", v).Int("bytes", len(u.Text)).Msg("a line felled the pipeline")
			t = p.failed(chat.ReasonEngine)
		}
	}()
	rep.start()
	if SameLanguage(u.From, u.To) {
		return p.same()
	}
	if utf8.RuneCountInString(u.Text) > p.opts.TextLimit {
		return p.failed(chat.ReasonTooLong)
	}
	pl := p.plan(u.Site)
	l := &line{Untranslated: u, plan: pl, set: pl.set, rep: rep, guest: g}
	text := clean(u.Text)
	rep.step("clean")
	m, ok := l.rules().mask(text)
	rep.step("mask")
	rep.masked(m)
	if !ok {
		return p.failed(chat.ReasonTooLong)
	}
	if !m.words {
		return p.same()
	}
	ctx, cancel := context.WithTimeout(ctx, p.opts.Timeout)
	defer cancel()
	l.m = m
	if t, ok := p.remembered(ctx, l, text); ok {
		return t
	}
	if p.opts.Glossary != nil {
		if x := p.opts.Glossary.lexicon(ctx, l.Site, l.From, l.To); x != nil {
			l.gloss(x, text)
			rep.glossed(l)
		}
		if rep.step("glossary"); !l.m.words { // the glossary has the whole line
			return p.byGlossary(l, text)
		}
	}
	l.choice = l.plan.choose(u.From, u.To)
	a := p.chain(ctx, l)
	rep.answered(a)
	if a.level != "" {
		p.figures.Known(a.level)
	}
	if a.failure != "" {
		return p.failed(a.failure)
	}
	translated := a.m.unmask(a.text)
	rep.step("unmask")
	if translated == text {
		return p.same() // "Maria", "OK": it reads alike in both languages
	}
	t = p.done(translated, a)
	t.Terms = l.terms
	return t
}

// byGlossary is a line of which nothing is left to translate: a person has said what all its words are.
func (p *Pipeline) byGlossary(l *line, text string) chat.Translation {
	translated := l.m.unmask(l.m.text)
	if translated == text {
		return p.same()
	}
	return chat.Translation{
		Text: translated, State: chat.TranslationDone, By: chat.By{Kind: chat.ByMemory, Name: "glossary"}, Quality: chat.QualityFull, Terms: l.terms, At: p.now(),
	}
}

// remembered is what a person has written for this line before.
func (p *Pipeline) remembered(ctx context.Context, l *line, text string) (t chat.Translation, ok bool) {
	if p.opts.Memory == nil || l.set.NoMemory {
		return t, false
	}
	answer, e, ok := p.opts.Memory.recall(ctx, l.Site, l.m.byDefault(text, l.set), l.From, l.To)
	l.rep.step("memory")
	if !ok {
		return t, false
	}
	p.figures.Known(LevelMemory)
	l.rep.remembered(e)
	if answer == text {
		return p.same(), true
	}
	return chat.Translation{
		Text: answer, State: chat.TranslationDone, By: chat.By{Kind: chat.ByMemory, Name: cmp.Or(e.By, string(e.Origin))},
		Quality: chat.QualityFull, At: p.now(),
	}, true
}

func (p *Pipeline) now() chat.Time { return chat.TimeOf(p.opts.now()) }

func (p *Pipeline) same() chat.Translation {
	return chat.Translation{State: chat.TranslationSame, By: chat.By{Kind: chat.ByEngine}, Quality: chat.QualityFull, At: p.now()}
}

func (p *Pipeline) failed(reason chat.Reason) chat.Translation {
	return chat.Translation{
		State: chat.TranslationFailed, Reason: reason, By: chat.By{Kind: chat.ByEngine}, Quality: chat.QualityRough, At: p.now(),
	}
}

func (p *Pipeline) done(text string, a answer) chat.Translation {
	return chat.Translation{
		Text: text, State: chat.TranslationDone, By: chat.By{Kind: chat.ByEngine, Name: a.engine},
		Quality: a.pair.Class.Quality(), At: p.now(),
	}
}

// enter counts a call in, unless the pipeline is closed. Who entered must call calls.Done.
func (p *Pipeline) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.calls.Add(1)
	return true
}

// Close ends what is under way, waits for it, and closes the engines.
func (p *Pipeline) Close() error {
	p.mu.Lock()
	closed := p.closed
	p.closed = true
	p.mu.Unlock()
	if closed {
		return nil
	}
	p.cancel()
	p.calls.Wait()
	p.stop()
	p.tasks.Wait()
	var errs []error
	for _, s := range p.stations {
		errs = append(errs, s.Close())
	}
	p.cache.close()
	return errors.Join(errs...)
}
