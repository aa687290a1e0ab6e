package main

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"dragoman/hub"
	"dragoman/store"
	"dragoman/translate"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are the program's figures. They are taken where the parts meet, so that no part has to know of them. Every label has few values:
// kinds, codes, names from the settings, patterns of routes; never an id, an address or a path.
type metrics struct {
	registry     *prometheus.Registry
	messages     *prometheus.CounterVec
	commit       prometheus.Histogram
	delivery     prometheus.Histogram
	firstReply   prometheus.Histogram
	translations *prometheus.CounterVec
	translation  *prometheus.HistogramVec
	engines      engineFigures
	requests     *prometheus.HistogramVec
	closed       *prometheus.CounterVec
	limits       *prometheus.CounterVec
	uploads      *prometheus.CounterVec
	uploadBytes  prometheus.Counter
}

// quick are the bounds of what should take milliseconds, in seconds; see the histograms for what they are of.
var (
	quick     = []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5}
	quicker   = []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}
	asPeople  = []float64{5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 3600, 4 * 3600, 24 * 3600}
	asEngines = []float64{.001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}
)

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.messages = m.counters("dragoman_messages_total", "Lines stored through this node, by who wrote them.", "from")
	m.commit = m.histogram("dragoman_commit_seconds", "From a line at the store's door to its commit.", quick)
	m.delivery = m.histogram("dragoman_message_delivery_seconds", "From a row's commit until it was in the queues of the sessions on this node.", quicker)
	m.firstReply = m.histogram("dragoman_first_reply_seconds", "From the line with which a visitor began to wait until an agent's first answer.", asPeople)
	m.translations = m.counters("dragoman_translation_total", "Translations by engine (none: no engine had a part in it) and by result: the state, or the reason of a failure.", "engine", "result")
	m.translation = m.histograms("dragoman_translation_seconds", "How long a translation took in all, by the engine that it came from in the end.", asEngines, "engine")
	m.engines = newEngineFigures(m)
	m.requests = m.histograms("dragoman_http_request_duration_seconds", "How long requests took, by route and status; a socket (101) until it was taken over.", quick, "route", "code")
	m.closed = m.counters("dragoman_ws_closed_total", "Sockets that have ended, by close code; 0: the other side was gone.", "code")
	m.limits = m.counters("dragoman_limit_refusals_total", "What visitors were refused, by the limit that did.", "limit")
	m.uploads = m.counters("dragoman_uploads_total", "Files that people sent up, by who sent them and by result: stored, or the code of the refusal.", "from", "result")
	m.uploadBytes = prometheus.NewCounter(prometheus.CounterOpts{Name: "dragoman_upload_bytes_total", Help: "Bytes of files that were stored, with their small pictures."})
	m.registry.MustRegister(m.uploadBytes)
	b := readBuildInfo()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "dragoman_build_info", Help: "Always 1.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "go": b.Go},
	})
	build.Set(1)
	m.registry.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *metrics) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(h)
	return h
}

func (m *metrics) histogram(name, help string, buckets []float64) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	m.registry.MustRegister(h)
	return h
}

// gauge and counter show what somebody else counts. label is empty, or NAME=VALUE.
func (m *metrics) gauge(name, label, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labelOf(label)}, value))
}

func (m *metrics) counter(name, label, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labelOf(label)}, value))
}

func labelOf(label string) prometheus.Labels {
	name, value, ok := strings.Cut(label, "=")
	if !ok {
		return nil
	}
	return prometheus.Labels{name: value}
}

// delivered is for hub.Options.
func (m *metrics) delivered(took time.Duration) { m.delivery.Observe(max(took, 0).Seconds()) }

// ended is for hub.Options.
func (m *metrics) ended(code int) { m.closed.WithLabelValues(strconv.Itoa(code)).Inc() }

// limited is for widget.Options.
func (m *metrics) limited(limit string) { m.limits.WithLabelValues(limit).Inc() }

