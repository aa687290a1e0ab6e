package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

// field is what a vendor publishes of one field: its type as JSON calls it ("strings" is an array of them, "text" one or several), whether it must
// be there, and what it may be.
type field struct {
	kind     string
	required bool
	may      []string
	repeats  bool // it may stand in an address several times
}

// contract is a vendor's published form of a request for a translation, and an answer as the vendor shows one. Field names and types are facts
// from where it says.
type contract struct {
	from    string
	body    map[string]field
	list    bool             // the body is an array of such objects
	query   map[string]field // of the address, or of a form in the body
	answer  string           // NONCE stands for what the answer must repeat
	want    string           // the text in it
	new     func(url string) translate.Engine
	serve   func(enginetest.Asked) enginetest.Answer
	isAsked func(enginetest.Asked) bool
}

func need(kind string, may ...string) field { return field{kind: kind, required: true, may: may} }
func may(kind string, may ...string) field  { return field{kind: kind, may: may} }

func contracts() map[string]contract {
	at := func(path string) func(enginetest.Asked) bool {
		return func(a enginetest.Asked) bool { return strings.HasPrefix(a.Path, path) }
	}
	return map[string]contract{
		"deepl": {
			from: "DeepLcom/openapi, openapi.json, 3.11.0",
			body: map[string]field{
				"text": need("strings"), "target_lang": need("string"), "source_lang": may("string"), "context": may("string"), "show_billed_characters": may("boolean"), "split_sentences": may("string", "0", "1", "nonewlines"),
				"preserve_formatting": may("boolean"), "formality": may("string", "default", "more", "less", "prefer_more", "prefer_less"), "model_type": may("string"), "glossary_id": may("string"), "glossary_ids": may("strings"),
				"style_id": may("string"), "translation_memory_id": may("string"), "translation_memory_threshold": may("number"), "custom_instructions": may("strings"), "tag_handling": may("string", "xml", "html"),
				"tag_handling_version": may("string", "v1", "v2"), "outline_detection": may("boolean"), "enable_beta_languages": may("boolean"), "non_splitting_tags": may("strings"), "splitting_tags": may("strings"), "ignore_tags": may("strings"),
			},
			answer: `{"translations":[{"detected_source_language":"EN","text":"Hallo, Welt!","billed_characters":42,"model_type_used":"quality_optimized","tag_handling_version":"v2"}]}`, want: "Hallo, Welt!",
			new: func(url string) translate.Engine {
				return NewDeepL(DeepLOptions{URL: url, Key: enginetest.Key, Glossary: "def3a26b"})
			}, serve: deepl, isAsked: at("/v2/translate"),
		},
		"google v2": {
			from:   "Google's discovery document translate:v2 (googleapis/google-api-go-client, translate/v2/translate-api.json)",
			body:   map[string]field{"q": need("strings"), "target": need("string"), "source": may("string"), "format": may("string", "html", "text"), "model": may("string")},
			answer: `{"data":{"translations":[{"detectedSourceLanguage":"en","model":"nmt","translatedText":"Hola, mundo"}]}}`, want: "Hola, mundo",
			new: func(url string) translate.Engine { return NewGoogle(GoogleOptions{URL: url, Key: enginetest.Key}) }, serve: google2,
			isAsked: func(a enginetest.Asked) bool { return a.Path == "/language/translate/v2" },
		},
		"google v3": {
			from: "Google's discovery document translate:v3 (googleapis/google-api-go-client, translate/v3/translate-api.json)",
			body: map[string]field{
				"contents": need("strings"), "targetLanguageCode": need("string"), "sourceLanguageCode": may("string"), "mimeType": may("string", "text/plain", "text/html"), "model": may("string"), "glossaryConfig": may("object"),
				"labels": may("object"), "transliterationConfig": may("object"),
			},
			answer: `{"translations":[{"translatedText":"Hola, mundo","detectedLanguageCode":"en","model":"projects/1/locations/global/models/general/nmt"}]}`, want: "Hola, mundo",
			new: func(url string) translate.Engine {
				return NewGoogle(GoogleOptions{URL: url, Key: accountFile(url + "/token")})
			}, serve: google3,
			isAsked: func(a enginetest.Asked) bool { return strings.HasSuffix(a.Path, ":translateText") },
		},
		"microsoft": {
			from: "Azure/azure-rest-api-specs, TranslatorText/stable/v3.0/TranslatorText.json and examples/translateSuccess.json",
			body: map[string]field{"Text": need("string")}, list: true,
			query: map[string]field{
				"api-version": need("string", "3.0"), "to": {kind: "string", required: true, repeats: true}, "from": may("string"), "textType": may("string", "plain", "html"), "category": may("string"), "profanityAction": may("string"), "profanityMarker": may("string"),
				"includeAlignment": may("string"), "includeSentenceLength": may("string"), "suggestedFrom": may("string"), "fromScript": may("string"), "toScript": may("string"),
			},
			answer: `[{"translations":[{"text":"Realmente me gustaría conducir su coche.","to":"es"}]}]`, want: "Realmente me gustaría conducir su coche.",
			new: func(url string) translate.Engine {
				return NewMicrosoft(MicrosoftOptions{URL: url, Key: enginetest.Key, Region: "westeurope"})
			}, serve: microsoft, isAsked: at("/translate"),
		},
		"libretranslate": {
			from: "LibreTranslate/LibreTranslate, libretranslate/app.py, the documentation of POST /translate",
			body: map[string]field{
				"q": need("text"), "source": need("string"), "target": need("string"), "format": may("string", "text", "html"), "alternatives": may("number"), "api_key": may("string"),
			},
			answer: `{"translatedText":"¡Hola mundo!"}`, want: "¡Hola mundo!",
			new: func(url string) translate.Engine {
				return NewLibreTranslate(LibreTranslateOptions{URL: url, Key: enginetest.Key})
			}, serve: libre, isAsked: at("/translate"),
		},
		"apy": {
			from:   "apertium/apertium-apy, README.md and apertium_apy/handlers/translate.py",
			query:  map[string]field{"langpair": need("string"), "q": need("string"), "markUnknown": may("string", "yes", "no"), "format": may("string"), "deformat": may("string"), "reformat": may("string"), "prefs": may("string")},
			answer: `{"responseData":{"translatedText":"Salut!"},"responseDetails":null,"responseStatus":200}`, want: "Salut!",
			new: func(url string) translate.Engine { return NewAPy(APyOptions{URL: url}) }, serve: apy, isAsked: at("/translate"),
		},
		"openai": {
			from: "openai/openai-openapi, CreateChatCompletionRequest and CreateChatCompletionResponse",
			body: map[string]field{
				"model": need("string"), "messages": need("array"), "temperature": may("number"), "max_tokens": may("number"), "max_completion_tokens": may("number"), "response_format": may("object"), "seed": may("number"),
				"stream": may("boolean"), "n": may("number"), "stop": may("text"), "top_p": may("number"), "user": may("string"),
			},
			answer: `{"id":"chatcmpl-123","object":"chat.completion","created":1677652288,"model":"small","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"message":{"role":"assistant",` +
				`"content":"{\"id\":\"NONCE\",\"texts\":[\"Hola\"]}"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}`, want: "Hola",
			new: func(url string) translate.Engine {
				return NewOpenAI(OpenAIOptions{URL: url, Key: enginetest.Key, Model: "small", Timeout: 20 * time.Second})
			}, serve: openai, isAsked: at("/v1/chat/completions"),
		},
	}
}

