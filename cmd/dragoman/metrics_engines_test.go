package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/translate"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/text/language"
)

// fakeEngine shouts, or fails.
type fakeEngine struct{ err error }

func (fakeEngine) Name() string { return "fake" }
func (fakeEngine) Close() error { return nil }
func (fakeEngine) Caps(context.Context) (*translate.Caps, error) {
	return &translate.Caps{Pairs: []translate.Pair{{From: language.English, To: language.Spanish, Class: translate.ClassA}}}, nil
}

func (e fakeEngine) Translate(_ context.Context, r *translate.Request) (*translate.Response, error) {
	if e.err != nil {
		return nil, e.err
	}
	resp := &translate.Response{}
	for _, s := range r.Segments {
		text := strings.ToUpper(s.Text)
		if strings.Contains(text, "NONSENSE") {
			text = ""
		}
		resp.Results = append(resp.Results, translate.Result{Text: text})
	}
	return resp, nil
}

type oneSite chat.Translating

func (s *oneSite) Translating(string) *chat.Translating { return (*chat.Translating)(s) }
func (s *oneSite) budgets() map[string]chat.Budget {
	return map[string]chat.Budget{"shop": s.Budget}
}

// metricsOf translates some lines and returns what Prometheus gets to see.
func metricsOf(t *testing.T, e translate.Engine, texts ...string) string {
	t.Helper()
	m := newMetrics()
	site := &oneSite{Budget: chat.Budget{DayCharacters: 100, MonthCharacters: 1000}}
	p := translate.New(translate.Options{Engines: []translate.Engine{e}, Figures: m.engines, Settings: site, Budgets: site.budgets})
	defer p.Close()
	m.registry.MustRegister(standings{p})
	for _, text := range texts {
		p.Translate(t.Context(), chat.Untranslated{Site: "shop", Text: text, From: language.English, To: language.Spanish})
	}
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	return answer.Body.String()
}

// TestEngineMetrics: what engines did, what they cost and what is left is there, and the handbook explains it.
func TestEngineMetrics(t *testing.T) {
	text := metricsOf(t, fakeEngine{}, "hello you", "hello you", "nonsense", strings.Repeat("word ", 14))
	for _, want := range []string{
		`dragoman_engine_calls_total{engine="fake",pair="en>es",result="ok"} 2`, `dragoman_engine_calls_total{engine="fake",pair="en>es",result="bad_output"} 1`,
		`dragoman_engine_characters_total{engine="fake",pair="en>es"} 86`, `dragoman_engine_seconds_count{engine="fake",pair="en>es"} 3`,
		`dragoman_translation_known_total{level="cache"} 1`, `dragoman_engine_rejected_total{engine="fake",rule="text"} 1`, `dragoman_engine_breakers_open{engine="fake"} 0`,
		`dragoman_budget_left_characters{period="day",site="shop"} 14`, `dragoman_budget_left_characters{period="month",site="shop"} 914`, `dragoman_budget_state{site="shop"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, grep(text, "dragoman_engine")+grep(text, "dragoman_budget")+grep(text, "known"))
		}
	}
	if text := metricsOf(t, fakeEngine{&translate.Error{Kind: translate.Auth, Err: errors.New("no")}}, "hello"); !strings.Contains(text, `dragoman_engine_breakers_open{engine="fake"} 1`) {
		t.Error("an open breaker does not show")
	}
	handbook, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range exposed(text) {
		f := strings.Fields(line)
		name := f[0]
		if len(f) > 2 {
			name += "{" + f[2] + "}"
		}
		if (strings.HasPrefix(name, "dragoman_engine_") || strings.HasPrefix(name, "dragoman_budget_") || strings.HasPrefix(name, "dragoman_translation_")) && !strings.Contains(string(handbook), "| `"+name+"` |") {
			t.Errorf("docs/operations.md does not explain %s", name)
		}
	}
}

// TestPairLabelsAreBounded: an engine with a thousand pairs does not make a thousand series.
func TestPairLabelsAreBounded(t *testing.T) {
	l := &pairLabels{seen: map[[2]string]bool{}}
	labels := map[string]bool{}
	for i := range 26 * 26 {
		tag := language.Make(fmt.Sprintf("en-x-%c%c", 'a'+i/26, 'a'+i%26))
		labels[l.label("e", translate.Pair{From: tag, To: language.Spanish})] = true
	}
	if len(labels) != maxPairLabels+1 || !labels[otherPairs] {
		t.Errorf("%d labels", len(labels))
	}
	if got := l.label("e", translate.Pair{From: language.Make("en-x-aa"), To: language.Spanish}); got == otherPairs {
		t.Error("a pair that has figures has lost them")
	}
}
