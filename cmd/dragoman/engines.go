package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dragoman/store"
	"dragoman/translate"
	"dragoman/translate/detect"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// engineNone is the name that --engine knows beside those of engines.
const engineNone = "none"

// names returns the engines to use in order of preference: those that were named, else those that are configured before what may be
// found on this machine.
func (c engineSettings) names() ([]string, error) {
	if slices.Contains(c.Engine, engineNone) {
		if len(c.Engine) > 1 {
			return nil, usagef("--engine none stands alone: it means no translation")
		}
		return nil, nil
	}
	if len(c.Engine) == 0 {
		return c.Configured(), nil
	}
	for i, name := range c.Engine {
		if !slices.Contains(c.Names(), name) {
			return nil, usagef("there is no engine %q: the names are %s and none", name, engineList())
		}
		if slices.Contains(c.Engine[:i], name) {
			return nil, usagef("the engine %s is named twice", name)
		}
	}
	return c.Engine, nil
}

// engines makes the engines. They start nothing before the first line.
func (c engineSettings) engines(log zerolog.Logger) ([]translate.Engine, error) {
	names, err := c.names()
	if err != nil {
		return nil, err
	}
	var all []translate.Engine
	for _, name := range names {
		e, err := c.Open(name, log)
		if err != nil {
			for _, e := range all {
				_ = e.Close()
			}
			return nil, usageError{err}
		}
		all = append(all, e)
	}
	return all, nil
}

// engineState is an engine in one line, from what it knows without asking anybody.
type engineState struct {
	name  string
	offer string // its languages, for people; empty if it has none that are on
	err   error
}

func engineStates(ctx context.Context, engines []translate.Engine) []engineState {
	var all []engineState
	for _, e := range engines {
		st := engineState{name: e.Name()}
		if caps, err := e.Caps(ctx); err != nil {
			st.err = err
		} else {
			st.offer = offered(caps.Pairs, caps.Sources, caps.Targets)
		}
		all = append(all, st)
	}
	return all
}

// noEngine says what to do when nothing translates.
const noEngine = "nothing translates here: lines stay in the original. On Debian, \"scripts/setup run\" (or apt install apertium apertium-eng-spa) installs an engine; --libretranslate-url names another"

// offered says what an engine translates, in a line.
func offered(pairs []translate.Pair, sources, targets []language.Tag) string {
	if len(sources) > 0 {
		return fmt.Sprintf("%d languages into %d", len(sources), len(targets))
	}
	return pairList(slices.DeleteFunc(slices.Clone(pairs), func(p translate.Pair) bool { return p.Off }))
}

// pairList writes pairs as "ca-es en-es fr>ca": en-es means both directions, fr>ca one. Varieties of a language count once.
func pairList(pairs []translate.Pair) string {
	type direction struct{ from, to string }
	has := map[direction]bool{}
	for _, p := range pairs {
		from, _ := p.From.Base()
		to, _ := p.To.Base()
		has[direction{from.String(), to.String()}] = true
	}
	var list []string
	for d := range has {
		switch {
		case !has[direction{d.to, d.from}]:
			list = append(list, d.from+">"+d.to)
		case d.from < d.to:
			list = append(list, d.from+"-"+d.to)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// languageNames writes languages as people call them.
func languageNames(tags []language.Tag) string {
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = display.English.Tags().Name(t)
	}
	return strings.Join(names, ", ")
}

type enginesCommand struct {
	engineSettings
	Site string `placeholder:"KEY" help:"Show the order of this site's engines, and what is left of its budget."`
	JSON bool   `help:"Print JSON."`
}

// engineRow is an engine as programs read it.
type engineRow struct {
	Name    string    `json:"name"`
	Found   bool      `json:"found"`
	Answers bool      `json:"answers"`
	TookMS  float64   `json:"took_ms"`
	Error   string    `json:"error,omitempty"`
	Pairs   []pairRow `json:"pairs"`
	// From and To are the languages of an engine that translates each of the first into each of the second.
	From []string  `json:"from,omitempty"`
	To   []string  `json:"to,omitempty"`
	Used *usageRow `json:"used,omitempty"`
}

// usageRow is what the vendor has counted.
type usageRow struct {
	Characters int64  `json:"characters"`
	Limit      int64  `json:"limit"`
	Until      string `json:"until,omitempty"`
}

type pairRow struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Quality string `json:"quality"`
	On      bool   `json:"on"`
}

// Run shows the engines, each after it was asked for a word.
func (c *enginesCommand) Run(r *run) error {
	p, s, done, err := r.sitePipeline(c.engineSettings, c.Site)
	if err != nil {
		return err
	}
	defer done()
	if c.Site != "" {
		return c.showSite(r, p, s)
	}
	rows := []engineRow{}
	for _, st := range p.Engines(r.ctx) {
		row := engineRow{Name: st.Name, Found: st.Found, Answers: st.Answers, TookMS: milliseconds(st.Took), Error: st.Error, Pairs: []pairRow{}}
		row.From, row.To = tagList(st.Sources), tagList(st.Targets)
		if u := st.Usage; u != nil {
			row.Used = &usageRow{Characters: u.Used, Limit: u.Limit}
			if !u.Until.IsZero() {
				row.Used.Until = u.Until.Format(time.RFC3339)
			}
		}
		for _, pair := range st.Pairs {
			row.Pairs = append(row.Pairs, pairRow{pair.From.String(), pair.To.String(), string(pair.Class.Quality()), !pair.Off})
		}
		rows = append(rows, row)
	}
	if c.JSON {
		return r.printJSON(rows)
	}
	found := false
	for _, row := range rows {
		r.printEngine(row)
		found = found || row.Found
	}
	if !found {
		return fmt.Errorf("%s", noEngine)
	}
	return nil
}

// showSite shows what a site makes of the engines. No engine is asked.
func (c *enginesCommand) showSite(r *run, p *translate.Pipeline, s *store.Store) error {
	row, err := r.orderRow(p, s, c.Site)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.printJSON(row)
	}
	r.printOrder(row)
	return nil
}

func (r *run) printEngine(row engineRow) {
	switch {
	case row.Answers:
		r.printf("%s answers (a word took %.1f ms)\n", row.Name, row.TookMS)
	case row.Found:
		r.printf("%s does not answer: %s\n", row.Name, row.Error)
	default:
		r.printf("%s is not there: %s\n", row.Name, row.Error)
	}
	t := table{}
	if row.Used != nil {
		t = append(t, []string{"used", row.Used.text()})
	}
	if len(row.From) > 0 {
		t = append(t, []string{"from", strings.Join(row.From, " ")}, []string{"into", strings.Join(row.To, " ")})
	}
	for _, p := range row.Pairs {
		state := p.Quality
		if !p.On {
			state += ", off"
		}
		t = append(t, []string{p.From, "to", p.To, state})
	}
	writeTable(r.Stdout, "  ", t)
}

func (u usageRow) text() string {
	s := fmt.Sprintf("%d of %d characters", u.Characters, u.Limit)
	if u.Until != "" {
		s += ", until " + u.Until
	}
	return s
}

func tagList(tags []language.Tag) []string {
	var list []string
	for _, t := range tags {
		list = append(list, t.String())
	}
	slices.Sort(list)
	return list
}

// pipeline makes the translation of a command.
func (r *run) pipeline(c engineSettings) (*translate.Pipeline, error) {
	engines, err := c.engines(r.log)
	if err != nil {
		return nil, err
	}
	return translate.New(translate.Options{Engines: engines, Detect: detect.New().Detect, Log: r.log}), nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
