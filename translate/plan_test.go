package translate

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TestOrder: a site's order counts, a pair's before it; what the server has not got is passed over and said.
func TestOrder(t *testing.T) {
	set := wishes{
		"plain": {}, "named": {Engines: []string{"c", "nowhere", "a"}}, "alone": {Engines: []string{"nowhere"}},
		"pairs": {Engines: []string{"a"}, PairEngines: map[string][]string{"en>es": {"b"}, "en>es-MX": {"gone", "c"}}},
	}
	engines := func() []Engine {
		var all []Engine
		for _, name := range []string{"a", "b", "c"} {
			all = append(all, script(name, shout))
		}
		return all
	}
	p := pipeline(t, Options{Settings: set}, engines()...)
	for _, c := range []struct{ site, from, to, want, missing string }{
		{"plain", "en", "es", "a b c", ""}, {"unknown", "en", "es", "a b c", ""}, {"named", "en", "es", "c a", "nowhere"}, {"alone", "en", "es", "", "nowhere"},
		{"pairs", "es", "en", "a", "gone"}, {"pairs", "en", "es", "b", "gone"}, {"pairs", "en-GB", "es-ES", "b", "gone"}, {"pairs", "en", "es-MX", "c", "gone"},
	} {
		got := fmt.Sprint(strings.Join(names(p.plan(c.site).choose(language.MustParse(c.from), language.MustParse(c.to)).order), " "))
		if missing := strings.Join(p.MissingEngines(c.site), " "); got != c.want || missing != c.missing {
			t.Errorf("%s, %s > %s: %q without %q, want %q without %q", c.site, c.from, c.to, got, missing, c.want, c.missing)
		}
	}
	u := chat.Untranslated{Site: "named", Text: "hello", From: en, To: es}
	if rep := p.Explain(t.Context(), u); rep.Engine != "c" || len(rep.Skipped) != 1 || rep.Skipped[0].Engine != "nowhere" {
		t.Errorf("%+v", rep)
	}
	set["named"] = &chat.Translating{Engines: []string{"b"}}
	u.Text = "hello again"
	if rep := p.Explain(t.Context(), u); rep.Engine != "b" {
		t.Errorf("after a change of the settings: %+v", rep)
	}
	u.Site, u.Text = "alone", "hello once more"
	if got := p.Translate(t.Context(), u); got.Reason != chat.ReasonNoEngine {
		t.Errorf("a site whose engines are not here: %+v", got)
	}
}

func names(order []*station) (all []string) {
	for _, s := range order {
		all = append(all, s.Name())
	}
	return all
}

// TestPlansAreBounded: settings that change all day do not pile up.
func TestPlansAreBounded(t *testing.T) {
	set := wishes{}
	p := pipeline(t, Options{Settings: set}, script("a", shout))
	for range 100 {
		set["s"] = &chat.Translating{}
		p.plan("s")
	}
	if len(p.plans) != 1 {
		t.Errorf("one site has %d plans", len(p.plans))
	}
	pl := p.plan("s")
	for i := range 2 * maxRoutes {
		pl.choose(language.MustParse(fmt.Sprintf("x-%d", i)), es)
	}
	if len(pl.choices) > maxRoutes+1 {
		t.Errorf("%d choices", len(pl.choices))
	}
	for n := range 2 * maxPlans {
		p.plan(fmt.Sprint(n))
	}
	if len(p.plans) > maxPlans+1 {
		t.Errorf("%d plans", len(p.plans))
	}
}

// TestFormalityFor: what is said of a language holds for its varieties unless those have their own; what is not said is as usual in a shop.
func TestFormalityFor(t *testing.T) {
	const more, less, engine = chat.FormalityMore, chat.FormalityLess, chat.FormalityEngine
	wanted := map[language.Tag]chat.Formality{
		language.German: less, language.MustParse("pt-BR"): less, language.MustParse("es"): engine, language.MustParse("es-MX"): more,
		language.MustParse("fr"): less, language.MustParse("fr-CH"): more, language.MustParse("zh-Hant"): more,
	}
	for to, want := range map[string]chat.Formality{
		"de": less, "de-AT": less, "pt-BR": less, "pt": less, "pt-PT": more, "pt-AO": more, "es": "", "es-ES": "", "es-MX": more, "es-AR": "",
		"fr": less, "fr-CA": less, "fr-CH": more, "zh-Hant": more, "zh-TW": more, "zh": "", "it": more, "ja": more, "en": "", "nl": "", "und": "",
	} {
		if got := formalityFor(wanted, language.MustParse(to)); got != want {
			t.Errorf("%s: %q, want %q", to, got, want)
		}
	}
	for to, want := range map[string]chat.Formality{"de": more, "pt": "", "pt-BR": "", "pt-PT": more, "ko": more, "en": "", "sv": ""} {
		if got := formalityFor(nil, language.MustParse(to)); got != want {
			t.Errorf("where nothing is said, %s: %q, want %q", to, got, want)
		}
	}
}

