package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/translate"

	"golang.org/x/text/language"
)

// What the vendors list, as far as varieties are concerned (DeepL: July 2026; Google v2; Microsoft 3.0; LibreTranslate 1.9).
const (
	deeplLists     = `[{"lang":"de","usable_as_source":true,"usable_as_target":true},{"lang":"en","usable_as_source":true},{"lang":"en-GB","usable_as_target":true},{"lang":"en-US","usable_as_target":true},{"lang":"es","usable_as_source":true,"usable_as_target":true},{"lang":"es-419","usable_as_target":true},{"lang":"pt","usable_as_source":true},{"lang":"pt-BR","usable_as_target":true},{"lang":"pt-PT","usable_as_target":true},{"lang":"zh","usable_as_source":true},{"lang":"zh-Hans","usable_as_target":true},{"lang":"zh-Hant","usable_as_target":true}]`
	googleLists    = `{"data":{"languages":[{"language":"de"},{"language":"en"},{"language":"es"},{"language":"pt"},{"language":"pt-PT"},{"language":"zh-CN"},{"language":"zh-TW"}]}}`
	microsoftLists = `{"translation":{"de":{},"en":{},"es":{},"pt":{},"pt-pt":{},"zh-Hans":{},"zh-Hant":{}}}`
	libreLists     = `[{"code":"de","targets":["en"]},{"code":"en","targets":["de","es","pt","pb","zh","zt"]},{"code":"es","targets":["en"]}]`
)

// TestRegions: who reads a variety gets that variety's code where the vendor has one, and the nearest where not.
func TestRegions(t *testing.T) {
	var asked string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch path := r.URL.Path; {
		case strings.Contains(path, "languages") && strings.HasPrefix(path, "/v3"):
			io.WriteString(w, deeplLists)
		case strings.Contains(path, "languages") && strings.HasPrefix(path, "/language/"):
			io.WriteString(w, googleLists)
		case strings.Contains(path, "languages") && r.URL.Query().Has("scope"):
			io.WriteString(w, microsoftLists)
		case strings.Contains(path, "languages"):
			io.WriteString(w, libreLists)
		default:
			asked = targetIn(r, body)
			w.WriteHeader(http.StatusTeapot) // what was asked for is all that matters
		}
	}))
	t.Cleanup(srv.Close)
	for _, c := range []struct {
		engine translate.Engine
		want   string // what pt-BR, pt-PT, pt-AO, en-US, en-GB, en-AU, es-MX, es-ES, zh-CN and zh-HK are asked for as
	}{
		{NewDeepL(DeepLOptions{URL: srv.URL}), "PT-BR PT-PT PT-PT EN-US EN-GB EN-GB ES-419 ES ZH-HANS ZH-HANT"},
		{NewGoogle(GoogleOptions{URL: srv.URL}), "pt pt-PT pt-PT en en en es es zh-CN zh-TW"},
		{NewMicrosoft(MicrosoftOptions{URL: srv.URL, Key: "k"}), "pt pt-pt pt-pt en en en es es zh-Hans zh-Hant"},
		{NewLibreTranslate(LibreTranslateOptions{URL: srv.URL}), "pb pt pt en en en es es zh zt"},
		{NewOpenAI(OpenAIOptions{URL: srv.URL, Model: "m"}), "pt-BR pt-PT pt-PT en-US en-GB en es-419 es zh-Hans zh-Hant"},
	} {
		t.Run(c.engine.Name(), func(t *testing.T) {
			p := translate.New(translate.Options{Engines: []translate.Engine{c.engine}})
			defer p.Close()
			var got []string
			for _, to := range strings.Fields("pt-BR pt-PT pt-AO en-US en-GB en-AU es-MX es-ES zh-CN zh-HK") {
				from := language.English
				if strings.HasPrefix(to, "en") {
					from = language.German
				}
				asked = "nothing"
				p.Translate(context.Background(), chat.Untranslated{Text: "one two three", From: from, To: language.MustParse(to)})
				got = append(got, asked)
			}
			if list := strings.Join(got, " "); list != c.want {
				t.Errorf("asked for %s\nwant %s", list, c.want)
			}
		})
	}
}

// targetIn finds the target language where the vendors have it.
func targetIn(r *http.Request, body []byte) string {
	if to := r.URL.Query().Get("to"); to != "" {
		return to
	}
	var ask struct {
		DeepL, Google, Libre string
		Messages             []struct{ Content string }
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(body, &fields)
	for _, name := range []string{"target_lang", "target"} {
		var code string
		if json.Unmarshal(fields[name], &code) == nil && code != "" {
			return code
		}
	}
	_ = json.Unmarshal(body, &ask)
	if len(ask.Messages) > 0 {
		_, after, _ := strings.Cut(ask.Messages[len(ask.Messages)-1].Content, "Translate \"texts\" to ")
		code, _, _ := strings.Cut(after[strings.LastIndex(after[:strings.Index(after, ". ")], "(")+1:], ")")
		return code
	}
	return fmt.Sprint("nothing in ", string(body))
}

// TestFreeOfCharge: who gives no key is billed by nobody.
func TestFreeOfCharge(t *testing.T) {
	for name, r := range map[string]*remote{
		"free: libretranslate of one's own": NewLibreTranslate(LibreTranslateOptions{URL: "http://127.0.0.1:1"}).remote,
		"paid: libretranslate with a key":   NewLibreTranslate(LibreTranslateOptions{URL: "http://127.0.0.1:1", Key: "k"}).remote,
		"free: apy":                         NewAPy(APyOptions{URL: "http://127.0.0.1:1"}).remote,
		"paid: deepl":                       NewDeepL(DeepLOptions{Key: "k"}).remote,
		"free: a server like deepl":         NewDeepL(DeepLOptions{URL: "http://127.0.0.1:1/deepl"}).remote,
		"free: a model of one's own":        NewOpenAI(OpenAIOptions{URL: "http://127.0.0.1:1", Model: "m"}).remote,
		"paid: google":                      NewGoogle(GoogleOptions{Key: "k"}).remote,
	} {
		if want := strings.HasPrefix(name, "free"); r.free != want {
			t.Errorf("%s: free %v", name, r.free)
		}
		if r.config == "" {
			t.Errorf("%s: the cache does not know which server it was", name)
		}
		r.Close()
	}
}
