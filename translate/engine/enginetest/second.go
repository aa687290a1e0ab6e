package enginetest

import (
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/translate"
)

// secondCarrier: a line whose protected parts come back damaged is asked for once more, with another carrier, before the next engine gets it.
func (v Vendor) secondCarrier(t *testing.T) {
	const line, part = "hello, where is my order #4711 please?", "#4711"
	lost := func(a Asked) Answer {
		texts := v.Texts(a)
		for i := range texts {
			texts[i] = carried.ReplaceAllString(Tail(texts[i]), "")
		}
		return Answer{Body: v.Say(a, texts...)}
	}
	for _, c := range []struct {
		name   string
		second func(Asked) Answer
		by     string
	}{{"whole the second time", v.Serve, ""}, {"lost twice", lost, "second"}} {
		s, e := v.engine(t, nil, patience)
		s.Script(v.except(func(a Asked) Answer {
			if len(v.asked(s)) == 1 {
				return lost(a)
			}
			return c.second(a)
		}))
		v.pair(t, e)
		p := translate.New(translate.Options{Engines: []translate.Engine{e, second{v.From, v.To}}})
		got := p.Translate(t.Context(), chat.Untranslated{Text: line, From: v.From, To: v.To})
		p.Close()
		want := c.by
		if want == "" {
			want = e.Name()
		}
		if got.State != chat.TranslationDone || got.By.Name != want || !strings.Contains(got.Text, part) {
			t.Errorf("%s: %+v", c.name, got)
		}
		asked := v.asked(s)
		if len(asked) != 2 {
			t.Fatalf("%s: asked %d times, want 2", c.name, len(asked))
		}
		first, second := carried.FindString(v.Texts(asked[0])[0]), carried.FindString(v.Texts(asked[1])[0])
		if first == "" || second == "" || first == second {
			t.Errorf("%s: carried as %q and as %q", c.name, first, second)
		}
	}
}
