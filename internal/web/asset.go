package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

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

// How hard brotli tries. A build's files are compressed once for all that ask for them (0.4 s for the console), pages made per request at a
// tenth of that and in a few hundred KiB: a Host header of its own makes a page of its own, and must not buy much work.
// The window is as small as the files are, which saves 30 MB of the encoder's memory.
var (
	forFiles = brotli.WriterOptions{Quality: bestBrotli, LGWin: 18}
	forPages = brotli.WriterOptions{Quality: 6, LGWin: 16}
)

// NewAsset makes an asset; the name's extension says what it is.
func NewAsset(name string, body []byte) *Asset { return newAsset(name, body, forFiles) }

func newAsset(name string, body []byte, how brotli.WriterOptions) *Asset {
	sum := sha256.Sum256(body)
	a := &Asset{kind: types[path.Ext(name)], tag: hex.EncodeToString(sum[:8]), raw: body}
	if a.kind == "" {
		a.kind = "application/octet-stream"
	}
	a.gz = sync.OnceValue(func() []byte { return compressed(body, gzipped) })
	a.br = sync.OnceValue(func() []byte { return compressed(body, brotlied(how)) })
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
	w, err := gzip.NewWriterLevel(to, bestGzip)
	if err != nil {
		return err
	}
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	return w.Close()
}

func brotlied(how brotli.WriterOptions) func(*bytes.Buffer, []byte) error {
	return func(to *bytes.Buffer, body []byte) error {
		w := brotli.NewWriterOptions(to, how)
		_, _ = w.Write(body)
		return w.Close()
	}
}
