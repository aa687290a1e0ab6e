package translate

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// spansOf masks s and returns what was taken out, as kind:text.
func spansOf(s string) []string {
	m, _ := mask(s)
	var got []string
	for i, sp := range m.spans {
		got = append(got, string(sp.Kind)+":"+m.was[i])
	}
	return got
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // kind:text, separated by a bar
	}{
		// Plain language stays whole.
		{"Where is my parcel?", ""}, {"I'm here, aren't you? It's 3 o'clock - or 4.", ""}, {"ok", ""}, {"", ""},
		{"I bought 2 shirts, 12.5 kg, 3kg, at 10am, my 2nd", ""}, {"l'article n'est pas là", ""}, {"in 2026", ""}, {"a/b and/or c", ""},
		{"Thanks.Bye", ""}, {"50% off", ""}, {"1,5 o 2.000 unidades", ""}, {"C'est à 5 min.", ""}, {"well-known", ""},
		// Links and addresses.
		{"see https://example.com/a?b=c#d.", "link:https://example.com/a?b=c#d"}, {"(see https://example.com)", "link:https://example.com"},
		{"https://en.wikipedia.org/wiki/Go_(game), ok", "link:https://en.wikipedia.org/wiki/Go_(game)"}, {"«https://example.com»", "link:https://example.com"},
		{"www.example.de/x", "link:www.example.de/x"}, {"shop.example.com", "link:shop.example.com"}, {"example.es/ofertas ya", "link:example.es/ofertas"},
		{"HTTPS://EXAMPLE.COM/A", "link:HTTPS://EXAMPLE.COM/A"}, {"mailto:a@example.com", "link:mailto:a@example.com"}, {"http://[::1]:80/x", "link:http://[::1]:80/x"},
		{"john.doe+x@example.co.uk!", "mail:john.doe+x@example.co.uk"}, {"(a@b.com)", "mail:a@b.com"}, {"ana@tienda.española.es", "mail:ana@tienda.española.es"}, {"a@b", ""},
		// Orders, tracking, articles, codes.
		{"order #4711 and # 5", "mention:#4711"}, {"DE-2291-X", "code:DE-2291-X"}, {"(DE-2291-X)", "code:DE-2291-X"}, {"1Z999AA10123456784", "code:1Z999AA10123456784"},
		{"00340434161094042557", "number:00340434161094042557"}, {"order 12345.", "number:12345"}, {"SKU_77", "code:SKU_77"}, {"A1", "code:A1"}, {"ABC-12/3", "code:ABC-12/3"},
		{"`x y` and ```a\nb```", "code:`x y`|code:```a\nb```"}, {"{{name}} ${x} {y}", "code:{{name}}|code:${x}|code:{y}"}, {"{not a variable, but a note}", ""},
		{"ES91 2100 0418 4502 0005 1332", "bank:ES91 2100 0418 4502 0005 1332"},
		// Prices.
		{"59,99 €", "price:59,99 €"}, {"$59.99", "price:$59.99"}, {"US$ 5", "price:US$ 5"}, {"R$ 1.299,90", "price:R$ 1.299,90"}, {"EUR 12", "price:EUR 12"}, {"12 EUR", "price:12 EUR"}, {"EUR12", "price:EUR12"},
		{"1 299,90 €", "price:1 299,90 €"}, {"100€.", "price:100€"}, {"-$5", "price:$5"}, {"£5 or 5£", "price:£5|price:5£"}, {"12 EURO", ""}, {"¥1'000", "price:¥1'000"}, {"₹500", "price:₹500"},
		// Numbers that name something.
		{"+34 600 123 456", "phone:+34 600 123 456"}, {"(0034) 600-123-456", "phone:(0034) 600-123-456"}, {"4111 1111 1111 1111", "card:4111 1111 1111 1111"}, {"600-123-456", "phone:600-123-456"},
		{"12/11/2026", "date:12/11/2026"}, {"2026-11-22", "date:2026-11-22"}, {"10:30", "date:10:30"}, {"192.168.0.1", "date:192.168.0.1"}, {"16:9", "date:16:9"},
		// People, tags, emoji, markup.
		{"@maria, look", "mention:@maria"}, {"hi @j.doe-2.", "mention:@j.doe-2"}, {"#sale!", "mention:#sale"}, {"@ home", ""}, {"C#", ""},
		{"😀🎉 x 👩‍👩‍👧", "emoji:😀🎉|emoji:👩‍👩‍👧"}, {"1️⃣ and #️⃣", "emoji:1️⃣|emoji:#️⃣"}, {"🇪🇸", "emoji:🇪🇸"}, {"👍🏽", "emoji:👍🏽"}, {":smile: 10:30:15", "emoji::smile:|date:10:30:15"},
		{"ok :) <3", "emoji::)|emoji:<3"}, {"<b>x</b> a < b > c", "markup:<b>|markup:</b>"}, {"&amp; &#39; & b;", "markup:&amp;|markup:&#39;"}, {"\ue000\ue005", "reserved:\ue000\ue005"},
		{"año2024nuevo", ""}, {"niño1", ""}, {"товар2024новый", ""},
		// Languages that are written without blanks, and signs that only look like letters.
		{"注文番号12345です", "number:12345"}, {"注文DE-2291-Xはどこ", "code:DE-2291-X"}, {"看看https://example.com/a 吧", "link:https://example.com/a"},
		{"#4711はどこですか", "mention:#4711"}, {"@田中さん どう", "mention:@田中さん"}, {"59,99€です", "price:59,99€"}, {"주문 48213번", "number:48213"}, {"รหัสที่12345ครับ", "number:12345"},
		{"رقم12345ب", "number:12345"}, {"pedido nº12345", "number:12345"}, {"nº DE-22", "code:DE-22"}, {"メールはa@b.comまで", "mail:a@b.com"},
		{"価格はEUR 12です", "price:EUR 12"}, {"10:30から", "date:10:30"}, {"48213ab", "code:48213ab"}, {"4711x", "code:4711x"}, {"the 1920s, 1000th, 500ml", ""},
	} {
		got := strings.Join(spansOf(c.text), "|")
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestMaskTooMany(t *testing.T) {
	if _, ok := mask(strings.Repeat("#1 ", MaxMarks)); !ok {
		t.Errorf("%d spans do not fit", MaxMarks)
	}
	if _, ok := mask(strings.Repeat("#1 ", MaxMarks+1)); ok {
		t.Errorf("%d spans fit into %d marks", MaxMarks+1, MaxMarks)
	}
}

// FuzzMask: whatever comes in, masking and cutting lose nothing, and each mark stands for exactly what it replaced.
func FuzzMask(f *testing.F) {
	for _, s := range []string{
		"", "Hello #4711, 59,99 € at https://example.com/a[2]?x=1 😀\n\n{{x}} `a`", "1️⃣2️⃣", "\ue000x\uf8ff", "+1+2+3+4+5+6+7", "((((1234567", "<b", "<a href=\"x\">", "a@b.c d@e.fg",
		"€€€5", "EUR EUR EUR 5", "12:30:", "::::", "#", "@", "```", "``", "`\n`", "&;&#;&a;", "1.1.1.1.", "-1-2-", "\xff\xfe", "é́́", "x\r\ny\rz", strings.Repeat("a.", 100), strings.Repeat("1 ", 100), "注文番号12345です a@b.comまで", "nº12345", "❤️12345",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if utf8.RuneCountInString(s) > DefaultTextLimit {
			return
		}
		s = clean(s)
		if !utf8.ValidString(s) || clean(s) != s {
			t.Fatalf("clean leaves %q", s)
		}
		m, ok := mask(s)
		if !ok {
			return
		}
		if got := m.unmask(m.text); got != s {
			t.Fatalf("%q comes back as %q", s, got)
		}
		var marks []rune
		for _, r := range m.text {
			if IsMark(r) {
				marks = append(marks, r)
			}
		}
		if len(marks) != len(m.was) || len(marks) != len(m.spans) {
			t.Fatalf("%q: %d marks for %d spans", s, len(marks), len(m.was))
		}
		for _, limit := range []int{1, 7, 1500} {
			pieces := m.cut(limit)
			var same []Result
			for _, seg := range m.segments(pieces) {
				if limit > 4 && len(seg.Text) > limit {
					t.Fatalf("a piece of %d bytes, limit %d", len(seg.Text), limit)
				}
				same = append(same, Result{Text: seg.Text})
			}
			if got := m.unmask(join(pieces, same)); got != s {
				t.Fatalf("limit %d: %q comes back as %q", limit, s, got)
			}
		}
	})
}

func TestChunks(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  []string
	}{
		{"", 10, []string{""}}, {"short", 10, []string{"short"}}, {"One two. Three four.", 12, []string{"One two. ", "Three four."}},
		{"one two three", 8, []string{"one two ", "three"}}, {"abcdefghij", 4, []string{"abcd", "efgh", "ij"}}, {"ééé", 5, []string{"éé", "é"}},
		{"aaa bbb", 0, []string{"aaa ", "bbb"}},
	} {
		if got := Chunks(c.text, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("Chunks(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}