// answered is for web.Options. Requests for what is not there share one route, whatever they ask for.
func (m *metrics) answered(route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	if status == 0 {
		status = 200 // nothing was written, which says just that
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// watch shows what the parts count themselves.
func (m *metrics) watch(h *hub.Hub, s *store.Store, p *translate.Pipeline) {
	stats := oneLook(h)
	m.watchSockets(stats)
	m.watchQueues(stats, s)
	m.watchNodes(stats)
	m.watchDatabase(s)
	m.registry.MustRegister(standings{p})
	m.counter("dragoman_translation_claims_total", "", "Translations that this node has taken up because a node that died, or had too much to do, had left them.",
		func() float64 { return float64(stats().TakenUp) })
}

// sameLook is how long a look at the hub serves: for all figures of one scrape.
const sameLook = 50 * time.Millisecond

// oneLook returns what the hub counts. It counts people by walking over them, which is worth doing once per scrape and not once per figure.
func oneLook(h *hub.Hub) func() hub.Stats {
	var mu sync.Mutex // guards the following
	var last hub.Stats
	var at time.Time
	return func() hub.Stats {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(at) > sameLook {
			last, at = h.Stats(), time.Now()
		}
		return last
	}
}

func (m *metrics) watchSockets(stats func() hub.Stats) {
	const sockets = "Open sockets on this node, by who it is: visitor, agent, or new before it has said."
	m.gauge("dragoman_ws_connections", "kind=visitor", sockets, func() float64 { return float64(stats().VisitorSessions) })
	m.gauge("dragoman_ws_connections", "kind=agent", sockets, func() float64 { return float64(stats().AgentSessions) })
	m.gauge("dragoman_ws_connections", "kind=new", sockets, func() float64 {
		s := stats()
		return float64(max(0, s.Sessions-s.VisitorSessions-s.AgentSessions))
	})
	const people = "People with at least one open socket on this node, by kind."
	m.gauge("dragoman_people", "kind=visitor", people, func() float64 { return float64(stats().Visitors) })
	m.gauge("dragoman_people", "kind=agent", people, func() float64 { return float64(stats().Agents) })
	m.gauge("dragoman_rooms", "", "Conversations that are live on this node.", func() float64 { return float64(stats().Rooms) })
	m.counter("dragoman_slow_sessions_total", "", "Sessions that were ended because they did not read.", func() float64 { return float64(stats().TooSlow) })
	m.counter("dragoman_refused_handshakes_total", "", "Sockets that were turned away.", func() float64 { return float64(stats().Refused) })
}

func (m *metrics) watchQueues(stats func() hub.Stats, s *store.Store) {
	const depth = "What waits on this node, by queue: translations (or under way), chores (what may be late), commits (SQLite's writer)."
	m.gauge("dragoman_queue_depth", "queue=translations", depth, func() float64 { return float64(stats().Translating) })
	m.gauge("dragoman_queue_depth", "queue=chores", depth, func() float64 { return float64(stats().Chores) })
	m.gauge("dragoman_queue_depth", "queue=commits", depth, func() float64 { return float64(s.Figures().Waiting) })
}

func (m *metrics) watchNodes(stats func() hub.Stats) {
	m.counter("dragoman_refills_total", "", "How often a room read the store because events were missing.", func() float64 { return float64(stats().Refills) })
	m.counter("dragoman_older_database_total", "", "How often a conversation was found behind what had been told of it: confirmed lines are lost.",
		func() float64 { return float64(stats().Older) })
	m.counter("dragoman_broker_lost_total", "", "How often the broker's connection was lost.", func() float64 { return float64(stats().Lost) })
	m.gauge("dragoman_broker_beat", "", "1 while this node hears the others (or is alone), 0 while their lines come through the database.", func() float64 { return oneIf(stats().Beating) })
	m.gauge("dragoman_draining", "", "1 while this node is on its way down and takes no sockets on.", func() float64 { return oneIf(stats().Draining) })
}

func (m *metrics) watchDatabase(s *store.Store) {
	m.gauge("dragoman_database_writable", "", "0 while SQLite has refused a commit and no trial write has succeeded since. Of PostgreSQL always 1.", func() float64 { return oneIf(s.Figures().Writable) })
	m.counter("dragoman_database_failures_total", "", "What was answered with unavailable because the database did not answer.", func() float64 { return float64(s.Figures().Failures) })
	const pool = "Connections to the database (SQLite: those that read), by state: used, idle; max is how many there may be."
	m.gauge("dragoman_database_connections", "state=used", pool, func() float64 { return float64(s.Figures().Used) })
	m.gauge("dragoman_database_connections", "state=idle", pool, func() float64 { return float64(s.Figures().Idle) })
	m.gauge("dragoman_database_connections", "state=max", pool, func() float64 { return float64(s.Figures().Most) })
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
