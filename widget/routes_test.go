package widget_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/static"
	"dragoman/store"
	"dragoman/widget"

	"golang.org/x/text/language"
)

var strict, with = edgetest.Headers(), edgetest.Headers

const pageCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' wss://chat.example; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors ANCESTORS; require-trusted-types-for 'script'; trusted-types 'none'"

func csp(ancestors string) string { return strings.ReplaceAll(pageCSP, "ANCESTORS", ancestors) }

// Every route has a row here; a route without one fails the test.
func TestHeadersOfEveryRoute(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{PublicURL: "https://chat.example"})
	asset := scriptOf(t, s, "/widget/frame?site=shop")
	rows := []struct {
		pattern, method, path string
		status                int
		headers               map[string]string
	}{
		{"GET /widget/{loader}", "GET", "/widget/shop.js", 200, with("Cross-Origin-Resource-Policy", "cross-origin",
			"Cache-Control", "public, max-age=300, stale-while-revalidate=86400", "Content-Type", "text/javascript; charset=utf-8")},
		{"GET /widget/{loader}", "HEAD", "/widget/shop.js", 200, with("Cross-Origin-Resource-Policy", "cross-origin",
			"Cache-Control", "public, max-age=300, stale-while-revalidate=86400")},
		{"GET /widget/{loader}", "GET", "/widget/nobody.js", 404, with("Cross-Origin-Resource-Policy", "cross-origin",
			"Cache-Control", "public, max-age=30", "Content-Type", "text/javascript; charset=utf-8")},
		{"GET /widget/{loader}", "GET", "/widget/shop", 404, with("Content-Type", "application/problem+json")},
		{"GET /widget/frame", "GET", "/widget/frame?site=shop", 200, with("Cross-Origin-Resource-Policy", "cross-origin",
			"Cache-Control", "private, no-cache", "Content-Security-Policy", csp("https://shop.example https://chat.example"),
			"Cross-Origin-Opener-Policy", "same-origin", "Cross-Origin-Embedder-Policy", "require-corp", "Content-Type", "text/html; charset=utf-8")},
		{"GET /widget/frame", "GET", "/widget/frame?site=nobody", 404, with("Content-Type", "application/problem+json")},
		{"GET /widget/frame", "GET", "/widget/frame", 404, with("Content-Type", "application/problem+json")},
		{"GET /chat/{key}", "GET", "/chat/shop", 200, with("Cache-Control", "private, no-cache", "Content-Security-Policy", csp("'none'"),
			"Cross-Origin-Opener-Policy", "same-origin", "Cross-Origin-Embedder-Policy", "require-corp", "Content-Type", "text/html; charset=utf-8")},
		{"GET /chat/{key}", "GET", "/chat/nobody", 404, with("Content-Type", "application/problem+json")},
		{"GET /widget/asset/{hash}/{name...}", "GET", asset, 200, with("Cache-Control", "public, max-age=31536000, immutable")},
		{"GET /widget/asset/{hash}/{name...}", "GET", "/widget/asset/0/widget.js", 200, with("Cache-Control", "no-cache")},
		{"GET /widget/asset/{hash}/{name...}", "GET", "/widget/asset/0/loader.js", 404, strict},
		{"POST /widget/v1/session", "POST", "/widget/v1/session", 415, strict},
		{"OPTIONS /widget/v1/session", "OPTIONS", "/widget/v1/session", 403, strict},
		{"GET /widget/v1/texts", "GET", "/widget/v1/texts?site=shop&lang=es", 200, with("Content-Type", "application/json")},
		{"GET /widget/v1/texts", "GET", "/widget/v1/texts?site=nobody&lang=es", 404, strict},
		{"GET /widget/v1/texts", "GET", "/widget/v1/texts?site=shop&lang=klingon-", 422, strict},
		{"GET /widget/v1/socket", "GET", "/widget/v1/socket", 426, with("Content-Type", "application/problem+json", "Upgrade", "websocket")},
		{"POST /widget/v1/upload", "POST", "/widget/v1/upload", 415, strict},
		{"OPTIONS /widget/v1/upload", "OPTIONS", "/widget/v1/upload", 403, strict},
		{"GET /widget/v1/file/{id}/{name}", "GET", "/widget/v1/file/1/image.png?e=1&s=1", 404, strict},
		{"", "PUT", "/widget/v1/session", 405, strict},
		{"", "GET", "/widget/v1/nothing", 404, strict},
	}
	tested := map[string]bool{}
	for _, c := range rows {
		tested[c.pattern] = true
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d: %s", c.method, c.path, w.Code, c.status, w.Body)
		}
		for k, want := range c.headers {
			if got := w.Header().Get(k); got != want {
				t.Errorf("%s %s: %s is\n %q, want\n %q", c.method, c.path, k, got, want)
			}
		}
	}
	for _, p := range s.Widget.Patterns() {
		if !tested[p] {
			t.Errorf("%s has no row", p)
		}
	}
}

