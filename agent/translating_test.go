package agent_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"

	"golang.org/x/text/language"
)

const where = "shop/translating"

// plainly is a body without JSON's escape of >.
func plainly(r reply) string { return strings.ReplaceAll(r.body, `\u003e`, ">") }

func TestPatchTranslating(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	if got := admin.want(200, "", "GET", where, ""); got.body != "{}" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("before: %s", got.body)
	}
	for _, step := range []struct{ patch, want string }{
		{`{"engines":["deepl","apertium"],"names":["Tea & Co"," Tea  & Co "],"no_memory":true}`, `{"engines":["deepl","apertium"],"names":["Tea \u0026 Co"],"no_memory":true}`},
		{`{}`, `{"engines":["deepl","apertium"],"names":["Tea \u0026 Co"],"no_memory":true}`},
		{`{"engines":null,"names":[],"no_memory":false}`, `{}`},
		{`{"pair_engines":{"ES>en":["openai"],"en>es":["deepl"]},"formality":{"DE":"more","fr":"less"}}`,
			`{"pair_engines":{"en>es":["deepl"],"es>en":["openai"]},"formality":{"de":"more","fr":"less"}}`},
		{`{"pair_engines":{"es>EN":null},"formality":{"de":null,"es":"less"}}`, `{"pair_engines":{"en>es":["deepl"]},"formality":{"es":"less","fr":"less"}}`},
		{`{"pair_engines":{"en>es":[]},"formality":null,"send_personal":true,"typing_preview":true}`, `{"send_personal":true,"typing_preview":true}`},
		{`{"send_personal":null,"typing_preview":null,"budget":{"day_characters":1000,"month_characters":20000,"soft_percent":70}}`,
			`{"budget":{"day_characters":1000,"month_characters":20000,"soft_percent":70}}`},
		{`{"budget":{"day_characters":null,"soft_percent":0}}`, `{"budget":{"month_characters":20000}}`},
		{`{"pair_engines":null,"budget":null}`, `{}`},
	} {
		before := admin.ask("GET", where, "").header.Get("ETag")
		got := admin.want(200, "", "PATCH", where, step.patch, "If-Match", before, "Content-Type", "application/merge-patch+json")
		read := admin.want(200, "", "GET", where, "")
		if plainly(got) != step.want || read.body != got.body || read.header.Get("ETag") != got.header.Get("ETag") {
			t.Errorf("%s: answered %s, then %s; want %s", step.patch, got.body, read.body, step.want)
		}
		if changed := before != got.header.Get("ETag"); changed != (step.patch != "{}") {
			t.Errorf("%s: the ETag was %s and is %s", step.patch, before, got.header.Get("ETag"))
		}
	}
}

// Every field of the settings can be patched, each alone, and taken away again.
func TestEveryFieldOfTranslatingIsPatched(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	full := chat.Translating{
		Engines: []string{"deepl"}, PairEngines: map[string][]string{"es>en": {"apertium"}}, Formality: map[language.Tag]chat.Formality{language.German: chat.FormalityMore},
		Names: []string{"Tea"}, SendPersonal: true, NoMemory: true, TypingPreview: true, Budget: chat.Budget{DayCharacters: 1, MonthCharacters: 2, SoftPercent: 3},
	}
	b, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	if n := reflect.TypeFor[chat.Translating]().NumField(); len(fields) != n {
		t.Fatalf("%d of %d fields are filled in here", len(fields), n)
	}
	for name, value := range fields {
		one := fmt.Sprintf(`{%q:%s}`, name, value)
		if got := admin.want(200, "", "PATCH", where, one); got.body != one {
			t.Errorf("%s became %s", one, got.body)
		}
		if got := admin.want(200, "", "PATCH", where, fmt.Sprintf(`{%q:null}`, name)); got.body != "{}" {
			t.Errorf("%s taken away: %s", name, got.body)
		}
	}
}

