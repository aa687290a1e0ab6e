package agent_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"dragoman/agent"
	"dragoman/internal/edgetest"
	"dragoman/static"
)

var strict, with = edgetest.Headers(), edgetest.Headers

// Every route has a row here; a route without one fails the test.
func TestHeadersOfEveryRoute(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{PublicURL: "https://chat.example"})
	page := with("Cache-Control", "private, no-cache", "Content-Type", "text/html; charset=utf-8",
		"Cross-Origin-Opener-Policy", "same-origin", "Cross-Origin-Embedder-Policy", "require-corp",
		"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' wss://chat.example; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/agent/", nil))
	_, rest, _ := strings.Cut(w.Body.String(), `<script type="module" src="`)
	asset, _, _ := strings.Cut(rest, `"`)
	problem := with("Content-Type", "application/problem+json")
	rows := []struct {
		pattern, method, path string
		status                int
		headers               map[string]string
	}{
		{"GET /agent/{screen...}", "GET", "/agent/", 200, page},
		{"GET /agent/{screen...}", "GET", "/agent/conversations/1", 200, page},
		{"GET /agent/v1/", "GET", "/agent/v1/nothing", 404, problem},
		{"GET /agent/asset/{hash}/{name...}", "GET", asset, 200, with("Cache-Control", "public, max-age=31536000, immutable")},
		{"GET /agent/asset/{hash}/{name...}", "GET", "/agent/asset/0/console.js", 200, with("Cache-Control", "no-cache")},
		{"GET /agent/asset/{hash}/{name...}", "GET", "/agent/asset/0/widget.js", 404, problem},
		{"POST /agent/v1/login", "POST", "/agent/v1/login", 415, problem},
		{"POST /agent/v1/logout", "POST", "/agent/v1/logout", 204, with("Set-Cookie", "__Host-dragoman=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")},
		{"GET /agent/v1/socket", "GET", "/agent/v1/socket", 426, with("Content-Type", "application/problem+json", "Upgrade", "websocket")},
		{"POST /agent/v1/upload", "POST", "/agent/v1/upload", 401, problem},
		{"GET /agent/v1/me", "GET", "/agent/v1/me", 401, problem},
		{"POST /agent/v1/me/password", "POST", "/agent/v1/me/password", 401, problem},
		{"GET /agent/v1/me/logins", "GET", "/agent/v1/me/logins", 401, problem},
		{"DELETE /agent/v1/me/logins", "DELETE", "/agent/v1/me/logins", 401, problem},
		{"DELETE /agent/v1/me/logins/{id}", "DELETE", "/agent/v1/me/logins/1", 401, problem},
		{"POST /agent/v1/me/second-step", "POST", "/agent/v1/me/second-step", 401, problem},
		{"PUT /agent/v1/me/second-step", "PUT", "/agent/v1/me/second-step", 401, problem},
		{"POST /agent/v1/me/second-step/off", "POST", "/agent/v1/me/second-step/off", 401, problem},
		{"GET /agent/v1/sites/{key}/translating", "GET", "/agent/v1/sites/shop/translating", 401, problem},
		{"PATCH /agent/v1/sites/{key}/translating", "PATCH", "/agent/v1/sites/shop/translating", 401, problem},
		{"GET /agent/v1/sites/{key}/terms", "GET", "/agent/v1/sites/shop/terms", 401, problem},
		{"POST /agent/v1/sites/{key}/terms", "POST", "/agent/v1/sites/shop/terms", 401, problem},
		{"PUT /agent/v1/sites/{key}/terms/{id}", "PUT", "/agent/v1/sites/shop/terms/1", 401, problem},
		{"DELETE /agent/v1/sites/{key}/terms/{id}", "DELETE", "/agent/v1/sites/shop/terms/1", 401, problem},
		{"GET /agent/v1/sites/{key}/memory", "GET", "/agent/v1/sites/shop/memory", 401, problem},
		{"DELETE /agent/v1/sites/{key}/memory/{id}", "DELETE", "/agent/v1/sites/shop/memory/1", 401, problem},
		{"GET /agent/v1/sites/{key}/terms.csv", "GET", "/agent/v1/sites/shop/terms.csv", 401, problem},
		{"POST /agent/v1/sites/{key}/terms.csv", "POST", "/agent/v1/sites/shop/terms.csv", 401, problem},
		{"GET /agent/v1/sites/{key}/memory.tmx", "GET", "/agent/v1/sites/shop/memory.tmx", 401, problem},
		{"POST /agent/v1/sites/{key}/memory.tmx", "POST", "/agent/v1/sites/shop/memory.tmx", 401, problem},
		{"GET /agent/v1/sites/{key}/texts", "GET", "/agent/v1/sites/shop/texts", 401, problem},
		{"PATCH /agent/v1/sites/{key}/texts", "PATCH", "/agent/v1/sites/shop/texts", 401, problem},
		{"POST /agent/v1/sites/{key}/texts/drafts", "POST", "/agent/v1/sites/shop/texts/drafts", 401, problem},
		{"GET /agent/v1/sites/{key}/canned", "GET", "/agent/v1/sites/shop/canned", 401, problem},
		{"PUT /agent/v1/sites/{key}/canned/{name}/{language}", "PUT", "/agent/v1/sites/shop/canned/x/en", 401, problem},
		{"DELETE /agent/v1/sites/{key}/canned/{name}/{language}", "DELETE", "/agent/v1/sites/shop/canned/x/en", 401, problem},
		{"DELETE /agent/v1/sites/{key}/canned/{name}", "DELETE", "/agent/v1/sites/shop/canned/x", 401, problem},
		{"POST /agent/v1/sites/{key}/canned/{name}/rename", "POST", "/agent/v1/sites/shop/canned/x/rename", 401, problem},
		{"POST /agent/v1/sites/{key}/canned/{name}/{language}/approve", "POST", "/agent/v1/sites/shop/canned/x/en/approve", 401, problem},
		{"POST /agent/v1/sites/{key}/canned/{name}/{language}/draft", "POST", "/agent/v1/sites/shop/canned/x/en/draft", 401, problem},
		{"GET /agent/v1/sites/{key}/canned.csv", "GET", "/agent/v1/sites/shop/canned.csv", 401, problem},
		{"POST /agent/v1/sites/{key}/canned.csv", "POST", "/agent/v1/sites/shop/canned.csv", 401, problem},
		{"GET /agent/v1/sites/{key}/spent", "GET", "/agent/v1/sites/shop/spent", 401, problem},
		{"", "GET", "/agent", 307, strict},
		{"", "GET", "/agent/v1/login", 404, problem},
		{"", "POST", "/agent/", 405, problem},
	}
	tested := map[string]bool{}
	for _, c := range rows {
		tested[c.pattern] = true
		w := httptest.NewRecorder()
		r := httptest.NewRequest(c.method, c.path, nil)
		if c.method != "GET" {
			r.Header.Set("Origin", "https://chat.example")
		}
		s.Handler.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.method, c.path, w.Code, c.status, w.Body)
		}
		for k, want := range c.headers {
			if got := w.Header().Get(k); got != want {
				t.Errorf("%s %s: %s is\n %q, want\n %q", c.method, c.path, k, got, want)
			}
		}
	}
	for _, p := range s.Agent.Patterns() {
		if !tested[p] {
			t.Errorf("%s has no row", p)
		}
	}
}

