// Package edgetest starts a whole server for the tests of the edges: a real store, a real hub, both edges, listening on a
// port of its own. Two shops and four agents are there:
//
//	shop, other     the sites; shop's pages are ShopOrigin, other's OtherOrigin
//	Ada             answers for both
//	Bob             answers for other
//	Cleo            answers for both, and is disabled
//	Dora            answers for shop, and is an admin
package edgetest

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/hub"
	"dragoman/internal/client"
	attached "dragoman/internal/files"
	"dragoman/internal/web"
	"dragoman/store"
	"dragoman/store/storetest"
	"dragoman/translate"
	"dragoman/translate/files"
	"dragoman/widget"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// Who and what is there.
const (
	ShopOrigin  = "https://shop.example"
	OtherOrigin = "https://other.example"
	Ada         = "ada@shop.example"
	Bob         = "bob@other.example"
	Cleo        = "cleo@shop.example"
	Dora        = "dora@shop.example"
	Password    = "correct horse battery"
	// ShopSecret and OtherSecret sign who visitors are.
	ShopSecret  = "0123456789abcdef0123456789abcdef-shop"
	OtherSecret = "0123456789abcdef0123456789abcdef-other"
)

// Options change what Start starts; the zero Options is a server as operators get it.
type Options struct {
	PublicURL    string
	Proxies      []string
	Widget       *widget.Limits
	Agent        *agent.Limits
	TextLimit    int
	Demo         []agent.DemoAccount
	WidgetAssets fstest.MapFS
	// Uploads are limits of files; nil: the defaults, whatever room the disk has. UploadTime is how long one may take. FilesNow is what their addresses take for the time;
	// nil: time.Now.
	Uploads    *attached.Limits
	UploadTime time.Duration
	FilesNow   func() time.Time
	// AgentNow is what the agents' edge takes for the time; nil: time.Now.
	AgentNow func() time.Time
	// WidgetStore, if set, puts something before the store that the visitors' edge sees.
	WidgetStore func(*store.Store) widget.Store
	// AgentStore likewise, for the agents' edge.
	AgentStore func(*store.Store) agent.Store
	// Wanted and Draft are where texts of a site go that are to be drafted.
	Wanted func(site string, to language.Tag)
	Draft  func(site string, to language.Tag) bool
}

// Server is a server that runs until the test ends.
type Server struct {
	URL   string
	Store *store.Store
	Hub   *hub.Hub
	// Index is what search looks in. Nobody runs it: a test that searches lets it catch up.
	Index  *store.Indexer
	Files  *attached.Files
	Folder string // of uploads
	Widget *widget.Edge
	Agent  *agent.Edge
	// Handler is what listens, for those who want no network.
	Handler http.Handler
	Log     *Log

	tb testing.TB
}

// passwordHash takes 40 ms to make, so the tests of a process share one.
var passwordHash = sync.OnceValues(func() (string, error) { return agent.HashPassword(Password) })

// Start starts a server.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := &Server{Store: storetest.SQLite(tb), Log: &Log{}, tb: tb}
	s.fill()
	log := zerolog.New(s.Log).Level(zerolog.DebugLevel)
	proxies, err := web.ParseProxies(o.Proxies)
	s.must(err)
	front, err := web.New(web.Options{PublicURL: o.PublicURL, Proxies: proxies, Log: log})
	s.must(err)
	s.openFiles(o, log)
	uploads := s.Files.Limits()
	s.Index = store.NewIndexer(store.IndexerOptions{Store: s.Store, Log: log})
	s.Hub = hub.New(hub.Options{Store: s.Store, Log: log, Changed: s.Index.Tell, TextLimit: o.TextLimit, Address: s.Files.Address, Uploads: &uploads})
	assets := o.WidgetAssets
	if assets == nil {
		assets = WidgetAssets()
	}
	var visitors widget.Store = s.Store
	if o.WidgetStore != nil {
		visitors = o.WidgetStore(s.Store)
	}
	s.Widget, err = widget.New(widget.Options{Store: visitors, Hub: s.Hub, Front: front, Assets: assets, Limits: o.Widget, Files: s.Files, UploadTime: o.UploadTime, Wanted: o.Wanted, Log: log})
	s.must(err)
	var agents agent.Store = s.Store
	if o.AgentStore != nil {
		agents = o.AgentStore(s.Store)
	}
	s.Agent, err = agent.New(agent.Options{Store: agents, Hub: s.Hub, Front: front, Assets: ConsoleAssets(), Engines: Engines(), Files: s.files(), Uploads: s.Files, UploadTime: o.UploadTime, Draft: o.Draft, Demo: o.Demo, Limits: o.Agent, Now: o.AgentNow, Log: log})
	s.must(err)
	mux := http.NewServeMux()
	s.Widget.Routes(mux)
	s.Agent.Routes(mux)
	s.Handler = front.Wrap(mux)
	s.run()
	return s
}

