package hub

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// paidEngine counts what it is asked for. Its answers take a while, or as long as hold says.
type paidEngine struct {
	takes time.Duration
	hold  func(ctx context.Context, text string)

	mu    sync.Mutex
	calls map[string]int // text and language
	busy  map[string]bool
}

func (e *paidEngine) Translate(ctx context.Context, u chat.Untranslated) chat.Translation {
	what := u.Text + " " + u.To.String()
	e.mu.Lock()
	if e.calls == nil {
		e.calls, e.busy = map[string]int{}, map[string]bool{}
	}
	e.calls[what]++
	e.busy[what] = true
	e.mu.Unlock()
	wait(ctx, e.takes)
	if e.hold != nil {
		e.hold(ctx, u.Text)
	}
	e.mu.Lock()
	delete(e.busy, what)
	e.mu.Unlock()
	return chat.Translation{State: chat.TranslationDone, Text: what, By: chat.By{Kind: chat.ByEngine, Name: "paid"}, Quality: chat.QualityFull}
}

// asked returns how often the engine was asked for anything, and what is being asked for.
func (e *paidEngine) asked() (n int, busy []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, times := range e.calls {
		n += times
	}
	for what := range e.busy {
		busy = append(busy, what)
	}
	return n, busy
}

// frailStore is a node's way to the database, which can be cut and held up.
type frailStore struct {
	*store.Store
	gate sync.RWMutex // held by the test while nothing goes through
	dead atomic.Bool
	late atomic.Bool // the renewal of many lines at once fails, as if its turn had not come yet
}

func (f *frailStore) pass() error {
	f.gate.RLock()
	defer f.gate.RUnlock()
	if f.dead.Load() {
		return chat.Errorf(chat.Unavailable, "This node is dead.")
	}
	return nil
}

func (f *frailStore) SetTranslation(ctx context.Context, conversation string, seq int64, to language.Tag, t chat.Translation) (chat.Changed, error) {
	if err := f.pass(); err != nil {
		return chat.Changed{}, err
	}
	return f.Store.SetTranslation(ctx, conversation, seq, to, t)
}

func (f *frailStore) ClaimTranslations(ctx context.Context, limit int) ([]chat.TranslationTask, error) {
	if err := f.pass(); err != nil {
		return nil, err
	}
	return f.Store.ClaimTranslations(ctx, limit)
}

func (f *frailStore) RenewTranslations(ctx context.Context, lines []chat.Line) ([]chat.TranslationTask, error) {
	if err := f.pass(); err != nil {
		return nil, err
	}
	if f.late.Load() && len(lines) > 1 {
		return nil, chat.Errorf(chat.Unavailable, "Not yet.")
	}
	return f.Store.RenewTranslations(ctx, lines)
}

func (f *frailStore) ReleaseTranslations(ctx context.Context) error {
	if err := f.pass(); err != nil {
		return err
	}
	return f.Store.ReleaseTranslations(ctx)
}

// payers are two nodes on one PostgreSQL with one engine.
type payers struct {
	t      *testing.T
	engine *paidEngine
	stores []*frailStore
	hubs   []*Hub
	stop   []func() // ends a node, and waits
	post   chat.Post
}

const (
	twoWorkers = 2
	// shortLease is waited for where a node dies. A node renews after a third of it; a machine that stands still for the rest makes of a living node a dead one.
	shortLease = 3 * time.Second
)

func newPayers(t *testing.T, lease time.Duration, e *paidEngine) *payers {
	t.Helper()
	p := &payers{t: t, engine: e}
	url := storetest.PostgresURL(t)
	m := NewMemory()
	for i := range 2 {
		st, err := store.Open(t.Context(), store.Options{Database: url, TranslationLease: lease, Log: zerolog.Nop()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { st.Close() })
		f := &frailStore{Store: st}
		h := New(Options{Store: f, Broker: m.Join(), Translator: e, Log: zerolog.Nop(), Node: fmt.Sprint("node", i),
			Translations: twoWorkers, TranslationLease: lease, SweepEvery: 50 * time.Millisecond})
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { h.Run(ctx) })
		stop := sync.OnceFunc(func() { cancel(); running.Wait() })
		t.Cleanup(stop)
		p.stores, p.hubs, p.stop = append(p.stores, f), append(p.hubs, h), append(p.stop, stop)
	}
	ctx := t.Context()
	if err := p.stores[0].AddSite(ctx, chat.Site{Key: "shop", Name: "Shop", Language: language.English, Origins: []string{"https://shop.example"}, IdentitySecret: "s"}); err != nil {
		t.Fatal(err)
	}
	v, err := p.stores[0].AddVisitor(ctx, chat.NewVisitor{Site: "shop", Token: [32]byte{1}, Language: language.Spanish})
	if err != nil {
		t.Fatal(err)
	}
	p.post = chat.Post{Site: "shop", Author: v.Participant, Kind: chat.MessageLine, Language: language.Spanish}
	return p
}

