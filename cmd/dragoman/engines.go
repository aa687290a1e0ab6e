package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"dragoman/translate"
	"dragoman/translate/engine"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// The names that --engine knows.
const (
	engineApertium       = "apertium"
	engineLibreTranslate = "libretranslate"
	engineNone           = "none"
)

// names returns the engines to use in order of preference: those that were named, else those that are configured before what may be
// found on this machine.
func (c engineSettings) names() ([]string, error) {
	if slices.Contains(c.Engine, engineNone) {
		if len(c.Engine) > 1 {
			return nil, usagef("--engine none stands alone: it means no translation")
		}
		return nil, nil
	}
	names := c.Engine
	if len(names) == 0 {
		if c.LibretranslateURL != "" {
			names = append(names, engineLibreTranslate)
		}
		names = append(names, engineApertium)
	}
	for i, name := range names {
		if name != engineApertium && name != engineLibreTranslate {
			return nil, usagef("there is no engine %q: the names are apertium, libretranslate and none", name)
		}
		if slices.Contains(names[:i], name) {
			return nil, usagef("the engine %s is named twice", name)
		}
	}
	return names, nil
}

// engines makes the engines. They start nothing before the first line.
func (c engineSettings) engines(log zerolog.Logger) ([]translate.Engine, error) {
	names, err := c.names()
	if err != nil {
		return nil, err
	}
	var all []translate.Engine
	for _, name := range names {
		switch name {
		case engineApertium:
			all = append(all, engine.NewApertium(engine.ApertiumOptions{Modes: c.ApertiumModes, Pivots: c.ApertiumPivots, Log: log}))
		case engineLibreTranslate:
			if u, err := url.Parse(c.LibretranslateURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
				return nil, usagef("the engine libretranslate needs --libretranslate-url with its address, such as http://127.0.0.1:5000")
			}
			all = append(all, engine.NewLibreTranslate(engine.LibreTranslateOptions{URL: c.LibretranslateURL, Key: c.LibretranslateKey}))
		}
	}
	return all, nil
}

// engineState is an engine in one line, from what it knows without asking anybody.
type engineState struct {
	name  string
	pairs []translate.Pair
	err   error
}

func engineStates(ctx context.Context, engines []translate.Engine) []engineState {
	var all []engineState
	for _, e := range engines {
		st := engineState{name: e.Name()}
		if caps, err := e.Caps(ctx); err != nil {
			st.err = err
		} else {
			for _, p := range caps.Pairs {
				if !p.Off {
					st.pairs = append(st.pairs, p)
				}
			}
		}
		all = append(all, st)
	}
	return all
}

// noEngine says what to do when nothing translates.
const noEngine = "nothing translates here: lines stay in the original. On Debian, \"scripts/setup run\" (or apt install apertium apertium-eng-spa) installs an engine; --libretranslate-url names another"

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
	JSON bool `help:"Print JSON."`
}

// engineRow is an engine as programs read it.
type engineRow struct {
	Name    string    `json:"name"`
	Found   bool      `json:"found"`
	Answers bool      `json:"answers"`
	TookMS  float64   `json:"took_ms"`
	Error   string    `json:"error,omitempty"`
	Pairs   []pairRow `json:"pairs"`
}

type pairRow struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Quality string `json:"quality"`
	On      bool   `json:"on"`
}

// Run shows the engines, each after it was asked for a word.
func (c *enginesCommand) Run(r *run) error {
	p, err := r.pipeline(c.engineSettings)
	if err != nil {
		return err
	}
	defer p.Close()
	rows := []engineRow{}
	for _, st := range p.Engines(r.ctx) {
		row := engineRow{Name: st.Name, Found: st.Found, Answers: st.Answers, TookMS: milliseconds(st.Took), Error: st.Error, Pairs: []pairRow{}}
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
	for _, p := range row.Pairs {
		state := p.Quality
		if !p.On {
			state += ", off"
		}
		t = append(t, []string{p.From, "to", p.To, state})
	}
	writeTable(r.Stdout, "  ", t)
}

// pipeline makes the translation of a command.
func (r *run) pipeline(c engineSettings) (*translate.Pipeline, error) {
	engines, err := c.engines(r.log)
	if err != nil {
		return nil, err
	}
	return translate.New(translate.Options{Engines: engines, Log: r.log}), nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