// check tells what a request has that its vendor does not know, or lacks.
func (c contract) check(a enginetest.Asked) error {
	if c.query != nil {
		u, err := url.Parse(a.Path)
		if err != nil {
			return err
		}
		values := u.Query()
		if c.body == nil {
			if values, err = url.ParseQuery(a.Body); err != nil {
				return err
			}
		}
		fields := map[string]any{}
		for name, v := range values {
			fields[name] = v[0]
			if len(v) > 1 && !c.query[name].repeats {
				return fmt.Errorf("%s stands there %d times", name, len(v))
			}
		}
		if err := fit(fields, c.query); err != nil {
			return err
		}
	}
	if c.body == nil {
		return nil
	}
	objects := make([]map[string]any, 1)
	var into any = &objects[0]
	if c.list {
		into = &objects
	}
	if err := json.Unmarshal([]byte(a.Body), into); err != nil {
		return err
	}
	for _, o := range objects {
		if err := fit(o, c.body); err != nil {
			return err
		}
	}
	return nil
}

func fit(got map[string]any, want map[string]field) error {
	for name, f := range want {
		if _, there := got[name]; f.required && !there {
			return fmt.Errorf("%s is missing", name)
		}
	}
	for name, v := range got {
		f, known := want[name]
		if !known {
			return fmt.Errorf("%s is unknown", name)
		}
		if !fits(v, f.kind) {
			return fmt.Errorf("%s is a %T, want %s", name, v, f.kind)
		}
		if s, ok := v.(string); ok && f.may != nil && !slices.Contains(f.may, s) {
			return fmt.Errorf("%s is %q, want one of %q", name, s, f.may)
		}
	}
	return nil
}

