package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
)

// Each text is planted into an otherwise good language and must be found; the good ones must not.
func TestCheckWriting(t *testing.T) {
	for _, c := range []struct{ tag, text, want string }{
		{"de", "Schreiben Sie …", ""},
		{"ru", "Напишите нам: {name}", ""},
		{"ru", "Можно PNG и PDF", ""},
		{"zh-Hant", "與我們聊聊（PDF）", ""},
		{"fa", "پیام\u200cهای خوانده\u200cنشده، {n}", ""},
		{"ja", "メッセージ：{n}", ""},
		{"fr", "Où est ma commande\u202f?", ""},
		{"ru", "Hапишите нам", "another script"}, // the first letter is Latin
		{"ru", "Write to us", "another script"},
		{"sr", "Pišite nam", "another script"},
		{"de", "Чат", "another script"},
		{"zh-Hans", "チャット", "another script"},
		{"he", "اكتب", "another script"},
		{"zh-Hans", "與我們聊聊", "traditional"},
		{"zh-Hant", "未读讯息", "simplified"},
		{"fr", "Où est ma commande ?", "narrow space"},
		{"fr", "Retour: {language}", "narrow space"},
		{"es", "Hola!", "¿ and ¡"},
		{"es", "¡Hola! Qué tal?", "¿ and ¡"},
		{"ja", "件数:{n}", "half-width"},
		{"zh-Hans", "您好!", "half-width"},
		{"ar", "أهلا, كيف", "Latin punctuation"},
		{"ur", "کیا?", "Latin punctuation"},
		{"hi", "नमस्ते.", "full stop"},
		{"el", "Τι?", "question mark"},
		{"th", "สวัสดี.", "without a mark"},
		{"de", "Senden…", "after a space"},
		{"ro", "Reîncearcă şi", "commas"},
		{"it", "Invio...", "one sign"},
		{"it", "L'originale", "typewriter"},
		{"it", "Invia ", "white space"},
		{"it", "Invia  ora", "white space"},
		{"it", "*Invia", "must end"},
		{"it", "Cosi\u0300", "normal form C"},
		{"ar", "\u200fأهلا", "U+200F"},
		{"he", "\u2067שלום\u2069", "U+2067"},
		{"hi", "चै\u200cट", "U+200C"},
		{"it", "In\u00advia", "U+00AD"},
	} {
		var said []string
		checkWriting(c.tag, language.Make(c.tag), c.text, func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) })
		if (c.want == "" && len(said) > 0) || !strings.Contains(strings.Join(said, "\n"), c.want) {
			t.Errorf("%s %q: %q, want %q", c.tag, c.text, said, c.want)
		}
	}
}

// written are the widget's catalogues as they stand in the tree.
func written(t *testing.T) map[string]catalogue {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]catalogue{}
	for _, tag := range widgetLanguages {
		b, err := os.ReadFile(filepath.Join(root, source, "lang", "widget", tag+".json"))
		if err != nil {
			t.Fatal(err)
		}
		out[tag] = parse(t, string(b))
	}
	return out
}

// The languages of the widget are whole, and what would not be is seen: a language that is away or under a wrong name, a text in English.
func TestCheckWidget(t *testing.T) {
	good := written(t)
	if len(good) != 46 {
		t.Errorf("%d languages", len(good))
	}
	if faults := checkWidget(good); len(faults) > 0 {
		t.Errorf("faults %q", faults)
	}
	for _, c := range []struct {
		name  string
		plant func(map[string]catalogue)
		want  string
	}{
		{"away", func(m map[string]catalogue) { delete(m, "sw") }, "there is no sw.json"},
		{"not in the list", func(m map[string]catalogue) { m["af"] = m["nl"] }, "widget/af: not in the list"},
		{"under a wrong name", func(m map[string]catalogue) { m["nb"] = m["da"] }, "widget/nb: 100% of it is as in da.json"},
		{"in English", func(m map[string]catalogue) {
			m["sv"] = maps.Clone(m["sv"])
			m["sv"]["close"] = text{"": "Close"}
		}, `widget/sv: close: still in English: "Close"`},
		{"a plural in English", func(m map[string]catalogue) {
			m["sv"] = maps.Clone(m["sv"])
			m["sv"]["new"] = text{"one": "ett", "other": "{n} new messages"}
		}, "widget/sv: new: still in English"},
		{"in letters of another script", func(m map[string]catalogue) {
			m["uk"] = maps.Clone(m["uk"])
			m["uk"]["close"] = text{"": "Zakryty"}
		}, `widget/uk: close: "Zakryty": 'Z' is of another script`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := maps.Clone(good)
			c.plant(m)
			if faults := checkWidget(m); !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, c.want) }) {
				t.Errorf("faults %q, want %q", faults, c.want)
			}
		})
	}
}

func TestCheckSlips(t *testing.T) {
	for _, c := range []struct{ tag, text, want string }{
		{"ar", "المفاتيح (?)", ""},
		{"ar", "Enter للإرسال", ""},
		{"en", "the customer's language", ""},
		{"de", "Wird geladen…", "after a space"},
		{"es", "Seguro?", "¿ and ¡"},
		{"fr", "Note : {name}", "narrow space"},
		{"ar", "أين?", "Latin punctuation"},
	} {
		said := strings.Join(checkSlips("app", map[string]catalogue{c.tag: {"key": {"": c.text}}}), "\n")
		if (c.want == "" && said != "") || !strings.Contains(said, c.want) {
			t.Errorf("%s %q: %q, want %q", c.tag, c.text, said, c.want)
		}
	}
}
