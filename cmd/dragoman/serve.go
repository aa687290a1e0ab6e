package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"dragoman/agent"
	"dragoman/hub"
	attached "dragoman/internal/files"
	"dragoman/internal/web"
	"dragoman/static"
	"dragoman/store"
	"dragoman/translate"
	"dragoman/translate/detect"
	"dragoman/translate/engine"
	"dragoman/translate/files"
	"dragoman/widget"

	"golang.org/x/sync/errgroup"
)

type serveCommand struct {
	address
	engineSettings
	serverSettings
}

// server is everything that one running server is made of.
type server struct {
	*run
	set      *serveCommand
	member   string // what the other nodes know this run of it by
	began    time.Time
	limits   map[string]int
	front    *web.Front
	tls      *tlsSetup
	public   net.Listener
	admin    net.Listener // nil: nowhere
	store    *store.Store
	sites    *store.Settings
	files    *attached.Files
	hub      *hub.Hub
	index    *store.Indexer
	sharing  *web.Sharing // nil: the limits are this server's alone
	engines  []translate.Engine
	pipeline *translate.Pipeline
	memory   *translate.Memory
	drafts   *drafter
	metrics  *metrics
	widget   *widget.Edge
	agent    *agent.Edge
	demo     *demo // nil unless --demo

	// ready is what /readyz tells: everything is open and nothing is on its way down.
	ready atomic.Bool
}

// Run serves until the program is told to end.
func (c *serveCommand) Run(r *run) error {
	s := &server{run: r, set: c, began: time.Now()}
	if err := s.check(); err != nil {
		return err
	}
	if err := s.open(); err != nil {
		s.close()
		return err
	}
	return s.serve()
}

// check refuses what cannot work before anything is touched. Engines that it makes do nothing yet.
func (s *server) check() error {
	if err := s.name(); err != nil {
		return err
	}
	var err error
	if s.limits, err = allLimits(s.set.Limit); err != nil {
		return err
	}
	if s.set.Redis != "" && !s.isPostgres() {
		return usagef("--redis needs PostgreSQL: Redis ties several servers together, and a SQLite file belongs to one. Take --redis out, or name a PostgreSQL with --database postgres://...")
	}
	s.metrics = newMetrics()
	proxies, err := web.ParseProxies(s.set.TrustedProxy)
	if err != nil {
		return usagef("cannot use --trusted-proxy: %s", sentence(err))
	}
	s.front, err = web.New(web.Options{PublicURL: strings.TrimSuffix(s.set.PublicURL, "/"), Proxies: proxies, Answered: s.metrics.answered, Log: s.log})
	if err != nil {
		return usagef("cannot use --public-url: want scheme and host, such as https://chat.example.com, and not %q", s.set.PublicURL)
	}
	if s.set.Answers < 0 {
		return usagef("cannot use --answers %d: want a number, or 0 for none", s.set.Answers)
	}
	if s.set.DrainWait < 0 {
		return usagef("cannot use --drain-wait %s: want a time such as 5s, or 0", s.set.DrainWait)
	}
	if s.tls, err = s.readTLS(); err != nil {
		return err
	}
	if s.set.Redis != "" {
		if _, err := hub.NewRedis(s.set.Redis, s.log); err != nil {
			return badRedis(err)
		}
	}
	s.engines, err = s.set.engines(s.log.With().Str("part", "translate").Logger())
	return err
}

// name gives this server its name, which every line of its log has from now on.
func (s *server) name() error {
	node := s.set.Node
	if node != "" && !nodeName.MatchString(node) {
		return usagef("cannot use --node %q: want up to 40 letters, digits, dots, dashes or underscores", node)
	}
	s.member = strings.ToLower(rand.Text()[:8])
	if node == "" {
		node = s.member
	} else {
		s.member = node + "-" + s.member // a run that comes after a crash is another one
	}
	s.log = s.log.With().Str("node", node).Logger()
	return nil
}

