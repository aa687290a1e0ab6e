package agent_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"

	"golang.org/x/text/language"
)

func parse[T any](t *testing.T, r reply) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	return v
}

func TestTermsOverHTTP(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	if got := admin.want(200, "", "GET", "shop/terms", ""); got.body != `{"terms":[]}` {
		t.Errorf("before: %s", got.body)
	}
	added := admin.want(201, "", "POST", "shop/terms", `{"from":"EN","to":"es","source":" loose  leaf","target":"a granel"}`)
	term := parse[chat.Term](t, added)
	if term.ID == "" || term.Site != "shop" || term.Source != "loose leaf" || term.From != language.English || term.At == 0 ||
		added.header.Get("Location") != "/agent/v1/sites/shop/terms/"+term.ID {
		t.Errorf("added %s at %s", added.body, added.header.Get("Location"))
	}
	name := parse[chat.Term](t, admin.want(201, "", "POST", "shop/terms", `{"source":"Alma","case_sensitive":true}`))
	if name.From != language.Und || name.To != language.Und || !name.CaseSensitive {
		t.Errorf("for any languages: %+v", name)
	}
	one := "shop/terms/" + term.ID
	// What was answered may be sent back as it is.
	back := admin.want(200, "", "PUT", one, added.body, "If-Match", added.header.Get("ETag"))
	changed := admin.want(200, "", "PUT", one, `{"from":"en","to":"es","source":"loose leaf","target":"suelto"}`, "If-Match", back.header.Get("ETag"))
	if got := parse[chat.Term](t, changed); got.ID != term.ID || got.Target != "suelto" {
		t.Errorf("changed: %s", changed.body)
	}
	admin.want(412, chat.Conflict, "PUT", one, `{"source":"x"}`, "If-Match", added.header.Get("ETag"))
	written := parse[chat.Term](t, changed).At
	admin.want(412, chat.Conflict, "PUT", one, `{"source":"x"}`, "If-Match", `"`+(written-60_000).String()+`"`)
	admin.want(200, "", "PUT", one, changed.body, "If-Match", `"`+written.String()+`"`)
	admin.want(409, chat.Conflict, "POST", "shop/terms", `{"from":"en","to":"es","source":"loose leaf","target":"otro"}`)
	admin.want(409, chat.Conflict, "PUT", one, `{"source":"Alma"}`)
	list := parse[struct{ Terms []chat.Term }](t, admin.want(200, "", "GET", "shop/terms", ""))
	if len(list.Terms) != 2 || list.Terms[1].Target != "suelto" {
		t.Errorf("%+v", list)
	}
	admin.want(412, chat.Conflict, "DELETE", one, "", "If-Match", added.header.Get("ETag"))
	admin.want(412, chat.Conflict, "DELETE", one, "", "If-Match", `"`+(written-60_000).String()+`"`)
	now := parse[struct{ Terms []chat.Term }](t, admin.want(200, "", "GET", "shop/terms", "")).Terms[1]
	if got := admin.want(204, "", "DELETE", one, "", "If-Match", `"`+now.At.String()+`"`); got.body != "" {
		t.Errorf("deleted: %s", got.body)
	}
	admin.want(404, chat.NotFound, "DELETE", one, "")
	admin.want(404, chat.NotFound, "PUT", one, `{"source":"x"}`)
	// Another site's term does not exist here.
	foreign, err := s.Store.AddTerm(t.Context(), "other", chat.Term{Source: "Sol"})
	if err != nil {
		t.Fatal(err)
	}
	admin.want(404, chat.NotFound, "DELETE", "shop/terms/"+foreign.ID, "")
	admin.want(404, chat.NotFound, "PUT", "shop/terms/"+foreign.ID, `{"source":"x"}`)
	if left, _, err := s.Store.Terms(t.Context(), "other", -1); err != nil || len(left) != 1 || left[0] != foreign {
		t.Errorf("%+v, %v", left, err)
	}
}

func TestTermsRefuse(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	there := parse[chat.Term](t, admin.want(201, "", "POST", "shop/terms", `{"source":"Alma"}`))
	long := strings.Repeat("é", chat.MaxTermText+1)
	for _, c := range []struct {
		body   string
		status int
		code   chat.Code
		says   string
	}{
		{``, 400, chat.BadRequest, "One JSON object"},
		{`[{"source":"a"}]`, 400, chat.BadRequest, "One JSON object"},
		{`{"source":7}`, 400, chat.BadRequest, `"source" cannot be a number`},
		{`{"source":"a","case_sensitive":"no"}`, 400, chat.BadRequest, "case_sensitive"},
		{`{"source":"a","traget":"b"}`, 400, chat.BadRequest, `no field "traget"`},
		{"{\"source\":\"\xff\"}", 400, chat.BadRequest, "UTF-8"},
		{`{}`, 422, chat.Empty, "needs a source"},
		{`{"source":" \u0000 "}`, 422, chat.Empty, "needs a source"},
		{`{"source":"` + long + `"}`, 422, chat.TooLong, "at most 100"},
		{`{"source":"a","to":"es","target":"` + long + `"}`, 422, chat.TooLong, "at most 100"},
		{`{"source":"a","target":"b"}`, 422, chat.BadLanguage, "needs the language of the target"},
		{`{"source":"a","to":"klingon-"}`, 422, chat.BadLanguage, "BCP 47"},
		{`{"source":"a","from":"en-GB","to":"en-US","target":"b"}`, 422, chat.BadLanguage, "two languages"},
		{`{"source":"` + strings.Repeat("a", 64<<10) + `"}`, 413, chat.TooLong, "65536 bytes"},
	} {
		for method, path := range map[string]string{"POST": "shop/terms", "PUT": "shop/terms/" + there.ID} {
			if got := admin.want(c.status, c.code, method, path, c.body); !strings.Contains(got.Detail, c.says) {
				t.Errorf("%.100s: %q does not say %q", c.body, got.Detail, c.says)
			}
		}
	}
	admin.want(415, chat.BadRequest, "POST", "shop/terms", `{"source":"a"}`, "Content-Type", "text/plain")
	if all, _, err := s.Store.Terms(t.Context(), "shop", -1); err != nil || len(all) != 1 || all[0] != there {
		t.Errorf("what was refused has changed the glossary: %+v, %v", all, err)
	}
}

