package translate

import (
	"testing"
	"time"

	"golang.org/x/text/language"
)

func TestMatchPair(t *testing.T) {
	offer := func(pairs ...string) []Pair {
		var all []Pair
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, Pair{From: language.MustParse(pairs[i]), To: language.MustParse(pairs[i+1])})
		}
		return all
	}
	pt := offer("es", "pt-PT", "es", "pt-BR")
	plain := offer("en", "pt", "en", "pt-BR")
	zh := offer("en", "zh-Hans", "en", "zh-Hant")
	nb := offer("en", "nb", "no", "en", "he", "en", "en", "en-GB", "sr-Latn", "en")
	english := offer("es", "en-US", "es", "en-GB")
	for _, c := range []struct {
		pairs          []Pair
		from, to, want string
	}{
		{pt, "es", "pt", "es > pt-BR"}, {pt, "es", "pt-BR", "es > pt-BR"}, {pt, "es", "pt-PT", "es > pt-PT"}, {pt, "es", "pt-AO", "es > pt-PT"}, {pt, "es-MX", "pt-BR", "es > pt-BR"},
		{plain, "en", "pt-PT", "en > pt"}, {plain, "en", "pt", "en > pt"}, {plain, "en-GB", "pt-BR", "en > pt-BR"},
		{zh, "en", "zh", "en > zh-Hans"}, {zh, "en", "zh-CN", "en > zh-Hans"}, {zh, "en", "zh-TW", "en > zh-Hant"}, {zh, "en", "zh-HK", "en > zh-Hant"},
		{nb, "en", "no", "en > nb"}, {nb, "en", "nb", "en > nb"}, {nb, "nb", "en", "no > en"}, {nb, "iw", "en", "he > en"}, {nb, "sr", "en", ""}, {nb, "sr-Latn", "en", "sr-Latn > en"},
		{english, "es", "en", "es > en-US"}, {english, "es", "en-AU", "es > en-GB"}, {english, "es", "en-GB", "es > en-GB"}, {english, "es-419", "en-US", "es > en-US"},
		{nil, "en", "es", ""}, {pt, "en", "pt", ""}, {pt, "und", "pt", ""}, {pt, "es", "und", ""}, {pt, "pt", "es", ""},
	} {
		p, ok := MatchPair(c.pairs, language.MustParse(c.from), language.MustParse(c.to))
		got := ""
		if ok {
			got = p.String()
		}
		if got != c.want {
			t.Errorf("%s > %s: %q, want %q", c.from, c.to, got, c.want)
		}
	}
	both := []Pair{{From: en, To: es, Off: true, Class: ClassC}, {From: language.BritishEnglish, To: language.MustParse("es-ES"), Class: ClassB}}
	if p, _ := MatchPair(both, en, es); p.Off {
		t.Error("a pair that is off is preferred to one that is on")
	}
}

func TestVerify(t *testing.T) {
	for _, c := range []struct {
		src, got, from, to string
		good               bool
	}{
		{"hello", "hola", "en", "es", true}, {"ok", "de acuerdo", "en", "es", true}, {"ok", "OK", "en", "es", true},
		{"I have 2 cats", "Tengo dos gatos", "en", "es", true}, {"two cats", "2 gatos", "en", "es", true}, {"I have 20 cats", "Tengo veinte gatos", "en", "es", false},
		{"1,299 units", "1.299 unidades", "en", "es", true}, {"42 units", "٤٢ وحدة", "en", "ar", true}, {"I paid 30", "Pagué 300", "en", "es", false},
		{"10,000 people came to see the show", "1万人が来ました", "en", "ja", true}, {"a &amp; b", "a &amp; b c", "en", "es", true},
		{"no no no no no no no no no no no no no no no no", "nein nein nein nein nein nein nein nein nein nein nein nein nein nein nein nein", "en", "de", true},
		{"hello", "", "en", "es", false}, {"hello", "🙂", "en", "es", false}, {"hi", "this is far too long for a hi, is it not", "en", "es", false},
		{"line one\nline two", "línea uno\nlínea dos", "en", "es", true},
		{"it weighs 1.250 kilos", "pesa 1250 kilos", "en", "es", false}, {"it weighs 1.250 kilos", "pesa 1,250 kilos", "en", "es", true}, // a thousand times as much
		{"it weighs 1,250 kilos", "pesa 1250 kilos", "en", "es", true}, {"es wiegt 1,250 Kilo", "it weighs 1250 kilos", "de", "en", false},
		{"es wiegt 1.250 Kilo", "it weighs 1250 kilos", "de", "en", true}, {"es wiegt 1,250 Kilo", "it weighs 1.250 kilos", "de", "en", true},
		{"pesa 1,250 kilos", "it weighs 1250 kilos", "es-MX", "en", true}, {"pesa 1.250 kilos", "it weighs 1250 kilos", "es", "en", true},
	} {
		err := verify(Segment{Text: c.src}, c.got, language.MustParse(c.from), language.MustParse(c.to))
		if (err == nil) != c.good {
			t.Errorf("%q > %q: %v", c.src, c.got, err)
		}
		if err != nil && KindOf(err) != BadOutput {
			t.Errorf("%q > %q: kind %s", c.src, c.got, KindOf(err))
		}
	}
}