// scriptOf returns the address of the script in a page.
func scriptOf(t *testing.T, s *edgetest.Server, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	_, rest, ok := strings.Cut(w.Body.String(), `<script type="module" src="`)
	src, _, ok2 := strings.Cut(rest, `"`)
	if !ok || !ok2 {
		t.Fatalf("no script in %s", w.Body)
	}
	return src
}

func fetch(t *testing.T, s *edgetest.Server, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(b)
}

// A name that an operator (or whoever got his password) gives a site stays a name in the script and in the page.
func TestNamesStayTextInScriptAndPage(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	hostile := "</script><script>alert(1)</script>\u2028'\"`${x}<!--&amp;\\"
	site, err := s.Store.Site(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	site.Name, site.Look.Color = hostile, "red;}*{x:url(//evil)"
	site.Texts = chat.OwnTexts{BubbleAfterS: 1, Texts: map[chat.TextName]map[language.Tag]chat.TextVariant{
		chat.TextGreeting: {language.English: {Text: hostile, State: chat.TextApproved}}, chat.TextBubble: {language.English: {Text: hostile, State: chat.TextApproved}},
	}}
	if err := s.Store.UpdateSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	_, js := fetch(t, s, "/widget/shop.js")
	literal, ok := strings.CutPrefix(js, "bubble(")
	if !ok || strings.ContainsAny(js, "<>&\u2028") {
		t.Fatalf("the script is %s", js)
	}
	var settings struct {
		Key, Name, Color, Language string
		Origins                    []string
		Bubble                     struct{ Texts map[string][2]string }
	}
	if err := json.Unmarshal([]byte(strings.TrimSuffix(literal, ")")), &settings); err != nil {
		t.Fatal(err)
	}
	if settings.Name != hostile || settings.Key != "shop" || settings.Color != "" || settings.Language != "en" || settings.Bubble.Texts["en"][0] != hostile {
		t.Errorf("%+v", settings)
	}
	if len(site.Origins) == 0 || !slices.Equal(settings.Origins, site.Origins) {
		t.Errorf("the loader knows the origins %q of %q", settings.Origins, site.Origins)
	}
	for _, path := range []string{"/widget/frame?site=shop", "/chat/shop"} {
		_, html := fetch(t, s, path)
		if n := strings.Count(html, "<script"); n != 2 {
			t.Fatalf("%s has %d scripts:\n%s", path, n, html)
		}
		var got struct {
			Site chat.SessionSite
		}
		if err := json.Unmarshal([]byte(block(t, html)), &got); err != nil {
			t.Fatal(err)
		}
		if got.Site.Name != hostile || got.Site.Texts.Greeting != hostile || got.Site.Look.Color != "" {
			t.Errorf("%s: %+v", path, got)
		}
	}
}

// The script is the longest of what the first screen needs, so it is asked for first: it gets the connection that the page has come over, without a round trip for
// another one. What it is asked for as is what runs.
func TestPageAsksForItsScriptFirst(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	_, html := fetch(t, s, "/widget/frame?site=shop")
	head, body, _ := strings.Cut(html, "<body>")
	ahead, style, ok := strings.Cut(head, `<link rel="stylesheet"`)
	_, script, ok2 := strings.Cut(ahead, `<link rel="modulepreload" href="`)
	script, _, ok3 := strings.Cut(script, `">`)
	if !ok || !ok2 || !ok3 || strings.Contains(style, "<link") || !strings.Contains(body, `<script type="module" src="`+script+`"></script>`) {
		t.Errorf("the page asks for what it needs in another way:\n%s", html)
	}
}

// block returns the JSON in a page.
func block(t *testing.T, html string) string {
	t.Helper()
	_, rest, ok := strings.Cut(html, `<script type="application/json" id="dragoman">`)
	text, _, ok2 := strings.Cut(rest, "</script>")
	if !ok || !ok2 {
		t.Fatalf("no settings in %s", html)
	}
	return text
}

func TestPageSpeaksTheVisitorsLanguage(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	for _, c := range []struct{ path, accept, lang, dir string }{
		{"/widget/frame?site=shop", "", "en", "ltr"},
		{"/widget/frame?site=shop", "es-MX,es;q=0.9,en;q=0.8", "es", "ltr"},
		{"/widget/frame?site=shop", "ar-EG", "ar", "rtl"},
		{"/widget/frame?site=shop", "ja,ko;q=0.5", "en", "ltr"},
		{"/widget/frame?site=shop", "ja, es;q=0.1", "es", "ltr"},
		{"/widget/frame?site=shop", "en;q=0.2, ar;q=0.9", "ar", "rtl"},
		{"/widget/frame?site=shop", "\xff;;q=,,", "en", "ltr"},
		{"/widget/frame?site=shop", strings.Repeat("tlh,", 2000) + "es", "en", "ltr"},
		{"/widget/frame?site=shop&lang=es", "ar", "es", "ltr"},
		{"/widget/frame?site=shop&lang=%3Cscript%3E", "ar", "ar", "rtl"},
		{"/widget/frame?site=other", "ja", "en", "ltr"},
		{"/chat/shop", "es", "es", "ltr"},
	} {
		res, html := fetch(t, s, c.path, "Accept-Language", c.accept)
		if !strings.Contains(html, `<html lang="`+c.lang+`" dir="`+c.dir+`">`) {
			t.Errorf("%s, %.40q: %.80s", c.path, c.accept, html)
		}
		if !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept-Language") {
			t.Errorf("%s: caches are not told that it varies", c.path)
		}
		var got struct {
			Language  string
			Languages []string
			Texts     map[string]json.RawMessage
			Origins   []string
			Hosted    bool
		}
		if err := json.Unmarshal([]byte(block(t, html)), &got); err != nil {
			t.Fatal(err)
		}
		if got.Language != c.lang || got.Hosted != strings.HasPrefix(c.path, "/chat/") || len(got.Texts) == 0 ||
			!slices.Equal(slices.Sorted(slices.Values(got.Languages)), []string{"ar", "en", "es"}) {
			t.Errorf("%s: %+v", c.path, got)
		}
		if c.path == "/widget/frame?site=shop" && !slices.Equal(got.Origins, []string{edgetest.ShopOrigin, "http://example.com"}) {
			t.Errorf("%s: origins %q", c.path, got.Origins)
		}
		if got.Hosted && len(got.Origins) > 0 {
			t.Errorf("%s: origins %q", c.path, got.Origins)
		}
	}
}

