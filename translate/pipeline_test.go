package translate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

func TestLine(t *testing.T) {
	p := pipeline(t, Options{TextLimit: 200}, script("one", shout))
	for _, c := range []struct {
		text, want string
		state      chat.TranslationState
		reason     chat.Reason
	}{
		{"hello", "HELLO", "done", ""},
		{"order de-2291-x costs $5 😀", "ORDER de-2291-x COSTS $5 😀", "done", ""},
		{" a\n\n b  \n", " A\n\n B  \n", "done", ""},
		{"one\n#4711\ntwo", "ONE\n#4711\nTWO", "done", ""},
		{"bad \xff\x00byte", "BAD BYTE", "done", ""},
		{"\ue000 my own mark \ue000", "\ue000 MY OWN MARK \ue000", "done", ""},
		{"😀 12:30 https://example.com/a", "", "same", ""},
		{"", "", "same", ""},
		{"OK", "", "same", ""},
		{strings.Repeat("a", 201), "", "failed", "too_long"},
	} {
		got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: c.text, From: en, To: es})
		if got.Text != c.want || got.State != c.state || got.Reason != c.reason {
			t.Errorf("%q: %q %s %s, want %q %s %s", c.text, got.Text, got.State, got.Reason, c.want, c.state, c.reason)
		}
		if got.At == 0 || got.Quality == "" || got.By.Kind != chat.ByEngine || (got.By.Name == "one") != (c.state == "done") {
			t.Errorf("%q: incomplete: %+v", c.text, got)
		}
	}
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hola", From: es, To: en}); got.Quality != chat.QualityRough {
		t.Errorf("class B is shown as %s", got.Quality)
	}
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hola", From: language.MustParse("pt-BR"), To: language.MustParse("pt-PT")}); got.State != chat.TranslationSame {
		t.Errorf("Brazil to Portugal: %s", got.State)
	}
}

// TestBadOutputs: none of these answers may reach a reader. The second engine does better.
func TestBadOutputs(t *testing.T) {
	const src = "Please check order #4711 and the 12 shirts for 59,99 € that I bought."
	for name, answer := range map[string]string{
		"empty": "", "blank": " \n", "random emoji": "🎲", "lost mark": "Mire el pedido y las 12 camisas que compré por favor \ue001.",
		"doubled mark":  "Mire \ue000 \ue000 y las 12 camisas por \ue001 que compré.",
		"invented mark": "Mire \ue000 y las 12 camisas por \ue001 que compré \ue002.",
		"mark as text":  "Mire {0} y las 12 camisas por {1} que compré.",
		"other number":  "Mire \ue000 y las 21 camisas y 47 cosas por \ue001 que compré.",
		"digits lost":   "Mire \ue000 y las camisas por \ue001 que compré ayer.",
		"entity":        "Mire \ue000 y las 12 &quot;camisas&quot; por \ue001 que compré.",
		"tag":           "Mire \ue000 y las 12 <x id=1>camisas por \ue001 que compré.",
		"JSON":          `{"t":"Mire ` + "\ue000 y las 12 camisas por \ue001 que compré." + `"}`,
		"new link":      "Mire \ue000 y las 12 camisas por \ue001 en https://evil.example.com ya.",
		"preamble":      "Here is the translation: Mire \ue000 y las 12 camisas por \ue001 ya.",
		"echo":          "Please check order \ue000 and the 12 shirts for \ue001 that I bought.",
		"loop":          "Mire \ue000 y \ue001 12 que yo lo a b que yo lo a b que yo lo a b que yo lo a b",
		"far too long":  "Mire \ue000 y las 12 camisas por \ue001 " + strings.Repeat("que compré ayer en la tienda ", 10),
		"far too short": "\ue000 \ue001 12 sí",
		"bad UTF-8":     "Mire \ue000 y las 12 camisas por \ue001 que compr\xe9.",
		"override":      "Mire \ue000 y las 12 camisas por \ue001 que \u202ecompré.",
		"replacement":   "Mire \ue000 y las 12 camisas por \ue001 que compr\ufffd.",
		"control":       "Mire \ue000 y las 12 camisas por \ue001 que \x1b[31mcompré.",
	} {
		alone := pipeline(t, Options{}, script("bad", says(answer)))
		if got := alone.Translate(t.Context(), chat.Untranslated{Site: "s", Text: src, From: en, To: es}); got.State != chat.TranslationFailed || got.Reason != chat.ReasonDamaged || got.Text != "" {
			t.Errorf("%s: %+v", name, got)
		}
		second := pipeline(t, Options{}, script("bad", says(answer)), script("good", shout))
		if got := second.Translate(t.Context(), chat.Untranslated{Site: "s", Text: src, From: en, To: es}); got.State != chat.TranslationDone || got.By.Name != "good" || !strings.Contains(got.Text, "#4711") {
			t.Errorf("%s, with a good engine behind it: %+v", name, got)
		}
	}
	good := pipeline(t, Options{}, script("good", says("Por favor mire por \ue001 las 12 camisas que compré, pedido \ue000.")))
	if got := good.Translate(t.Context(), chat.Untranslated{Site: "s", Text: src, From: en, To: es}); got.Text != "Por favor mire por 59,99 € las 12 camisas que compré, pedido #4711." {
		t.Errorf("a good answer with its marks in another order: %+v", got)
	}
}

