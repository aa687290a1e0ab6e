package translate

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
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
	// Detect says which language a text is in, and how sure that is, from 0 to 1. With it an answer in the language of its source is found out;
	// it may be nil.
	Detect func(text string) (language.Tag, float64)
	// Memory is asked before any engine; nil: there is none.
	Memory *Memory
	Log    zerolog.Logger

	now func() time.Time
}

// Settings tell how a site wants its lines translated. They are asked for every line, so they must answer from memory. What was
// handed out is never changed: the pointer changes when the settings do. Nil stands for the defaults.
type Settings interface {
	Translating(site string) *chat.Translating
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
	flights  singleflight.Group

	defaults *chat.Translating // of sites that want nothing else

	hits    atomic.Int64 // answers from the cache
	recalls atomic.Int64 // answers from the memory

	ctx    context.Context // ends with Close; flights run in it
	cancel context.CancelFunc

	mu     sync.Mutex // guards closed, and calls.Add against calls.Wait
	closed bool
	calls  sync.WaitGroup // flights under way
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
	if o.now == nil {
		o.now = time.Now
	}
	p := &Pipeline{opts: o, defaults: &chat.Translating{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.cache = newCache(o.CacheBytes, o.CacheTTL)
	for _, e := range o.Engines {
		p.stations = append(p.stations, &station{Engine: e})
	}
	return p
}

// Translate puts a text into another language. It never fails: what cannot be translated comes back as failed with a
// reason, what needs no translation as same. It returns soon after ctx ends, and within Options.Timeout in any case.
func (p *Pipeline) Translate(ctx context.Context, u chat.Untranslated) chat.Translation {
	return p.line(ctx, u, nil)
}

// settings returns what a site wants.
func (p *Pipeline) settings(site string) *chat.Translating {
	if p.opts.Settings != nil {
		if set := p.opts.Settings.Translating(site); set != nil {
			return set
		}
	}
	return p.defaults
}

// line is the way of a line. rep may be nil; it is told what happened for those who ask (Explain).
func (p *Pipeline) line(ctx context.Context, u chat.Untranslated, rep *Report) (t chat.Translation) {
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
	l := &line{Untranslated: u, set: p.settings(u.Site), rep: rep}
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
	a := p.chain(ctx, l)
	rep.answered(a)
	if a.cached {
		p.hits.Add(1)
	}
	if a.failure != "" {
		return p.failed(a.failure)
	}
	translated := m.unmask(a.text)
	rep.step("unmask")
	if translated == text {
		return p.same() // "Maria", "OK": it reads alike in both languages
	}
	return p.done(translated, a)
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
	p.recalls.Add(1)
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

// CacheHits counts the lines whose translation was in the cache.
func (p *Pipeline) CacheHits() int64 { return p.hits.Load() }

// MemoryHits counts the lines whose translation a person had made before.
func (p *Pipeline) MemoryHits() int64 { return p.recalls.Load() }

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
	var errs []error
	for _, s := range p.stations {
		errs = append(errs, s.Close())
	}
	p.cache.close()
	return errors.Join(errs...)
}
