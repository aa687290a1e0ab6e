package widget_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/internal/web"
	"dragoman/widget"
)

type answer struct {
	chat.SessionOK
	web.Problem
	status int
	header http.Header
}

// ask posts a body to the session's address. origin "-" sends none.
func ask(t *testing.T, s *edgetest.Server, origin, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest("POST", "/widget/v1/session", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if origin != "-" {
		r.Header.Set("Origin", origin)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Remote" {
			r.RemoteAddr = headers[i+1]
		}
	}
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header()}
	var err error
	if w.Code == http.StatusOK {
		err = json.Unmarshal(w.Body.Bytes(), &a.SessionOK)
	} else {
		err = json.Unmarshal(w.Body.Bytes(), &a.Problem)
	}
	if err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return a
}

func TestSession(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	ours := "http://example.com" // httptest's host
	mine, others := s.Visitor("shop", "es"), s.Visitor("other", "es")
	quote := func(token string) string {
		b, err := json.Marshal(chat.SessionRequest{Site: "shop", Token: token})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	cases := []struct {
		name, origin, body string
		status             int
		code               chat.Code
	}{
		{"new", ours, `{"site":"shop"}`, 200, ""},
		{"new, from the shop's page", edgetest.ShopOrigin, `{"site":"shop"}`, 200, ""},
		{"new, no browser", "-", `{"site":"shop"}`, 200, ""},
		{"comes back", ours, quote(mine.Token), 200, ""},
		{"null for what is left out", ours, `{"site":"shop","token":null,"identity":null,"languages":null,"page":null}`, 200, ""},
		{"unknown fields", ours, `{"site":"shop","cart":{"items":[1]}}`, 200, ""},
		{"unknown site", ours, `{"site":"nobody"}`, 404, chat.NotFound},
		{"no site", ours, `{}`, 404, chat.NotFound},
		{"site is a number", ours, `{"site":7}`, 400, chat.BadRequest},
		{"the other site's page", edgetest.OtherOrigin, `{"site":"shop"}`, 403, chat.BadOrigin},
		{"a foreign page", "https://evil.example", `{"site":"shop"}`, 403, chat.BadOrigin},
		{"a foreign page with a good token", "https://evil.example", quote(mine.Token), 403, chat.BadOrigin},
		{"null origin", "null", `{"site":"shop"}`, 403, chat.BadOrigin},
		{"empty origin header is none", "", `{"site":"shop"}`, 200, ""},
		{"bad token", ours, quote("nonsense"), 401, chat.BadToken},
		{"well-formed token of nobody", ours, quote(widget.NewToken("shop")), 401, chat.BadToken},
		{"other site's token", ours, quote(others.Token), 401, chat.BadToken},
		{"other site's token under this site's name", ours, quote("shop" + strings.TrimPrefix(others.Token, "other")), 401, chat.BadToken},
		{"token with something behind", ours, quote(mine.Token + "A"), 401, chat.BadToken},
		{"token cut short", ours, quote(mine.Token[:len(mine.Token)-1]), 401, chat.BadToken},
		{"token in other case", ours, quote(strings.ToUpper(mine.Token)), 401, chat.BadToken},
		{"token with a NUL", ours, quote(mine.Token + "\x00"), 401, chat.BadToken},
		{"signed identity", ours, `{"site":"shop","identity":"a.b.c"}`, 401, chat.BadIdentity},
		{"signed identity and a good token", ours, fmt.Sprintf(`{"site":"shop","identity":"a.b.c","token":%q}`, mine.Token), 401, chat.BadIdentity},
		{"too large", ours, `{"site":"` + strings.Repeat("x", web.MaxBody) + `"}`, 413, chat.TooLong},
		{"too deep", ours, `{"site":"shop","x":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}`, 400, chat.BadRequest},
		{"a list", ours, `[]`, 400, chat.BadRequest},
		{"nothing", ours, ``, 400, chat.BadRequest},
		{"not UTF-8", ours, "{\"site\":\"\xff\"}", 400, chat.BadRequest},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := ask(t, s, c.origin, c.body)
			if a.status != c.status || a.Code != c.code {
				t.Fatalf("%d %q (%s), want %d %q", a.status, a.Code, a.Detail, c.status, c.code)
			}
			if c.status != 200 && a.Detail == "" {
				t.Error("no sentence")
			}
			if c.status == 200 && (a.Token == "" || a.Visitor.ID == "" || a.Conversations == nil || a.SessionOK.Site.Key != "shop") {
				t.Errorf("%+v", a.SessionOK)
			}
		})
	}
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""} {
		if a := ask(t, s, ours, `{"site":"shop"}`, "Content-Type", kind); a.status != 415 {
			t.Errorf("%q: %d", kind, a.status)
		}
	}
}

