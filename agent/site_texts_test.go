package agent_test

import (
	"encoding/json"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"

	"golang.org/x/text/language"
)

// textsNow reads a site's texts.
func textsNow(t *testing.T, a asker, key string) chat.OwnTexts {
	t.Helper()
	var got struct {
		chat.OwnTexts
		Language language.Tag
	}
	if err := json.Unmarshal([]byte(a.want(200, "", "GET", key+"/texts", "").body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Language != language.English {
		t.Errorf("the language is %s", got.Language)
	}
	return got.OwnTexts
}

// An admin writes, takes away, and approves by sending back what he has read.
func TestPatchTexts(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	if got := admin.want(200, "", "GET", "shop/texts", ""); got.body != `{"language":"en"}` {
		t.Errorf("before: %s", got.body)
	}
	patch := func(body string, headers ...string) chat.OwnTexts {
		t.Helper()
		admin.want(200, "", "PATCH", "shop/texts", body, headers...)
		return textsNow(t, admin, "shop")
	}
	state := func(o chat.OwnTexts, name chat.TextName, tag string) string {
		v := o.Texts[name][language.MustParse(tag)]
		return string(v.State) + " " + v.Text
	}
	got := patch(`{"texts":{"greeting":{"EN":" Hello  there ","es":"¡Hola!"},"start1":{"en":"Where is it?"}},"bubble_after_s":20,"no_drafts":true}`, "Content-Type", "application/merge-patch+json")
	if state(got, "greeting", "en") != "approved Hello there" || state(got, "greeting", "es") != "approved ¡Hola!" || got.BubbleAfterS != 20 || !got.NoDrafts {
		t.Errorf("%+v", got)
	}
	// A new source and what was written for it come in one patch, whichever stands first in it.
	got = patch(`{"texts":{"greeting":{"es":"¡Buenas!","en":"Welcome"}}}`)
	if state(got, "greeting", "es") != "approved ¡Buenas!" {
		t.Errorf("written beside its source: %+v", got.Texts)
	}
	got = patch(`{"texts":{"greeting":{"en":"Welcome!"}},"bubble_after_s":null,"no_drafts":null}`)
	if state(got, "greeting", "es") != "outdated ¡Buenas!" || got.BubbleAfterS != 0 || got.NoDrafts {
		t.Errorf("%+v", got)
	}
	_, err := s.Store.ChangeSite(t.Context(), "shop", func(site *chat.Site) error {
		if !site.Texts.Draft("start1", language.German, site.Language, "Where is it?", chat.TextVariant{Text: "Wo ist es?", By: "deepl"}) {
			t.Error("no draft")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := textsNow(t, admin, "shop"); state(got, "start1", "de") != "draft Wo ist es?" {
		t.Errorf("%+v", got.Texts)
	}
	got = patch(`{"texts":{"start1":{"de":"Wo ist es?"},"greeting":{"es":"¡Buenas!"}}}`)
	if state(got, "start1", "de") != "approved Wo ist es?" || state(got, "greeting", "es") != "approved ¡Buenas!" {
		t.Errorf("approved: %+v", got.Texts)
	}
	if got = patch(`{"texts":{"greeting":{"es":null},"start1":null}}`); len(got.Texts) != 1 || len(got.Texts["greeting"]) != 1 {
		t.Errorf("taken away: %+v", got.Texts)
	}
	if got = patch(`{"texts":null}`); len(got.Texts) != 0 {
		t.Errorf("all taken away: %+v", got.Texts)
	}
}

func TestPatchTextsRefuses(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	before := admin.want(200, "", "PATCH", "shop/texts", `{"texts":{"greeting":{"en":"Hello"}}}`)
	for _, c := range []struct {
		body   string
		status int
		code   chat.Code
		says   string
	}{
		{`[]`, 400, chat.BadRequest, "One JSON object"},
		{`{"text":{}}`, 400, chat.BadRequest, `no field "text"`},
		{`{"Texts":{}}`, 400, chat.BadRequest, `no field "Texts"`},
		{`{"texts":{"greeting":"Hello"}}`, 400, chat.BadRequest, `"texts" cannot be a string`},
		{`{"texts":{"greeting":{"en":{"text":"Hello"}}}}`, 400, chat.BadRequest, `"texts" cannot be a object`},
		{`{"texts":{"farewell":{"en":"Bye"}}}`, 400, chat.BadRequest, "the names are greeting, subtitle, bubble, start1"},
		{`{"texts":{"start6":{"en":"Six"}}}`, 400, chat.BadRequest, "start5"},
		{`{"texts":{"greeting":{"klingon-":"Qapla"}}}`, 422, chat.BadLanguage, "BCP 47"},
		{`{"texts":{"greeting":{"und":"Hello"}}}`, 422, chat.BadLanguage, "BCP 47"},
		{`{"texts":{"greeting":{"en":"` + strings.Repeat("é", 81) + `"}}}`, 422, chat.TooLong, "greeting: at most 80 characters; this text has 81"},
		{`{"bubble_after_s":601}`, 400, chat.BadRequest, "to 600 seconds"},
		{`{"bubble_after_s":1.5}`, 400, chat.BadRequest, "bubble_after_s"},
		{`{"no_drafts":"yes"}`, 400, chat.BadRequest, "no_drafts"},
	} {
		if got := admin.want(c.status, c.code, "PATCH", "shop/texts", c.body); !strings.Contains(got.Detail, c.says) {
			t.Errorf("%.80s: %q does not say %q", c.body, got.Detail, c.says)
		}
	}
	admin.want(412, chat.Conflict, "PATCH", "shop/texts", `{"texts":{"greeting":{"en":"Bye"}}}`, "If-Match", `"x"`)
	if after := admin.want(200, "", "GET", "shop/texts", ""); after.body != before.body || after.header.Get("ETag") != before.header.Get("ETag") {
		t.Errorf("what was refused has changed %s to %s", before.body, after.body)
	}
}

// Drafts are asked for, and nobody waits for them.
func TestDraftTexts(t *testing.T) {
	var asked []string
	s := edgetest.Start(t, edgetest.Options{Draft: func(site string, to language.Tag) bool {
		asked = append(asked, site+" "+to.String())
		return len(asked) <= 2
	}})
	admin := as(t, s, edgetest.Dora)
	admin.want(202, "", "POST", "shop/texts/drafts", `{"languages":["ES","pt-br"]}`)
	if got := strings.Join(asked, ", "); got != "shop es, shop pt-BR" {
		t.Errorf("asked for %s", got)
	}
	if got := admin.want(429, chat.RateLimited, "POST", "shop/texts/drafts", `{"languages":["fr"]}`); got.header.Get("Retry-After") == "" {
		t.Error("it does not say when there is room")
	}
	admin.want(400, chat.BadRequest, "POST", "shop/texts/drafts", `{}`)
	admin.want(400, chat.BadRequest, "POST", "shop/texts/drafts", `{"languages":["es"],"names":["greeting"]}`)
	admin.want(400, chat.BadRequest, "POST", "shop/texts/drafts", `{"languages":["es"`+strings.Repeat(`,"es"`, chat.MaxTextLanguages)+`]}`)
	admin.want(422, chat.BadLanguage, "POST", "shop/texts/drafts", `{"languages":["und"]}`)
	if len(asked) != 3 {
		t.Errorf("what was refused was asked for: %v", asked)
	}
}