func TestPatchTranslatingRefuses(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	before := admin.want(200, "", "PATCH", where, `{"names":["Tea"],"formality":{"de":"more"}}`)
	many := `["Tea` + strings.Repeat(`","Tea`, 10) + `"]`
	for _, c := range []struct {
		body   string
		status int
		code   chat.Code
		says   string
	}{
		{``, 400, chat.BadRequest, "One JSON object"},
		{`[]`, 400, chat.BadRequest, "One JSON object"},
		{`null`, 400, chat.BadRequest, "One JSON object"},
		{`{"engines":`, 400, chat.BadRequest, "not the JSON"},
		{`{"names":["Oats"]} {}`, 400, chat.BadRequest, "not the JSON"},
		{"{\"names\":[\"O\xffts\"]}", 400, chat.BadRequest, "UTF-8"},
		{strings.Repeat(`{"budget":`, 20) + strings.Repeat("}", 20), 400, chat.BadRequest, "nested too deep"},
		{`{"engines":"deepl"}`, 400, chat.BadRequest, `"engines" cannot be a string`},
		{`{"engines":["deepl",7]}`, 400, chat.BadRequest, `"engines" cannot be a number`},
		{`{"names":{"Tea":true}}`, 400, chat.BadRequest, `"names" cannot be a object`},
		{`{"no_memory":"yes"}`, 400, chat.BadRequest, `"no_memory" cannot be a string`},
		{`{"budget":7}`, 400, chat.BadRequest, `"budget" cannot be a number`},
		{`{"budget":{"day_characters":1.5}}`, 400, chat.BadRequest, "day_characters"},
		{`{"budget":{"day_characters":"1"}}`, 400, chat.BadRequest, "day_characters"},
		{`{"budget":{"day_characters":99999999999999999999}}`, 400, chat.BadRequest, "day_characters"},
		{`{"budget":{"day_characters":-1}}`, 400, chat.BadRequest, "day_characters"},
		{`{"budget":{"soft_percent":101}}`, 400, chat.BadRequest, "1 to 100"},
		{`{"name":["Oats"]}`, 400, chat.BadRequest, `no field "name"`},
		{`{"Names":["Oats"]}`, 400, chat.BadRequest, `no field "Names"`},
		{`{"budget":{"year_characters":1}}`, 400, chat.BadRequest, `no field "year_characters"`},
		{`{"budget":{"Day_characters":1}}`, 400, chat.BadRequest, `no field "Day_characters"`},
		{`{"engines":["babel"]}`, 400, chat.BadRequest, `no engine "babel": the names are deepl, openai, apertium`},
		{`{"engines":["deepl","deepl"]}`, 400, chat.BadRequest, "named twice"},
		{`{"pair_engines":{"es>en":["babel"]}}`, 400, chat.BadRequest, `no engine "babel"`},
		{`{"pair_engines":{"es":["deepl"]}}`, 400, chat.BadRequest, "es>en"},
		{`{"pair_engines":{"es>en":["deepl"],"ES>en":["openai"]}}`, 400, chat.BadRequest, "twice"},
		{`{"pair_engines":{"es>klingon-":["deepl"]}}`, 422, chat.BadLanguage, "BCP 47"},
		{`{"formality":{"de":"Sie"}}`, 400, chat.BadRequest, "it is more, less or engine"},
		{`{"formality":{"klingon-":"more"}}`, 422, chat.BadLanguage, "BCP 47"},
		{`{"formality":{"und":"more"}}`, 422, chat.BadLanguage, "BCP 47"},
		{`{"names":["..."]}`, 422, chat.Empty, "neither a letter nor a digit"},
		{`{"names":["` + strings.Repeat("é", 101) + `"]}`, 422, chat.TooLong, "at most 100 characters"},
		{`{"names":["` + strings.Repeat("é", 1<<20) + `"]}`, 413, chat.TooLong, "1048576 bytes"},
	} {
		if got := admin.want(c.status, c.code, "PATCH", where, c.body); !strings.Contains(got.Detail, c.says) {
			t.Errorf("%.100s: %q does not say %q", c.body, got.Detail, c.says)
		}
	}
	admin.want(415, chat.BadRequest, "PATCH", where, `{"names":`+many+`}`, "Content-Type", "text/plain")
	admin.want(415, chat.BadRequest, "PATCH", where, `{"names":`+many+`}`, "Content-Encoding", "gzip")
	admin.want(405, chat.BadRequest, "PUT", where, `{}`)
	if after := admin.ask("GET", where, ""); after.body != before.body {
		t.Errorf("what was refused has changed %s to %s", before.body, after.body)
	}
}

// As many names as may be, each as long as may be, fit into a request however they are written.
func TestLongestSettingsFit(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	names := make([]string, chat.MaxNames)
	for i := range names {
		names[i] = `"` + strings.Repeat(`\ud83c\udf75`, chat.MaxName-4) + fmt.Sprintf("%04d", i) + `"`
	}
	as(t, s, edgetest.Dora).want(200, "", "PATCH", where, `{"names":[`+strings.Join(names, ",")+`]}`)
}

// Two who change the same at the same moment: who names what he has read is told, and who names nothing undoes nothing.
func TestLostUpdates(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	old := admin.ask("GET", where, "").header.Get("ETag")
	now := admin.want(200, "", "PATCH", where, `{"names":["Tea"]}`, "If-Match", old).header.Get("ETag")
	for _, wrong := range []string{old, `"x"`, "W/" + now, strings.Trim(now, `"`), `"x", ` + old} {
		if got := admin.want(412, chat.Conflict, "PATCH", where, `{"names":["Oats"]}`, "If-Match", wrong); !strings.Contains(got.Detail, "read it again") {
			t.Errorf("%s: %s", wrong, got.Detail)
		}
	}
	for _, right := range []string{now, "*", `"x", ` + now} {
		admin.want(200, "", "PATCH", where, `{"names":["Tea"]}`, "If-Match", right)
	}
	var work sync.WaitGroup
	for i := range 10 {
		work.Go(func() {
			admin.want(200, "", "PATCH", where, fmt.Sprintf(`{"pair_engines":{"en>%c%c":["deepl"]}}`, 'd'+rune(i%2), "ae"[i%2]))
			admin.want(200, "", "PATCH", where, fmt.Sprintf(`{"formality":{"q%c%c":"more"}}`, 'a'+rune(i), 'a'))
		})
	}
	work.Wait()
	var got chat.Translating
	if err := json.Unmarshal([]byte(admin.ask("GET", where, "").body), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Formality) != 10 || len(got.PairEngines) != 2 || len(got.Names) != 1 {
		t.Errorf("after twenty changes at once: %+v", got)
	}
}

// A newer server may know engines that this one does not: what it has set does not keep this one from changing other things.
func TestEnginesOfANewerServerStay(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	_, err := s.Store.ChangeSite(t.Context(), "shop", func(site *chat.Site) error {
		site.Translating.Engines = []string{"telepathy", "deepl"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := admin.want(200, "", "PATCH", where, `{"names":["Tea"]}`); got.body != `{"engines":["telepathy","deepl"],"names":["Tea"]}` {
		t.Error(got.body)
	}
	admin.want(200, "", "PATCH", where, `{"engines":["deepl","telepathy"]}`)
	if got := admin.want(400, chat.BadRequest, "PATCH", where, `{"engines":["depl","telepathy"]}`); !strings.Contains(got.body, "depl") {
		t.Error(got.body)
	}
}
