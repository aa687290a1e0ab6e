package engine

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

// call is a request that a vendor publishes: its method, its path ({id} stands for anything), its body and an answer to it as the vendor shows one. Field names, types and
// values are facts from where the contract says.
type call struct {
	method, path string
	body         map[string]field // nil: none
	each         map[string]field // of the objects in the arrays of the body
	status       int
	answer       string
}

// check tells what a request has that its vendor does not know, or lacks.
func (c call) check(a enginetest.Asked) error {
	if c.body == nil {
		if a.Body != "" {
			return fmt.Errorf("there is a body")
		}
		return nil
	}
	var o map[string]any
	if err := json.Unmarshal([]byte(a.Body), &o); err != nil {
		return err
	}
	if err := fit(o, c.body); err != nil {
		return err
	}
	for _, v := range o {
		list, _ := v.([]any)
		for _, e := range list {
			if inner, ok := e.(map[string]any); ok {
				if err := fit(inner, c.each); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// is tells whether a request is this call.
func (c call) is(a enginetest.Asked) bool {
	before, after, open := strings.Cut(c.path, "{id}")
	rest, ok := strings.CutPrefix(strings.SplitN(a.Path, "?", 2)[0], before)
	if !open || !ok {
		return a.Method == c.method && ok && rest == ""
	}
	id, ok := strings.CutSuffix(rest, after)
	return a.Method == c.method && ok && id != "" && !strings.Contains(id, "/")
}

// callOf finds the call that a request is, or fails the test: what the vendor does not publish must not be asked.
func callOf(t *testing.T, calls []call, a enginetest.Asked) (c call, ok bool) {
	t.Helper()
	for _, c := range calls {
		if c.is(a) {
			return c, true
		}
	}
	t.Errorf("%s %s is not published", a.Method, a.Path)
	return c, false
}

// deeplGlossaryLanguages are those of which DeepL takes dictionaries.
var deeplGlossaryLanguages = strings.Fields("ar bg cs da de el en es et fi fr he hu id it ja ko lt lv nb nl pl pt ro ru sk sl sv th tr uk vi zh")

// deeplCalls are DeepL's glossaries, version 3: DeepLcom/openapi (MIT), openapi.json, 3.11.0, with its examples of answers.
func deeplCalls() []call {
	dictionary := map[string]field{
		"source_lang": need("string", deeplGlossaryLanguages...), "target_lang": need("string", deeplGlossaryLanguages...), "entries": need("string"), "entries_format": may("string", "tsv", "csv"),
	}
	const glossary = `{"glossary_id":"def3a26b-3e84-45b3-84ae-0c0aaf3525f7","name":"My Glossary","dictionaries":[{"source_lang":"EN","target_lang":"DE","entry_count":1},{"source_lang":"DE","target_lang":"EN","entry_count":2}],"creation_time":"2021-08-03T14:16:18.329Z"}`
	return []call{
		{method: http.MethodPost, path: "/v3/glossaries", body: map[string]field{"name": need("string"), "dictionaries": need("array")}, each: dictionary, status: 201, answer: glossary},
		{method: http.MethodGet, path: "/v3/glossaries", status: 200, answer: `{"glossaries":[` + glossary + `]}`},
		{method: http.MethodGet, path: "/v3/glossaries/{id}", status: 200, answer: glossary},
		{method: http.MethodPut, path: "/v3/glossaries/{id}/dictionaries", body: dictionary, status: 200, answer: `{"source_lang":"EN","target_lang":"DE","entry_count":1}`},
	}
}

// TestDeepLGlossaryContract holds every request about glossaries against what DeepL publishes, and answers with DeepL's own examples: with them a glossary is made, found
// and changed, and used for the pairs that it has.
func TestDeepLGlossaryContract(t *testing.T) {
	calls := deeplCalls()
	name, seen := "My Glossary", map[string]int{}
	s := enginetest.NewServer(t, func(a enginetest.Asked) enginetest.Answer {
		if !strings.HasPrefix(a.Path, "/v3/glossaries") {
			return deepl(a)
		}
		c, ok := callOf(t, calls, a)
		if !ok {
			return enginetest.Answer{Status: 404}
		}
		if err := c.check(a); err != nil {
			t.Errorf("%s %s %s: %v", a.Method, a.Path, a.Body, err)
		}
		if mutant := strings.Replace(a.Body, `"source_lang":"`, `"source_lang":"x`, 1); mutant != a.Body && c.check(enginetest.Asked{Body: mutant}) == nil {
			t.Errorf("a language that DeepL has not got is not noticed: %s", mutant)
		}
		seen[a.Method+" "+c.path]++
		return enginetest.Answer{Status: c.status, Body: strings.ReplaceAll(c.answer, "My Glossary", name)}
	})
	ask := func(d *DeepL, to string, hash string) string {
		t.Helper()
		r := glossed("my order please", hash)
		r.To = language.MustParse(to)
		if _, err := d.Translate(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		all := s.Asked("/v2/translate")
		return all[len(all)-1].Body
	}
	const used = `"glossary_id":"def3a26b-3e84-45b3-84ae-0c0aaf3525f7"`
	d := NewDeepL(DeepLOptions{URL: s.URL, Key: enginetest.Key})
	defer d.Close()
	for _, to := range []string{"de", "pt-BR", "zh-Hans"} {
		if body := ask(d, to, "h "+to); !strings.Contains(body, used) {
			t.Errorf("%s: a glossary that was made is not used: %s", to, body)
		}
	}
	name = deeplName + "shop"
	other := NewDeepL(DeepLOptions{URL: s.URL, Key: enginetest.Key, Glossary: "def3a26b-3e84-45b3-84ae-0c0aaf3525f7"})
	defer other.Close()
	if body := ask(other, "de", "h2"); !strings.Contains(body, `"glossary_ids":["def3a26b-3e84-45b3-84ae-0c0aaf3525f7","def3a26b-3e84-45b3-84ae-0c0aaf3525f7"]`) {
		t.Errorf("one that another node has made, and that of the settings, are not used: %s", body)
	}
	plain := request("one")
	plain.From, plain.To = language.English, language.Spanish
	if _, err := other.Translate(t.Context(), plain); err != nil {
		t.Fatal(err)
	}
	if all := s.Asked("/v2/translate"); strings.Contains(all[len(all)-1].Body, "glossary") {
		t.Errorf("a pair that the glossary of the settings has not got: %s", all[len(all)-1].Body)
	}
	for _, c := range calls {
		if seen[c.method+" "+c.path] == 0 {
			t.Errorf("%s %s was never asked", c.method, c.path)
		}
	}
}
