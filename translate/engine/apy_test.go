package engine

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

var apyPairs = []string{"eng-spa", "spa-eng_US", "es-pt_BR", "es-pt", "spa-cat", "eng-cat", "nob-nno"}

// apy is an Apertium-APy: one text in a form, which must ask for plain text without marks on unknown words.
func apy(a enginetest.Asked) enginetest.Answer {
	if a.Path == "/listPairs" && a.Method == http.MethodGet {
		var list []string
		for _, p := range apyPairs {
			from, to, _ := strings.Cut(p, "-")
			list = append(list, fmt.Sprintf(`{"sourceLanguage":%q,"targetLanguage":%q}`, from, to))
		}
		return enginetest.Answer{Body: `{"responseData":[` + strings.Join(list, ",") + `],"responseDetails":null,"responseStatus":200}`}
	}
	form, err := url.ParseQuery(a.Body)
	if err != nil || a.Path != "/translate" || a.Method != http.MethodPost || form.Get("format") != "txt" || form.Get("markUnknown") != "no" || len(form["q"]) != 1 {
		return apyRefuses(400, "Missing argument q")
	}
	if !slices.Contains(apyPairs, strings.Replace(form.Get("langpair"), "|", "-", 1)) {
		return apyRefuses(400, "That pair is not installed")
	}
	return enginetest.Answer{Body: apySays(a, enginetest.Tail(form.Get("q")))}
}

func apyTextsOf(a enginetest.Asked) []string {
	form, _ := url.ParseQuery(a.Body)
	return form["q"]
}

func apyRefuses(status int, explanation string) enginetest.Answer {
	return enginetest.Answer{Status: status, Body: fmt.Sprintf(`{"status":"error","code":%d,"message":%q,"explanation":%q}`, status, http.StatusText(status), explanation)}
}

// apySays writes an answer. It has room for one text; none and two are what a broken server would send.
func apySays(_ enginetest.Asked, texts ...string) string {
	var data any = map[string]any{"translatedText": texts}
	if len(texts) == 1 {
		data = map[string]string{"translatedText": texts[0]}
	}
	b, _ := json.Marshal(map[string]any{"responseData": data, "responseDetails": nil, "responseStatus": 200})
	return string(b)
}

func TestAPy(t *testing.T) {
	fault := func(a enginetest.Answer, kind translate.ErrorKind) enginetest.Fault {
		return enginetest.Fault{Answer: a, Kind: kind}
	}
	enginetest.Vendor{
		New: func(t testing.TB, url string, timeout time.Duration) translate.Engine {
			return NewAPy(APyOptions{URL: url, Timeout: timeout})
		},
		From: language.English, To: language.Spanish, Serve: apy, Texts: apyTextsOf, Say: apySays, PerRequest: 1, Keyless: true,
		Translates: func(a enginetest.Asked) bool { return a.Path == "/translate" },
		Faults: map[string]enginetest.Fault{
			"not installed": fault(apyRefuses(400, "That pair is not installed"), translate.NoPair),
			"invalid":       fault(apyRefuses(400, "That pair is invalid, use e.g. eng|spa"), translate.NoPair),
			"missing":       fault(apyRefuses(400, "Missing argument q"), translate.BadRequest),
			"stuck":         fault(apyRefuses(503, "internal error"), translate.Transient),
			"inner status":  fault(enginetest.Answer{Body: `{"responseData":{"translatedText":"hola"},"responseStatus":451}`}, translate.BadOutput),
			"null":          fault(enginetest.Answer{Body: `{"responseData":null,"responseStatus":200}`}, translate.BadOutput),
		},
		Varieties: map[string]string{
			"es pt-BR": "langpair=es%7Cpt_BR", "es pt-AO": "langpair=es%7Cpt&", "en es-MX": "langpair=eng%7Cspa", "es en": "langpair=spa%7Ceng_US", "en de": "", "pt es": "",
		},
	}.Run(t)
}

// TestAPyClasses: Apertium is as good on another machine as on this one.
func TestAPyClasses(t *testing.T) {
	s := enginetest.NewServer(t, apy)
	e := NewAPy(APyOptions{URL: s.URL + "/"})
	defer e.Close()
	caps, err := e.Caps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for tags, want := range map[string]translate.Class{"en es": translate.ClassB, "es pt": translate.ClassA, "es ca": translate.ClassA, "en ca": translate.ClassB} {
		from, to, _ := strings.Cut(tags, " ")
		if p, ok := caps.Match(language.MustParse(from), language.MustParse(to)); !ok || p.Class != want {
			t.Errorf("%s: %v %s, want %s", tags, ok, p.Class, want)
		}
	}
	for _, url := range []string{"", "127.0.0.1:2737", "ftp://x"} {
		e := NewAPy(APyOptions{URL: url})
		if _, err := e.Caps(t.Context()); translate.KindOf(err) != translate.Unavailable {
			t.Errorf("%q: %v", url, err)
		}
		e.Close()
	}
}