// openFiles makes what takes files in.
func (s *Server) openFiles(o Options, log zerolog.Logger) {
	l := attached.Limits{FreeBytes: -1}
	if o.Uploads != nil {
		l = *o.Uploads
	}
	s.Folder = filepath.Join(s.tb.TempDir(), "uploads")
	var err error
	s.Files, err = attached.New(s.tb.Context(), attached.Options{Folder: s.Folder, Store: s.Store, Limits: l, FilesPerMessage: chat.DefaultFiles, Now: o.FilesNow, Log: log})
	s.must(err)
}

// run runs the workers and listens, until the test ends; then nothing of it is left.
func (s *Server) run() {
	ctx, stop := context.WithCancel(context.Background())
	var workers sync.WaitGroup
	for _, run := range []func(context.Context) error{s.Hub.Run, s.Widget.Run, s.Agent.Run, s.Files.Run} {
		workers.Go(func() {
			if err := run(ctx); err != nil {
				s.tb.Errorf("a worker failed: %v", err)
			}
		})
	}
	listener := httptest.NewServer(s.Handler)
	s.URL = listener.URL
	s.tb.Cleanup(func() {
		stop()
		workers.Wait()
		listener.Close()
		http.DefaultClient.CloseIdleConnections()
	})
}

func (s *Server) fill() {
	ctx := s.tb.Context()
	hash, err := passwordHash()
	s.must(err)
	for _, site := range []chat.Site{
		{Key: "shop", Name: "Shop", Language: language.English, Origins: []string{ShopOrigin}, IdentitySecret: ShopSecret, Look: chat.Look{Color: "#123456"}},
		{Key: "other", Name: "Other", Language: language.German, Origins: []string{OtherOrigin}, IdentitySecret: OtherSecret},
	} {
		s.must(s.Store.AddSite(ctx, site))
	}
	for _, a := range []chat.Agent{
		{Name: "Ada", Email: Ada, Role: chat.RoleAgent, Languages: []language.Tag{language.English}},
		{Name: "Bob", Email: Bob, Role: chat.RoleAgent, Languages: []language.Tag{language.English}, Sites: []string{"other"}},
		{Name: "Cleo", Email: Cleo, Role: chat.RoleAgent, Languages: []language.Tag{language.English}, Disabled: true},
		{Name: "Dora", Email: Dora, Role: chat.RoleAdmin, Languages: []language.Tag{language.English}, Sites: []string{"shop"}},
	} {
		a.ID = chat.NewID()
		disabled := a.Disabled
		a.Disabled = false
		s.must(s.Store.AddAgent(ctx, a, hash))
		if disabled {
			s.must(s.Store.DisableAgent(ctx, a.ID))
		}
	}
}

func (s *Server) must(err error) {
	s.tb.Helper()
	if err != nil {
		s.tb.Fatal(err)
	}
}

// AgentID returns the id of an agent by mail address.
func (s *Server) AgentID(email string) string {
	a, _, err := s.Store.AgentByEmail(s.tb.Context(), email)
	s.must(err)
	return a.ID
}

