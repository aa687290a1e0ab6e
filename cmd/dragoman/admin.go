package main

import (
	"context"
	stdlog "log"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"dragoman/chat"
	"dragoman/hub"
	"dragoman/store"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// adminRoutes is what the admin address answers: nothing that a visitor should ever reach. The command line is not among it: it may hold
// passwords.
func (s *server) adminRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	if s.admin == nil {
		return mux // and nobody asks
	}
	if a, ok := s.admin.Addr().(*net.TCPAddr); ok && a.IP.IsLoopback() {
		return ownNamesOnly(mux)
	}
	return mux
}

// ownNamesOnly keeps web pages away from an address of this machine. Whoever owns a name can let it point here once a browser has his page
// (DNS rebinding), and the page then reads what it likes; but the browser still says that name.
func ownNamesOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if net.ParseIP(strings.Trim(host, "[]")) == nil && !strings.EqualFold(host, "localhost") {
			http.Error(w, "This address is for this machine: ask for it as localhost or 127.0.0.1.", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// metrics are the program's figures. They are taken where the parts meet, so that no part has to know of them.
type metrics struct {
	registry     *prometheus.Registry
	messages     *prometheus.CounterVec
	translations *prometheus.CounterVec
	commit       prometheus.Histogram
	translation  *prometheus.HistogramVec
	delivery     prometheus.Histogram
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dragoman_messages_total", Help: "Lines stored, by who wrote them.",
		}, []string{"author"}),
		translations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dragoman_translations_total", Help: "Translations by engine (empty: none was asked) and by result: the state, or the reason of a failure.",
		}, []string{"engine", "result"}),
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "dragoman_commit_seconds", Help: "From a line at the store's door to its commit.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5},
		}),
		translation: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dragoman_translation_seconds", Help: "How long a translation took, by engine.",
			Buckets: []float64{.001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"engine"}),
	}
	m.delivery = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "dragoman_delivery_seconds", Help: "From a row's commit until it was in the queues of the sessions on this node.",
		Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
	})
	b := readBuildInfo()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "dragoman_build_info", Help: "Always 1.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "go": b.Go},
	})
	build.Set(1)
	m.registry.MustRegister(m.messages, m.translations, m.commit, m.translation, m.delivery, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// delivered is for hub.Options.
func (m *metrics) delivered(took time.Duration) { m.delivery.Observe(max(took, 0).Seconds()) }

// watch shows what the hub counts.
func (m *metrics) watch(h *hub.Hub) {
	gauge := func(name, help string, labels prometheus.Labels, value func(hub.Stats) int) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels},
			func() float64 { return float64(value(h.Stats())) }))
	}
	const people = "People with at least one open socket on this node, by kind."
	gauge("dragoman_people", people, prometheus.Labels{"kind": "visitor"}, func(s hub.Stats) int { return s.Visitors })
	gauge("dragoman_people", people, prometheus.Labels{"kind": "agent"}, func(s hub.Stats) int { return s.Agents })
	gauge("dragoman_connections", "Open sockets on this node.", nil, func(s hub.Stats) int { return s.Sessions })
	gauge("dragoman_translating", "Translations that wait or run.", nil, func(s hub.Stats) int { return s.Translating })
	counter := func(name, help string, value func(hub.Stats) int64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help},
			func() float64 { return float64(value(h.Stats())) }))
	}
	counter("dragoman_slow_sessions_total", "Sessions that were ended because they did not read.", func(s hub.Stats) int64 { return s.TooSlow })
	counter("dragoman_refills_total", "How often a room read the store because events were missing.", func(s hub.Stats) int64 { return s.Refills })
	counter("dragoman_broker_lost_total", "How often the broker's connection was lost.", func(s hub.Stats) int64 { return s.Lost })
	counter("dragoman_refused_handshakes_total", "Sockets that were turned away.", func(s hub.Stats) int64 { return s.Refused })
	gauge("dragoman_rooms", "Conversations that are live on this node.", nil, func(s hub.Stats) int { return s.Rooms })
}

// store is s with a clock at the one method through which every line goes.
func (m *metrics) store(s *store.Store) hub.Store { return &timedStore{s, m} }

type timedStore struct {
	*store.Store
	m *metrics
}

// Append stores a line.
func (t *timedStore) Append(ctx context.Context, p chat.Post) (chat.Posted, error) {
	began := time.Now()
	posted, err := t.Store.Append(ctx, p)
	if err == nil && !posted.Dup {
		t.m.commit.Observe(time.Since(began).Seconds())
		t.m.messages.WithLabelValues(string(p.Author.Kind)).Inc()
	}
	return posted, err
}

// translator is t with a clock.
func (m *metrics) translator(t hub.Translator) hub.Translator { return &timedTranslator{t, m} }

type timedTranslator struct {
	hub.Translator
	m *metrics
}

// Translate translates.
func (t *timedTranslator) Translate(ctx context.Context, site, text string, from, to language.Tag) chat.Translation {
	began := time.Now()
	result := t.Translator.Translate(ctx, site, text, from, to)
	label := string(result.State)
	if result.Reason != "" {
		label = string(result.Reason)
	}
	t.m.translations.WithLabelValues(result.By.Name, label).Inc()
	t.m.translation.WithLabelValues(result.By.Name).Observe(time.Since(began).Seconds())
	return result
}

// quietLog takes what net/http says about single connections (a scanner's bad TLS handshake): of interest to who debugs only.
func quietLog(log zerolog.Logger) *stdlog.Logger {
	return stdlog.New(debugWriter{log}, "", 0)
}

type debugWriter struct{ log zerolog.Logger }

func (w debugWriter) Write(line []byte) (int, error) {
	w.log.Debug().Str("from", "net/http").Msg(string(trimNewline(line)))
	return len(line), nil
}

func trimNewline(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '\n' {
		b = b[:len(b)-1]
	}
	return b
}