// say posts lines on the first node; each is wanted in English, and in French.
func (p *payers) say(lines int) {
	p.t.Helper()
	for i := range lines {
		post := p.post
		post.Key, post.Text, post.Readers = chat.NewID(), fmt.Sprint("línea ", i), []chat.Reader{{Language: language.French}}
		posted, err := p.hubs[0].Post(p.t.Context(), post)
		if err != nil {
			p.t.Fatal(err)
		}
		p.post.Conversation = posted.Conversation
	}
}

// translated waits until nothing is pending any more.
func (p *payers) translated(most time.Duration, lines, languages int) {
	p.t.Helper()
	until(p.t, most, "everything is translated", func() bool {
		for before := int64(0); before != 1; {
			page, err := p.stores[1].History(p.t.Context(), p.post.Conversation, before, chat.PageRows, false)
			if err != nil {
				p.t.Fatal(err)
			}
			for _, m := range page {
				for _, t := range m.Translations {
					if t.State != chat.TranslationDone {
						return false
					}
				}
				if len(m.Translations) != languages {
					p.t.Fatalf("line %d is there in %d languages", m.Seq, len(m.Translations))
				}
			}
			before = page[0].Seq
		}
		return true
	})
	p.engine.mu.Lock()
	defer p.engine.mu.Unlock()
	if len(p.engine.calls) != lines*languages {
		p.t.Errorf("the engine was asked for %d translations, want %d", len(p.engine.calls), lines*languages)
	}
}

// paidTwice checks that nothing was, but for what may have been.
func (p *payers) paidTwice(may []string) {
	p.t.Helper()
	p.engine.mu.Lock()
	defer p.engine.mu.Unlock()
	for what, n := range p.engine.calls {
		if n > 2 || n == 2 && !slices.Contains(may, what) {
			p.t.Errorf("%q was paid for %d times", what, n)
		}
	}
}

// TestOverload: what waits longer than the lease stays with the node that has it, also when that node looks for what was left.
func TestOverload(t *testing.T) {
	t.Parallel()
	const lines = 50
	p := newPayers(t, shortLease, &paidEngine{takes: 100 * time.Millisecond})
	p.say(lines) // 5 s of work
	p.translated(time.Minute, lines, 2)
	p.paidTwice(nil)
}

// TestDeadNode: what a node leaves that dies without a word is done by the other after the lease; only what the dead one had asked for
// already is paid for again.
func TestDeadNode(t *testing.T) {
	t.Parallel()
	const lines = 40
	died := make(chan struct{})
	p := newPayers(t, shortLease, &paidEngine{takes: 10 * time.Millisecond, hold: func(ctx context.Context, text string) {
		select {
		case <-ctx.Done():
		case <-died:
		}
	}})
	p.say(lines)
	until(t, 20*time.Second, "the first node asks", func() bool { n, _ := p.engine.asked(); return n == twoWorkers })
	p.stores[0].dead.Store(true)
	_, inFlight := p.engine.asked()
	close(died) // its answers come to nothing
	p.stop[0]()
	p.translated(time.Minute, lines, 2)
	p.paidTwice(inFlight)
}

// TestFrozenNode: a node stands still for longer than its leases and then goes on. The other has done everything; it asks for nothing any
// more, and what it was in the middle of changes nothing.
func TestFrozenNode(t *testing.T) {
	t.Parallel()
	const lines = 40
	thawed := make(chan struct{})
	var first sync.Once
	var held atomic.Int64
	e := &paidEngine{takes: 10 * time.Millisecond}
	e.hold = func(ctx context.Context, text string) {
		if held.Add(1) <= twoWorkers {
			<-thawed
		}
	}
	p := newPayers(t, shortLease, e)
	defer first.Do(func() { close(thawed) })
	p.say(lines)
	until(t, 20*time.Second, "the first node asks", func() bool { return held.Load() == twoWorkers })
	p.stores[0].gate.Lock()
	_, inFlight := e.asked()
	p.translated(time.Minute, lines, 2)
	p.stores[0].late.Store(true)
	first.Do(func() { close(thawed) })
	p.stores[0].gate.Unlock()
	until(t, 20*time.Second, "the first node has seen that nothing is left for it", func() bool { return p.hubs[0].translations.waiting() == 0 })
	p.paidTwice(inFlight)
}

// TestGoodbye: a node that ends in good order finishes what it has begun and gives the rest up: nobody waits for a lease, nothing is paid twice.
func TestGoodbye(t *testing.T) {
	t.Parallel()
	const lines = 40
	said := make(chan struct{}) // before that nothing is answered, however long it takes to store the lines
	p := newPayers(t, time.Hour, &paidEngine{takes: 50 * time.Millisecond, hold: func(context.Context, string) { <-said }})
	p.say(lines)
	close(said)
	p.stop[0]()
	if n, _ := p.engine.asked(); n == 2*lines {
		t.Fatal("nothing was left")
	}
	p.translated(time.Minute, lines, 2)
	p.paidTwice(nil)
}

