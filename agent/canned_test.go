package agent_test

import (
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/edgetest"
)

// TestCannedOverHTTP: texts are put, approved, exported, imported and removed; agents read them, and only admins change them.
func TestCannedOverHTTP(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	if got := admin.want(200, "", "GET", "shop/canned", ""); got.body != `{"canned":[]}` {
		t.Errorf("before: %s", got.body)
	}
	one := parse[chat.Canned](t, admin.want(200, "", "PUT", "shop/canned/Hello/en", `{"text":" Hello {name}! "}`))
	if one.Name != "hello" || len(one.Texts) != 1 || one.Texts[0].State != chat.CannedDraft || one.Texts[0].By != "Dora" || one.Texts[0].At == 0 || !strings.HasPrefix(strings.TrimSpace(one.Texts[0].Text), "Hello {name}!") {
		t.Errorf("put: %+v", one)
	}
	admin.want(200, "", "PUT", "shop/canned/hello/es", `{"text":"Hola"}`)
	admin.want(200, "", "POST", "shop/canned/hello/en/approve", "")
	for _, c := range []struct {
		status             int
		code               chat.Code
		method, path, body string
	}{
		{409, chat.BadState, "POST", "shop/canned/hello/es/approve", ""}, // other variables
		{404, chat.NotFound, "POST", "shop/canned/hello/de/approve", ""},
		{404, chat.NotFound, "POST", "shop/canned/nothing/en/approve", ""},
		{404, chat.NotFound, "POST", "shop/canned/nothing/en/draft", ""},
		{400, chat.BadRequest, "PUT", "shop/canned/hello/es", `{"text":"Hola {nombre}"}`},
		{400, chat.BadRequest, "PUT", "shop/canned/a%20b/es", `{"text":"Hola"}`},
		{400, chat.BadRequest, "PUT", "shop/canned/hello/es", `{"text":"Hola","state":"approved"}`},
		{400, chat.BadRequest, "POST", "shop/canned/hello/de/draft?form=en", ""},
		{404, chat.NotFound, "DELETE", "shop/canned/hello/de", ""},
		{404, chat.NotFound, "DELETE", "shop/canned/nothing", ""},
	} {
		admin.want(c.status, c.code, c.method, c.path, c.body)
	}
	admin.want(200, "", "PUT", "shop/canned/hello/es", `{"text":"Hola {name}"}`)
	if got := parse[chat.Canned](t, admin.want(200, "", "POST", "shop/canned/hello/es/approve", "")); got.Texts[1].State != chat.CannedApproved {
		t.Errorf("approved: %+v", got)
	}
	agent := as(t, s, edgetest.Ada)
	if list := parse[struct{ Canned []chat.Canned }](t, agent.want(200, "", "GET", "shop/canned", "")); len(list.Canned) != 1 || len(list.Canned[0].Texts) != 2 {
		t.Errorf("an agent reads %+v", list)
	}
	agent.want(403, chat.Forbidden, "PUT", "shop/canned/hello/es", `{"text":"Hola"}`)
	agent.want(403, chat.Forbidden, "POST", "shop/canned/hello/es/approve", "")
	out := admin.want(200, "", "GET", "shop/canned.csv", "").body
	if out != "name,language,text,state,by\r\nhello,en,Hello {name}!,approved,Dora\r\nhello,es,Hola {name},approved,Dora\r\n" {
		t.Errorf("exported %q", out)
	}
	admin.want(204, "", "DELETE", "shop/canned/hello/es", "")
	got := parse[chat.Imported](t, admin.want(200, "", "POST", "shop/canned.csv", out+"hello,xx-x-no!,x,,\r\n", "Content-Type", "text/csv"))
	if got.Added != 1 || got.Replaced != 1 || got.Refused != 1 || got.Refusals[0].Reason != chat.RefusedLanguage || got.Refusals[0].Column != "language" {
		t.Errorf("imported %+v", got)
	}
	whole := admin.want(400, chat.BadRequest, "POST", "shop/canned.csv", "name,language\n", "Content-Type", "text/csv")
	if !strings.Contains(whole.body, `"refused":{"reason":"no_column","column":"text","value":"name,language,text,state,by"}`) {
		t.Errorf("a file without a column: %s", whole.body)
	}
	admin.want(204, "", "DELETE", "shop/canned/hello", "")
	if got := admin.want(200, "", "GET", "shop/canned", ""); got.body != `{"canned":[]}` {
		t.Errorf("after: %s", got.body)
	}
}

