package translate

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TestVerifyNumbers: digits that only changed places, points or alphabets are another number.
func TestVerifyNumbers(t *testing.T) {
	for _, c := range []struct {
		src, got, from, to string
		good               bool
	}{
		{"my order is 4711", "mi pedido es 7411", "en", "es", false},
		{"my order is 4711", "mi pedido es 4.711", "en", "es", false},
		{"my order is 4711", "طلبي هو ٤٧١١ الآن", "en", "ar", false},
		{"between 12 and 34", "entre 14 y 32", "en", "es", false},
		{"it costs 59.99 euros", "cuesta 5999 euros", "en", "es", false},
		{"it weighs 1.5 kilos", "pesa 15 kilos", "en", "es", false},
		{"I want 2 shirts", "quiero 3 camisas", "en", "es", false},
		{"my order is 4711", "私の注文は4712です", "en", "ja", false},
		{"my order is 4711", "私の注文です。はい", "en", "ja", false},
		{"注文は12個です", "the order is 21 pieces", "ja", "en", false},
		{"it costs 59.99 euros", "cuesta 59,99 euros", "en", "es", true},
		{"1,299.90 of them", "1.299,90 de ellos", "en", "es", true},
		{"1,299 of them", "1299 de ellos", "en", "es", true},
		{"1 299 pièces de ça", "1,299 pieces of it", "fr", "en", true},
		{"sizes 42 and 100", "tallas 42 y 100", "en", "es", true},
		{"10,000 people came to see the show", "1万人が来ました", "en", "ja", true},
		{"1万2345人が来ました", "12,345 people came", "ja", "en", true},
		{"in 2026", "en 2026", "en", "es", true},
		{"I want 2 shirts", "quiero camisas", "en", "es", false},
		{"I want 2 shirts", "quiero dos camisas", "en", "es", true},
		{"I want 2 shirts", "quiero un par de camisas", "en", "es", true},
		{"I want shirts", "quiero 4 camisas", "en", "es", false},
		{"I want four shirts", "quiero 4 camisas", "en", "es", true},
		{"I want a shirt", "quiero 1 camisa", "en", "es", true},
		{"I want shirts for us", "シャツが4枚欲しいです", "en", "ja", false},
		{"シャツが四枚欲しいです", "I want 4 shirts", "ja", "en", true},
		{"シャツが4枚欲しいです", "I want some shirts, please", "ja", "en", false},
		{"llegué a las 5", "I came at five", "es", "en", true},
	} {
		err := verify(Segment{Text: c.src}, c.got, language.MustParse(c.from), language.MustParse(c.to))
		if (err == nil) != c.good {
			t.Errorf("%q > %q: %v", c.src, c.got, err)
		}
	}
}

// TestVerifyGlue: what is put back beside a letter or digit that was not there becomes another number or link.
func TestVerifyGlue(t *testing.T) {
	const a, b = "\ue000", "\ue001"
	noun := []Span{{Mark: '\ue000', Kind: KindNumber}, {Mark: '\ue001', Kind: KindCode}}
	emoji := []Span{{Mark: '\ue000', Kind: KindEmoji}, {Mark: '\ue001', Kind: KindNumber}}
	for _, c := range []struct {
		src, got string
		spans    []Span
		to       string
		good     bool
	}{
		{"order " + a + " and " + b, "pedido " + a + b + " y", noun, "es", false},
		{"order " + a + " of 5 here", "pedido " + a + "5 aquí", noun, "es", false},
		{"order " + a + " of 5 here", "pedido 5" + a + " aquí", noun, "es", false},
		{"order " + a + " of 5 here", "pedido " + a + "-5 aquí", noun, "es", false},
		{"order " + a + " is here", "pedido " + a + "es aquí", noun, "es", false},
		{"order " + a + " and " + b, "pedido " + a + "-" + b + " y", noun, "es", false},
		{"order " + a + " and " + b, "pedido " + a + " y " + b, noun, "es", true},
		{"from " + a + "-" + b + " on", "de " + a + "-" + b + " ya", noun, "es", true},
		{"order " + a + " is here", "注文" + a + "はここです", noun, "ja", true},
		{"hello " + a + " order " + b, "hola" + a + " pedido " + b, emoji, "es", true},
		{"order (" + a + ") is here", "pedido '" + a + "': aquí", noun, "es", true},
	} {
		err := verify(Segment{Text: c.src, Spans: c.spans}, c.got, en, language.MustParse(c.to))
		if (err == nil) != c.good {
			t.Errorf("%q > %q: %v", c.src, c.got, err)
		}
	}
}

// TestLinkStandsApart: a language without blanks must not become part of a link.
func TestLinkStandsApart(t *testing.T) {
	e := script("e", says("\ue000をご覧ください"))
	e.caps = &Caps{Pairs: []Pair{{From: en, To: language.Japanese}}}
	p := pipeline(t, Options{}, e)
	got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "please see https://example.com/a", From: en, To: language.Japanese})
	if got.Text != "https://example.com/a をご覧ください" {
		t.Errorf("%+v", got)
	}
}

// TestHangingEngineLeavesTime: an engine that never answers must not eat the time of the one behind it.
func TestHangingEngineLeavesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := script("slow", func(ctx context.Context, s Segment) (string, error) { return hangs(ctx, s) })
		slow.caps.Timeout = 3 * time.Second
		p := New(Options{Engines: []Engine{slow, script("good", shout)}, CacheBytes: -1})
		defer p.Close()
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: en, To: es}); got.By.Name != "good" {
			t.Errorf("%+v", got)
		}
	})
}
