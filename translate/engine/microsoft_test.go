package engine

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

// microsoftLanguages is as in the example of Azure's OpenAPI for Translator 3.0, and a few more.
const microsoftLanguages = `{"translation":{"ar":{"name":"Arabic","nativeName":"العربية","dir":"rtl"},"de":{"name":"German","dir":"ltr"},"en":{"name":"English"},
	"es":{"name":"Spanish"},"he":{"name":"Hebrew"},"nb":{},"pt":{},"pt-pt":{},"fr-ca":{},"sr-Cyrl":{},"zh-Hans":{"name":"Chinese Simplified"},"zh-Hant":{}}}`

// microsoft is Azure Translator: key and region in headers, text of the type that the address says.
func microsoft(a enginetest.Asked) enginetest.Answer {
	u, _ := url.Parse(a.Path)
	q := u.Query()
	if q.Get("api-version") != "3.0" {
		return microsoftRefuses(400, 400021, "The API version parameter is missing or invalid.")
	}
	if u.Path == "/languages" && a.Method == http.MethodGet {
		return enginetest.Answer{Body: microsoftLanguages}
	}
	if a.Header.Get("Ocp-Apim-Subscription-Key") != enginetest.Key || a.Header.Get("Ocp-Apim-Subscription-Region") != "westeurope" {
		return microsoftRefuses(401, 401000, "The request is not authorized because credentials are missing or invalid.")
	}
	var body []struct{ Text string }
	d := json.NewDecoder(strings.NewReader(a.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil || u.Path != "/translate" || len(body) > 25 || len(q["to"]) == 0 || q.Get("from") == "" ||
		!slices.Contains([]string{"plain", "html"}, q.Get("textType")) {
		return microsoftRefuses(400, 400000, "One of the request inputs isn't valid.")
	}
	texts := make([]string, len(body))
	metered := 0
	for i, t := range body {
		texts[i] = enginetest.Tail(t.Text)
		metered += utf8.RuneCountInString(t.Text) * len(q["to"])
	}
	if metered > 5000 {
		return microsoftRefuses(400, 400077, "The maximum request size has been exceeded.")
	}
	return enginetest.Answer{Body: microsoftSays(a, texts...), Header: map[string]string{"X-Metered-Usage": strconv.Itoa(metered)}}
}

func microsoftTextsOf(a enginetest.Asked) []string {
	var body []microsoftText
	_ = json.Unmarshal([]byte(a.Body), &body)
	texts := make([]string, len(body))
	for i, t := range body {
		texts[i] = t.Text
	}
	return texts
}

func microsoftRefuses(status, code int, message string) enginetest.Answer {
	return enginetest.Answer{Status: status, Body: fmt.Sprintf(`{"error":{"code":%d,"message":%q}}`, code, message)}
}

func microsoftSays(a enginetest.Asked, texts ...string) string {
	u, _ := url.Parse(a.Path)
	list := []any{}
	for _, t := range texts {
		var all []any
		for _, to := range u.Query()["to"] {
			all = append(all, map[string]string{"text": t, "to": to})
		}
		list = append(list, map[string]any{"translations": all})
	}
	b, _ := json.Marshal(list)
	return string(b)
}

func TestMicrosoft(t *testing.T) {
	refused := func(status, code int, message string, kind translate.ErrorKind) enginetest.Fault {
		return enginetest.Fault{Answer: microsoftRefuses(status, code, message), Kind: kind}
	}
	gateway := func(status int, message string, kind translate.ErrorKind, after time.Duration) enginetest.Fault {
		return enginetest.Fault{Answer: enginetest.Answer{Status: status, Body: fmt.Sprintf(`{"error":{"code":"%d","message":%q}}`, status, message)}, Kind: kind, After: after}
	}
	enginetest.Vendor{
		New: func(t testing.TB, url string, timeout time.Duration) translate.Engine {
			return NewMicrosoft(MicrosoftOptions{URL: url, Key: enginetest.Key, Region: "westeurope", Timeout: timeout})
		},
		From: language.English, To: language.Spanish, Serve: microsoft, Texts: microsoftTextsOf, Say: microsoftSays, PerRequest: microsoftTexts,
		Translates: func(a enginetest.Asked) bool { return strings.HasPrefix(a.Path, "/translate") },
		Faults: map[string]enginetest.Fault{
			"bad key":     refused(401, 401000, "The request is not authorized because credentials are missing or invalid.", translate.Auth),
			"speech key":  refused(401, 401015, "The credentials provided are for the Speech API.", translate.Auth),
			"forbidden":   refused(403, 403000, "The operation is not allowed.", translate.Auth),
			"free quota":  refused(403, 403001, "The operation isn't allowed because the subscription has exceeded its free quota.", translate.Quota),
			"as in docs":  refused(403, 403000, "The subscription has exceeded its free quota.", translate.Quota),
			"gateway":     gateway(403, "Out of call volume quota. Quota will be replenished in 2.03:04:05.", translate.Quota, 51*time.Hour+4*time.Minute+5*time.Second),
			"gateway key": gateway(401, "Access denied due to invalid subscription key or wrong API endpoint.", translate.Auth, 0),
			"too fast":    refused(429, 429001, "The server rejected the request because the client has exceeded request limits.", translate.Rate),
			"bad target":  refused(400, 400036, "The target language is not valid.", translate.NoPair),
			"bad pair":    refused(400, 400023, "One of the specified language pair is not valid.", translate.NoPair),
			"too long":    refused(400, 400050, "The input text is too long.", translate.TooLarge),
			"too large":   refused(400, 400077, "The maximum request size has been exceeded.", translate.TooLarge),
			"bad input":   refused(400, 400074, "The body of the request is not valid JSON.", translate.BadRequest),
			"not warm":    refused(408, 408001, "The translation system requested is being prepared. Please retry in a few minutes.", translate.Transient),
			"busy":        refused(503, 503000, "Service is temporarily unavailable.", translate.Transient),
			"two targets": {Answer: enginetest.Answer{Body: `[{"translations":[{"text":"hola"},{"text":"bonjour"}]}]`}, Kind: translate.BadOutput},
			"no target":   {Answer: enginetest.Answer{Body: `[{"translations":[]}]`}, Kind: translate.BadOutput},
		},
		Varieties: map[string]string{
			"en pt-BR": "to=pt ", "en pt": "to=pt ", "en pt-PT": "to=pt-pt ", "en zh-TW": "to=zh-Hant", "zh-CN en": "from=zh-Hans", "iw en": "from=he", "en no": "to=nb",
			"en fr-CA": "to=fr-ca", "en sr": "to=sr-Cyrl", "en sr-Latn": "", "en zu": "",
		},
	}.Run(t)
}

// TestMicrosoftRequest: text goes as text, with marks as HTML; the address of a resource of one's own has a path.
func TestMicrosoftRequest(t *testing.T) {
	s := enginetest.NewServer(t, microsoft)
	m := NewMicrosoft(MicrosoftOptions{URL: s.URL, Key: enginetest.Key, Region: "westeurope"})
	defer m.Close()
	mark := string(translate.MarkOf(3))
	if resp, err := m.Translate(t.Context(), request("a < b "+mark, "c")); err != nil || resp.Results[0].Text != "ao < bo "+mark || resp.Results[1].Text != "co" {
		t.Fatalf("%+v, %v", resp, err)
	}
	if _, err := m.Translate(t.Context(), request("a < b")); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ path, text string }{
		{"/translate?api-version=3.0&from=en&textType=html&to=es", `a &lt; b <span translate="no" class="notranslate">XPH3X</span>`},
		{"/translate?api-version=3.0&from=en&textType=plain&to=es", "a < b"},
	} {
		a := s.Asked("/translate")[i]
		var body []struct{ Text string }
		if err := json.Unmarshal([]byte(a.Body), &body); err != nil || a.Path != want.path || body[0].Text != want.text {
			t.Errorf("asked %s %s, want %+v", a.Path, html.UnescapeString(a.Body), want)
		}
	}
	for address, want := range map[string]string{
		"": microsoftURL, "https://api-eur.cognitive.microsofttranslator.com/": "https://api-eur.cognitive.microsofttranslator.com",
		"https://shop.cognitiveservices.azure.com": "https://shop.cognitiveservices.azure.com/translator/text/v3.0", "http://proxy/x": "http://proxy/x",
	} {
		e := NewMicrosoft(MicrosoftOptions{URL: address, Key: "k"})
		if e.base != want || e.missing != nil {
			t.Errorf("%q: %q, %v", address, e.base, e.missing)
		}
		e.Close()
	}
	for _, o := range []MicrosoftOptions{{}, {URL: s.URL}, {Key: "k", Region: "West Europe"}, {Key: "a\nb"}} {
		e := NewMicrosoft(o)
		if _, err := e.Caps(t.Context()); translate.KindOf(err) != translate.Unavailable {
			t.Errorf("%+v: %v", o, err)
		}
		e.Close()
	}
}

// TestBilledHalfWay: what the first of two requests cost is told, if the second one is refused.
func TestBilledHalfWay(t *testing.T) {
	refuse := false
	s := enginetest.NewServer(t, func(a enginetest.Asked) enginetest.Answer {
		if refuse && strings.HasPrefix(a.Path, "/translate") {
			return microsoftRefuses(429, 429001, "The server rejected the request because the client has exceeded request limits.")
		}
		refuse = strings.HasPrefix(a.Path, "/translate")
		return microsoft(a)
	})
	m := NewMicrosoft(MicrosoftOptions{URL: s.URL, Key: enginetest.Key, Region: "westeurope"})
	defer m.Close()
	long := strings.Repeat("word ", microsoftBytes/10) + "."
	resp, err := m.Translate(t.Context(), request(long, long))
	if translate.KindOf(err) != translate.Rate || resp == nil || resp.Billed != len(long) || len(s.Asked("/translate")) != 2 {
		t.Errorf("%+v, %v", resp, err)
	}
}

// TestMicrosoftSeveralTargets: the languages stand in one address, in their order; the answers are told apart by what Microsoft says of them, and what it bills is that of all.
func TestMicrosoftSeveralTargets(t *testing.T) {
	s := enginetest.NewServer(t, microsoft)
	m := NewMicrosoft(MicrosoftOptions{URL: s.URL, Key: enginetest.Key, Region: "westeurope"})
	defer m.Close()
	to := []language.Tag{language.Spanish, language.German, language.MustParse("pt-PT")}
	r := request("one", "two")
	r.From = language.English
	ask := func() ([]*translate.Response, error) { return m.TranslateMany(t.Context(), r, to) }
	all, err := ask()
	if err != nil || len(all) != 3 || all[0].Billed+all[1].Billed+all[2].Billed != 18 {
		t.Fatalf("%+v, %v", all, err)
	}
	if path := s.Asked("/translate")[0].Path; path != "/translate?api-version=3.0&from=en&textType=plain&to=es&to=de&to=pt-pt" {
		t.Errorf("asked %s", path)
	}
	for name, body := range map[string]string{
		"another order": `[{"translations":[{"text":"eins","to":"de"},{"text":"uno","to":"es"},{"text":"um","to":"pt-pt"}]},{"translations":[{"text":"zwei","to":"de"},{"text":"dos","to":"es"},{"text":"dois","to":"pt-pt"}]}]`,
		"one missing":   `[{"translations":[{"text":"uno","to":"es"},{"text":"eins","to":"de"}]},{"translations":[{"text":"dos","to":"es"},{"text":"zwei","to":"de"}]}]`,
		"one text":      `[{"translations":[{"text":"uno","to":"es"},{"text":"eins","to":"de"},{"text":"um","to":"pt-pt"}]}]`,
	} {
		s.Script(func(enginetest.Asked) enginetest.Answer { return enginetest.Answer{Body: body} })
		if all, err := ask(); translate.KindOf(err) != translate.BadOutput || err == nil {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}
