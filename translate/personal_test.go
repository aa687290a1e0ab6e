package translate

import (
	"strings"
	"testing"

	"dragoman/chat"
)

// TestSendPersonal: what a site lets engines see is mail and telephone; cards and accounts never leave the house.
func TestSendPersonal(t *testing.T) {
	const text = "I am ana@example.com, +34 600 123 456, card 4111 1111 1111 1111, account ES91 2100 0418 4502 0005 1332, order #4711"
	for open, want := range map[bool]string{
		false: "I am \ue000, \ue001, card \ue002, account \ue003, order \ue004",
		true:  "I am ana@example.com, +34 600 123 456, card \ue000, account \ue001, order \ue002",
	} {
		var asked []Request
		e := hinted{script("e", shoutWords), &asked}
		e.caps = &Caps{Pairs: e.caps.Pairs, Context: true}
		p := pipeline(t, Options{Settings: oneSite{chat.Translating{SendPersonal: open}}}, e)
		rep := p.Explain(t.Context(), chat.Untranslated{Text: text, From: en, To: es, Before: chat.Said(text)})
		if len(asked) != 1 || asked[0].Segments[0].Text != want {
			t.Errorf("open %v: asked %+v, want %q", open, asked, want)
		}
		if before := strings.Join(asked[0].Context, ""); strings.Contains(before, "ana@example.com") != open || strings.Contains(before, "+34 600") != open || strings.Contains(before, "4111") || strings.Contains(before, "ES91") {
			t.Errorf("open %v: the context is %q", open, before)
		}
		for _, part := range []string{"ana@example.com", "+34 600 123 456", "4111 1111 1111 1111", "ES91 2100 0418 4502 0005 1332", "#4711"} {
			if !strings.Contains(rep.Translation.Text, part) {
				t.Errorf("open %v: %q came back without %q: %s", open, rep.Translation.Text, part, rep.Trouble)
			}
		}
	}
	for _, bad := range []string{"soy ana@example.org ahora", "soy ana ahora mismo", "soy ana@example.com y ana@example.com"} {
		p := pipeline(t, Options{Settings: oneSite{chat.Translating{SendPersonal: true}}}, script("e", says(bad)))
		if rep := p.Explain(t.Context(), chat.Untranslated{Text: "I am ana@example.com now", From: en, To: es}); rep.Translation.Text != "" {
			t.Errorf("an address that was changed is shown: %+v", rep.Translation)
		}
	}
	p := pipeline(t, Options{Settings: oneSite{chat.Translating{SendPersonal: true}}}, script("e", says("")))
	if rep := p.Explain(t.Context(), chat.Untranslated{Text: "ana@example.com +34 600 123 456", From: en, To: es}); rep.Translation.State != "same" {
		t.Errorf("a line of nothing but addresses: %+v", rep.Translation)
	}
}

// TestNames: the names of the site's list and those of the people are kept, and no other site's are.
func TestNames(t *testing.T) {
	p := pipeline(t, Options{Settings: oneSite{chat.Translating{Names: []string{"Blue Bird"}}}}, script("e", shout))
	got := p.Translate(t.Context(), chat.Untranslated{Text: "Rose Meyer likes the Blue Bird", From: en, To: es, Names: []string{"Rose Meyer"}})
	if got.Text != "Rose Meyer LIKES THE Blue Bird" {
		t.Errorf("%+v", got)
	}
	if got := p.Translate(t.Context(), chat.Untranslated{Text: "Rose Meyer likes the Blue Bird", From: en, To: es}); got.Text != "ROSE MEYER LIKES THE Blue Bird" {
		t.Errorf("%+v", got)
	}
}

// oneSite is Settings that are the same for all.
type oneSite struct{ set chat.Translating }

func (o oneSite) Translating(string) *chat.Translating { return &o.set }
