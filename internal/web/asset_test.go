package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

var script = []byte(strings.Repeat("console.log('hello');\n", 200))

func get(a *Asset, headers map[string]string) *http.Response {
	r := httptest.NewRequest("GET", "/", nil)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	a.Serve(w, r, Policy{Cache: "no-cache"})
	return w.Result()
}

func TestAssetEncodings(t *testing.T) {
	a := NewAsset("x.js", script)
	for accept, want := range map[string]string{
		"":                        "",
		"gzip":                    "gzip",
		"br":                      "br",
		"gzip, deflate, br, zstd": "br",
		"gzip;q=1.0, br;q=0":      "gzip",
		"br;q=0.1":                "br",
		"br ; q=0.0, gzip;q=0":    "",
		"identity":                "",
		"BR":                      "br",
		"brx, xgzip":              "",
		"gzip;q=nonsense":         "",
	} {
		res := get(a, map[string]string{"Accept-Encoding": accept})
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
			continue
		}
		var body io.Reader = res.Body
		switch want {
		case "gzip":
			var err error
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		case "br":
			body = brotli.NewReader(body)
		}
		if b, err := io.ReadAll(body); err != nil || !bytes.Equal(b, script) {
			t.Errorf("%q: another body (%v)", accept, err)
		}
		if res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: caches are not told that it varies", accept)
		}
	}
}

func TestAssetNotModified(t *testing.T) {
	a := NewAsset("x.js", script)
	plain := get(a, nil).Header.Get("ETag")
	br := get(a, map[string]string{"Accept-Encoding": "br"}).Header.Get("ETag")
	if plain == br || plain == "" {
		t.Fatalf("tags %q and %q", plain, br)
	}
	for _, c := range []struct {
		match, accept string
		status        int
	}{
		{plain, "", 304}, {"W/" + plain, "", 304}, {`"other", ` + plain, "", 304}, {"*", "", 304},
		{br, "br", 304}, {br, "", 200}, {plain, "br", 200}, {`"other"`, "", 200}, {"", "", 200},
	} {
		res := get(a, map[string]string{"If-None-Match": c.match, "Accept-Encoding": c.accept})
		if res.StatusCode != c.status {
			t.Errorf("%+v: %d", c, res.StatusCode)
		}
		if b, _ := io.ReadAll(res.Body); c.status == 304 && (len(b) > 0 || res.Header.Get("Content-Encoding") != "") {
			t.Errorf("%+v: a body of %d bytes", c, len(b))
		}
	}
}

func TestAssetsThatDoNotShrinkStayPlain(t *testing.T) {
	for name, body := range map[string][]byte{"tiny.js": []byte("1"), "picture.png": script, "unknown.xyz": script} {
		if res := get(NewAsset(name, body), map[string]string{"Accept-Encoding": "br, gzip"}); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is sent as %s", name, res.Header.Get("Content-Encoding"))
		}
	}
}

func TestAssetsUnderTheirHash(t *testing.T) {
	fsys := fstest.MapFS{"a.js": {Data: script}, "sub/b.css": {Data: []byte("b{}")}, "secret.txt": {Data: []byte("no")}}
	s, err := LoadAssets(fsys, nil, "/x/", "a.js", "sub/b.css")
	if err != nil {
		t.Fatal(err)
	}
	front, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(s.Pattern(), front.Handle(s.Handler))
	h := front.Wrap(mux)
	for path, want := range map[string]struct {
		status int
		cache  string
	}{
		s.URL("a.js"):              {200, "public, max-age=31536000, immutable"},
		s.URL("sub/b.css"):         {200, "public, max-age=31536000, immutable"},
		"/x/0123456789abcdef/a.js": {200, "no-cache"},
		s.URL("secret.txt"):        {404, "no-store"},
		s.URL("sub/../a.js"):       {307, "no-store"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want.status || w.Header().Get("Cache-Control") != want.cache {
			t.Errorf("%s: %d, %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	fsys["sub/b.css"] = &fstest.MapFile{Data: []byte("b{c:d}")}
	other, err := LoadAssets(fsys, nil, "/x/", "a.js", "sub/b.css")
	if err != nil || other.URL("a.js") == s.URL("a.js") {
		t.Errorf("another build has the same address (%v)", err)
	}
	if _, err := LoadAssets(fsys, nil, "/x/", "missing.js"); err == nil {
		t.Error("a missing file is not missed")
	}
}

func TestPagesAreCompressedOnce(t *testing.T) {
	var p Pages
	a := p.Asset("x.html", script)
	if p.Asset("x.html", bytes.Clone(script)) != a {
		t.Error("the same page twice")
	}
	for i := range 2 * pagesKept {
		p.Asset("x.html", append(script, byte(i), byte(i>>8)))
	}
	if len(p.kept) > pagesKept {
		t.Errorf("%d pages are kept", len(p.kept))
	}
}

// TestWarmEndsWithItsContext: whoever goes down does not wait for an encoder that is in the middle of a file, and no other file is begun.
func TestWarmEndsWithItsContext(t *testing.T) {
	encoding, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	begun := 0
	slow := func() []byte {
		begun++
		close(encoding)
		<-release
		defer close(ended)
		return nil
	}
	s := &Assets{files: map[string]*Asset{}}
	for _, name := range []string{"a.css", "b.css"} {
		s.files[name] = &Asset{kind: "text/css", gz: func() []byte { return nil }, br: slow}
	}
	ctx, cancel := context.WithCancel(t.Context())
	warm := make(chan struct{})
	go func() {
		defer close(warm)
		s.Warm(ctx)
	}()
	<-encoding
	cancel()
	<-warm
	close(release)
	<-ended
	if begun != 1 {
		t.Errorf("%d files were begun", begun)
	}
}

// Two servers of one process have the same files: what one has compressed the other does not compress again. Another body, or another kind, is another file.
func TestAssetsAreKept(t *testing.T) {
	var kept Kept
	load := func(body []byte, name string) *Asset {
		t.Helper()
		s, err := LoadAssets(fstest.MapFS{name: {Data: body}}, &kept, "/x/", name)
		if err != nil {
			t.Fatal(err)
		}
		return s.files[name]
	}
	first := load(script, "a.js")
	if load(bytes.Clone(script), "a.js") != first {
		t.Error("the same file is made twice")
	}
	if load([]byte("other"), "a.js") == first || load(script, "a.css") == first {
		t.Error("another file is taken for the one that is kept")
	}
}
