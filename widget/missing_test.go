package widget_test

import (
	"net/http"
	"strings"
	"testing"

	"dragoman/internal/edgetest"
)

// A person who comes to a site that is not there reads so in his language; a program gets a problem. In a frame it may be shown anywhere, on its own nowhere else.
func TestPageOfNoSite(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	for _, path := range []string{"/chat/nowhere", "/widget/frame?site=nowhere"} {
		res, body := fetch(t, s, path, "Accept", "text/html,*/*;q=0.8", "Accept-Language", "en")
		if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusNotFound || !strings.HasPrefix(kind, "text/html") || !strings.Contains(body, `lang="en"`) || strings.Contains(body, "<script") {
			t.Errorf("%s to a browser: %d %s %s", path, res.StatusCode, kind, body)
		}
		framed := !strings.Contains(res.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
		if want := strings.HasPrefix(path, "/widget/"); framed != want {
			t.Errorf("%s may be framed: %v", path, framed)
		}
		res, body = fetch(t, s, path)
		if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusNotFound || kind != "application/problem+json" {
			t.Errorf("%s to a program: %d %s %s", path, res.StatusCode, kind, body)
		}
	}
}