func TestLoaderKnowsLabelsAndIsCached(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	res, js := fetch(t, s, "/widget/shop.js")
	if !strings.Contains(js, `"en":"Chat with us","es":"Escríbenos"`) {
		t.Errorf("labels in %s", js)
	}
	tag := res.Header.Get("ETag")
	if res, _ := fetch(t, s, "/widget/shop.js", "If-None-Match", tag); res.StatusCode != http.StatusNotModified {
		t.Errorf("the same loader again: %d", res.StatusCode)
	}
	if res, _ := fetch(t, s, "/widget/other.js", "If-None-Match", tag); res.StatusCode != http.StatusOK {
		t.Errorf("another site's loader: %d", res.StatusCode)
	}
	site, err := s.Store.Site(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	site.Name = "Renamed"
	if err := s.Store.UpdateSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	edgetest.Until(t, "the loader has the new name", func() bool {
		res, js := fetch(t, s, "/widget/shop.js", "If-None-Match", tag)
		return res.StatusCode == http.StatusOK && strings.Contains(js, "Renamed")
	})
	site.Closed = true
	if err := s.Store.UpdateSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	edgetest.Until(t, "the loader of a closed site is gone", func() bool {
		res, js := fetch(t, s, "/widget/shop.js")
		return res.StatusCode == http.StatusNotFound && strings.Contains(js, "console.warn")
	})
}

// A shop keeps its launcher while the database is away; what needs the database says so.
func TestLoaderOutlivesTheDatabase(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	fetch(t, s, "/widget/shop.js")
	if err := s.Store.Close(); err != nil {
		t.Fatal(err)
	}
	expired := time.After(1100 * time.Millisecond) // the sites are believed for a second
	<-expired
	if res, _ := fetch(t, s, "/widget/shop.js"); res.StatusCode != http.StatusOK {
		t.Errorf("loader: %d", res.StatusCode)
	}
	if res, _ := fetch(t, s, "/widget/frame?site=shop"); res.StatusCode != http.StatusOK {
		t.Errorf("frame: %d", res.StatusCode)
	}
	r := httptest.NewRequest("POST", "/widget/v1/session", strings.NewReader(`{"site":"shop"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"code":"unavailable"`) {
		t.Errorf("session: %d %s", w.Code, w.Body)
	}
}

// slowSites is a store that takes for ever to say whether the sites have changed, once told so.
type slowSites struct {
	*store.Store
	stuck   atomic.Bool
	release chan struct{}
}

func (s *slowSites) SettingsRev(ctx context.Context) (int64, error) {
	if s.stuck.Load() {
		<-s.release
	}
	return s.Store.SettingsRev(ctx)
}

// Nor does it wait for a database that does not answer.
func TestLoaderDoesNotWaitForTheDatabase(t *testing.T) {
	slow := &slowSites{release: make(chan struct{})}
	s := edgetest.Start(t, edgetest.Options{WidgetStore: func(s *store.Store) widget.Store { slow.Store = s; return slow }})
	fetch(t, s, "/widget/shop.js")
	slow.stuck.Store(true)
	defer close(slow.release)
	expired := time.After(1100 * time.Millisecond)
	<-expired
	answered := make(chan int, 1)
	go func() {
		res, _ := fetch(t, s, "/widget/shop.js")
		answered <- res.StatusCode
	}()
	select {
	case status := <-answered:
		if status != http.StatusOK {
			t.Errorf("%d", status)
		}
	case <-time.After(time.Minute):
		t.Error("the loader waits")
	}
}

func TestBuiltFrontEndIsWhole(t *testing.T) {
	if _, err := widget.New(widget.Options{Assets: static.Dist()}); err != nil {
		t.Error(err)
	}
	for _, missing := range []string{"loader.js", "loader-bubble.js", "widget.js", "widget.css", "lang/widget/en.json"} {
		fsys := edgetest.WidgetAssets()
		delete(fsys, missing)
		if _, err := widget.New(widget.Options{Assets: fsys}); err == nil {
			t.Errorf("%s is not missed", missing)
		}
	}
	for _, loader := range []string{"loader.js", "loader-bubble.js"} {
		fsys := edgetest.WidgetAssets()
		fsys[loader].Data = []byte("boot({})")
		if _, err := widget.New(widget.Options{Assets: fsys}); err == nil {
			t.Errorf("%s without a place for the settings is taken", loader)
		}
	}
}
