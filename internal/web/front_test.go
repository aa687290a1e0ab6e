package web

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dragoman/chat"

	"github.com/rs/zerolog"
)

func newFront(t *testing.T, log *bytes.Buffer, o Options) *Front {
	t.Helper()
	o.Log = zerolog.New(log).Level(zerolog.DebugLevel)
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func serve(h http.Handler, method, target string, headers ...string) (*httptest.ResponseRecorder, Problem) {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var p Problem
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			panic(err)
		}
	}
	return w, p
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	want := map[chat.Code]int{
		chat.BadRequest: 400, chat.UnknownCall: 404, chat.BadToken: 401, chat.BadIdentity: 401, chat.BadLogin: 401, chat.SecondStepNeeded: 401, chat.BadOrigin: 403,
		chat.NotFound: 404, chat.Gone: 410, chat.Forbidden: 403, chat.TooLong: 422, chat.TooLarge: 413, chat.BadType: 415, chat.Empty: 422, chat.Conflict: 409, chat.RateLimited: 429,
		chat.Taken: 409, chat.BadState: 409, chat.BadLanguage: 422, chat.Unavailable: 503, chat.Internal: 500,
	}
	var log bytes.Buffer
	f := newFront(t, &log, Options{})
	for code, status := range want {
		mux := http.NewServeMux()
		mux.Handle("GET /x", f.Handle(func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Etag", `"x"`)
			w.Header().Set("Set-Cookie", "a=b")
			return fmt.Errorf("wrapped: %w", chat.Errorf(code, "Say this."))
		}))
		w, p := serve(f.Wrap(mux), "GET", "/x")
		if w.Code != status || p.Status != status || p.Code != code || p.Title == "" || p.Type != "about:blank" {
			t.Errorf("%s: %d %+v", code, w.Code, p)
		}
		if (p.Detail == "Say this.") == (code == chat.Internal) || (p.Trace != "") != (code == chat.Internal) {
			t.Errorf("%s: %+v", code, p)
		}
		if w.Header().Get("Etag") != "" || w.Header().Get("Set-Cookie") != "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers of the answer that was not given: %v", code, w.Header())
		}
		if (w.Header().Get("Retry-After") != "") != (code == chat.Unavailable) {
			t.Errorf("%s: Retry-After %q", code, w.Header().Get("Retry-After"))
		}
	}
	if len(statuses) != len(want) {
		t.Errorf("%d codes have a status, %d are known here", len(statuses), len(want))
	}
}

func TestInternalErrorsShowNothing(t *testing.T) {
	var log bytes.Buffer
	f := newFront(t, &log, Options{})
	mux := http.NewServeMux()
	mux.Handle("GET /fails", f.Handle(func(http.ResponseWriter, *http.Request) error { return errors.New("sql: secret detail") }))
	mux.Handle("GET /panics", f.Handle(func(http.ResponseWriter, *http.Request) error { panic("secret detail") }))
	mux.Handle("GET /late", f.Handle(func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = w.Write([]byte("half"))
		return errors.New("secret detail")
	}))
	h := f.Wrap(mux)
	for _, path := range []string{"/fails", "/panics", "/late"} {
		log.Reset()
		w, p := serve(h, "GET", path)
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %s", path, w.Body)
		}
		trace := w.Header().Get("X-Request-Id")
		if trace == "" || !strings.Contains(log.String(), `"trace":"`+trace+`"`) {
			t.Errorf("%s: trace %q is not in the log:\n%s", path, trace, &log)
		}
		if path == "/late" {
			if w.Body.String() != "half" {
				t.Errorf("%s: %q", path, w.Body)
			}
			continue
		}
		if w.Code != 500 || p.Code != chat.Internal || p.Detail != Neutral || p.Trace != trace {
			t.Errorf("%s: %d %+v", path, w.Code, p)
		}
	}
}