// TestCannedAsItWasRead: a text is put, approved, drafted and removed only as it was read, and one that a colleague has changed since stays his.
func TestCannedAsItWasRead(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	put := func(text string, headers ...string) string {
		t.Helper()
		one := parse[chat.Canned](t, admin.want(200, "", "PUT", "shop/canned/hello/en", `{"text":"`+text+`"}`, headers...))
		return `"` + one.Texts[0].At.String() + `"`
	}
	read := put("Hello", "If-None-Match", "*")
	admin.want(412, chat.Conflict, "PUT", "shop/canned/hello/en", `{"text":"Hi"}`, "If-None-Match", "*")
	admin.want(412, chat.Conflict, "PUT", "shop/canned/hello/es", `{"text":"Hola"}`, "If-Match", read)
	admin.want(412, chat.Conflict, "PUT", "shop/canned/hello/es", `{"text":"Hola"}`, "If-Match", "*")
	was := chat.TimeOf(time.Now().Add(-time.Minute))
	for _, c := range [][3]string{{"PUT", "", `{"text":"Mine"}`}, {"POST", "/approve", ""}, {"POST", "/draft", ""}, {"DELETE", "", ""}} {
		admin.want(412, chat.Conflict, c[0], "shop/canned/hello/en"+c[1], c[2], "If-Match", `"`+was.String()+`"`)
	}
	if got := admin.want(200, "", "GET", "shop/canned", "").body; !strings.Contains(got, `"text":"Hello","state":"draft"`) {
		t.Errorf("it became %s", got)
	}
	admin.want(200, "", "POST", "shop/canned/hello/en/approve", "", "If-Match", `"x", `+read)
	put("Hi", "If-Match", "*")
	put("Hey")
	admin.want(204, "", "DELETE", "shop/canned/hello/en", "")
	admin.want(412, chat.Conflict, "PUT", "shop/canned/hello/en", `{"text":"Mine"}`, "If-Match", read)
	admin.want(404, chat.NotFound, "DELETE", "shop/canned/hello", "", "If-Match", read)
}

// TestCannedRemovedAsItWasRead: all of a reply goes only as it was read. It is named by the text that was written last, whichever that is.
func TestCannedRemovedAsItWasRead(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	latest := func() string {
		t.Helper()
		all := parse[struct{ Canned []chat.Canned }](t, admin.want(200, "", "GET", "shop/canned", "")).Canned
		return `"` + all[0].At().String() + `"`
	}
	admin.want(200, "", "PUT", "shop/canned/hello/en", `{"text":"Hello"}`)
	read := latest()
	for latest() == read { // what is written within the same millisecond is not told apart
		admin.want(200, "", "PUT", "shop/canned/hello/de", `{"text":"Hallo"}`)
		admin.want(200, "", "POST", "shop/canned/hello/de/approve", "")
		admin.want(200, "", "PUT", "shop/canned/hello/de", `{"text":"Guten Tag"}`)
		admin.want(200, "", "PUT", "shop/canned/hello/de", `{"text":"Moin"}`)
	}
	admin.want(412, chat.Conflict, "DELETE", "shop/canned/hello", "", "If-Match", read)
	admin.want(412, chat.Conflict, "DELETE", "shop/canned/hello", "", "If-Match", `"x"`)
	if got := admin.want(200, "", "GET", "shop/canned", "").body; !strings.Contains(got, "Moin") || !strings.Contains(got, "Hello") {
		t.Errorf("it became %s", got)
	}
	admin.want(204, "", "DELETE", "shop/canned/hello", "", "If-Match", latest())
	admin.want(200, "", "PUT", "shop/canned/hello/en", `{"text":"Hello"}`)
	admin.want(204, "", "DELETE", "shop/canned/hello", "", "If-Match", "*")
	admin.want(200, "", "PUT", "shop/canned/hello/en", `{"text":"Hello"}`)
	admin.want(204, "", "DELETE", "shop/canned/hello", "")
}

// TestCannedRenamed: a reply has another name and is otherwise the same; a name that another one has is not taken from it.
func TestCannedRenamed(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	admin.want(200, "", "PUT", "shop/canned/hello/en", `{"text":"Hello"}`)
	admin.want(200, "", "POST", "shop/canned/hello/en/approve", "")
	admin.want(200, "", "PUT", "shop/canned/bye/en", `{"text":"Bye"}`)
	one := parse[chat.Canned](t, admin.want(200, "", "POST", "shop/canned/hello/rename", `{"name":"/Welcome"}`))
	if one.Name != "welcome" || len(one.Texts) != 1 || one.Texts[0].State != chat.CannedApproved {
		t.Errorf("renamed: %+v", one)
	}
	admin.want(409, chat.Conflict, "POST", "shop/canned/welcome/rename", `{"name":"bye"}`)
	admin.want(404, chat.NotFound, "POST", "shop/canned/hello/rename", `{"name":"hey"}`)
	admin.want(400, chat.BadRequest, "POST", "shop/canned/welcome/rename", `{"name":"two words"}`)
	admin.want(400, chat.BadRequest, "POST", "shop/canned/welcome/rename", `{"name":"hey","to":"x"}`)
	admin.want(200, "", "POST", "shop/canned/welcome/rename", `{"name":"welcome"}`)
	as(t, s, edgetest.Ada).want(403, chat.Forbidden, "POST", "shop/canned/welcome/rename", `{"name":"hey"}`)
	if got := admin.want(200, "", "GET", "shop/canned.csv", "").body; got != "name,language,text,state,by\r\nbye,en,Bye,draft,Dora\r\nwelcome,en,Hello,approved,Dora\r\n" {
		t.Errorf("they are %q", got)
	}
}