func TestSessionComesBackAsTheSameVisitor(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	first := ask(t, s, "-", `{"site":"shop","languages":["not a tag","und","es-MX","en"],"time_zone":"America/Mexico_City","page":{"url":"https://u:p@shop.example/a?b=c#d","title":" Tea\n\u0000pots "}}`)
	if first.Language.String() != "es-MX" || first.Visitor.Language.String() != "es-MX" {
		t.Errorf("language %s, %s", first.Language, first.Visitor.Language)
	}
	if len(first.Token) < 43 || s.Log.Has(first.Token) {
		t.Errorf("token %q, in the log: %v", first.Token, s.Log.Has(first.Token))
	}
	again := ask(t, s, "-", fmt.Sprintf(`{"site":"shop","token":%q,"languages":["de"]}`, first.Token))
	if again.Visitor.ID != first.Visitor.ID || again.Token != first.Token || again.Language != first.Language {
		t.Errorf("%+v\n%+v", first.SessionOK, again.SessionOK)
	}
	other := ask(t, s, "-", `{"site":"shop"}`)
	if other.Visitor.ID == first.Visitor.ID || other.Token == first.Token {
		t.Error("two visitors are one")
	}
	if other.Language.String() != "en" {
		t.Errorf("without a list: %s", other.Language)
	}
	if v := first.Visitor; v.TimeZone != "" || v.Page != nil || v.Email != "" || v.Attributes == nil {
		t.Errorf("a visitor is told what is for agents: %+v", v)
	}
}

func TestCleanPageAndZone(t *testing.T) {
	for in, want := range map[string]string{
		"https://shop.example/a?b=c#d":             "https://shop.example/a?b=c",
		"https://user:secret@shop.example/":        "https://shop.example/",
		"javascript:alert(1)":                      "",
		"data:text/html,x":                         "",
		"//shop.example":                           "",
		"https://":                                 "",
		"https://shop.example/\x00":                "",
		"https://shop.example/" + long(3000):       "",
		"http://xn--80ak6aa92e.example/\u202egpj.": "http://xn--80ak6aa92e.example/%E2%80%AEgpj.",
	} {
		p := widget.CleanPage(&chat.Page{URL: in})
		if got := ""; p != nil {
			got = p.URL
			if got != want {
				t.Errorf("%.40q: %q", in, got)
			}
		} else if want != "" {
			t.Errorf("%.40q is dropped", in)
		}
	}
	if p := widget.CleanPage(&chat.Page{URL: "https://shop.example", Title: long(500)}); len([]rune(p.Title)) != 200 {
		t.Errorf("a title of %d", len(p.Title))
	}
	for in, want := range map[string]string{"Europe/Berlin": "Europe/Berlin", "Etc/GMT+5": "Etc/GMT+5", "": "", "a b": "", "<x>": "", long(65): "", "\x00": ""} {
		if got := widget.CleanZone(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func long(n int) string { return strings.Repeat("a", n) }

func TestTokens(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token := widget.NewToken("a.b")
		if key, ok := widget.SiteOf(token); !ok || key != "a.b" || seen[token] {
			t.Fatalf("%q: %q, %v", token, key, ok)
		}
		seen[token] = true
	}
	for _, bad := range []string{"", ".", "shop", "shop.", "." + strings.Repeat("A", 43), "shop." + strings.Repeat("A", 42), "shop." + strings.Repeat("A", 44),
		"shop." + strings.Repeat("!", 43), "shop." + strings.Repeat("A", 42) + "\n"} {
		if key, ok := widget.SiteOf(bad); ok {
			t.Errorf("%q is a token of %q", bad, key)
		}
	}
}

// The shop's own pages may read the answer, others may not; a preflight is answered for them only.
func TestCORS(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	for origin, want := range map[string]struct {
		preflight int
		allow     string
	}{
		edgetest.ShopOrigin:        {204, edgetest.ShopOrigin},
		edgetest.OtherOrigin:       {204, edgetest.OtherOrigin},
		"http://example.com":       {204, ""}, // our own needs no permission
		"https://evil.example":     {403, ""},
		"https://shop.example:444": {403, ""},
		"http://shop.example":      {403, ""},
		"null":                     {403, ""},
		"":                         {403, ""},
	} {
		r := httptest.NewRequest("OPTIONS", "/widget/v1/session", nil)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		r.Header.Set("Access-Control-Request-Method", "POST")
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, r)
		if w.Code != want.preflight || w.Header().Get("Access-Control-Allow-Origin") != want.allow {
			t.Errorf("%q: %d, %q", origin, w.Code, w.Header().Get("Access-Control-Allow-Origin"))
		}
		if w.Header().Get("Access-Control-Allow-Credentials") != "" || w.Header().Get("Vary") != "Origin" {
			t.Errorf("%q: %v", origin, w.Header())
		}
		a := ask(t, s, origin, `{"site":"shop","token":"bad"}`)
		if a.header.Get("Access-Control-Allow-Origin") != want.allow {
			t.Errorf("%q may read its 401: %q", origin, a.header.Get("Access-Control-Allow-Origin"))
		}
	}
}

func TestNewVisitorsAreLimitedByAddress(t *testing.T) {
	l := widget.DefaultLimits()
	l.VisitorsPerMinute, l.VisitorsBurst = 1, 3
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	var token string
	for i := range 3 {
		a := ask(t, s, "-", `{"site":"shop"}`, "Remote", fmt.Sprintf("[2001:db8::%d]:1", i))
		if a.status != 200 {
			t.Fatalf("number %d: %d", i, a.status)
		}
		token = a.Token
	}
	a := ask(t, s, "-", `{"site":"shop"}`, "Remote", "[2001:db8::ffff]:1")
	if a.status != 429 || a.Code != chat.RateLimited || a.RetryAfterS < 1 || a.RetryAfterS > 60 || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %+v", a.status, a.Problem)
	}
	if a := ask(t, s, "-", `{"site":"shop"}`, "Remote", "[2001:db8:0:1::1]:1"); a.status != 200 {
		t.Errorf("the next /64: %d", a.status)
	}
	if a := ask(t, s, "-", fmt.Sprintf(`{"site":"shop","token":%q}`, token), "Remote", "[2001:db8::1]:1"); a.status != 200 {
		t.Errorf("somebody known: %d", a.status)
	}
}

