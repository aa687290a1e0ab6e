package translate

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// termStore has the same terms for one site.
type termStore struct {
	terms []chat.Term
	rev   atomic.Int64
	asked atomic.Int64
	err   error
}

func (s *termStore) Terms(_ context.Context, site string, known int64) ([]chat.Term, int64, error) {
	s.asked.Add(1)
	switch {
	case s.err != nil:
		return nil, 0, s.err
	case site != "shop":
		return nil, 0, chat.Errorf(chat.NotFound, "There is no such site.")
	case known == s.rev.Load():
		return nil, known, nil
	}
	return s.terms, s.rev.Load(), nil
}

func term(from, to, source, target string) chat.Term {
	t := chat.Term{Site: "shop", Source: source, Target: target}
	if from != "" {
		t.From = tag(from)
	}
	if to != "" {
		t.To = tag(to)
	}
	return t
}

func glossaryOf(terms ...chat.Term) *Glossary {
	return NewGlossary(GlossaryOptions{Store: &termStore{terms: terms}})
}

// found lists what a lexicon finds in a text, as source=target.
func found(x *lexicon, s string) []string {
	var all []string
	for _, t := range x.find(s) {
		all = append(all, s[t.From:t.To]+"="+t.Target)
	}
	return all
}

// TestTermsInTexts: whole words in any script, the longest first, with and without case.
func TestTermsInTexts(t *testing.T) {
	sensitive := term("", "", "Apple", "")
	sensitive.CaseSensitive = true
	x := newLexicon("shop", []chat.Term{
		term("en", "es", "order", "pedido"), term("en", "es", "order number", "número de pedido"), term("", "", "Acme", ""), sensitive,
		term("en", "", "T-shirt", ""), term("en", "es-MX", "jacket", "chamarra"), term("en", "es", "jacket", "chaqueta"), term("en", "fr", "order", "commande"),
		term("en", "es", "注文", "pedido"), term("en", "es", "ผ้า", "tela"), term("en", "es", "주문", "pedido"), term("en", "es", "été", "verano"),
	}, tag("en-US"), tag("es-ES"))
	for s, want := range map[string]string{
		"my order, ORDER and Order.":           "order=pedido ORDER=pedido Order=pedido",
		"orders reorder border order_1":        "order=pedido",
		"the order number is":                  "order number=número de pedido",
		"an Apple, an apple, ACME's":           "Apple=Apple ACME=ACME",
		"a t-shirt and T-Shirts":               "t-shirt=t-shirt",
		"my jacket":                            "jacket=chaqueta",
		"私の注文は":                                "注文=pedido",
		"ซื้อผ้าใหม่":                          "ผ้า=tela",
		"제 주문을 새주문":                            "주문=pedido",
		"l'e\u0301te\u0301, été, étés, cafété": "été=verano été=verano",
		"": "", "nothing": "",
	} {
		if got := strings.Join(found(x, clean(s)), " "); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
	if x := newLexicon("shop", []chat.Term{term("en", "fr", "order", "commande")}, en, es); x != nil {
		t.Error("a lexicon of another pair")
	}
	mexican := newLexicon("shop", []chat.Term{term("en", "es", "jacket", "chaqueta"), term("en", "es-MX", "jacket", "chamarra"), term("", "es", "jacket", "x")}, en, tag("es-MX"))
	if got := found(mexican, "jacket"); !slices.Equal(got, []string{"jacket=chamarra"}) || len(mexican.all.Pairs) != 1 || mexican.all.Pairs[0][1] != "chamarra" {
		t.Errorf("in Mexico: %v %v", got, mexican.all)
	}
}

// TestGlossaryKept: for an engine that knows no glossary, terms are taken out and their forms put in; what is seen of it is in Terms.
func TestGlossaryKept(t *testing.T) {
	g := glossaryOf(term("en", "es", "order", "pedido"), term("", "", "Blue Note", ""), term("en", "es", "X-200", "modelo X-200"))
	for _, c := range []struct{ line, want, terms string }{
		{"where is my order #4711?", "WHERE IS MY pedido #4711?", "pedido"},
		{"Order it. My Order, please. order!", "Pedido IT. MY pedido, PLEASE. Pedido!", "pedido"},
		{"order it", "pedido IT", "pedido"},
		{"a Blue Note order", "A Blue Note pedido", "Blue Note pedido"},
		{"the X-200 is here", "THE modelo X-200 IS HERE", "modelo X-200"},
		{"see https://a.example/order now", "SEE https://a.example/order NOW", ""},
		{"nothing of it", "NOTHING OF IT", ""},
	} {
		p := pipeline(t, Options{Glossary: g}, script("e", shout))
		for range 2 { // the second time from the cache
			rep := p.Explain(t.Context(), chat.Untranslated{Site: "shop", Text: c.line, From: en, To: es})
			got := rep.Translation
			if got.Text != c.want || strings.Join(got.Terms, " ") != c.terms || !slices.Equal(got.Terms, rep.Terms) || got.By.Name != "e" {
				t.Errorf("%q: %+v %v, want %q", c.line, got, rep.Terms, c.want)
			}
		}
	}
	p := pipeline(t, Options{Glossary: g}, script("e", shout))
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "shop", Text: "Order?", From: en, To: es}); got.Text != "Pedido?" || got.By != (chat.By{Kind: chat.ByMemory, Name: "glossary"}) {
		t.Errorf("the whole line: %+v", got)
	}
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "shop", Text: "Blue Note!", From: en, To: es}); got.State != chat.TranslationSame {
		t.Errorf("a name alone: %+v", got)
	}
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "other", Text: "my order", From: en, To: es}); got.Text != "MY ORDER" {
		t.Errorf("another site: %+v", got)
	}
}

