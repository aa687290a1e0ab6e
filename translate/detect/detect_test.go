package detect_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/translate/detect"
)

// What says nothing about a language.
func TestNoEvidence(t *testing.T) {
	d := detect.New()
	for _, line := range []string{
		"", " ", "ok", "OK!", "okay :)", "thx", "haha", "JAJAJA", "kkkkk", "xD", "👍", "???", "42", "#10482", "A-4471", "1Z999AA1012", "EUR 59,90", "DHL", "NIKE", "PayPal",
		"+34 612 345 678", "maria@example.com", "https://example.com/donde-esta", "www.ejemplo.es/pedido", "ejemplo.es", "@pedro", "#rebajas", "Juan Pérez", "John Smith", "Mmmmm",
		"\u200f\u202e", "\x00\xff",
	} {
		if got, _ := d.Line(line).Best(); got != "" {
			t.Errorf("%q is taken for %s", line, got)
		}
	}
}

// Around them, what is written counts.
func TestEvidenceAmongCodes(t *testing.T) {
	d := detect.New()
	for line, want := range map[string]string{
		"donde esta mi pedido #10482?":                         "es",
		"DONDE ESTA MI PEDIDO":                                 "es",
		"holaaaaa buenas tardes":                               "es",
		"haha danke schön":                                     "de",
		"my iPhone is broken":                                  "en",
		"https://example.com/donde-esta where is my order":     "en",
		"merci beaucoup @Sofia":                                "fr",
		"мій NIKE ще не прийшов":                               "uk",
		"SİPARİŞİM NEREDE":                                     "tr",
		"σας ευχαριστώ":                                        "el",
		"ありがとう":                                                "ja",
		"謝謝你們":                                                 "zh-Hant",
		"谢谢你们":                                                 "zh",
		"سفارش من کجاست؟ گم شده":                               "fa",
		"میرا آرڈر کہاں ہے":                                    "ur",
		"iPhone 주문했어요":                                         "ko",
		"dove\u0300 e\u0300 il mio ordine, lo vorrei indietro": "it",
	} {
		if got, _ := d.Line(line).Best(); got != want {
			t.Errorf("%q is taken for %q, not %s", line, got, want)
		}
	}
}

// Whatever comes, a line says something sensible or nothing, and a long one is not looked at to its end.
func FuzzLine(f *testing.F) {
	d := detect.New()
	for _, seed := range []string{"hola", "\xff\xfe", "[[^$/\\@<>{}", "\u202eabc", strings.Repeat("ñandú ", 5000), strings.Repeat("a", 20000), "İİİ", "ǅǈ", "한국어 にほんご 中文 עברית"} {
		f.Add(seed)
	}
	all := detect.Languages()
	f.Fuzz(func(t *testing.T, line string) {
		e := d.Line(line)
		got, lead := e.Best()
		if (got == "") != (e.Letters == 0) || got != "" && !slices.Contains(all, got) || lead < 0 || math.IsNaN(lead) {
			t.Errorf("%q: %q by %v with %d letters", line, got, lead, e.Letters)
		}
		if e.Letters > 2*detect.MaxLetters || e.Letters > 2*utf8.RuneCountInString(line) {
			t.Errorf("%d letters of %q were looked at", e.Letters, line)
		}
	})
}