type shortEngine struct{ *scripted }

func (s shortEngine) Translate(context.Context, *Request) (*Response, error) { return &Response{}, nil }

func TestWrongCount(t *testing.T) {
	p := pipeline(t, Options{}, shortEngine{script("short", shout)})
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es}); got.Reason != chat.ReasonDamaged {
		t.Errorf("no result for one segment: %+v", got)
	}
}

func TestReasons(t *testing.T) {
	broken := &Error{Kind: Transient, Text: "broken"}
	missing := script("missing", shout)
	missing.err = &Error{Kind: Unavailable, Text: "not installed"}
	down := script("down", shout)
	down.err = broken
	german := script("german", shout)
	german.caps = &Caps{Pairs: []Pair{{From: en, To: language.German}, {From: en, To: es, Off: true}}}
	for name, c := range map[string]struct {
		engines []Engine
		want    chat.Reason
	}{
		"none": {nil, "no_engine"}, "not installed": {[]Engine{missing}, "no_engine"}, "no pair": {[]Engine{german}, "no_pair"},
		"no pair and not installed": {[]Engine{german, missing}, "no_pair"}, "cannot say its pairs": {[]Engine{german, down}, "engine"},
		"fails":              {[]Engine{script("a", fails(broken)), german}, "engine"},
		"fails oddly":        {[]Engine{script("a", fails(errors.New("odd")))}, "engine"},
		"too large":          {[]Engine{script("a", fails(&Error{Kind: TooLarge, Text: "too large"}))}, "too_long"},
		"damaged, then fail": {[]Engine{script("a", says("")), script("b", fails(broken))}, "damaged"},
		"panics":             {[]Engine{script("a", func(context.Context, Segment) (string, error) { panic("engine") })}, "engine"},
	} {
		p := pipeline(t, Options{}, c.engines...)
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es}); got.State != chat.TranslationFailed || got.Reason != c.want {
			t.Errorf("%s: %s %s, want %s", name, got.State, got.Reason, c.want)
		}
	}
	p := pipeline(t, Options{}, script("a", shout))
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: language.Und, To: es}); got.Reason != chat.ReasonNoPair {
		t.Errorf("of no language: %s %s", got.State, got.Reason)
	}
}

func TestRetries(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		calls int64
	}{
		"transient": {&Error{Kind: Transient, Text: "x"}, 2}, "rate": {&Error{Kind: Rate, Text: "x", After: time.Millisecond}, 2},
		"rate, for long": {&Error{Kind: Rate, Text: "x", After: time.Minute}, 1}, "auth": {&Error{Kind: Auth, Text: "x"}, 1},
		"quota": {&Error{Kind: Quota, Text: "x"}, 1}, "bad request": {&Error{Kind: BadRequest, Text: "x"}, 1},
	} {
		e := script("e", fails(c.err))
		p := pipeline(t, Options{}, e)
		p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es})
		if n := e.calls.Load(); n != c.calls {
			t.Errorf("%s: asked %d times, want %d", name, n, c.calls)
		}
	}
}

func TestSlowEngine(t *testing.T) {
	slow := script("slow", hangs)
	slow.caps.Timeout = 10 * time.Millisecond
	slow.caps.Isolated = true
	p := pipeline(t, Options{}, slow, script("good", shout))
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es}); got.By.Name != "good" {
		t.Errorf("%+v", got)
	}
	p = pipeline(t, Options{Timeout: 10 * time.Millisecond}, script("slow", hangs))
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es}); got.Reason != chat.ReasonEngine {
		t.Errorf("%+v", got)
	}
}

