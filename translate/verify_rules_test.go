package translate

import (
	"strings"
	"testing"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TestVerifyRules: for each rule, answers that no other rule would refuse (why is a part of its sentence), and answers like them that are good.
func TestVerifyRules(t *testing.T) {
	const src = "Please tell me where the blue lamp is that I ordered from you last week."
	const good = "Por favor, dígame dónde está la lámpara azul que le pedí la semana pasada"
	for _, c := range []struct{ src, got, from, to, why string }{
		{src, good, "en", "es", ""},
		// Made up.
		{src, good + " en evil.example.com", "en", "es", "link that was not"}, {src, good + " a x@evil.example.org", "en", "es", "mail that was not"}, {src, good + " @mallory", "en", "es", "mention that was not"},
		{src, good + " {{password}}", "en", "es", "code that was not"}, {src, good + " `rm -rf x`", "en", "es", "code that was not"}, {src, good + " <u>", "en", "es", "markup that was not"}, {src, "#" + good, "en", "es", "mention that was not"},
		{src, good + ", e.g. esta", "en", "es", ""}, {src, good + "? Sí/no @ casa #", "en", "es", ""}, {src, good + "...y más", "en", "es", ""}, {"say it in c++ & go please", "dilo en c++ & go por favor", "en", "es", ""},
		{"the file is `a b` here", "el archivo es `a b` aquí", "en", "es", ""},
		// The wrong script.
		{src, "Пожалуйста, скажите мне, где синяя лампа, которую я заказал на прошлой неделе", "en", "es", "script"}, {src, "Пожалуйста, скажите мне, где синяя лампа, которую я заказал на прошлой неделе", "en", "ru", ""},
		{src, "Please tell me where the lamp is, the blue one that I ordered from you last week", "en", "ru", "script"}, {"Galaxy Tab Lite or iPhone Pro Max?", "Galaxy Tab Lite или iPhone Pro Max?", "en", "ru", "script"},
		{"the ケース for the iPhone", "iPhoneのケース", "en", "ja", ""}, {"ok thanks", "OK", "en", "ja", ""}, {src, "先週ご注文した青いランプはどこにあるか教えてください", "en", "ja", ""}, {src, "先週ご注文した青いランプはどこにあるか教えてください", "en", "zh-Hans", ""},
		{src, "من فضلك أخبرني أين المصباح الأزرق الذي طلبته منكم الأسبوع الماضي", "en", "ar", ""}, {src, "من فضلك أخبرني أين المصباح الأزرق الذي طلبته منكم الأسبوع الماضي", "en", "fr", "script"},
		{src, "Molim te reci mi gde je plava lampa koju sam od vas naručio prošle nedelje", "en", "sr-Latn", ""}, {src, "Molim te reci mi gde je plava lampa koju sam od vas naručio", "en", "sr", "script"},
		// Talk about translating.
		{"Where is my lamp?", "Aquí está la traducción: ¿dónde está?", "en", "es", "talks"}, {"Where is my lamp?", "Voici la traduction : où est-ce ?", "en", "fr", "talks"}, {"where is it, please?", "Übersetzung: wo ist es, bitte?", "en", "de", "talks"},
		{"Here is the translation of the manual", "Aquí está la traducción del manual", "en", "es", ""}, {"Traducción: es gratis para todos", "Translation: it is free for all", "es", "en", ""},
		// Stuck.
		{src, strings.TrimSpace(strings.Repeat("la lámpara azul que ", 4)) + " pedí", "en", "es", "again and again"}, {src, "申し訳ありませんが" + strings.Repeat("お待ちください青い", 4), "en", "ja", "again and again"},
		{strings.Repeat("ha", 30), strings.Repeat("ja", 30), "en", "es", ""}, {strings.Repeat("ha ", 30), strings.Repeat("ja ", 30), "en", "es", ""},
		// The source again.
		{src, strings.ReplaceAll(src, " ", "  "), "en", "es", "source again"}, {"Norrland Casa Verde", "Norrland Casa Verde", "en", "es", ""},
		// Direction of writing.
		{src, good + " \u2067x", "en", "es", "direction"}, {src, good + " \u2067x\u2069", "en", "es", ""}, {src, good + " x\u2069", "en", "es", "direction"}, {src + "\u2067x", good + "\u2067x", "en", "es", ""},
		{src + " \u2067x\u2069", good + " \u2067x", "en", "es", "direction"},
		// Length, where signs say more than letters.
		{src, "青いランプはどこですか", "en", "ja", ""}, {"青いランプはどこですか", "Where is the blue lamp, please?", "ja", "en", ""}, {src, "どこ", "en", "ja", "length"}, {src, "¿Dónde está?", "en", "es", "length"},
		{"青いランプはどこですか", strings.Repeat("Where is the blue lamp that I would like to see, please, ", 2), "ja", "en", "length"},
		// Residue.
		{src, strings.Replace(good, "á", "&aacute;", 1), "en", "es", "markup that was not"}, {src, good + " ⟦3⟧", "en", "es", "residue"}, {src, good + " xph0x", "en", "es", "code that was not"},
		{src, `[{"t": "` + good + `"}]`, "en", "es", "residue"},
	} {
		err := verify(Segment{Text: c.src}, c.got, language.MustParse(c.from), language.MustParse(c.to))
		if c.why == "" && err != nil || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why) || KindOf(err) != BadOutput) {
			t.Errorf("%q > %q: %v, want %q", c.src, c.got, err, c.why)
		}
	}
}

// TestDetectedLanguage: an answer that a detector is sure to be in the source's language is none, unless it is too short to be sure.
func TestDetectedLanguage(t *testing.T) {
	const src = "tell me where the blue lamp is, would you"
	for _, c := range []struct {
		answer string
		is     language.Tag
		sure   float64
		shown  bool
	}{
		{"tell me then, where is this blue lamp now", en, 4, false}, {"tell me then, where is this blue lamp now", en, 1, true}, {"dime dónde está la lámpara azul, por favor", es, 4, true},
		{"dime dónde está la lámpara azul, por favor", language.Italian, 4, true}, {"the blue lamp is where", en, 4, true},
	} {
		p := pipeline(t, Options{Detect: func(text string) (language.Tag, float64) {
			if text != c.answer {
				t.Errorf("asked about %q", text)
			}
			return c.is, c.sure
		}}, script("e", says(c.answer)))
		got := p.Translate(t.Context(), chat.Untranslated{Text: src, From: en, To: es})
		if (got.Text == c.answer) != c.shown || !c.shown && got.Reason != chat.ReasonDamaged {
			t.Errorf("%q, said to be %s with %v: %+v", c.answer, c.is, c.sure, got)
		}
	}
}