// TestNotWantedAnyMore: a translation that somebody has put in while it waited is not asked for.
func TestNotWantedAnyMore(t *testing.T) {
	t.Parallel()
	const lines = 6
	free := make(chan struct{})
	p := newPayers(t, shortLease, &paidEngine{hold: func(context.Context, string) { <-free }})
	p.say(lines)
	until(t, 20*time.Second, "the engine is busy", func() bool { n, _ := p.engine.asked(); return n == twoWorkers })
	person := chat.Translation{Text: "a line", State: chat.TranslationDone, By: chat.By{Kind: chat.ByAgent, Name: "Ann"}, Quality: chat.QualityFull}
	if _, err := p.stores[1].Store.SetTranslation(t.Context(), p.post.Conversation, lines, language.English, person); err != nil {
		t.Fatal(err)
	}
	// What is believed without asking is believed for a moment only.
	wait(t.Context(), shortLease/trustFor+10*time.Millisecond)
	close(free)
	until(t, 20*time.Second, "the rest is translated", func() bool { return p.hubs[0].translations.waiting() == 0 })
	p.engine.mu.Lock()
	defer p.engine.mu.Unlock()
	last := fmt.Sprint("línea ", lines-1)
	if p.engine.calls[last+" en"] != 0 || p.engine.calls[last+" fr"] != 1 {
		t.Errorf("asked %v", p.engine.calls)
	}
}

// TestAnotherLanguageElsewhere: a second node wants another language of a line that the first is at: the first does both.
func TestAnotherLanguageElsewhere(t *testing.T) {
	t.Parallel()
	free := make(chan struct{})
	p := newPayers(t, time.Hour, &paidEngine{hold: func(context.Context, string) { <-free }})
	p.say(1)
	until(t, 20*time.Second, "the engine is busy", func() bool { n, _ := p.engine.asked(); return n == twoWorkers })
	p.hubs[1].want(p.post.Conversation, nil, chat.Reader{Language: language.German})
	until(t, 20*time.Second, "the line is wanted in German", func() bool {
		page, err := p.stores[0].History(t.Context(), p.post.Conversation, 0, 1, false)
		return err == nil && page[0].Translations[language.German].State == chat.TranslationPending
	})
	if n := p.hubs[1].translations.waiting(); n != 0 {
		t.Errorf("the second node took %d translations of a line that is the first one's", n)
	}
	close(free)
	p.translated(20*time.Second, 1, 3)
	p.paidTwice(nil)
}

// TestClaimsBook: what the store says late does not undo what has happened since.
func TestClaimsBook(t *testing.T) {
	now := time.Now()
	line := chat.Line{Conversation: "c", Seq: 1}
	task := func(to language.Tag) chat.TranslationTask { return chat.TranslationTask{Line: line, To: to} }
	en, fr := task(language.English), task(language.French)
	book := claims{held: map[chat.Line]*claim{}}
	held := func(t chat.TranslationTask) bool { is, _ := book.holds(t, now); return is }

	if !book.add(en, 5, now) || book.add(en, 5, now) || book.add(fr, 4, now) || !book.add(fr, 6, time.Time{}) {
		t.Error("a language was taken twice, or from an old row")
	}
	if _, since := book.holds(en, now); since < time.Hour {
		t.Error("a line of which others may know more is believed without asking")
	}
	asked := book.versions([]chat.Line{line})
	book.done(en)
	if more := book.settle(asked, nil, now); len(more) != 0 || !held(fr) {
		t.Error("an answer that was overtaken was believed")
	}
	asked = book.versions([]chat.Line{line})
	if more := book.settle(asked, []chat.TranslationTask{en, fr}, now); len(more) != 1 || more[0] != en || !held(fr) {
		t.Error("a language that another node has asked for was not found")
	}
	book.done(fr)
	if book.add(en, 5, now) {
		t.Error("a row that is told late was believed after all was done")
	}
	if book.older(time.Minute, now); len(book.held) != 1 {
		t.Error("the line was forgotten at once")
	}
	if book.older(time.Minute, now.Add(2*time.Minute)); len(book.held) != 0 {
		t.Error("the line was never forgotten")
	}
	book.add(en, 7, now)
	asked = book.versions([]chat.Line{line})
	if book.settle(asked, nil, now); held(en) {
		t.Error("a lost line is still held")
	}
	book.add(en, 8, now)
	if book.done(en); len(book.held) != 0 {
		t.Error("an ordinary line leaves something behind")
	}
}

// TestClaimTimes: a dead node's work is found within 40 s, and renewal leaves a wide margin.
func TestClaimTimes(t *testing.T) {
	o := New(Options{Store: newMemStore()}).options
	if o.TranslationLease != 30*time.Second || o.SweepEvery != 5*time.Second || o.TranslationLease+o.SweepEvery > 40*time.Second {
		t.Errorf("lease %v, sweep %v", o.TranslationLease, o.SweepEvery)
	}
	if latest := o.TranslationLease/renewAfter + o.TranslationLease/renewEvery; latest > o.TranslationLease/2 {
		t.Errorf("renewed after %v of %v", latest, o.TranslationLease)
	}
}