// Visitor begins a session on a site.
func (s *Server) Visitor(site string, languages ...string) chat.SessionOK {
	s.tb.Helper()
	ok, err := client.NewSession(s.tb.Context(), s.URL, s.URL, chat.SessionRequest{Site: site, Languages: languages})
	s.must(err)
	return ok
}

// Join opens a visitor's socket and says hello.
func (s *Server) Join(token string) *client.Conn {
	s.tb.Helper()
	c, err := client.Dial{Server: s.URL, Origin: s.URL}.Open(s.tb.Context())
	s.must(err)
	s.tb.Cleanup(c.Drop)
	_, err = c.Hello(s.tb.Context(), chat.Hello{Token: token})
	s.must(err)
	return c
}

// Login logs an agent in and returns the cookie.
func (s *Server) Login(email string) string {
	s.tb.Helper()
	cookie, err := client.Login(s.tb.Context(), s.URL, email, Password)
	s.must(err)
	return cookie
}

// Sit opens an agent's socket and says hello.
func (s *Server) Sit(cookie string) *client.Conn {
	s.tb.Helper()
	c, err := client.Dial{Server: s.URL, Agent: true, Origin: s.URL, Cookie: cookie}.Open(s.tb.Context())
	s.must(err)
	s.tb.Cleanup(c.Drop)
	_, err = c.Hello(s.tb.Context(), chat.Hello{})
	s.must(err)
	return c
}

// Say sends a line.
func (s *Server) Say(c *client.Conn, conversation, text string) chat.SendOK {
	s.tb.Helper()
	var ok chat.SendOK
	s.must(c.Call(s.tb.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: text, Conversation: conversation}, &ok))
	return ok
}

// Ended waits until a socket has ended and returns the close code.
func (s *Server) Ended(c *client.Conn) int {
	s.tb.Helper()
	select {
	case <-c.Done():
	case <-time.After(time.Minute): // the machine may be busy
		s.tb.Fatal("the socket is still open")
	}
	return int(c.Code())
}

// Until waits until a condition holds.
func Until(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	deadline := time.NewTimer(time.Minute) // the machine may be busy
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			tb.Fatalf("waited in vain until %s", what)
		}
	}
}

// WidgetAssets are a front end that does nothing, in two languages.
func WidgetAssets() fstest.MapFS {
	return fstest.MapFS{
		"loader.js":           {Data: []byte(`boot("__DRAGOMAN_SITE__")`)},
		"loader-bubble.js":    {Data: []byte(`bubble("__DRAGOMAN_SITE__")`)},
		"widget.js":           {Data: []byte("widget()")},
		"widget.css":          {Data: []byte("a{}")},
		"widget/icon.svg":     {Data: []byte("<svg/>")},
		"lang/widget/en.json": {Data: []byte(`{"launcher.open":"Chat with us","launcher.close":"Close","launcher.unread":"unread","n":{"one":"1","other":"{n}"}}`)},
		"lang/widget/es.json": {Data: []byte(`{"launcher.open":"Escríbenos","launcher.close":"Cerrar","launcher.unread":"sin leer"}`)},
		"lang/widget/ar.json": {Data: []byte(`{"launcher.open":"تحدث معنا"}`)},
	}
}

// Engines are the names that settings may name.
func Engines() []string { return []string{"deepl", "openai", "apertium"} }

func (s *Server) files() files.Shelf {
	return files.Shelf{Store: s.Store, Memory: translate.NewMemory(translate.MemoryOptions{Store: s.Store}), Version: "test"}
}

// ConsoleAssets are a console that does nothing.
func ConsoleAssets() fstest.MapFS {
	return fstest.MapFS{"console.js": {Data: []byte("console_()")}, "console.css": {Data: []byte("a{}")}}
}

// Log collects what is logged.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer // guarded by mu
}

func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

// Has tells whether something stands in the log.
func (l *Log) Has(s string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.buf.String(), s)
}

// String returns all that was logged.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