func TestBreakerInTheChain(t *testing.T) {
	now := time.Now()
	var mu sync.Mutex
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	bad := script("bad", fails(&Error{Kind: Transient, Text: "down"}))
	bad.caps.Isolated = true // no retries, so that calls can be counted
	p := pipeline(t, Options{now: clock}, bad, script("good", shout))
	for i := range 20 {
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: fmt.Sprintf("hello %c", 'a'+i), From: en, To: es}); got.By.Name != "good" {
			t.Fatalf("%+v", got)
		}
	}
	if n := bad.calls.Load(); n != breakerFailures {
		t.Errorf("an engine that is down was asked %d times", n)
	}
	mu.Lock()
	now = now.Add(breakerOpen)
	mu.Unlock()
	bad.reply = shout
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello again", From: en, To: es}); got.By.Name != "bad" {
		t.Errorf("it is up again, and nobody asks: %+v", got)
	}
}

func TestCacheSharesNumbers(t *testing.T) {
	e := script("e", shout)
	p := pipeline(t, Options{}, e)
	for i := range 100 {
		text := fmt.Sprintf("where is order #%d for %d.99 €?", 4711+i, i)
		want := fmt.Sprintf("WHERE IS ORDER #%d FOR %d.99 €?", 4711+i, i)
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: text, From: en, To: es}); got.Text != want {
			t.Fatalf("%q, want %q", got.Text, want)
		}
	}
	if n := e.calls.Load(); n != 1 {
		t.Errorf("100 order numbers cost %d calls", n)
	}
	p.Translate(t.Context(), chat.Untranslated{Site: "another", Text: "where is order #1 for 2.99 €?", From: en, To: es})
	p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "where is order #1 for 2.99 €?", From: es, To: en})
	if n := e.calls.Load(); n != 3 {
		t.Errorf("another site and another direction: %d calls in all, want 3", n)
	}
	if rep := p.Explain(t.Context(), chat.Untranslated{Site: "s", Text: "where is order #9 for 1.00 €?", From: language.BritishEnglish, To: language.MustParse("es-MX")}); rep.Level != LevelCache {
		t.Errorf("varieties that the engine does not tell apart do not share: %+v", rep)
	}
}

// TestAskedAgain: what was called wrong is asked anew, whatever both caches have and however much the site has to save; the new answer is what others get.
func TestAskedAgain(t *testing.T) {
	for name, set := range map[string]*chat.Translating{"no budget": {}, "saving": {Budget: chat.Budget{DayCharacters: 1000, SoftPercent: 1}}} {
		said := ""
		e := script("e", func(context.Context, Segment) (string, error) { return said, nil })
		p := pipeline(t, Options{Store: newBooks(), Settings: wishes{"s": set}}, e)
		u := chat.Untranslated{Site: "s", Text: "the seal of the lid", From: en, To: es}
		for i, c := range []struct {
			says, want string
			again      bool
		}{
			{"la foca de la tapa", "la foca de la tapa", false}, {"la junta de la tapa", "la foca de la tapa", false},
			{"la junta de la tapa", "la junta de la tapa", true}, {"el sello de la tapa", "la junta de la tapa", false},
		} {
			said, u.Again = c.says, c.again
			if got := p.Translate(t.Context(), u); got.Text != c.want {
				t.Errorf("%s, %d: %+v, want %q", name, i, got, c.want)
			}
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	p := pipeline(t, Options{CacheBytes: 20_000}, script("e", shout))
	for i := range 2000 {
		p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "a line of its own " + strings.Repeat(string(rune('a'+i%26)), i%300), From: en, To: es})
	}
	p.cache.texts.CleanUp()
	if w := p.cache.texts.WeightedSize(); w > 20_000 || w == 0 {
		t.Errorf("the cache holds %d bytes, 20,000 were allowed", w)
	}
}

func TestCacheOff(t *testing.T) {
	e := script("e", shout)
	p := pipeline(t, Options{CacheBytes: -1}, e)
	for range 3 {
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es}); got.Text != "HELLO" {
			t.Errorf("%+v", got)
		}
	}
	if n := e.calls.Load(); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

