package engine

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

// glossed is a request for one text in which the second word is a term.
func glossed(text, hash string) *translate.Request {
	r := request(text)
	from := strings.Index(text, " ") + 1
	r.Segments[0].Terms = []translate.Term{{From: from, To: from + strings.IndexByte(text[from:]+" ", ' '), Target: `el "pedido"`}}
	r.Glossary = &translate.Terms{Site: "shop", Hash: hash, Pairs: [][2]string{{"order", `el "pedido"`}}}
	return r
}

// TestOpenAITerms: the words of the texts are told with their forms, each once, and nothing is said of a glossary where there is none.
func TestOpenAITerms(t *testing.T) {
	s := enginetest.NewServer(t, openai)
	e := openaiOn(t, s.URL)
	r := glossed("my order please", "h")
	r.Segments = append(r.Segments, r.Segments[0])
	for _, r := range []*translate.Request{r, request("my order please")} {
		if _, err := e.Translate(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	with, without := s.Asked("/v1/chat/completions")[0], s.Asked("/v1/chat/completions")[1]
	_, data, ask, _ := heard(with)
	if len(data.Terms) != 1 || data.Terms[0] != [2]string{"order", `el "pedido"`} || !strings.Contains(ask.Messages[0].Content, `"terms"`) {
		t.Errorf("told %q: %s", data.Terms, ask.Messages[0].Content)
	}
	if _, data, _, _ := heard(without); data.Terms != nil || strings.Contains(without.Body, "terms") {
		t.Errorf("told %s", without.Body)
	}
}

// TestMicrosoftTerms: dynamic dictionaries, in text with marks and without; a text that looks like one gets none.
func TestMicrosoftTerms(t *testing.T) {
	s := enginetest.NewServer(t, microsoft)
	m := NewMicrosoft(MicrosoftOptions{URL: s.URL, Key: enginetest.Key, Region: "westeurope"})
	defer m.Close()
	mark := string(translate.MarkOf(0))
	for i, c := range []struct{ text, want string }{
		{"my order please", `my <mstrans:dictionary translation="el &#34;pedido&#34;">order</mstrans:dictionary> please`},
		{"a order <" + mark, `a <mstrans:dictionary translation="el &#34;pedido&#34;">order</mstrans:dictionary> &lt;<span translate="no" class="notranslate">XPH0X</span>`},
		{"my order <mstrans:dictionary>", "my order <mstrans:dictionary>"},
	} {
		if _, err := m.Translate(t.Context(), glossed(c.text, "h")); err != nil {
			t.Fatal(err)
		}
		var body []struct{ Text string }
		asked := s.Asked("/translate")
		if err := json.Unmarshal([]byte(asked[i].Body), &body); err != nil || len(body) != 1 || body[0].Text != c.want {
			t.Errorf("%q: asked %s, want %s", c.text, asked[i].Body, c.want)
		}
	}
}

// deeplGlossaries is a DeepL that keeps glossaries.
type deeplGlossaries struct {
	mu      sync.Mutex
	names   map[string]string // by id
	entries map[string]string // by id and pair
	made    int
	refuses int // with this status
}

func (k *deeplGlossaries) serve(a enginetest.Asked) enginetest.Answer {
	if !strings.HasPrefix(a.Path, "/v3/glossaries") || a.Path == "/v3/glossaries/def3a26b" {
		return deepl(a)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if a.Header.Get("Authorization") != "DeepL-Auth-Key "+enginetest.Key || k.refuses != 0 {
		return enginetest.Answer{Status: max(k.refuses, 403), Body: `{"message":"no"}`}
	}
	read := func(v any) bool {
		d := json.NewDecoder(strings.NewReader(a.Body))
		d.DisallowUnknownFields()
		return d.Decode(v) == nil
	}
	id, tail, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(a.Path, "/v3/glossaries"), "/"), "/")
	switch {
	case a.Method == http.MethodGet && id == "":
		type glossary struct {
			ID   string `json:"glossary_id"`
			Name string `json:"name"`
		}
		list := []glossary{{"0", "somebody else's"}}
		for id, name := range k.names {
			list = append(list, glossary{id, name})
		}
		b, _ := json.Marshal(map[string]any{"glossaries": list})
		return enginetest.Answer{Body: string(b)}
	case a.Method == http.MethodPost && id == "":
		var body struct {
			Name         string            `json:"name"`
			Dictionaries []deeplDictionary `json:"dictionaries"`
		}
		if !read(&body) || len(body.Dictionaries) != 1 || body.Dictionaries[0].Format != "tsv" {
			return enginetest.Answer{Status: 400}
		}
		k.made++
		id := "g" + string(rune('0'+k.made))
		k.names[id] = body.Name
		k.entries[id+" "+body.Dictionaries[0].Source+">"+body.Dictionaries[0].Target] = body.Dictionaries[0].Entries
		return enginetest.Answer{Status: 201, Body: `{"glossary_id":"` + id + `","name":"x","dictionaries":[]}`}
	case a.Method == http.MethodPut && tail == "dictionaries":
		var body deeplDictionary
		if k.names[id] == "" || !read(&body) {
			return enginetest.Answer{Status: 404}
		}
		k.entries[id+" "+body.Source+">"+body.Target] = body.Entries
		return enginetest.Answer{Body: `{"source_lang":"en","target_lang":"es","entry_count":1}`}
	}
	return enginetest.Answer{Status: 404}
}

// TestDeepLKeepsGlossaries: one glossary for a site, a dictionary for a pair, sent when its content changes and not otherwise; another node, or the same
// one after a restart, finds it.
func TestDeepLKeepsGlossaries(t *testing.T) {
	k := &deeplGlossaries{names: map[string]string{}, entries: map[string]string{}}
	s := enginetest.NewServer(t, k.serve)
	ask := func(d *DeepL, r *translate.Request) string {
		t.Helper()
		if _, err := d.Translate(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		all := s.Asked("/v2/translate")
		return all[len(all)-1].Body
	}
	first := NewDeepL(DeepLOptions{URL: s.URL, Key: enginetest.Key})
	defer first.Close()
	for range 3 {
		if body := ask(first, glossed("my order please", "h1")); !strings.Contains(body, `"glossary_id":"g1"`) {
			t.Errorf("asked %s", body)
		}
	}
	if got := k.entries["g1 en>es"]; k.names["g1"] != "dragoman shop" || got != "order\tel \"pedido\"\n" {
		t.Errorf("DeepL has %q: %q", k.names, got)
	}
	calls := len(s.Asked("/v3/glossaries"))
	second := NewDeepL(DeepLOptions{URL: s.URL, Key: enginetest.Key, Glossary: "def3a26b"})
	defer second.Close()
	changed := glossed("my order please", "h2")
	changed.Glossary.Pairs = [][2]string{{"order", "encargo"}}
	if body := ask(second, changed); !strings.Contains(body, `"glossary_ids":["g1","def3a26b"]`) {
		t.Errorf("another node asked %s", body)
	}
	german := glossed("meine order", "h3")
	german.From = language.German
	ask(second, german)
	if k.entries["g1 en>es"] != "order\tencargo\n" || k.entries["g1 de>es"] == "" || k.made != 1 || calls != 2 {
		t.Errorf("DeepL has %q, %d glossaries were made, %d calls", k.entries, k.made, calls)
	}
	if body := ask(first, request("no order of it")); strings.Contains(body, "glossary") {
		t.Errorf("a line without terms: %s", body)
	}
}

// TestDeepLWithoutGlossaries: where DeepL takes none, the pipeline keeps the words by marks, and DeepL is not asked for a glossary with every line.
func TestDeepLWithoutGlossaries(t *testing.T) {
	k := &deeplGlossaries{refuses: 456}
	s := enginetest.NewServer(t, k.serve)
	p := translate.New(translate.Options{
		Engines:  []translate.Engine{NewDeepL(DeepLOptions{URL: s.URL, Key: enginetest.Key})},
		Glossary: translate.NewGlossary(translate.GlossaryOptions{Store: oneTerm{}}),
	})
	defer p.Close()
	for _, line := range []string{"my order please", "another order please", "no order at all"} {
		got := p.Translate(t.Context(), chat.Untranslated{Site: "shop", Text: line, From: language.English, To: language.Spanish})
		if got.State != chat.TranslationDone || !strings.Contains(got.Text, " pedido ") || len(got.Terms) != 1 {
			t.Errorf("%q: %+v", line, got)
		}
	}
	if n := len(s.Asked("/v3/glossaries")); n != 1 {
		t.Errorf("asked for a glossary %d times", n)
	}
}

// TestDeepLLosesAGlossary: somebody has removed it there. Lines go on with marks, and after a while it is made anew.
func TestDeepLLosesAGlossary(t *testing.T) {
	k := &deeplGlossaries{names: map[string]string{}, entries: map[string]string{}}
	s := enginetest.NewServer(t, func(a enginetest.Asked) enginetest.Answer {
		k.mu.Lock()
		gone := strings.Contains(a.Body, `"glossary_id":"g1"`) && k.names["g1"] == ""
		k.mu.Unlock()
		if gone {
			return enginetest.Answer{Status: 404, Body: `{"message":"Glossary not found"}`}
		}
		return k.serve(a)
	})
	d := NewDeepL(DeepLOptions{URL: s.URL, Key: enginetest.Key})
	p := translate.New(translate.Options{Engines: []translate.Engine{d}, Glossary: translate.NewGlossary(translate.GlossaryOptions{Store: oneTerm{}})})
	defer p.Close()
	say := func(line string) {
		t.Helper()
		got := p.Translate(t.Context(), chat.Untranslated{Site: "shop", Text: line, From: language.English, To: language.Spanish})
		if got.State != chat.TranslationDone || !strings.Contains(got.Text, " pedido ") {
			t.Errorf("%q: %+v", line, got)
		}
	}
	say("my order please")
	k.mu.Lock()
	clear(k.names)
	k.mu.Unlock()
	say("another order please")
	say("one more order please")
	if k.made != 1 {
		t.Errorf("%d were made: DeepL is not left alone", k.made)
	}
	d.kept.mu.Lock()
	d.kept.until = time.Time{}
	d.kept.mu.Unlock()
	say("the last order please")
	if k.made != 2 || k.names["g2"] != "dragoman shop" {
		t.Errorf("%d were made: %q", k.made, k.names)
	}
}

// oneTerm is a glossary of one word.
type oneTerm struct{}

func (oneTerm) Terms(_ context.Context, _ string, known int64) ([]chat.Term, int64, error) {
	return []chat.Term{{From: language.English, To: language.Spanish, Source: "order", Target: "pedido"}}, 1, nil
}

// TestTermsWithEveryEngine: whatever an engine makes of the glossary, the reader gets the word that the site wants.
func TestTermsWithEveryEngine(t *testing.T) {
	for name, c := range map[string]struct {
		serve func(enginetest.Asked) enginetest.Answer
		open  func(url string) translate.Engine
	}{
		"deepl": {deepl, func(url string) translate.Engine {
			return NewDeepL(DeepLOptions{URL: url, Key: enginetest.Key, Timeout: time.Minute})
		}},
		"microsoft": {microsoft, func(url string) translate.Engine {
			return NewMicrosoft(MicrosoftOptions{URL: url, Key: enginetest.Key, Region: "westeurope", Timeout: time.Minute})
		}},
		"openai": {openai, func(url string) translate.Engine {
			return NewOpenAI(OpenAIOptions{URL: url, Key: enginetest.Key, Model: "small", Timeout: time.Minute})
		}},
	} {
		s := enginetest.NewServer(t, c.serve)
		e := c.open(s.URL)
		if caps, err := e.Caps(t.Context()); err != nil || !caps.Glossary {
			t.Errorf("%s is not told the glossary: %v", name, err)
		}
		p := translate.New(translate.Options{Engines: []translate.Engine{e}, Glossary: translate.NewGlossary(translate.GlossaryOptions{Store: oneTerm{}})})
		got := p.Translate(t.Context(), chat.Untranslated{Site: "shop", Text: "where is my order #4711", From: language.English, To: language.Spanish})
		if !strings.Contains(got.Text, "pedido #4711") || strings.Contains(got.Text, "order") || len(got.Terms) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