// Coming back is limited too, far more generously, and so is trying tokens.
func TestSessionsAreLimitedByAddress(t *testing.T) {
	l := widget.DefaultLimits()
	l.SessionsPerMinute, l.SessionsBurst = 1, 3
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	token := ask(t, s, "-", `{"site":"shop"}`).Token
	back := fmt.Sprintf(`{"site":"shop","token":%q}`, token)
	bad := fmt.Sprintf(`{"site":"shop","token":%q}`, widget.NewToken("shop"))
	for i, c := range []struct {
		body   string
		status int
	}{{back, 200}, {bad, 401}, {back, 429}, {bad, 429}} {
		if a := ask(t, s, "-", c.body); a.status != c.status {
			t.Errorf("number %d: %d, want %d", i+2, a.status, c.status)
		}
	}
	if a := ask(t, s, "-", back, "Remote", "198.51.100.1:1"); a.status != 200 {
		t.Errorf("from elsewhere: %d", a.status)
	}
}

func TestSiteHasACeilingAndTheLogSaysSoBefore(t *testing.T) {
	l := widget.DefaultLimits()
	l.SiteVisitorsPerMinute = 5
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	const alarm = "comes near the ceiling"
	for i := range 5 {
		if a := ask(t, s, "-", `{"site":"shop"}`); a.status != 200 {
			t.Fatalf("number %d: %d", i, a.status)
		}
		if s.Log.Has(alarm) != (i >= 4) {
			t.Errorf("after %d the alarm is %v", i+1, s.Log.Has(alarm))
		}
	}
	if a := ask(t, s, "-", `{"site":"shop"}`); a.status != 429 {
		t.Errorf("above the ceiling: %d", a.status)
	}
	if a := ask(t, s, "-", `{"site":"other"}`); a.status != 200 {
		t.Errorf("another site: %d", a.status)
	}
}

func TestAddressIsTakenFromTrustedProxiesOnly(t *testing.T) {
	l := widget.DefaultLimits()
	l.VisitorsPerMinute, l.VisitorsBurst = 1, 1
	for _, trusted := range []bool{true, false} {
		o := edgetest.Options{Widget: &l}
		if trusted {
			o.Proxies = []string{"10.0.0.0/8"}
		}
		s := edgetest.Start(t, o)
		last := 0
		for i := range 3 {
			last = ask(t, s, "-", `{"site":"shop"}`, "Remote", "10.0.0.1:1", "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i)).status
		}
		if (last == 200) != trusted {
			t.Errorf("trusted %v: %d", trusted, last)
		}
	}
}

func TestClosedSiteBeginsNothing(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	v := s.Visitor("shop")
	site, err := s.Store.Site(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	site.Closed = true
	if err := s.Store.UpdateSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	edgetest.Until(t, "the site is closed", func() bool {
		return ask(t, s, "-", fmt.Sprintf(`{"site":"shop","token":%q}`, v.Token)).status == 404
	})
}