func TestMemoryOverHTTP(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	if got := admin.want(200, "", "GET", "shop/memory", ""); got.body != `{"entries":[]}` {
		t.Errorf("before: %s", got.body)
	}
	remember := func(site string, n int, from, to language.Tag) {
		for i := range n {
			e := chat.MemoryEntry{From: from, To: to, Source: fmt.Sprintf("line %d of 100 %%", i), Target: fmt.Sprintf("línea %d", i), Origin: chat.MemoryCorrection, By: "Ada", Key: fmt.Sprint(i)}
			if _, err := s.Store.Remember(t.Context(), site, []chat.MemoryEntry{e}); err != nil {
				t.Fatal(err)
			}
		}
	}
	remember("shop", 5, language.English, language.Spanish)
	remember("shop", 2, language.English, language.German)
	remember("other", 1, language.English, language.Spanish)
	type page struct {
		Entries []chat.MemoryEntry
		Next    string
	}
	for query, want := range map[string]int{
		"": 7, "?from=en": 7, "?to=es": 5, "?from=EN&to=de": 2, "?to=fr": 0, "?text=L%C3%8DNEA+3": 1, "?text=line+1": 2, "?text=100+%25": 7, "?text=%25%25": 0, "?limit=3": 3, "?text=&from=&after=&limit=": 7,
	} {
		got := parse[page](t, admin.want(200, "", "GET", "shop/memory"+query, ""))
		if len(got.Entries) != want {
			t.Errorf("%s: %d entries, want %d", query, len(got.Entries), want)
		}
		for _, e := range got.Entries {
			if e.Site != "shop" || e.ID == "" || e.By != "Ada" {
				t.Errorf("%s: %+v", query, e)
			}
		}
	}
	seen, next := map[string]bool{}, ""
	for pages := 0; pages < 10; pages++ {
		got := parse[page](t, admin.want(200, "", "GET", "shop/memory?limit=3&after="+next, ""))
		for _, e := range got.Entries {
			seen[e.ID] = true
		}
		if next = got.Next; next == "" {
			break
		}
	}
	if len(seen) != 7 {
		t.Errorf("the pages had %d entries of 7", len(seen))
	}
	for query, says := range map[string]string{
		"?limit=0": "1 to 200", "?limit=201": "1 to 200", "?limit=x": "1 to 200", "?after=x": "no place in the memory", "?after=1.x": "no place", "?frm=en": `"frm"`,
		"?to=es&to=de": "twice", "?text=%ff": "UTF-8", "?text=%": "cannot be read",
	} {
		if got := admin.want(400, chat.BadRequest, "GET", "shop/memory"+query, ""); !strings.Contains(got.Detail, says) {
			t.Errorf("%s: %s", query, got.Detail)
		}
	}
	admin.want(422, chat.BadLanguage, "GET", "shop/memory?from=klingon-", "")
	admin.want(422, chat.TooLong, "GET", "shop/memory?text="+strings.Repeat("a", 201), "")
	for id := range seen {
		at := parse[page](t, admin.want(200, "", "GET", "shop/memory", "")).Entries[0].At
		admin.want(412, chat.Conflict, "DELETE", "shop/memory/"+id, "", "If-Match", `"`+(at-60_000).String()+`"`)
		admin.want(204, "", "DELETE", "shop/memory/"+id, "")
		admin.want(404, chat.NotFound, "DELETE", "shop/memory/"+id, "")
		break
	}
	foreign, _, err := s.Store.MemoryEntries(t.Context(), "other", chat.MemoryFilter{}, "", 0)
	if err != nil || len(foreign) != 1 {
		t.Fatal(foreign, err)
	}
	admin.want(404, chat.NotFound, "DELETE", "shop/memory/"+foreign[0].ID, "")
	for site, want := range map[string]int{"shop": 6, "other": 1} {
		if n, err := s.Store.CountMemory(t.Context(), site); err != nil || n != want {
			t.Errorf("%s: %d entries are left, want %d (%v)", site, n, want, err)
		}
	}
}
