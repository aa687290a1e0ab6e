package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"dragoman/chat"

	"github.com/andybalholm/brotli"
)

// types are the files that we serve. The system's own table is not asked: it differs from machine to machine.
var types = map[string]string{
	".js":          "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".json":        "application/json",
	".svg":         "image/svg+xml",
	".webmanifest": "application/manifest+json",
	".png":         "image/png",
	".jpg":         "image/jpeg",
	".webp":        "image/webp",
	".ico":         "image/vnd.microsoft.icon",
	".woff2":       "font/woff2",
	".mp3":         "audio/mpeg",
}

// Asset is a file in memory with its compressed forms, each made when it is first asked for and kept.
type Asset struct {
	kind string
	tag  string
	raw  []byte
	gz   func() []byte
	br   func() []byte
}

// NewAsset makes an asset; the name's extension says what it is.
func NewAsset(name string, body []byte) *Asset {
	sum := sha256.Sum256(body)
	a := &Asset{kind: types[path.Ext(name)], tag: hex.EncodeToString(sum[:8]), raw: body}
	if a.kind == "" {
		a.kind = "application/octet-stream"
	}
	a.gz = sync.OnceValue(func() []byte { return compressed(body, gzipped) })
	a.br = sync.OnceValue(func() []byte { return compressed(body, brotlied) })
	return a
}

// pagesKept is how many different pages a Pages keeps.
const pagesKept = 256

// Pages keeps pages that are made per request but come out the same again and again, so that each is compressed once. The zero Pages is ready.
type Pages struct {
	mu   sync.Mutex
	kept map[[sha256.Size]byte]*Asset // guarded by mu
}

// Asset returns the asset with this body.
func (p *Pages) Asset(name string, body []byte) *Asset {
	sum := sha256.Sum256(body)
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.kept[sum]; ok {
		return a
	}
	if p.kept == nil {
		p.kept = map[[sha256.Size]byte]*Asset{}
	}
	for k := range p.kept {
		if len(p.kept) < pagesKept {
			break
		}
		delete(p.kept, k)
	}
	a := NewAsset(name, body)
	p.kept[sum] = a
	return a
}

// Serve answers with the asset, or with 304. policy.Cache says how long it may be kept.
func (a *Asset) Serve(w http.ResponseWriter, r *http.Request, policy Policy) {
	policy.Apply(w.Header())
	h := w.Header()
	body, tag := a.raw, a.tag
	if a.compressible() {
		h.Add("Vary", "Accept-Encoding")
		if enc, b := a.pick(r.Header.Get("Accept-Encoding")); b != nil {
			body, tag = b, a.tag+"-"+enc
			h.Set("Content-Encoding", enc)
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	if matches(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// Warm makes the compressed forms now, so that nobody waits for them.
func (a *Asset) Warm() {
	if a.compressible() {
		a.gz()
		a.br()
	}
}

func (a *Asset) compressible() bool {
	return strings.HasPrefix(a.kind, "text/") || strings.Contains(a.kind, "json") || strings.HasSuffix(a.kind, "+xml")
}

// pick returns the best form that the client takes; nil if that is the file as it is.
func (a *Asset) pick(accept string) (string, []byte) {
	if takes(accept, "br") {
		if b := a.br(); b != nil {
			return "br", b
		}
	}
	if takes(accept, "gzip") {
		if b := a.gz(); b != nil {
			return "gzip", b
		}
	}
	return "", nil
}

// takes reads Accept-Encoding: named, and not with q=0.
func takes(accept, enc string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), enc) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}

// matches reads If-None-Match, which compares weakly.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == "*" || part == `"`+tag+`"` {
			return true
		}
	}
	return false
}

// compressed returns nil if compressing does not pay.
func compressed(body []byte, by func(*bytes.Buffer, []byte) error) []byte {
	var b bytes.Buffer
	if err := by(&b, body); err != nil || b.Len() >= len(body) {
		return nil
	}
	return bytes.Clone(b.Bytes())
}

func gzipped(to *bytes.Buffer, body []byte) error {
	w, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	return w.Close()
}

func brotlied(to *bytes.Buffer, body []byte) error {
	w := brotli.NewWriterLevel(to, brotli.BestCompression)
	_, _ = w.Write(body)
	return w.Close()
}

// Assets are files that belong together: one build. They share one hash, so that files that name each other by relative
// addresses find each other.
type Assets struct {
	prefix string
	hash   string
	files  map[string]*Asset
}

// LoadAssets reads the named files; they appear under prefix, which begins and ends with a slash.
func LoadAssets(fsys fs.FS, prefix string, names ...string) (*Assets, error) {
	s := &Assets{prefix: prefix, files: map[string]*Asset{}}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("cannot load the built front end: %w", err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(b))
		sum.Write(b)
		s.files[name] = NewAsset(name, b)
	}
	s.hash = hex.EncodeToString(sum.Sum(nil)[:8])
	return s, nil
}

// URL returns the address of a file, which changes whenever any of the files changes.
func (s *Assets) URL(name string) string { return s.prefix + s.hash + "/" + name }

// Pattern is where ServeHTTP belongs in a mux.
func (s *Assets) Pattern() string { return "GET " + s.prefix + "{hash}/{name...}" }

// Handler serves the files: for ever under the right hash; under another one (a page of the version before, while nodes are being
// replaced) the file of this version, to be asked for again next time.
func (s *Assets) Handler(w http.ResponseWriter, r *http.Request) error {
	a, ok := s.files[r.PathValue("name")]
	if !ok {
		return chat.Errorf(chat.NotFound, "There is nothing at this address.")
	}
	p := Policy{Cache: "no-cache"}
	if r.PathValue("hash") == s.hash {
		p.Cache = "public, max-age=31536000, immutable"
	}
	a.Serve(w, r, p)
	return nil
}

// Warm compresses all files.
func (s *Assets) Warm() {
	for _, a := range s.files {
		a.Warm()
	}
}