// TestRegister: visitors are addressed as their site wants it, agents as the engine likes; and who asks for something else gets it.
func TestRegister(t *testing.T) {
	var asked []Request
	e := script("e", shout)
	e.caps.Formality = true
	p := pipeline(t, Options{CacheBytes: -1, Settings: wishes{"s": {Formality: map[language.Tag]chat.Formality{es: chat.FormalityLess}}}}, hinted{e, &asked})
	for _, u := range []chat.Untranslated{
		{Site: "s", ForVisitor: true}, {Site: "s"}, {Site: "t", ForVisitor: true}, {Site: "s", ForVisitor: true, Formality: chat.FormalityMore}, {Site: "s", ForVisitor: true, Formality: chat.FormalityEngine},
	} {
		u.Text, u.From, u.To = "hello", en, es
		p.Translate(t.Context(), u)
	}
	got := ""
	for _, r := range asked {
		got += string(r.Formality) + " "
	}
	if got != "less  more more  " {
		t.Errorf("%q", got)
	}
}

// TestSeats: an engine gets so many calls at once; the others wait for as long as their line has time, or go to the next engine after a moment.
func TestSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := script("slow", func(ctx context.Context, s Segment) (string, error) {
			<-time.After(1400 * time.Millisecond)
			return shout(ctx, s)
		})
		slow.caps.Calls, slow.caps.Timeout = 2, 2*time.Second
		p := New(Options{Engines: []Engine{slow}})
		defer p.Close()
		results := make(chan chat.Translation, 8)
		for n := range 8 {
			go func() { results <- say(t, p, n) }()
		}
		done := 0
		for range 8 {
			if (<-results).State == chat.TranslationDone {
				done++
			}
		}
		if done != 6 { // two each 1.4 s, for 5 s
			t.Errorf("%d of 8 lines in time, want 6", done)
		}
		second := New(Options{Engines: []Engine{slow, script("good", shout)}})
		defer second.Close()
		began := time.Now()
		by := make(chan string, 5)
		for n := range 5 {
			go func() { by <- say(t, second, n).By.Name }()
		}
		count := map[string]int{}
		for range 5 {
			count[<-by]++
		}
		if count["slow"] != 2 || count["good"] != 3 || time.Since(began) > 1400*time.Millisecond {
			t.Errorf("%v after %v", count, time.Since(began))
		}
	})
}

// TestSeatsAreFreed: whoever hangs up, fails or panics leaves his seat.
func TestSeatsAreFreed(t *testing.T) {
	e := script("e", func(context.Context, Segment) (string, error) { panic("engine") })
	e.caps.Calls = 1
	p := pipeline(t, Options{}, e)
	for n := range 3 {
		say(t, p, n)
	}
	s := p.stations[0]
	if g := s.gate(route{}, e.caps); len(g.seats) != 0 || cap(g.seats) != 1 {
		t.Errorf("%d of %d seats are taken", len(g.seats), cap(g.seats))
	}
}

// TestBreakerTellsWhy: quotas stay shut until the reset, or for an hour, or until midnight; a success from before does not open them.
func TestBreakerTellsWhy(t *testing.T) {
	at := func(s string) time.Time { when, _ := time.Parse(time.RFC3339, s); return when }
	for _, c := range []struct {
		now, until string
		err        *Error
	}{
		{"2026-11-26T12:00:00Z", "2026-11-26T13:00:00Z", &Error{Kind: Quota}}, {"2026-11-26T23:20:00Z", "2026-11-27T00:00:00Z", &Error{Kind: Quota}},
		{"2026-11-26T12:00:00Z", "2026-11-26T19:00:00Z", &Error{Kind: Quota, After: 7 * time.Hour}}, {"2026-11-26T12:00:00Z", "2026-11-27T12:00:00Z", &Error{Kind: Quota, After: 300 * time.Hour}},
		{"2026-11-26T12:00:00Z", "2026-11-26T12:01:00Z", &Error{Kind: Auth}},
	} {
		var b breaker
		before, turn := b.allow(at(c.now)), b.allow(at(c.now))
		if turn == 0 {
			t.Fatal("a new breaker is open")
		}
		b.done(turn, c.err, at(c.now))
		b.done(before, nil, at(c.now))
		if until, kind := b.opened(at(c.now)); !until.Equal(at(c.until)) || kind != c.err.Kind {
			t.Errorf("%v at %s: open until %v for %q, want %s", c.err, c.now, until, kind, c.until)
		}
		if until, _ := b.opened(at(c.until)); !until.IsZero() {
			t.Error("it stays open")
		}
	}
}