// nodeName is what a server may be called.
var nodeName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,40}$`)

// allLimits returns every limit by name: what was given, else the default.
func allLimits(given map[string]int) (map[string]int, error) {
	all := map[string]int{}
	for name, value := range limitNames {
		all[name] = value
	}
	for name, value := range given {
		if _, known := limitNames[name]; !known {
			return nil, usagef("there is no limit %q: the names are %s", name, limitList())
		}
		if value < 0 {
			return nil, usagef("the limit %s cannot be %d: want a number, or 0 to switch it off", name, value)
		}
		all[name] = value
	}
	for name, others := range impliedLimits {
		for _, other := range others {
			if _, named := given[other]; !named && all[name] == 0 {
				all[other] = 0
			}
		}
	}
	return all, nil
}

// open takes what the server lives on: addresses first, because they are refused soonest, then the database, then what stands on it.
func (s *server) open() error {
	var err error
	if s.public, err = net.Listen("tcp", s.set.Listen); err != nil {
		return listenError("listen", s.set.Listen, err)
	}
	if s.set.AdminListen != "" {
		if s.admin, err = s.listenAdmin(); err != nil {
			return listenError("admin-listen", s.set.AdminListen, err)
		}
	}
	if s.store, err = s.run.open(use{create: true, server: true}); err != nil {
		return err
	}
	if s.sites, err = s.store.Settings(s.ctx); err != nil {
		return err
	}
	if err = s.openFiles(); err != nil {
		return err
	}
	uploads := s.files.Limits()
	languages := detect.New()
	s.memory = translate.NewMemory(translate.MemoryOptions{Store: s.store, Settings: s.sites, Log: s.log})
	glossary := translate.NewGlossary(translate.GlossaryOptions{Store: s.store, Log: s.log})
	s.pipeline = translate.New(translate.Options{
		Engines: s.engines, Settings: s.sites, Budgets: s.sites.Budgets, Memory: s.memory, Store: s.store, Answers: orNone(s.set.Answers), Figures: s.metrics.engines,
		Detect: languages.Detect, TextLimit: s.limits["text_characters"], Log: s.log,
		Glossary: glossary,
	})
	s.drafts = newDrafter(s.store, s.pipeline, s.log)
	var broker hub.Broker // nil: this server is alone
	if s.set.Redis != "" {
		r, err := hub.NewRedis(s.set.Redis, s.log)
		if err != nil {
			return badRedis(err)
		}
		broker, s.sharing = r, web.NewSharing(hub.NewRedisLedger(r), s.log)
	}
	s.index = store.NewIndexer(store.IndexerOptions{Store: s.store, Log: s.log})
	s.hub = hub.New(hub.Options{
		Store: planted(s.metrics.store(s.store)), Broker: broker, Translator: s.metrics.translator(s.pipeline), Prepare: s.pipeline.Warm, Memory: s.memory, Listener: languages, Log: s.log, Node: s.member,
		Budgets: s.pipeline.BudgetStates, Changed: s.index.Tell, Delivered: s.metrics.delivered, Ended: s.metrics.ended, TextLimit: orUnlimited(s.limits["text_characters"]), HandshakesPerSecond: orUnlimited(s.limits["handshakes_per_second"]),
		Address: s.files.Address, Uploads: &uploads, FilesPerMessage: orUnlimited(s.limits["files_per_message"]),
	})
	s.metrics.watch(s.hub, s.store, s.pipeline)
	if s.set.Demo {
		if s.demo, err = startDemo(s); err != nil {
			return err
		}
	}
	return s.edges()
}

// edges makes the two sides of the house.
func (s *server) edges() error {
	var err error
	s.widget, err = widget.New(widget.Options{
		Store: s.store, Hub: s.hub, Front: s.front, Assets: static.Dist(), Kept: s.Kept, Pseudo: s.set.Demo, Limits: s.visitorLimits(), Files: s.files, UploadTime: s.uploadTime(), Sharing: s.sharing, Refused: s.metrics.limited, Wanted: s.drafts.want, Log: s.log,
	})
	if err != nil {
		return err
	}
	var accounts []agent.DemoAccount
	if s.demo != nil {
		accounts = s.demo.accounts()
	}
	s.agent, err = agent.New(agent.Options{
		Store: s.store, Hub: s.hub, Front: s.front, Assets: static.Dist(), Kept: s.Kept, Engines: engine.Settings{}.Names(),
		Files: files.Shelf{Store: s.store, Memory: s.memory, Version: release}, Uploads: s.files, UploadTime: s.uploadTime(), Draft: s.drafts.ask, Translate: s.pipeline.Translate, Demo: accounts, Limits: s.agentLimits(), Sharing: s.sharing, Log: s.log,
	})
	return err
}

func (s *server) agentLimits() *agent.Limits {
	l := agent.DefaultLimits()
	l.SessionsPerMinute = s.limits["sessions_per_minute"]
	l.SearchesPerSecond, l.SearchBurst = float64(s.limits["searches_per_second"]), s.limits["search_burst"]
	return &l
}

func (s *server) visitorLimits() *widget.Limits {
	l := widget.DefaultLimits()
	l.VisitorsPerMinute, l.SiteVisitorsPerMinute = s.limits["visitors_per_minute"], s.limits["site_visitors_per_minute"]
	l.SessionsPerMinute = s.limits["sessions_per_minute"]
	l.SendsPerSecond, l.SendBurst = float64(s.limits["sends_per_second"]), s.limits["send_burst"]
	l.AddressSendsPerSecond, l.AddressSendBurst = float64(s.limits["address_sends_per_second"]), s.limits["address_send_burst"]
	l.SiteSendsPerSecond, l.SiteSendBurst = float64(s.limits["site_sends_per_second"]), s.limits["site_send_burst"]
	l.CallsPerSecond, l.CallBurst = float64(s.limits["calls_per_second"]), s.limits["call_burst"]
	l.LanguagesPerMinute, l.FactsPerMinute = s.limits["languages_per_minute"], s.limits["facts_per_minute"]
	l.ConversationsPerHour = s.limits["conversations_per_hour"]
	l.UploadsPerHour, l.UploadBurst = s.limits["uploads_per_hour"], s.limits["upload_burst"]
	l.AddressUploadsPerHour, l.AddressUploadBurst = s.limits["address_uploads_per_hour"], s.limits["address_upload_burst"]
	l.UploadsAtOnce, l.AddressUploadsAtOnce = s.limits["uploads_at_once"], s.limits["address_uploads_at_once"]
	l.SocketsPerVisitor, l.SocketsPerAddress = s.limits["sockets_per_visitor"], s.limits["sockets_per_address"]
	return &l
}

// listenAdmin takes the admin address. The demo gives way where the default is taken: many machines have something else there.
func (s *server) listenAdmin() (net.Listener, error) {
	l, err := net.Listen("tcp", s.set.AdminListen)
	if err != nil && s.set.Demo && s.set.AdminListen == defaultAdminListen {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return l, err
}

// orNone turns a number that is 0 into what translate's Options call none.
func orNone(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

// orUnlimited turns a limit that is switched off into what Options call that.
func orUnlimited(limit int) int {
	if limit == 0 {
		return -1
	}
	return limit
}

// serve runs everything until the program is told to end, then takes it down in order: no new sockets, sockets, hub, engines, store.
func (s *server) serve() error {
	// The parts outlive s.ctx: its end is what starts the way down, which ends them one after the other.
	hubCtx, endHub := context.WithCancel(context.WithoutCancel(s.ctx))
	defer endHub()
	group, ctx := errgroup.WithContext(s.ctx)
	group.Go(func() error { return s.hub.Run(hubCtx) })
	group.Go(func() error { return s.widget.Run(hubCtx) })
	group.Go(func() error { return s.agent.Run(hubCtx) })
	group.Go(func() error { return s.sites.Run(hubCtx) })
	group.Go(func() error { return s.files.Run(hubCtx) })
	group.Go(func() error { return s.index.Run(hubCtx) })
	group.Go(func() error { return s.drafts.run(hubCtx) })
	group.Go(func() error { return giveBackMemory(hubCtx) })
	group.Go(func() error { return s.watchSchema(hubCtx) })
	if s.sharing != nil {
		group.Go(func() error { return s.sharing.Run(hubCtx) })
	}
	group.Go(func() error { return adaptCollector(hubCtx) })

	public, admin := s.httpServer(s.routes()), s.httpServer(s.adminRoutes())
	listener := s.tls.wrap(s.public)
	group.Go(func() error { return serveHTTP(public, listener) })
	if s.tls.auto != nil {
		group.Go(func() error { return s.tls.auto.run(hubCtx, certificatePauses) })
	}
	if s.admin != nil {
		group.Go(func() error { return serveHTTP(admin, s.admin) })
	}
	s.ready.Store(true)
	s.greet()
	group.Go(func() error {
		<-ctx.Done()
		s.shutdown(public, admin)
		endHub()
		return nil
	})
	ended := make(chan error, 1)
	go func() { ended <- group.Wait() }()
	err := inTime(ctx, ended, s.set.DrainWait+shutdownTime)
	if !errors.Is(err, errOverdue) {
		s.close() // what hangs may hold what is closed here; the end of the process takes it all
	}
	return err
}

func serveHTTP(h *http.Server, l net.Listener) error {
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot serve on %s any more: %w", l.Addr(), err)
	}
	return nil
}

// close gives back what open took, in the reverse order. What the store has acknowledged is on disk already.
func (s *server) close() {
	if s.tls != nil && s.tls.auto != nil {
		s.tls.auto.close()
	}
	if s.pipeline != nil {
		if err := s.pipeline.Close(); err != nil {
			s.log.Warn().Err(err).Msg("an engine did not end well")
		}
	}
	if s.store != nil {
		if err := s.store.Close(); err != nil {
			s.log.Error().Err(err).Msg("cannot close the database")
		}
	}
	for _, l := range []net.Listener{s.public, s.admin} {
		if l != nil {
			l.Close()
		}
	}
	s.log.Debug().Int("goroutines", runtime.NumGoroutine()).Msg("down")
}