func TestSingleFlight(t *testing.T) {
	began, answer := make(chan struct{}, 64), make(chan struct{})
	e := script("e", func(ctx context.Context, s Segment) (string, error) {
		began <- struct{}{}
		<-answer
		return shout(ctx, s)
	})
	p := pipeline(t, Options{}, e)
	// The first caller starts the call, and hangs up.
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		if got := p.Translate(ctx, chat.Untranslated{Site: "s", Text: "hello #1", From: en, To: es}); got.Reason != chat.ReasonEngine {
			t.Errorf("who hung up got %+v", got)
		}
	}()
	<-began
	var wait sync.WaitGroup
	for i := range 64 {
		wait.Go(func() {
			want := fmt.Sprintf("HELLO #%d", i)
			if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: fmt.Sprintf("hello #%d", i), From: en, To: es}); got.Text != want {
				t.Errorf("%q, want %q", got.Text, want)
			}
		})
	}
	cancel()
	within(t, "a caller who hangs up", left)
	close(answer)
	wait.Wait()
	if n := e.calls.Load(); n != 1 {
		t.Errorf("%d calls for one text", n)
	}
}

func TestCloseEndsAll(t *testing.T) {
	began := make(chan struct{})
	e := script("e", func(ctx context.Context, s Segment) (string, error) {
		close(began)
		return hangs(ctx, s)
	})
	p := New(Options{Engines: []Engine{e}})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if got := p.Translate(context.Background(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es}); got.State != chat.TranslationFailed {
			t.Errorf("%+v", got)
		}
	}()
	<-began
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	within(t, "a caller of a closed pipeline", done)
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello again", From: en, To: es}); got.State != chat.TranslationFailed {
		t.Errorf("after Close: %+v", got)
	}
	if err := p.Close(); err != nil || e.shut.Load() != 1 {
		t.Errorf("closed twice: %v, and the engine %d times", err, e.shut.Load())
	}
}

// TestCloseWaits: the engines are not closed under a call that is still on its way.
func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck, release := make(chan struct{}), make(chan struct{})
		e := script("e", func(context.Context, Segment) (string, error) {
			close(stuck)
			<-release
			return "", errors.New("late")
		})
		p := New(Options{Engines: []Engine{e}, CacheBytes: -1})
		go p.Translate(context.Background(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es})
		<-stuck
		closed := make(chan struct{})
		go func() { defer close(closed); p.Close() }()
		synctest.Wait()
		if e.shut.Load() != 0 {
			t.Error("the engine was closed under a call")
		}
		close(release)
		<-closed
		if e.shut.Load() != 1 {
			t.Error("the engine was not closed")
		}
	})
}

func TestExplain(t *testing.T) {
	p := pipeline(t, Options{}, script("down", fails(&Error{Kind: Auth, Text: "the key is wrong"})), script("good", shout))
	rep := p.Explain(t.Context(), chat.Untranslated{Site: "s", Text: "order #4711 now", From: en, To: es})
	if rep.Translation.Text != "ORDER #4711 NOW" || rep.Engine != "good" || rep.Pair.Class != ClassA || rep.Level != "" || rep.Masked != "order {0} now" ||
		len(rep.Spans) != 1 || rep.Spans[0] != (MaskedSpan{KindMention, "#4711"}) || rep.Trouble != "down: the key is wrong" {
		t.Errorf("%+v", rep)
	}
	var names []string
	for _, s := range rep.Steps {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "clean mask cache down cache good unmask" {
		t.Errorf("steps: %s", got)
	}
}

func TestEngines(t *testing.T) {
	missing := script("missing", shout)
	missing.err = &Error{Kind: Unavailable, Text: "install it"}
	off := script("off", shout)
	off.caps = &Caps{Pairs: []Pair{{From: en, To: es, Off: true}}}
	p := pipeline(t, Options{}, script("good", shout), missing, script("down", fails(&Error{Kind: Auth, Text: "the key is wrong"})), off)
	got := p.Engines(t.Context())
	if len(got) != 4 || !got[0].Answers || !got[0].Found || len(got[0].Pairs) != 2 || got[0].Error != "" {
		t.Errorf("a good engine: %+v", got)
	}
	if got[1].Found || got[1].Answers || got[1].Error != "install it" {
		t.Errorf("one that is not installed: %+v", got[1])
	}
	if !got[2].Found || got[2].Answers || got[2].Error != "the key is wrong" {
		t.Errorf("one that is refused: %+v", got[2])
	}
	if !got[3].Found || got[3].Answers || got[3].Error == "" {
		t.Errorf("one that is off: %+v", got[3])
	}
}
