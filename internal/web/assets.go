package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"

	"dragoman/chat"
)

// Assets are files that belong together: one build. They share one hash, so that files that name each other by relative
// addresses find each other.
type Assets struct {
	prefix string
	hash   string
	files  map[string]*Asset
}

// LoadAssets reads the named files; they appear under prefix, which begins and ends with a slash. What kept has already is not compressed again; nil keeps nothing.
func LoadAssets(fsys fs.FS, kept *Kept, prefix string, names ...string) (*Assets, error) {
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
		s.files[name] = kept.asset(name, b)
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

// Warm compresses all files, and gives back at once what the encoders took: 30 MB that an idle server would otherwise keep for minutes.
// It ends early when ctx does. An encoder cannot be told to stop, and on a busy machine it needs seconds for a file; whoever goes down does not
// wait for that. The one goroutine that may be left then has nothing but the file, and ends with it.
func (s *Assets) Warm(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.warm(ctx)
	}()
	select {
	case <-done:
		debug.FreeOSMemory()
	case <-ctx.Done():
	}
}

func (s *Assets) warm(ctx context.Context) {
	for _, a := range s.files {
		if ctx.Err() != nil {
			return
		}
		a.Warm()
	}
}

// Kept are the files of servers that run in one process, as hundreds do in the tests of the program: each file is compressed once for all of them. It never
// forgets, so it is for files of builds alone. The zero Kept is ready.
type Kept struct {
	mu    sync.Mutex
	files map[fileKey]*Asset // guarded by mu
}

// fileKey is a file by its name, which says what it is, and the hash of what is in it.
type fileKey struct {
	name string
	sum  [sha256.Size]byte
}

func (k *Kept) asset(name string, body []byte) *Asset {
	if k == nil {
		return NewAsset(name, body)
	}
	key := fileKey{name, sha256.Sum256(body)}
	k.mu.Lock()
	defer k.mu.Unlock()
	a := k.files[key]
	if a == nil {
		a = NewAsset(name, body)
		if k.files == nil {
			k.files = map[fileKey]*Asset{}
		}
		k.files[key] = a
	}
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
	a := newAsset(name, body, forPages)
	p.kept[sum] = a
	return a
}
