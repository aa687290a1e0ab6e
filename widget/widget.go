package widget

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"dragoman/hub"
	"dragoman/internal/policy"
	"dragoman/internal/web"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// Options is what the edge is made of. All but Limits, UploadTime, Sharing and Refused must be set.
type Options struct {
	Store Store
	Hub   *hub.Hub
	Front *web.Front
	// Assets is the built front end: loader.js, loader-bubble.js, widget.js, widget-PART.js, widget.css, lang/widget/TAG.json.
	Assets fs.FS
	// Kept are files of front ends that another server in this process may have compressed before; nil: none.
	Kept *web.Kept
	// Pseudo adds two languages that nobody speaks, to see what translations run into: en-XA is English made longer, with accents, and ar-XB runs from
	// right to left. Pages that ask for one of them by its tag get it.
	Pseudo bool
	// Limits are nil for DefaultLimits.
	Limits *Limits
	// Files takes in and gives out what people attach, within UploadTime; 0: web.UploadTime.
	Files      Files
	UploadTime time.Duration
	// Sharing makes the limits count together with those of other nodes; nil: each by itself. Whoever made it runs it.
	Sharing *web.Sharing
	// Wanted, if set, is told that a visitor of a site reads a language in which the site's own texts are not there. It must not wait for anything.
	Wanted func(site string, to language.Tag)
	// Refused, if set, is called with the name of the limit, as --limit has it, whenever one has refused something.
	Refused func(limit string)
	Log     zerolog.Logger
}

// Edge is the visitors' side of the house.
type Edge struct {
	store      Store
	hub        *hub.Hub
	front      *web.Front
	sites      *sites
	limits     *limits
	files      Files
	uploadTime time.Duration
	desk       *desk
	wanted     func(site string, to language.Tag)
	refused    func(limit string)
	assets     *web.Assets
	pages      web.Pages
	texts      *catalogues
	// template is loader.js with loaderMark in it; greeter is the one that also has the bubble.
	template, greeter []byte
	policy            *policy.Table
	log               zerolog.Logger
}

// New makes the edge. It fails if the built front end is not whole.
func New(o Options) (*Edge, error) {
	l := DefaultLimits()
	if o.Limits != nil {
		l = *o.Limits
	}
	e := &Edge{
		store: o.Store, hub: o.Hub, front: o.Front, sites: &sites{store: o.Store}, limits: newLimits(l, o.Sharing), files: o.Files, uploadTime: o.UploadTime, wanted: o.Wanted,
		refused: o.Refused, policy: policy.New(), log: o.Log,
	}
	e.desk = newDesk(e)
	var err error
	if e.template, err = loadTemplate(o.Assets, "loader.js"); err != nil {
		return nil, err
	}
	if e.greeter, err = loadTemplate(o.Assets, "loader-bubble.js"); err != nil {
		return nil, err
	}
	if e.texts, err = loadCatalogues(o.Assets); err != nil {
		return nil, err
	}
	if o.Pseudo {
		if err := e.texts.invent(); err != nil {
			return nil, err
		}
	}
	parts, err := fs.Glob(o.Assets, "widget-*.js")
	if err != nil {
		return nil, err
	}
	files := append(parts, "widget.js", "widget.css", "widget/icon.svg")
	for _, t := range e.texts.names() {
		files = append(files, "lang/widget/"+t+".json")
	}
	if e.assets, err = web.LoadAssets(o.Assets, o.Kept, "/widget/asset/", files...); err != nil {
		return nil, err
	}
	return e, e.policy.Check(slices.Collect(maps.Keys(e.routes())))
}

// loadTemplate reads a loader, in which the place for the settings must be there once.
func loadTemplate(assets fs.FS, name string) ([]byte, error) {
	b, err := fs.ReadFile(assets, name)
	if err != nil {
		return nil, fmt.Errorf("cannot load the built front end: %w", err)
	}
	if n := bytes.Count(b, []byte(loaderMark)); n != 1 {
		return nil, fmt.Errorf("cannot use %s: %s stands in it %d times instead of once", name, loaderMark, n)
	}
	return b, nil
}

// Routes puts the edge's addresses onto a mux.
func (e *Edge) Routes(mux *http.ServeMux) {
	for pattern, h := range e.routes() {
		mux.Handle(pattern, e.front.Handle(h))
	}
}

// routes is every address of this edge, in one table, so that a test can walk it.
func (e *Edge) routes() map[string]web.Handler {
	return map[string]web.Handler{
		"GET /widget/{loader}":            e.loader,
		"GET /widget/frame":               e.frame,
		"GET /chat/{key}":                 e.hosted,
		e.assets.Pattern():                e.assets.Handler,
		"POST /widget/v1/session":         e.session,
		"OPTIONS /widget/v1/session":      e.preflight,
		"GET /widget/v1/socket":           e.socket,
		"GET /widget/v1/texts":            e.ownTexts,
		"POST /widget/v1/upload":          e.upload,
		"OPTIONS /widget/v1/upload":       e.preflight,
		"GET /widget/v1/file/{id}/{name}": e.file,
	}
}

// Run makes the compressed assets before somebody waits for them, and ends the sockets of sites that close. It ends with ctx.
func (e *Edge) Run(ctx context.Context) error {
	var warming sync.WaitGroup
	defer warming.Wait()
	warming.Go(func() { e.assets.Warm(ctx) })
	return e.watch(ctx)
}