// knowing is an engine that is told the glossary: obeys says whether it uses it.
func knowing(obeys bool) (*scripted, *[]string) {
	var seen []string
	e := script("e", nil)
	e.caps.Glossary = true
	e.reply = func(_ context.Context, s Segment) (string, error) {
		seen = append(seen, s.Text)
		text := strings.ToUpper(s.Text)
		for _, t := range slices.Backward(s.Terms) {
			if obeys {
				text = text[:t.From] + t.Target + text[t.To:]
			}
		}
		return text, nil
	}
	return e, &seen
}

// TestGlossaryTold: an engine that can is told, sees the words, and is asked again with marks if it does otherwise; a changed glossary is another line.
func TestGlossaryTold(t *testing.T) {
	st := &termStore{terms: []chat.Term{term("en", "es", "order", "pedido"), term("", "", "Acme", "")}}
	clock := time.Unix(1_000_000, 0)
	g := NewGlossary(GlossaryOptions{Store: st, now: func() time.Time { return clock }})
	u := chat.Untranslated{Site: "shop", Text: "my Acme order", From: en, To: es}
	good, seen := knowing(true)
	p := pipeline(t, Options{Glossary: g}, good)
	for range 2 {
		if got := p.Translate(t.Context(), u); got.Text != "MY Acme pedido" || !slices.Equal(got.Terms, []string{"Acme", "pedido"}) {
			t.Errorf("%+v", got)
		}
	}
	if !slices.Equal(*seen, []string{"my \ue000 order"}) {
		t.Errorf("the engine saw %q", *seen)
	}
	st.terms = []chat.Term{term("en", "es", "order", "encargo")}
	st.rev.Store(1)
	clock = clock.Add(DefaultMemoryEvery)
	if got := p.Translate(t.Context(), u); got.Text != "MY ACME encargo" {
		t.Errorf("after a change: %+v", got)
	}
	bad, seen := knowing(false)
	if got := pipeline(t, Options{Glossary: g}, bad).Translate(t.Context(), u); got.Text != "MY ACME encargo" || !slices.Equal(*seen, []string{"my Acme order", "my Acme \ue000"}) {
		t.Errorf("one that does otherwise: %+v, it saw %q", got, *seen)
	}
}

// TestFormsInAnswers: a form begins a word of the answer, where letters join; what is only inside another word is not the site's.
func TestFormsInAnswers(t *testing.T) {
	for _, c := range []struct {
		forms, got string
		good       bool
	}{
		{"pedido", "Mi Pedido, por favor", true}, {"pedido", "mis pedidos", true}, {"pedido", "Me han impedido entrar", false}, {"pedido", "mi encargo", false},
		{"pedido pedido", "un pedido impedido", false}, {"pedido pedido", "un pedido y otro pedido", true}, {"оск", "киоск", false}, {"tee", "guarantee\ue000tee", true},
		{"طلب", "أين الطلب", true}, {"订单", "我的订单", true}, {"주문", "제주문의", true}, {"1+1", "31+1", false},
	} {
		seg := Segment{}
		for form := range strings.FieldsSeq(c.forms) {
			seg.Terms = append(seg.Terms, Term{Target: form})
		}
		if why := checkTerms(seg, c.got); (why == "") != c.good {
			t.Errorf("%s in %q: %q", c.forms, c.got, why)
		}
	}
}

// TestGlossaryAway: a database that does not answer costs nothing but news, and is not asked with every line.
func TestGlossaryAway(t *testing.T) {
	st := &termStore{terms: []chat.Term{term("en", "es", "order", "pedido")}}
	clock := time.Unix(1_000_000, 0)
	g := NewGlossary(GlossaryOptions{Store: st, now: func() time.Time { return clock }})
	for range 5 {
		if x := g.lexicon(t.Context(), "shop", en, es); x == nil {
			t.Fatal("no terms")
		}
	}
	if n := st.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	st.err = chat.Errorf(chat.Unavailable, "away")
	clock = clock.Add(DefaultMemoryEvery)
	if x := g.lexicon(t.Context(), "shop", en, es); x == nil || st.asked.Load() != 2 {
		t.Error("what was known is gone")
	}
}

// FuzzTermsKept: whatever line and term there are, the form stands where the term stood, and nothing else of the line changes.
func FuzzTermsKept(f *testing.F) {
	f.Add("where is my order #4711?", "order", "pedido")
	f.Add("a 10 a https://a.example/a", "a", "10")
	f.Fuzz(func(t *testing.T, text, source, target string) {
		e := chat.Term{From: language.English, To: language.Spanish, Source: source, Target: target}
		if e.Check() != nil {
			return
		}
		x := newLexicon("shop", []chat.Term{e}, en, es)
		if x == nil {
			return
		}
		l := &line{Untranslated: chat.Untranslated{From: en, To: es}, set: &chat.Translating{}}
		text = clean(text)
		m, ok := l.rules().mask(text)
		if !ok {
			return
		}
		l.m = m
		l.gloss(x, text)
		if countTerms(l.m) == 0 {
			return
		}
		if l.m.upper = false; checkMarks(l.m.text, l.m.text) != "" {
			t.Errorf("%q: marks of %q", text, l.m.text)
		}
		want := l.m.unmask(l.m.text)
		for i, sp := range l.m.spans { // and with the words themselves in their places
			if sp.Kind == KindTerm {
				l.m.was[i] = "\x00"
			}
		}
		if got := l.m.unmask(l.m.text); strings.Count(got, "\x00") != countTerms(l.m) || len(want) < strings.Count(got, "\x00") {
			t.Errorf("%q became %q", text, got)
		}
	})
}