func TestBreaker(t *testing.T) {
	transient, now := &Error{Kind: Transient}, time.Now()
	var b breaker
	fail := func(n int, err error) {
		for range n {
			turn := b.allow(now)
			if turn == 0 {
				t.Fatal("closed too early")
			}
			b.done(turn, err, now)
		}
	}
	fail(breakerFailures-1, transient)
	fail(1, nil)
	fail(breakerFailures-1, transient)
	now = now.Add(breakerWindow)
	fail(breakerFailures-1, transient)
	fail(10, &Error{Kind: BadOutput}) // the line's fault, not the engine's
	fail(1, transient)
	if b.allow(now) != 0 || b.allow(now.Add(breakerOpen-1)) != 0 {
		t.Error("open, and somebody was let through")
	}
	now = now.Add(breakerOpen)
	trial := b.allow(now)
	if trial == 0 || b.allow(now) != 0 {
		t.Error("after a while exactly one may try")
	}
	b.done(trial, transient, now)
	if b.allow(now.Add(breakerOpen-1)) != 0 {
		t.Error("the trial failed, and others were let through")
	}
	now = now.Add(breakerOpen)
	fail(1, nil)
	fail(1, &Error{Kind: Auth})
	if b.allow(now.Add(breakerAuth-1)) != 0 {
		t.Error("a wrong key is tried again at once")
	}
	now = now.Add(breakerAuth)
	fail(1, &Error{Kind: Rate, After: 30 * time.Second})
	if b.allow(now.Add(30*time.Second-1)) != 0 {
		t.Error("a Retry-After is not waited for")
	}
	now = now.Add(30 * time.Second)
	fail(1, &Error{Kind: Quota, After: 3 * time.Hour})
	if b.allow(now.Add(3*time.Hour-1)) != 0 || b.allow(now.Add(3*time.Hour)) == 0 {
		t.Error("a used up quota is not waited for as long as the engine said")
	}
}

// TestBreakerTrial: what began before the breaker opened decides nothing, however long it took.
func TestBreakerTrial(t *testing.T) {
	transient, now := &Error{Kind: Transient}, time.Now()
	for _, late := range []error{transient, nil} {
		var b breaker
		old := b.allow(now)
		for range breakerFailures {
			b.done(b.allow(now), transient, now)
		}
		now = now.Add(breakerOpen)
		trial := b.allow(now)
		b.done(old, late, now)
		if trial == 0 || b.allow(now) != 0 {
			t.Errorf("late %v: a second trial beside the first", late)
		}
		b.done(trial, nil, now)
		if b.allow(now) == 0 {
			t.Errorf("late %v: the trial went well, and it is open", late)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "a\r\nb\rc": "a\nb\nc", "a\x00b\x1bc\td": "abc\td", "e\u0301": "é", "x\xff\xfey": "xy", "a\u202eb\u202cc": "abc", "\u0085": "", "👩‍👧": "👩‍👧",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}
