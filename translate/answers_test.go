package translate

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
)

// TestAnswers: what one node has learnt another knows, also after a restart, and no other site.
func TestAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newBooks()
		node := func(change func(*scripted)) (*Pipeline, *scripted) {
			e := script("e", shout)
			if change != nil {
				change(e)
			}
			return New(Options{Engines: []Engine{e}, Store: store}), e
		}
		u := chat.Untranslated{Site: "s", Text: "where is order #4711?", From: en, To: es}
		one, first := node(nil)
		one.Translate(t.Context(), u)
		<-time.After(answersEvery + time.Millisecond)
		one.Close()
		if first.calls.Load() != 1 || store.kept() != 1 {
			t.Fatalf("%d calls, %d answers kept", first.calls.Load(), store.kept())
		}
		for _, a := range store.answers {
			if strings.Contains(a.Text, "4711") || a.Site != "s" {
				t.Errorf("kept with its number: %+v", a)
			}
		}
		for name, c := range map[string]struct {
			change func(*scripted)
			site   string
			asked  int64
			level  Level
		}{
			"the same": {nil, "s", 0, LevelStore}, "another site": {nil, "t", 1, ""},
			"another model": {func(e *scripted) { e.caps.Config = "model-2" }, "s", 1, ""}, "another engine": {func(e *scripted) { e.name = "f" }, "s", 1, ""},
			"another register": {func(e *scripted) { e.caps.Formality = true }, "s", 1, ""},
		} {
			two, second := node(c.change)
			v := u
			v.Site, v.Text, v.Formality = c.site, "where is order #9?", chat.FormalityMore
			rep := two.Explain(t.Context(), v)
			if rep.Translation.Text != "WHERE IS ORDER #9?" || rep.Level != c.level || second.calls.Load() != c.asked {
				t.Errorf("%s: %q from %q with %d calls", name, rep.Translation.Text, rep.Level, second.calls.Load())
			}
			if rep = two.Explain(t.Context(), v); rep.Level != LevelCache {
				t.Errorf("%s, again: from %q", name, rep.Level)
			}
			two.Close()
		}
	})
}

// TestAnswersAreOnlyACache: a store that fails is left alone for a while, and nobody fails with it; off is off; and who is quicker does not ask.
func TestAnswersAreOnlyACache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newBooks()
		store.fail(errors.New("gone"))
		p := New(Options{Engines: []Engine{script("e", shout)}, Store: store})
		for n := range 5 {
			if got := say(t, p, n); got.State != chat.TranslationDone {
				t.Fatalf("%+v", got)
			}
		}
		if store.looks != 1 {
			t.Errorf("%d looks into a store that fails", store.looks)
		}
		store.fail(nil)
		<-time.After(answersRest)
		say(t, p, 6)
		if store.looks != 2 {
			t.Errorf("%d looks, and it is back", store.looks)
		}
		p.Close()

		store = newBooks()
		quick := script("quick", shout)
		quick.caps.Quick = true
		for name, p := range map[string]*Pipeline{
			"off": New(Options{Engines: []Engine{script("e", shout)}, Store: store, Answers: -1}), "quick": New(Options{Engines: []Engine{quick}, Store: store}),
		} {
			say(t, p, 1)
			p.Close()
			if store.looks != 0 || len(store.answers) != 0 {
				t.Errorf("%s: %d looks, %d answers kept", name, store.looks, len(store.answers))
			}
		}
	})
}

// TestAnswersOfWhoLeaves: a caller who hangs up while the store looks does not make it rest for everybody else.
func TestAnswersOfWhoLeaves(t *testing.T) {
	store := newBooks()
	a := newAnswers(&Options{Store: leaving{store}, Answers: DefaultAnswers, now: time.Now})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := a.get(ctx, key{text: "a"}); ok || a.rests.Load() != 0 {
		t.Errorf("rests until %d", a.rests.Load())
	}
	late, stop := context.WithTimeout(t.Context(), time.Nanosecond)
	defer stop()
	<-late.Done()
	if _, ok := a.get(late, key{text: "a"}); ok || a.rests.Load() != 0 {
		t.Errorf("after a line without time left: rests until %d", a.rests.Load())
	}
}

// leaving is a store that looks until its caller has had enough.
type leaving struct{ *books }

func (leaving) Answer(ctx context.Context, _ [32]byte) (chat.Answer, error) {
	<-ctx.Done()
	return chat.Answer{}, ctx.Err()
}

// TestAnswersAreBounded: what is too long is not kept, what is used is marked as used once a day, and what is old goes.
func TestAnswersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newBooks()
		p := New(Options{Engines: []Engine{script("e", shout)}, Store: store, CacheBytes: -1, AnswersTTL: 4 * sweepEvery})
		defer p.Close()
		p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: strings.Repeat("word ", MaxAnswerBytes/5+1), From: en, To: es})
		say(t, p, 1)
		say(t, p, 1)
		<-time.After(answersEvery + time.Millisecond)
		if store.kept() != 1 {
			t.Errorf("%d answers", store.kept())
		}
		<-time.After(5*sweepEvery + time.Second)
		synctest.Wait()
		if store.kept() != 0 {
			t.Errorf("after its time: %d answers", store.kept())
		}
	})
}

func TestKeyHash(t *testing.T) {
	k := key{engine: "ab", site: "c", text: "d"}
	for _, other := range []key{{engine: "a", site: "bc", text: "d"}, {engine: "ab", site: "c", context: "d"}, {engine: "ab", site: "c", text: "d", kinds: "x"}, {engine: "ab", site: "c", text: "d", config: "1"}} {
		if k.hash() == other.hash() {
			t.Errorf("%+v and %+v are one key", k, other)
		}
	}
	if k.hash() != (key{engine: "ab", site: "c", text: "d", quick: true}).hash() {
		t.Error("the same question has two keys")
	}
}

// TestAnswersToWhatWasNotSent: no store gets them.
func TestAnswersToWhatWasNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newBooks()
		p := New(Options{Engines: []Engine{script("e", shout)}, Store: store})
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "where is my or", From: en, To: es, Passing: true}); got.State != chat.TranslationDone {
			t.Fatalf("%+v", got)
		}
		p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "where is my order", From: en, To: es})
		<-time.After(answersEvery + time.Millisecond)
		p.Close()
		if store.kept() != 1 {
			t.Errorf("%d answers kept, want that of the line alone", store.kept())
		}
	})
}

// TestAnswersKeepNobodysAddress: a site may let engines see what people tell of themselves; that is no reason to keep it in a table that nobody looks
// through when a conversation is erased.
func TestAnswersKeepNobodysAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newBooks()
		p := New(Options{Engines: []Engine{script("e", shoutWords)}, Store: store, Settings: wishes{"s": {SendPersonal: true}}})
		for _, text := range []string{"please write to ann@example.com", "please call +34 600 123 456 today", "please write soon"} {
			if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: text, From: en, To: es}); got.State != chat.TranslationDone {
				t.Errorf("%q: %+v", text, got)
			}
		}
		p.Close()
		for _, a := range store.answers {
			if a.Text != "PLEASE WRITE SOON" {
				t.Errorf("kept: %q", a.Text)
			}
		}
		if store.kept() != 1 {
			t.Errorf("%d answers kept, want the one without an address", store.kept())
		}
	})
}
