package translate

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// polyglot is an engine that translates into several languages with one call.
type polyglot struct {
	*scripted
	mu    sync.Mutex // guards many
	many  [][]string // the languages of each call for several
	reply func(r *Request, to []language.Tag) ([]*Response, error)
}

// speaker is a polyglot from English into these languages, which says each text with its language behind it.
func speaker(to ...string) *polyglot {
	e := &polyglot{scripted: script("poly", nil)}
	e.caps = &Caps{}
	for _, tag := range to {
		e.caps.Pairs = append(e.caps.Pairs, Pair{From: en, To: language.MustParse(tag), Class: ClassA})
	}
	e.reply = func(r *Request, to []language.Tag) ([]*Response, error) {
		all := make([]*Response, len(to))
		for i, tag := range to {
			all[i] = spoken(r, tag)
		}
		return all, nil
	}
	return e
}

func spoken(r *Request, to language.Tag) *Response {
	resp := &Response{}
	for _, s := range r.Segments {
		resp.Results = append(resp.Results, Result{Text: s.Text + " " + to.String()})
		resp.Billed += 10
	}
	return resp
}

func (e *polyglot) Translate(_ context.Context, r *Request) (*Response, error) {
	e.calls.Add(1)
	return spoken(r, r.To), nil
}

func (e *polyglot) TranslateMany(_ context.Context, r *Request, to []language.Tag) ([]*Response, error) {
	var names []string
	for _, tag := range to {
		names = append(names, tag.String())
	}
	e.mu.Lock()
	e.many = append(e.many, names)
	e.mu.Unlock()
	return e.reply(r, to)
}

// all translates a text from English into these languages at once.
func all(t *testing.T, p *Pipeline, text string, to ...string) map[string]chat.Translation {
	t.Helper()
	var us []chat.Untranslated
	for _, tag := range to {
		us = append(us, chat.Untranslated{Site: "s", Text: text, From: en, To: language.MustParse(tag)})
	}
	var mu sync.Mutex
	got := map[string]chat.Translation{}
	p.TranslateAll(t.Context(), us, func(i int, tr chat.Translation) {
		mu.Lock()
		defer mu.Unlock()
		if _, there := got[to[i]]; there {
			t.Errorf("%s is told twice", to[i])
		}
		got[to[i]] = tr
	})
	if len(got) != len(to) {
		t.Fatalf("%d answers for %d languages", len(got), len(to))
	}
	return got
}

// TestTogether: one call for all languages of a line, each with its own answer, marks and place in the cache.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := speaker("es", "fr", "de")
		p := New(Options{Engines: []Engine{e}})
		defer p.Close()
		for tag, got := range all(t, p, "my order #4711 please", "es", "fr", "de") {
			if got.State != chat.TranslationDone || got.Text != "my order #4711 please "+tag {
				t.Errorf("%s: %+v", tag, got)
			}
		}
		if len(e.many) != 1 || len(e.many[0]) != 3 || e.calls.Load() != 0 {
			t.Errorf("called for %q, and %d times for one", e.many, e.calls.Load())
		}
		all(t, p, "my order #4712 please", "es", "fr", "de")
		if len(e.many) != 1 || e.calls.Load() != 0 {
			t.Errorf("what is in the cache is asked again: %q", e.many)
		}
	})
}

// TestTogetherAsFarAsNeeded: what is known, has another engine, or nobody has, is not in the call; nobody waits for it.
func TestTogetherAsFarAsNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, other := speaker("es", "fr", "de"), script("other", hangs)
		other.caps = &Caps{Pairs: []Pair{{From: en, To: language.Italian}}, Timeout: 3 * time.Second}
		p := New(Options{Engines: []Engine{other, e}})
		defer p.Close()
		all(t, p, "hello there", "es")
		begun := time.Now()
		var after sync.Map
		var us []chat.Untranslated
		for _, tag := range []string{"es", "fr", "de", "it", "zu"} {
			us = append(us, chat.Untranslated{Site: "s", Text: "hello there", From: en, To: language.MustParse(tag)})
		}
		p.TranslateAll(t.Context(), us, func(i int, tr chat.Translation) { after.Store(us[i].To.String(), time.Since(begun)) })
		if len(e.many) != 1 || len(e.many[0]) != 2 || e.calls.Load() != 1 {
			t.Errorf("called for %q, and %d times for one", e.many, e.calls.Load())
		}
		for _, tag := range []string{"es", "fr", "de", "zu"} {
			if took, _ := after.Load(tag); took != time.Duration(0) {
				t.Errorf("%s waited %v for the engine of another language", tag, took)
			}
		}
	})
}

