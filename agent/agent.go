package agent

import (
	"context"
	"io/fs"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"dragoman/chat"
	"dragoman/hub"
	"dragoman/internal/policy"
	"dragoman/internal/web"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// Options is what the edge is made of. All but Draft, Translate, UploadTime, Demo, Limits, Sharing and Now must be set.
type Options struct {
	Store Store
	Hub   *hub.Hub
	Front *web.Front
	// Assets is the built front end: console.js and console.css, and whatever else begins with console.
	Assets fs.FS
	// Kept are files of front ends that another server in this process may have compressed before; nil: none.
	Kept *web.Kept
	// Engines are the names of all engines that there are: what a site's settings may name.
	Engines []string
	// Files brings a site's memory and glossary in and out as files.
	Files Files
	// Uploads takes in what agents attach, within UploadTime; 0: web.UploadTime.
	Uploads    Uploads
	UploadTime time.Duration
	// Draft has the own texts of a site drafted in a language, without waiting for it; false if there is too much to do already. nil: nobody drafts.
	Draft func(site string, to language.Tag) bool
	// Translate makes drafts of canned replies; nil: nobody translates.
	Translate func(ctx context.Context, u chat.Untranslated) chat.Translation
	// Demo are accounts that the login offers, in demo mode.
	Demo []DemoAccount
	// Limits are nil for DefaultLimits.
	Limits *Limits
	// Sharing makes wrong passwords count together with those on other nodes; nil: each by itself. Whoever made it runs it.
	Sharing *web.Sharing
	// Now is what budgets take for the time; nil: time.Now.
	Now func() time.Time
	Log zerolog.Logger
}

// Limits are how much agents may do. 0 switches a limit off.
type Limits struct {
	// CallsPerSecond and CallBurst bound what one agent calls.
	CallsPerSecond float64
	CallBurst      int
	// SearchesPerSecond and SearchBurst bound what one agent searches: each may keep the database busy for a while.
	SearchesPerSecond float64
	SearchBurst       int
	// SessionsPerMinute and SessionsBurst bound per address how many logins are asked for that are nobody's (any more): each costs the database a look.
	SessionsPerMinute, SessionsBurst int
	// SocketsPerAddress bounds what is open at once on this node.
	SocketsPerAddress int
	// UploadsAtOnce bounds what one agent has on its way to this node.
	UploadsAtOnce int
}

// DefaultLimits keep a console gone wild from taking the server with it; a person does not reach them.
func DefaultLimits() Limits {
	return Limits{CallsPerSecond: 50, CallBurst: 500, SearchesPerSecond: 3, SearchBurst: 30, SessionsPerMinute: 600, SessionsBurst: 2000, SocketsPerAddress: 500, UploadsAtOnce: 5}
}

// Edge is the agents' side of the house.
type Edge struct {
	store  Store
	hub    *hub.Hub
	front  *web.Front
	assets *web.Assets
	page   *web.Asset
	// engines are the names that settings may name.
	engines    []string
	files      Files
	uploads    Uploads
	uploadTime time.Duration
	now        func() time.Time
	draft      func(site string, to language.Tag) bool
	translate  func(ctx context.Context, u chat.Untranslated) chat.Translation
	// demoPage is the page with the demo's accounts; nil if there are none.
	demoPage  *web.Asset
	hasher    *hasher
	tries     *tries
	limit     *web.Limiter[string] // by agent
	searches  *web.Limiter[string] // likewise
	sessions  *web.Guesses[SessionHash]
	sockets   *web.Slots[netip.Prefix]
	uploading *web.Slots[string] // by agent
	foreign   *http.CrossOriginProtection
	policy    *policy.Table
	log       zerolog.Logger
}

// New makes the edge. It fails if the built front end is not whole.
func New(o Options) (*Edge, error) {
	l := DefaultLimits()
	if o.Limits != nil {
		l = *o.Limits
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Draft == nil {
		o.Draft = func(string, language.Tag) bool { return false }
	}
	e := &Edge{
		store: o.Store, hub: o.Hub, front: o.Front, engines: o.Engines, files: o.Files, uploads: o.Uploads, uploadTime: o.UploadTime, draft: o.Draft, translate: o.Translate, now: o.Now, hasher: newHasher(), tries: newTries(o.Sharing),
		limit:    web.NewLimiter[string](web.Rate{N: l.CallsPerSecond, Per: time.Second, Burst: l.CallBurst}, 0),
		searches: web.NewLimiter[string](web.Rate{N: l.SearchesPerSecond, Per: time.Second, Burst: l.SearchBurst}, 0),
		sockets:  web.NewSlots[netip.Prefix](l.SocketsPerAddress), uploading: web.NewSlots[string](l.UploadsAtOnce),
		foreign: http.NewCrossOriginProtection(), policy: policy.New(), log: o.Log,
	}
	sessions := web.NewLimiter[netip.Prefix](web.Rate{N: float64(l.SessionsPerMinute), Per: time.Minute, Burst: l.SessionsBurst}, 0)
	web.Share(o.Sharing, "agent-sessions", sessions, netip.Prefix.String)
	e.sessions = web.NewGuesses[SessionHash](sessions)
	files, err := consoleFiles(o.Assets)
	if err != nil {
		return nil, err
	}
	if e.assets, err = web.LoadAssets(o.Assets, o.Kept, "/agent/asset/", files...); err != nil {
		return nil, err
	}
	if err := e.policy.Check(slices.Collect(maps.Keys(e.routes()))); err != nil {
		return nil, err
	}
	return e, e.makePages(o.Demo)
}

// consoleFiles are console.js and console.css, which must be there, the parts that console.js imports, and everything below console/ and lang/console/.
func consoleFiles(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "console-*.js")
	if err != nil {
		return nil, err
	}
	files = append(files, "console.js", "console.css")
	for _, dir := range []string{"console", "lang/console"} {
		if _, err := fs.Stat(fsys, dir); err != nil {
			continue
		}
		err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// Routes puts the edge's addresses onto a mux.
func (e *Edge) Routes(mux *http.ServeMux) {
	for pattern, h := range e.routes() {
		mux.Handle(pattern, e.front.Handle(e.sameSite(e.judge(pattern, h))))
	}
}

// routes is every address of this edge, in one table, so that a test can walk it.
func (e *Edge) routes() map[string]route {
	const site = " /agent/v1/sites/{key}/"
	return map[string]route{
		"GET /agent/{screen...}": open(e.console),
		"GET /agent/v1/":         open(nothing),
		e.assets.Pattern():       open(e.assets.Handler),
		"POST /agent/v1/login":   open(e.login),
		"POST /agent/v1/logout":  open(e.own(e.logout)),
		"GET /agent/v1/socket":   open(e.socket),
		"POST /agent/v1/upload":  e.upload,

		"GET /agent/v1/me":                  e.me,
		"POST /agent/v1/me/password":        e.setPassword,
		"GET /agent/v1/me/logins":           e.logins,
		"DELETE /agent/v1/me/logins":        e.endAllLogins,
		"DELETE /agent/v1/me/logins/{id}":   e.endOneLogin,
		"POST /agent/v1/me/second-step":     e.beginSecondStep,
		"PUT /agent/v1/me/second-step":      e.confirmSecondStep,
		"POST /agent/v1/me/second-step/off": e.endSecondStep,

		"GET" + site + "translating":   e.ofSite(e.translating),
		"PATCH" + site + "translating": e.ofSite(e.setTranslating),
		"GET" + site + "terms":         e.ofSite(e.terms),
		"POST" + site + "terms":        e.ofSite(e.addTerm),
		"PUT" + site + "terms/{id}":    e.ofSite(e.setTerm),
		"DELETE" + site + "terms/{id}": e.ofSite(e.removeTerm),
		"GET" + site + "terms.csv":     e.ofSite(e.exportTerms),
		"POST" + site + "terms.csv":    e.ofSite(e.importTerms),

		"GET" + site + "memory":         e.ofSite(e.memory),
		"DELETE" + site + "memory/{id}": e.ofSite(e.forgetMemory),
		"GET" + site + "memory.tmx":     e.ofSite(e.exportMemory),
		"POST" + site + "memory.tmx":    e.ofSite(e.importMemory),

		"GET" + site + "texts":         e.ofSite(e.siteTexts),
		"PATCH" + site + "texts":       e.ofSite(e.setSiteTexts),
		"POST" + site + "texts/drafts": e.ofSite(e.draftSiteTexts),

		"GET" + site + "canned":                            e.ofSite(e.canned),
		"PUT" + site + "canned/{name}/{language}":          e.ofSite(e.putCanned),
		"POST" + site + "canned/{name}/{language}/approve": e.ofSite(e.approveCanned),
		"POST" + site + "canned/{name}/{language}/draft":   e.ofSite(e.draftCanned),
		"POST" + site + "canned/{name}/rename":             e.ofSite(e.renameCanned),
		"DELETE" + site + "canned/{name}":                  e.ofSite(e.removeCanned),
		"DELETE" + site + "canned/{name}/{language}":       e.ofSite(e.removeCanned),
		"GET" + site + "canned.csv":                        e.ofSite(e.exportCanned),
		"POST" + site + "canned.csv":                       e.ofSite(e.importCanned),

		"GET" + site + "spent": e.ofSite(e.spent),
	}
}

// sameSite refuses what a page of somebody else makes a browser send.
func (e *Edge) sameSite(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		// The standard check compares with Host, which a proxy may have changed, and knows no schemes; so an Origin that is named is compared
		// whole. What is left to the standard check is a browser that names none.
		named := !reads(r) && r.Header.Get("Origin") != ""
		if !e.front.SameOrigin(r) && (named || e.foreign.Check(r) != nil) {
			return errForeign()
		}
		return h(w, r)
	}
}

func nothing(http.ResponseWriter, *http.Request) error {
	return chat.Errorf(chat.NotFound, "There is nothing at this address.")
}
