package main

import (
	"maps"
	"slices"
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/translate"

	"github.com/prometheus/client_golang/prometheus"
)

// What bounds the labels of the figures about engines. An engine may have a thousand pairs, of which a shop uses five.
const (
	// maxPairLabels is how many pairs of all engines together have figures of their own; what comes later is counted as otherPairs.
	maxPairLabels = 100
	otherPairs    = "other"
	// maxSiteLabels is how many sites with a budget have figures of their own, in the order of their keys.
	maxSiteLabels = 100
)

// engineFigures are translate.Figures in Prometheus' words.
type engineFigures struct {
	calls, characters, rejected, known *prometheus.CounterVec
	seconds                            *prometheus.HistogramVec
	pairs                              *pairLabels
}

// pairLabels are the pairs that have figures of their own, by engine.
type pairLabels struct {
	mu   sync.Mutex // guards seen
	seen map[[2]string]bool
}

func newEngineFigures(m *metrics) engineFigures {
	return engineFigures{
		calls:      m.counters("dragoman_engine_calls_total", "Calls of an engine by pair of languages and result: ok, or the kind of the failure.", "engine", "pair", "result"),
		seconds:    m.histograms("dragoman_engine_seconds", "How long a call of an engine took, by pair of languages.", asEngines, "engine", "pair"),
		characters: m.counters("dragoman_engine_characters_total", "Characters that an engine translated, as its vendor counts them or in code points of the source.", "engine", "pair"),
		rejected:   m.counters("dragoman_engine_rejected_total", "Answers of an engine that did not hold, by the rule that they broke.", "engine", "rule"),
		known:      m.counters("dragoman_translation_known_total", "Translations that needed no engine, by where they were found: memory, cache (this server's), store (the cache of all servers).", "level"),
		pairs:      &pairLabels{seen: map[[2]string]bool{}},
	}
}

// label returns a pair's label, or otherPairs if there are too many.
func (l *pairLabels) label(engine string, p translate.Pair) string {
	key := [2]string{engine, chat.PairName(p.From, p.To)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seen[key] {
		if len(l.seen) >= maxPairLabels {
			return otherPairs
		}
		l.seen[key] = true
	}
	return key[1]
}

// Called is for translate.Options.
func (f engineFigures) Called(engine string, p translate.Pair, failure translate.ErrorKind, took time.Duration, characters int) {
	pair, result := f.pairs.label(engine, p), string(failure)
	if result == "" {
		result = "ok"
	}
	f.calls.WithLabelValues(engine, pair, result).Inc()
	f.seconds.WithLabelValues(engine, pair).Observe(took.Seconds())
	f.characters.WithLabelValues(engine, pair).Add(float64(characters))
}

// Known is for translate.Options.
func (f engineFigures) Known(l translate.Level) { f.known.WithLabelValues(string(l)).Inc() }

// Rejected is for translate.Options.
func (f engineFigures) Rejected(engine, rule string) { f.rejected.WithLabelValues(engine, rule).Inc() }

// standings tell at every look how breakers and budgets stand.
type standings struct{ p *translate.Pipeline }

var (
	breakersOpen = prometheus.NewDesc("dragoman_engine_breakers_open", "How many breakers of an engine are open; an engine whose pairs fail by themselves has one for each.", []string{"engine"}, nil)
	budgetLeft   = prometheus.NewDesc("dragoman_budget_left_characters", "What is left of a site's budget, by period: day, month (UTC).", []string{"site", "period"}, nil)
	budgetState  = prometheus.NewDesc("dragoman_budget_state", "How a site stands with its budget: 0 open, 1 saving, 2 spent.", []string{"site"}, nil)
)

// Describe is for Prometheus.
func (s standings) Describe(to chan<- *prometheus.Desc) {
	to <- breakersOpen
	to <- budgetLeft
	to <- budgetState
}

// Collect is for Prometheus.
func (s standings) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for engine, open := range s.p.OpenBreakers() {
		gauge(breakersOpen, float64(len(open)), engine)
	}
	all := s.p.Standings()
	sites := slices.Sorted(maps.Keys(all))
	for _, site := range sites[:min(len(sites), maxSiteLabels)] {
		st := all[site]
		left := st.Budget.Left(st.Spent)
		if st.Budget.DayCharacters > 0 {
			gauge(budgetLeft, float64(left.Day), site, "day")
		}
		if st.Budget.MonthCharacters > 0 {
			gauge(budgetLeft, float64(left.Month), site, "month")
		}
		gauge(budgetState, map[chat.BudgetState]float64{chat.BudgetSoft: 1, chat.BudgetSpent: 2}[st.State], site)
	}
}