func TestNoRoute(t *testing.T) {
	var log bytes.Buffer
	f := newFront(t, &log, Options{})
	mux := http.NewServeMux()
	mux.Handle("POST /x", f.Handle(func(w http.ResponseWriter, _ *http.Request) error { return nil }))
	mux.Handle("/abort", f.Handle(func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) }))
	h := f.Wrap(mux)
	if w, p := serve(h, "GET", "/nowhere"); w.Code != 404 || p.Code != chat.NotFound {
		t.Errorf("%d %+v", w.Code, p)
	}
	if w, p := serve(h, "GET", "/x"); w.Code != 405 || p.Code != chat.BadRequest || w.Header().Get("Allow") != "POST" {
		t.Errorf("%d %+v %v", w.Code, p, w.Header())
	}
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("net/http is not told to abort")
		}
	}()
	serve(h, "GET", "/abort")
}

// Neither what stands in the query nor headers nor bodies reach the log.
func TestLogHasNoSecrets(t *testing.T) {
	var log bytes.Buffer
	f := newFront(t, &log, Options{})
	mux := http.NewServeMux()
	mux.Handle("GET /x", f.Handle(func(http.ResponseWriter, *http.Request) error {
		return chat.Errorf(chat.BadToken, "canary-sentence")
	}))
	h := f.Wrap(mux)
	serve(h, "GET", "/x?token=canary-query", "Cookie", "dragoman=canary-cookie", "Authorization", "Bearer canary-auth", "User-Agent", "canary-agent",
		"Referer", "http://x/canary-referer", "Origin", "http://canary-origin")
	serve(h, "GET", "/x%0d%0a\"level\":\"forged\"")
	if log.Len() == 0 || strings.Contains(log.String(), "canary") {
		t.Errorf("log:\n%s", &log)
	}
	if n := strings.Count(strings.TrimSpace(log.String()), "\n"); n != 1 {
		t.Errorf("%d line breaks in a log of two lines:\n%s", n, &log)
	}
}

func TestOwnOrigin(t *testing.T) {
	trusted, err := ParseProxies([]string{"192.0.2.0/24"}) // httptest's client
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name    string
		o       Options
		host    string
		tls     bool
		headers []string
		want    string
	}{
		{"plain", Options{}, "chat.example:8080", false, nil, "http://chat.example:8080"},
		{"TLS", Options{}, "chat.example", true, nil, "https://chat.example"},
		{"public URL", Options{PublicURL: "https://chat.example"}, "10.0.0.1:8080", false, nil, "https://chat.example"},
		{"headers of anybody", Options{}, "chat.example", false, []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example"}, "http://chat.example"},
		{"headers of a proxy", Options{Proxies: trusted}, "10.0.0.1", false, []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "chat.example"}, "https://chat.example"},
		{"proxy names the scheme only", Options{Proxies: trusted}, "chat.example", false, []string{"X-Forwarded-Proto", "https"}, "https://chat.example"},
		{"proxy says nonsense", Options{Proxies: trusted}, "chat.example", false, []string{"X-Forwarded-Proto", "gopher", "X-Forwarded-Host", "a b"}, ""},
		{"no usable host", Options{}, "a/b", false, nil, ""},
	}
	for _, c := range cases {
		var log bytes.Buffer
		f := newFront(t, &log, c.o)
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		for i := 0; i < len(c.headers); i += 2 {
			r.Header.Set(c.headers[i], c.headers[i+1])
		}
		if got := f.Own(r).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if f.Secure(r) != strings.HasPrefix(c.want, "https") {
			t.Errorf("%s: secure is %v", c.name, f.Secure(r))
		}
		r.Header.Set("Origin", c.want)
		if f.SameOrigin(r) != (c.want != "") {
			t.Errorf("%s: our own origin is not ours", c.name)
		}
		r.Header.Set("Origin", "https://other.example")
		if f.SameOrigin(r) {
			t.Errorf("%s: a foreign origin is ours", c.name)
		}
	}
	if _, err := New(Options{PublicURL: "chat.example"}); err == nil {
		t.Error("a public URL without a scheme was taken")
	}
}

func TestHSTSOnlyOverTLS(t *testing.T) {
	var log bytes.Buffer
	for url, want := range map[string]string{"https://chat.example": "max-age=31536000", "http://chat.example": "", "": ""} {
		f := newFront(t, &log, Options{PublicURL: url})
		w, _ := serve(f.Wrap(http.NewServeMux()), "GET", "/")
		if got := w.Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("%q: %q", url, got)
		}
	}
}