func fits(v any, kind string) bool {
	switch v := v.(type) {
	case string:
		return kind == "string" || kind == "text"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number"
	case map[string]any:
		return kind == "object"
	case []any:
		for _, e := range v {
			if _, ok := e.(string); !ok && kind != "array" {
				return false
			}
		}
		return len(v) > 0 && (kind == "strings" || kind == "text" || kind == "array")
	}
	return false
}

// TestContracts holds every request of every adapter against what its vendor publishes, and sees that the vendor's own example of an answer is
// understood.
func TestContracts(t *testing.T) {
	mark := string(translate.MarkOf(0))
	for name, c := range contracts() {
		t.Run(name, func(t *testing.T) {
			s := enginetest.NewServer(t, c.serve)
			e := c.new(s.URL)
			defer e.Close()
			caps, err := e.Caps(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			pair, _ := caps.Match(language.English, language.Spanish)
			for _, r := range []*translate.Request{
				request("one"), request("one", "two"), request("one & <two> " + mark), {Formality: chat.FormalityMore, Context: []string{"before"}}, {Formality: chat.FormalityLess}, {SecondCarrier: true},
			} {
				r.From, r.To = pair.From, pair.To
				if r.Segments == nil {
					r.Segments = request("one " + mark).Segments
				}
				if _, err := e.Translate(t.Context(), r); err != nil {
					t.Fatalf("%+v: %v", r, err)
				}
			}
			if many, ok := e.(translate.ManyTargets); ok {
				several := request("one & <two> " + mark)
				several.From = pair.From
				if _, err := many.TranslateMany(t.Context(), several, []language.Tag{pair.To, language.German}); err != nil {
					t.Fatal(err)
				}
			}
			asked := slices.DeleteFunc(s.Asked(""), func(a enginetest.Asked) bool { return !c.isAsked(a) })
			if len(asked) < 6 {
				t.Fatalf("%d requests", len(asked))
			}
			for _, a := range asked {
				if err := c.check(a); err != nil {
					t.Errorf("%s %s: %v (%s)", a.Path, a.Body, err, c.from)
				}
			}
			c.mutations(t, asked[0])
			s.Script(func(a enginetest.Asked) enginetest.Answer {
				if !c.isAsked(a) {
					return c.serve(a)
				}
				nonce, _, _, _ := heard(a)
				return enginetest.Answer{Body: strings.ReplaceAll(c.answer, "NONCE", nonce)}
			})
			last := request("one")
			last.From, last.To = pair.From, pair.To
			if resp, err := e.Translate(t.Context(), last); err != nil || resp.Results[0].Text != c.want {
				t.Errorf("the example of an answer: %+v, %v (%s)", resp, err, c.from)
			}
		})
	}
}

// mutations: the check would notice a field that is missing, of another type or name, or of a value that the vendor does not know.
func (c contract) mutations(t *testing.T, a enginetest.Asked) {
	change := func(fields map[string]field, with func(name string, f field) enginetest.Asked) {
		for name, f := range fields {
			if bad := with(name, f); bad.Path != "" && c.check(bad) == nil {
				t.Errorf("%s is changed, and nobody notices: %s %s", name, bad.Path, bad.Body)
			}
		}
	}
	inBody := func(do func(o map[string]any)) enginetest.Asked {
		bad := a
		var o map[string]any
		if json.Unmarshal([]byte(strings.Trim(a.Body, "[]")), &o) != nil {
			return enginetest.Asked{}
		}
		before := maps.Clone(o)
		do(o)
		if fmt.Sprint(before) == fmt.Sprint(o) {
			return enginetest.Asked{}
		}
		b, _ := json.Marshal(o)
		if bad.Body = string(b); c.list {
			bad.Body = "[" + bad.Body + "]"
		}
		return bad
	}
	if c.body != nil {
		change(c.body, func(name string, f field) enginetest.Asked {
			return inBody(func(o map[string]any) {
				if f.required {
					delete(o, name)
				}
			})
		})
		change(c.body, func(name string, _ field) enginetest.Asked {
			return inBody(func(o map[string]any) {
				if v, ok := o[name]; ok {
					o[name+"x"] = v
				}
			})
		})
		change(c.body, func(name string, f field) enginetest.Asked {
			return inBody(func(o map[string]any) { o[name] = map[bool]any{true: "x", false: 7}[f.kind == "number"] })
		})
		change(c.body, func(name string, f field) enginetest.Asked {
			return inBody(func(o map[string]any) {
				if f.may != nil {
					o[name] = "nonsense"
				}
			})
		})
	}
	inQuery := func(do func(v url.Values)) enginetest.Asked {
		bad := a
		u, _ := url.Parse(a.Path)
		v := u.Query()
		if c.body == nil {
			v, _ = url.ParseQuery(a.Body)
		}
		before := v.Encode()
		if do(v); v.Encode() == before {
			return enginetest.Asked{}
		}
		if c.body == nil {
			bad.Body = v.Encode()
		} else {
			u.RawQuery = v.Encode()
			bad.Path = u.String()
		}
		return bad
	}
	change(c.query, func(name string, f field) enginetest.Asked {
		return inQuery(func(v url.Values) {
			if f.required {
				v.Del(name)
			}
		})
	})
	change(c.query, func(name string, _ field) enginetest.Asked {
		return inQuery(func(v url.Values) { v.Set(name+"x", "y") })
	})
	change(c.query, func(name string, f field) enginetest.Asked {
		return inQuery(func(v url.Values) {
			if f.may != nil {
				v.Set(name, "nonsense")
			}
		})
	})
}

// TestVendorsBill: where a vendor says what it bills, that counts; else all that was sent does, markup too.
func TestVendorsBill(t *testing.T) {
	mark := string(translate.MarkOf(0))
	for name, c := range map[string]struct {
		new    func(url string) translate.Engine
		serve  func(enginetest.Asked) enginetest.Answer
		billed int
	}{
		"DeepL says": {func(url string) translate.Engine { return NewDeepL(DeepLOptions{URL: url, Key: enginetest.Key}) }, func(a enginetest.Asked) enginetest.Answer {
			if !strings.HasSuffix(a.Path, "/translate") {
				return deepl(a)
			}
			return enginetest.Answer{Body: `{"translations":[{"text":"uno","billed_characters":31},{"text":"dos","billed_characters":11}]}`}
		}, 42},
		"Microsoft says": {func(url string) translate.Engine {
			return NewMicrosoft(MicrosoftOptions{URL: url, Key: enginetest.Key, Region: "westeurope"})
		}, func(a enginetest.Asked) enginetest.Answer {
			answer := microsoft(a)
			answer.Header = map[string]string{"X-Metered-Usage": "77"}
			return answer
		}, 77},
		"Google says nothing": {func(url string) translate.Engine { return NewGoogle(GoogleOptions{URL: url, Key: enginetest.Key}) }, google2, len(spanBegin+"XPH0X"+spanEnd) + len("one  é") - 1 + len("two")},
	} {
		s := enginetest.NewServer(t, c.serve)
		e := c.new(s.URL)
		r := request("one "+mark+" é", "two")
		r.From, r.To = language.English, language.Spanish
		resp, err := e.Translate(t.Context(), r)
		e.Close()
		if err != nil || resp.Billed != c.billed {
			t.Errorf("%s: %+v, %v, want %d", name, resp, err, c.billed)
		}
	}
}