// TestTogetherOneBad: an answer that does not hold, is missing, or that the engine refuses fails its own language only; the others have theirs.
func TestTogetherOneBad(t *testing.T) {
	refused := &Error{Kind: NoPair, Text: "not into one of these"}
	for name, reply := range map[string]func(r *Request, to []language.Tag) ([]*Response, error){
		"lost mark": func(r *Request, to []language.Tag) ([]*Response, error) {
			all := []*Response{}
			for _, tag := range to {
				all = append(all, spoken(r, tag))
				if tag == language.French {
					all[len(all)-1].Results[0].Text = "mon ordre"
				}
			}
			return all, nil
		},
		"missing": func(r *Request, to []language.Tag) ([]*Response, error) {
			all := make([]*Response, len(to))
			for i, tag := range to {
				if tag != language.French {
					all[i] = spoken(r, tag)
				}
			}
			return all, nil
		},
		"too few": func(r *Request, to []language.Tag) ([]*Response, error) { return []*Response{spoken(r, to[0])}, nil },
		"refused": func(*Request, []language.Tag) ([]*Response, error) { return nil, refused },
	} {
		synctest.Test(t, func(t *testing.T) {
			e := speaker("es", "fr", "de")
			e.reply = reply
			p := New(Options{Engines: []Engine{e, second("fr")}})
			defer p.Close()
			for tag, got := range all(t, p, "my order #4711 please", "es", "fr", "de") {
				by := "poly"
				if tag == "fr" && name == "lost mark" {
					by = "second"
				}
				if got.State != chat.TranslationDone || got.By.Name != by || !strings.Contains(got.Text, "#4711") {
					t.Errorf("%s: %s: %+v", name, tag, got)
				}
			}
			if len(e.many) != 1 {
				t.Errorf("%s: called for %q", name, e.many)
			}
		})
	}
}

// second is an engine from English into a language.
func second(to string) *scripted {
	e := script("second", shout)
	e.caps = &Caps{Pairs: []Pair{{From: en, To: language.MustParse(to)}}}
	return e
}

// TestTogetherFails: a call that fails is tried again as any is, together; it is one failure of the engine, whatever the number of languages. An engine that panics has
// failed.
func TestTogetherFails(t *testing.T) {
	for name, reply := range map[string]func(*Request, []language.Tag) ([]*Response, error){
		"error": func(*Request, []language.Tag) ([]*Response, error) {
			return nil, &Error{Kind: Transient, Text: "broken"}
		},
		"odd":   func(*Request, []language.Tag) ([]*Response, error) { return nil, errors.New("odd") },
		"panic": func(*Request, []language.Tag) ([]*Response, error) { panic("engine") },
	} {
		synctest.Test(t, func(t *testing.T) {
			e := speaker("es", "fr", "de", "it", "pt", "ca")
			e.reply = reply
			p := New(Options{Engines: []Engine{e}})
			defer p.Close()
			for tag, got := range all(t, p, "hello there", "es", "fr", "de", "it", "pt", "ca") {
				if got.State != chat.TranslationFailed || got.Reason != chat.ReasonEngine {
					t.Errorf("%s: %s: %+v", name, tag, got)
				}
			}
			if len(e.many) != 2 || len(e.many[0]) != 6 || len(e.many[1]) != 6 {
				t.Errorf("%s: called for %q", name, e.many)
			}
			if open := p.stations[0].standing(time.Now()); len(open) > 0 {
				t.Errorf("%s: two calls that failed have opened the breaker: %+v", name, open)
			}
		})
	}
}

// TestTogetherBudget: each language is billed what the engine says of it, and one that finds the budget used up does not keep the others.
func TestTogetherBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := speaker("es", "fr")
		p := New(Options{Engines: []Engine{e}})
		defer p.Close()
		all(t, p, "hello there", "es", "fr")
		p.ledger.mu.Lock()
		defer p.ledger.mu.Unlock()
		if a := p.ledger.accountLocked("s"); a.spent().Day != 20 || a.reserved != 0 {
			t.Errorf("booked %d, reserved %d", a.spent().Day, a.reserved)
		}
	})
}

// TestTogetherWithoutSeats: languages that find no seat do not keep those that have one, and come to no end of their own.
func TestTogetherWithoutSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := speaker("es", "fr", "de")
		e.caps.Calls = 1
		p := New(Options{Engines: []Engine{e}})
		defer p.Close()
		begun := time.Now()
		for tag, got := range all(t, p, "hello there", "es", "fr", "de") {
			if got.State != chat.TranslationDone {
				t.Errorf("%s: %+v", tag, got)
			}
		}
		if took := time.Since(begun); took != 0 || e.calls.Load() != 3 {
			t.Errorf("%d calls for one, %q for several, %v", e.calls.Load(), e.many, took)
		}
	})
}

// TestTogetherWaitsBounded: a language whose memory of the cache is slow is waited for no longer than togetherWait.
func TestTogetherWaitsBounded(t *testing.T) {
	pt := &party{coming: 2, tables: map[seating]*table{}}
	synctest.Test(t, func(t *testing.T) {
		e := speaker("es", "fr")
		s := &station{Engine: e}
		tr := try{station: s, guest: &guest{party: pt}}
		begun := time.Now()
		if _, err := tr.deliver(t.Context(), &Request{From: en, To: es}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took != togetherWait || e.calls.Load() != 1 {
			t.Errorf("waited %v, %d calls", took, e.calls.Load())
		}
	})
}
