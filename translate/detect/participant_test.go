package detect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/text/language"

	"dragoman/chat"
	"dragoman/translate/detect"
)

// shopper begins as one of whom only the browser is known.
func shopper(browser ...string) detect.Known {
	k := detect.Known{Reason: chat.LanguageBrowser}
	for _, b := range browser {
		k.Prior = append(k.Prior, language.MustParse(b))
	}
	k.Language = k.Prior[0]
	return k
}

// types lets him write lines, each with the state as it comes back from the database, and returns what is known then and the last decision.
func types(t *testing.T, d *detect.Detector, k detect.Known, lines ...string) (detect.Known, detect.Decision) {
	t.Helper()
	var got detect.Decision
	for _, line := range lines {
		got = d.Decide(k, d.Line(line))
		text, err := json.Marshal(got.State)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 400 {
			t.Errorf("the state has %d bytes: %s", len(text), text)
		}
		k.Language, k.Reason, k.State = got.Language, got.Reason, detect.State{}
		if err := json.Unmarshal(text, &k.State); err != nil {
			t.Fatal(err)
		}
	}
	return k, got
}

func TestDecide(t *testing.T) {
	d := detect.New()
	chosen := shopper("en")
	chosen.Reason = chat.LanguageChosen
	tests := []struct {
		name     string
		known    detect.Known
		lines    string // parted by /
		language string
		reason   chat.LanguageReason
		line     string
	}{
		{"nothing is written", shopper("es-MX"), "ok/haha/10482", "es-MX", chat.LanguageBrowser, "es-MX"},
		{"the browser is right", shopper("es-MX"), "hola buenas tardes", "es-MX", chat.LanguageWritten, "es-MX"},
		{"one short line moves nobody, but is in its language", shopper("en"), "hola buenas", "en", chat.LanguageBrowser, "es"},
		{"two do", shopper("en"), "hola buenas/una pregunta", "es", chat.LanguageWritten, "es"},
		{"so does a long one", shopper("en"), "hola, mi pedido todavía no ha llegado", "es", chat.LanguageWritten, "es"},
		{"what is no evidence does not count as a line", shopper("en"), "hola buenas/ok/thx/10482", "en", chat.LanguageBrowser, "en"},
		{"the tag is the browser's", shopper("en", "pt-BR"), "bom dia/ainda não recebi nada", "pt-BR", chat.LanguageWritten, "pt-BR"},
		{"ok never brings anybody back", shopper("en"), "hola buenas/una pregunta/ok/thx/OK", "es", chat.LanguageWritten, "es"},
		{"a choice is final", chosen, "hola buenas/una pregunta sobre mi pedido/no ha llegado todavía", "en", chat.LanguageChosen, "es"},
		{"a quotation moves nobody", shopper("es"), "hola buenas/me sale esto al pagar/Your card was declined by the bank", "es", chat.LanguageWritten, "en"},
		{"who goes over is followed", shopper("es"), "hola buenas/una pregunta/could you answer in english please/my wife does not speak spanish/she is waiting", "en", chat.LanguageWritten, "en"},
		{"an unknown language stays", shopper("sw"), "habari za asubuhi/nataka kurudisha viatu hivi/asante sana", "sw", chat.LanguageBrowser, "sw"},
		{"unless he writes what may be expected", shopper("sw", "en"), "good morning/where is my order please", "en", chat.LanguageWritten, "en"},
		{"another script says it at once", shopper("en"), "здравствуйте, где мой заказ?", "ru", chat.LanguageWritten, "ru"},
		{"no is nb", shopper("no"), "hvor er pakken min/jeg har ikke fått noe ennå", "no", chat.LanguageWritten, "no"},
		{"zh-TW stays", shopper("zh-TW"), "你好/訂單還沒到", "zh-TW", chat.LanguageWritten, "zh-TW"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k, last := types(t, d, test.known, strings.Split(test.lines, "/")...)
			if k.Language.String() != test.language || k.Reason != test.reason || last.Line.String() != test.line {
				t.Errorf("reads %s (%s), last line in %s; not %s (%s), %s", k.Language, k.Reason, last.Line, test.language, test.reason, test.line)
			}
		})
	}
}

// A state that something else wrote, or an older version, does no harm.
func TestDecideForeignState(t *testing.T) {
	d := detect.New()
	k := shopper("en")
	k.State = detect.State{Scores: []detect.Score{{Language: "xx", Log: 5}, {Language: "es"}}, Rest: -3, Leader: "yy", Lines: -4}
	if got := d.Decide(k, d.Line("where is my order?")); got.Language != language.English {
		t.Errorf("reads %s", got.Language)
	}
}

// Deciding is a function of its arguments.
func TestDecideIsPure(t *testing.T) {
	d := detect.New()
	k, _ := types(t, d, shopper("en"), "hola buenas", "una pregunta")
	e := d.Line("gracias")
	first, _ := json.Marshal(d.Decide(k, e))
	for range 3 {
		if again, _ := json.Marshal(d.Decide(k, e)); string(again) != string(first) {
			t.Fatalf("%s and %s", first, again)
		}
	}
}
