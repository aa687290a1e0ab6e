package engine

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

// deeplList is as in the example of DeepL's OpenAPI.
const deeplList = `[{"lang":"de","name":"German","usable_as_source":true,"usable_as_target":true,"status":"stable","features":{"formality":{"status":"stable"}}},
	{"lang":"en","name":"English","usable_as_source":true,"usable_as_target":false,"status":"stable","features":{}},
	{"lang":"en-US","name":"English (American)","usable_as_source":false,"usable_as_target":true,"status":"stable","features":{}},
	{"lang":"en-GB","usable_as_target":true},{"lang":"es","usable_as_source":true,"usable_as_target":true},{"lang":"es-419","usable_as_target":true},
	{"lang":"nb","usable_as_source":true,"usable_as_target":true},{"lang":"pt","usable_as_source":true},{"lang":"pt-BR","usable_as_target":true},
	{"lang":"pt-PT","usable_as_target":true},{"lang":"zh","usable_as_source":true},{"lang":"zh-Hans","usable_as_target":true},{"lang":"zh-Hant","usable_as_target":true},
	{"lang":"he","usable_as_source":true,"usable_as_target":true}]`

// deepl is a DeepL that knows its key, refuses what DeepL's OpenAPI does not have, and reads texts with tags as XML.
func deepl(a enginetest.Asked) enginetest.Answer {
	refuse := func(status int, why string) enginetest.Answer {
		b, _ := json.Marshal(map[string]string{"message": why})
		return enginetest.Answer{Status: status, Body: string(b)}
	}
	if a.Header.Get("Authorization") != "DeepL-Auth-Key "+enginetest.Key {
		return refuse(http.StatusForbidden, "Authorization failed")
	}
	switch {
	case a.Path == "/v3/languages?resource=translate_text" && a.Method == http.MethodGet:
		return enginetest.Answer{Body: deeplList}
	case a.Path == "/v2/usage" && a.Method == http.MethodGet:
		end := time.Now().Add(3 * time.Hour).UTC().Format(time.RFC3339)
		return enginetest.Answer{Body: `{"character_count":5947223,"character_limit":1000000000000,"api_key_character_count":636,"api_key_character_limit":1000,"end_time":"` + end + `"}`}
	case a.Path == "/v3/glossaries/def3a26b" && a.Method == http.MethodGet:
		return enginetest.Answer{Body: `{"glossary_id":"def3a26b","name":"Mine","dictionaries":[{"source_lang":"EN","target_lang":"ES","entry_count":1},{"source_lang":"ES","target_lang":"EN","entry_count":2}]}`}
	case a.Path != "/v2/translate" || a.Method != http.MethodPost:
		return refuse(http.StatusNotFound, "Not found")
	}
	var ask deeplAsk
	d := json.NewDecoder(strings.NewReader(a.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&ask); err != nil || len(ask.Text) == 0 || len(ask.Text) > 50 || len(a.Body) > 128<<10 || ask.Source == "" {
		return refuse(http.StatusBadRequest, "Bad request")
	}
	if !slices.Contains([]string{"", "prefer_more", "prefer_less"}, ask.Formality) {
		return refuse(http.StatusBadRequest, "'formality' is not supported for given 'target_lang'.")
	}
	texts := make([]string, len(ask.Text))
	for i, text := range ask.Text {
		if ask.Tags == "xml" && !wellFormed(text) {
			return refuse(http.StatusBadRequest, "Tag handling parsing failed, please check input.")
		}
		texts[i] = enginetest.Tail(text)
	}
	return enginetest.Answer{Body: deeplSays(a, texts...)}
}

func deeplTextsOf(a enginetest.Asked) []string {
	var ask deeplAsk
	_ = json.Unmarshal([]byte(a.Body), &ask)
	return ask.Text
}

func wellFormed(text string) bool {
	d := xml.NewDecoder(strings.NewReader("<t>" + text + "</t>"))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

func deeplSays(_ enginetest.Asked, texts ...string) string {
	type translation struct {
		Detected string `json:"detected_source_language"`
		Text     string `json:"text"`
	}
	list := []translation{}
	for _, t := range texts {
		list = append(list, translation{"EN", t})
	}
	b, _ := json.Marshal(map[string]any{"translations": list})
	return string(b)
}

func deeplFault(status int, message string, kind translate.ErrorKind, after time.Duration) enginetest.Fault {
	b, _ := json.Marshal(map[string]string{"message": message})
	return enginetest.Fault{Answer: enginetest.Answer{Status: status, Body: string(b)}, Kind: kind, After: after}
}

func TestDeepL(t *testing.T) {
	enginetest.Vendor{
		New: func(t testing.TB, url string, timeout time.Duration) translate.Engine {
			return NewDeepL(DeepLOptions{URL: url, Key: enginetest.Key, Timeout: timeout})
		},
		From: language.English, To: language.Spanish, Serve: deepl, Texts: deeplTextsOf, Say: deeplSays, PerRequest: deeplTexts,
		Translates: func(a enginetest.Asked) bool { return a.Path == "/v2/translate" },
		Faults: map[string]enginetest.Fault{
			"bad key":      deeplFault(403, "Authorization failed. Please supply a valid `DeepL-Auth-Key`", translate.Auth, 0),
			"quota":        deeplFault(456, "Quota Exceeded", translate.Quota, 3*time.Hour),
			"busy":         deeplFault(529, "Too many requests", translate.Rate, 0),
			"bad target":   deeplFault(400, "Value for 'target_lang' not supported.", translate.NoPair, 0),
			"bad tags":     deeplFault(400, "Tag handling parsing failed, please check input.", translate.BadRequest, 0),
			"414":          {Answer: enginetest.Answer{Status: 414}, Kind: translate.TooLarge},
			"null inside":  {Answer: enginetest.Answer{Body: `{"translations":null}`}, Kind: translate.BadOutput},
			"another type": {Answer: enginetest.Answer{Body: `{"translations":[{"text":7}]}`}, Kind: translate.BadOutput},
		},
		Varieties: map[string]string{
			"en pt-BR": `"target_lang":"PT-BR"`, "en pt": `"target_lang":"PT-BR"`, "en pt-AO": `"target_lang":"PT-PT"`, "en zh-TW": `"target_lang":"ZH-HANT"`,
			"zh-CN en": `"source_lang":"ZH","target_lang":"EN-US"`, "de en-AU": `"target_lang":"EN-GB"`, "en no": `"target_lang":"NB"`, "iw en": `"source_lang":"HE"`,
			"en es-MX": `"target_lang":"ES-419"`, "en zu": "", "zh-TW en": "", "en en-GB": "",
		},
	}.Run(t)
}

// TestDeepLRequest: what goes out, field by field.
func TestDeepLRequest(t *testing.T) {
	s := enginetest.NewServer(t, deepl)
	d := NewDeepL(DeepLOptions{URL: s.URL, Key: enginetest.Key, Glossary: "def3a26b"})
	defer d.Close()
	r := request("a < b & " + string(translate.MarkOf(0)))
	r.Formality, r.Context = chat.FormalityLess, []string{"one", "two"}
	resp, err := d.Translate(t.Context(), r)
	if err != nil || resp.Results[0].Text != "ao < bo & "+string(translate.MarkOf(0)) {
		t.Fatalf("%+v, %v", resp, err)
	}
	r = request("plain & simple")
	r.From, r.To = language.German, language.Spanish
	if _, err := d.Translate(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"text":["a \u0026lt; b \u0026amp; \u003cx id=\"0\"\u003e\u003c/x\u003e"],"source_lang":"EN","target_lang":"ES","context":"one\ntwo","formality":"prefer_less","glossary_id":"def3a26b","tag_handling":"xml","tag_handling_version":"v2","show_billed_characters":true}`,
		`{"text":["plain \u0026 simple"],"source_lang":"DE","target_lang":"ES","show_billed_characters":true}`,
	} {
		if got := s.Asked("/v2/translate")[i].Body; got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
	}
	u, err := d.Usage(t.Context())
	if err != nil || u.Used != 636 || u.Limit != 1000 || u.Until.Before(time.Now().Add(2*time.Hour)) {
		t.Errorf("usage %+v, %v", u, err)
	}
}

// TestDeepLAddresses: the plan is in the key; a server like DeepL may be all of DeepL, or its translate alone.
func TestDeepLAddresses(t *testing.T) {
	for _, c := range []struct{ url, key, base, translate string }{
		{"", "k:fx", "https://api-free.deepl.com", "https://api-free.deepl.com/v2/translate"},
		{"", "k", "https://api.deepl.com", "https://api.deepl.com/v2/translate"},
		{"http://mt:8989/", "", "http://mt:8989", "http://mt:8989/v2/translate"},
		{"http://mt:8989/deepl", "", "", "http://mt:8989/deepl"},
		{"http://mt/x/v2/translate", "", "http://mt/x", "http://mt/x/v2/translate"},
	} {
		d := NewDeepL(DeepLOptions{URL: c.url, Key: c.key})
		if d.missing != nil || d.base != c.base || d.translateURL != c.translate {
			t.Errorf("%q %q: %q %q %v", c.url, c.key, d.base, d.translateURL, d.missing)
		}
		d.Close()
	}
	s := enginetest.NewServer(t, func(a enginetest.Asked) enginetest.Answer {
		if a.Path != "/deepl" || a.Header.Get("Authorization") != "" {
			return enginetest.Answer{Status: 404}
		}
		return enginetest.Answer{Body: deeplSays(a, "hola")}
	})
	d := NewDeepL(DeepLOptions{URL: s.URL + "/deepl"})
	defer d.Close()
	if resp, err := d.Translate(t.Context(), request("hello")); err != nil || resp.Results[0].Text != "hola" {
		t.Errorf("translate alone: %+v, %v", resp, err)
	}
	if _, err := d.Usage(t.Context()); translate.KindOf(err) != translate.Unavailable {
		t.Errorf("it counts: %v", err)
	}
	old := NewDeepL(DeepLOptions{URL: s.URL})
	defer old.Close()
	if caps, err := old.Caps(t.Context()); err != nil || len(caps.Sources) < 30 || len(caps.Targets) < 33 {
		t.Errorf("a server that does not tell its languages: %v", err)
	}
}

// TestDeepLGlossaryMissing: a wrong id is said, and does not turn up as worse translations.
func TestDeepLGlossaryMissing(t *testing.T) {
	s := enginetest.NewServer(t, deepl)
	for _, o := range []DeepLOptions{{URL: s.URL, Key: enginetest.Key, Glossary: "nope"}, {URL: s.URL + "/deepl", Key: enginetest.Key, Glossary: "def3a26b"}} {
		d := NewDeepL(o)
		if _, err := d.Caps(t.Context()); translate.KindOf(err) != translate.Unavailable || !strings.Contains(err.Error(), "--deepl-glossary") {
			t.Errorf("%+v: %v", o, err)
		}
		d.Close()
	}
}

// TestCarriers: marks come back from what engines make of tags, and a user's own text that looks like one stays his.
func TestCarriers(t *testing.T) {
	a, b := string(translate.MarkOf(0)), string(translate.MarkOf(12))
	for _, text := range []string{a + " x " + b, a + b, `<x id="0"></x> ` + a, "&lt;x&gt; &amp;amp; " + a, "XPH0X " + a + `</span> <span class="notranslate">`, "\"'`", ""} {
		for _, c := range []carrier{xmlTags{}, htmlSpans{wordsFor(text)}} {
			if got := c.unwrap(c.wrap(text)); got != text {
				t.Errorf("%T: %q came back as %q", c, text, got)
			}
		}
	}
	for said, want := range map[string]string{
		`<x id="0"/>, <x id="12" /> <x id="0"> </x>`: a + ", " + b + " " + a, `<x id="99999"/>`: `<x id="99999"/>`, `<x id="9999"/>`: `<x id="9999"/>`, "l&#39;ordre &lt;": "l'ordre <",
	} {
		if got := (xmlTags{}).unwrap(said); got != want {
			t.Errorf("%q was read as %q, want %q", said, got, want)
		}
	}
	for said, want := range map[string]string{
		`<span class="notranslate" translate="no">xph 0 x</span>, XPH12X`: a + ", " + b, `l&#39;ordre <b>`: "l'ordre <b>", `<span id="x">a</span>`: `<span id="x">a`,
	} {
		if got := (htmlSpans{wordsFor("")}).unwrap(said); got != want {
			t.Errorf("%q was read as %q, want %q", said, got, want)
		}
	}
}