func TestDemoAccountsStandInThePageOnlyInTheDemo(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/agent/", nil))
	if strings.Contains(w.Body.String(), "demo") {
		t.Errorf("%s", w.Body)
	}
	s = edgetest.Start(t, edgetest.Options{Demo: []agent.DemoAccount{{Email: "a@b", Password: "</script><script>", Name: "A"}}})
	ask := func(host, from string) string {
		r := httptest.NewRequest("GET", "/agent/", nil)
		r.Host, r.RemoteAddr = host, from
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, r)
		return w.Body.String()
	}
	for _, far := range [][2]string{{"chat.localhost:8080", "203.0.113.9:1"}, {"chat.localhost:8080", "[2001:db8::1]:1"}, {"demo.example", "127.0.0.1:1"},
		{"192.168.1.5:8080", "192.168.1.9:1"}, {"localhost.demo.example", "127.0.0.1:1"}} {
		if strings.Contains(ask(far[0], far[1]), "a@b") {
			t.Errorf("%s finds the accounts on %s", far[1], far[0])
		}
	}
	for _, near := range []string{"127.0.0.1:1", "[::1]:1", "172.17.0.1:1"} {
		if !strings.Contains(ask("chat.localhost:8080", near), "a@b") {
			t.Errorf("%s does not find the accounts", near)
		}
	}
	if html := ask("localhost", "127.0.0.1:1"); !strings.Contains(html, `<script type="application/json" id="demo">[{"email":"a@b"`) || strings.Count(html, "<script") != 2 {
		t.Errorf("%s", html)
	}
}

// Over HTTP/1.1 what is asked for first comes over the connection that the page has come over, without a round trip for another one.
func TestPageAsksForItsScriptFirst(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/agent/", nil))
	ahead, _, found := strings.Cut(w.Body.String(), `<link rel="stylesheet"`)
	if !found || strings.Count(ahead, `<script type="module" src="`) != 1 || strings.Contains(ahead, "<link") {
		t.Errorf("%s", w.Body)
	}
}

func TestBuiltConsoleIsWhole(t *testing.T) {
	if _, err := agent.New(agent.Options{Assets: static.Dist()}); err != nil {
		t.Error(err)
	}
	for _, missing := range []string{"console.js", "console.css"} {
		fsys := edgetest.ConsoleAssets()
		delete(fsys, missing)
		if _, err := agent.New(agent.Options{Assets: fsys}); err == nil {
			t.Errorf("%s is not missed", missing)
		}
	}
}
