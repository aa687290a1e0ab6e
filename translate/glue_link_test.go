package translate

import (
	"context"
	"strings"
	"testing"

	"dragoman/chat"
)

// TestLinksDoNotGrow: an engine that leaves out a blank makes no other link or address of what stands before it.
func TestLinksDoNotGrow(t *testing.T) {
	for _, c := range []struct{ line, engine, want string }{
		{"See https://a.example/x. Thanks a lot", "Vea \ue000.Muchas gracias", "Vea https://a.example/x. Muchas gracias"},
		{"Mail bob@a.example, please", "Escriba a \ue000,por favor", "Escriba a bob@a.example, por favor"},
		{"Mail bob@a.example. Thank you", "Escriba a \ue000.Gracias", "Escriba a bob@a.example. Gracias"},
		{"See https://a.example/x or call", "Vea \ue000/llame", "Vea https://a.example/x /llame"},
		{"See https://a.example/x and call", "Vea \ue000-llame", "Vea https://a.example/x -llame"},
		{"(see https://a.example/x) and call", "(vea \ue000)y llame", "(vea https://a.example/x) y llame"},
		{"See https://a.example/x. Thanks a lot", "Vea \ue000. Muchas gracias", "Vea https://a.example/x. Muchas gracias"},
		{"Write bob@a.example:secret as you did", "Escriba \ue000:secreto como antes", "Escriba bob@a.example:secreto como antes"},
	} {
		p := pipeline(t, Options{}, script("e", func(context.Context, Segment) (string, error) { return c.engine, nil }))
		if got := p.Translate(t.Context(), chat.Untranslated{Text: c.line, From: en, To: es}); got.Text != c.want {
			t.Errorf("%q: %+v, want %q", c.line, got, c.want)
		}
	}
}

// TestLinksEndAtPunctuation: where no blanks are, what is said behind a link is no part of it.
func TestLinksEndAtPunctuation(t *testing.T) {
	for text, want := range map[string]string{
		"请看https://a.example/x，什么时候发货？":     "请看{0}，什么时候发货？",
		"（https://a.example/x）をご覧ください。":     "（{0}）をご覧ください。",
		"「www.a.example/注文」です":              "「{0}」です",
		"a.example/x、b.example/y。谢谢":        "{0}、{1}。谢谢",
		"https://a.example/a(b),c?d=e!f 谢谢": "{0} 谢谢",
	} {
		if m, _ := mask(text); readable(m.text) != want {
			t.Errorf("%s: %s, want %s", text, readable(m.text), want)
		}
	}
	if m, _ := mask(strings.Repeat("看https://a.example/x。", 3)); len(m.spans) != 3 {
		t.Errorf("%d links, want 3", len(m.spans))
	}
}
