package apertium

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"dragoman/translate"

	"github.com/rs/zerolog"
)

// Options of the engine. The zero value uses what Debian's packages install.
type Options struct {
	// Modes is the folder of the mode files; empty means DefaultModes.
	Modes string
	// Pivots switches the pairs on that are made of two (fr > es > en). They often mislead.
	Pivots bool
	// Idle is after how long without a line a pair's programs are stopped (they hold 45 to 630 MB); zero means DefaultIdle.
	Idle time.Duration
	// Warm is how many directions may have running programs at once; zero means DefaultWarm. One more, and the one that was
	// used longest ago is stopped.
	Warm int
	Log  zerolog.Logger
}

// Defaults of Options, and the longest piece that goes through the programs at once.
const (
	DefaultModes = "/usr/share/apertium/modes"
	DefaultIdle  = 10 * time.Minute
	DefaultWarm  = 6
	ChunkBytes   = 2000
)

// Engine is Apertium as translate.Engine.
type Engine struct {
	opts   Options
	caps   *translate.Caps
	missed error            // why there are no caps
	routes map[string]route // by the pair's name
	modes  map[string]mode  // by name
	closed context.Context  // ends with Close
	cancel context.CancelFunc
	warm   *warm

	mu      sync.Mutex // guards workers and running.Add against Close
	workers map[string]*worker
	running sync.WaitGroup
}

// New looks for the installed pairs. Nothing is started before the first line. If there is no Apertium, the engine
// says so when it is asked: a server runs without.
func New(o Options) *Engine {
	if o.Modes == "" {
		o.Modes = DefaultModes
	}
	if o.Idle <= 0 {
		o.Idle = DefaultIdle
	}
	if o.Warm <= 0 {
		o.Warm = DefaultWarm
	}
	e := &Engine{
		opts: o, routes: map[string]route{}, modes: map[string]mode{}, workers: map[string]*worker{},
		warm: newWarm(o.Warm),
	}
	e.closed, e.cancel = context.WithCancel(context.Background())
	modes, faults, err := readModes(o.Modes)
	for _, f := range faults {
		o.Log.Warn().Str("engine", e.Name()).Msg(f)
	}
	caps := &translate.Caps{Timeout: lineTime + startTime, MaxBytes: ChunkBytes, Isolated: true, Free: true, Quick: true, SecondCarrier: true}
	for _, r := range routes(modes, o.Pivots) {
		if _, known := e.routes[r.pair.String()]; !known {
			e.routes[r.pair.String()] = r
			caps.Pairs = append(caps.Pairs, r.pair)
		}
	}
	for _, m := range modes {
		e.modes[m.name] = m
	}
	if e.caps = caps; len(caps.Pairs) == 0 {
		e.missed = &translate.Error{
			Kind: translate.Unavailable, Err: err,
			Text: "no Apertium pair in " + o.Modes + ": install packages such as apertium, apertium-eng-spa and apertium-es-pt",
		}
	}
	return e
}

// Name is "apertium".
func (e *Engine) Name() string { return "apertium" }

// Caps returns the installed pairs.
func (e *Engine) Caps(context.Context) (*translate.Caps, error) {
	if e.missed != nil {
		return nil, e.missed
	}
	return e.caps, nil
}

// Translate puts the segments through the programs of the pair, one after the other.
func (e *Engine) Translate(ctx context.Context, r *translate.Request) (*translate.Response, error) {
	way, ok := e.routes[translate.Pair{From: r.From, To: r.To}.String()]
	if !ok {
		return nil, &translate.Error{Kind: translate.NoPair, Text: "Apertium has no pair " + r.From.String() + " > " + r.To.String()}
	}
	resp := &translate.Response{}
	for _, seg := range r.Segments {
		text, err := e.segment(ctx, way, seg, r.SecondCarrier)
		if err != nil {
			return nil, err
		}
		resp.Results = append(resp.Results, translate.Result{Text: text})
		resp.Billed += utf8.RuneCountInString(seg.Text)
	}
	return resp, nil
}

// segment translates one segment, cut where it is too long, through one mode or two.
func (e *Engine) segment(ctx context.Context, way route, seg translate.Segment, second bool) (string, error) {
	var all strings.Builder
	for _, part := range translate.Chunks(seg.Text, ChunkBytes) {
		text := strings.TrimSpace(part)
		at := strings.Index(part, text)
		all.WriteString(part[:at])
		if text != "" {
			got, err := e.through(ctx, way, translate.Segment{Text: text, Spans: seg.Spans}, second)
			if err != nil {
				return "", err
			}
			all.WriteString(got)
		}
		all.WriteString(part[at+len(text):])
	}
	return all.String(), nil
}

func (e *Engine) through(ctx context.Context, way route, seg translate.Segment, second bool) (string, error) {
	for _, name := range way.modes {
		w, err := e.worker(name)
		if err != nil {
			return "", err
		}
		carried := seg
		if second {
			carried.Spans = otherwise(seg.Spans)
		}
		got, err := w.do(ctx, carried)
		if err != nil {
			return "", err
		}
		p, _ := pairOfMode(name)
		seg.Text = edit(seg, got, base(p.From), base(p.To))
	}
	return seg.Text, nil
}

// otherwise has what travelled as a word travel as a blank, and the other way round.
func otherwise(spans []translate.Span) []translate.Span {
	other := make([]translate.Span, len(spans))
	for i, sp := range spans {
		other[i] = translate.Span{Mark: sp.Mark, Kind: translate.KindEmoji}
		if !sp.Kind.NounLike() {
			other[i].Kind = translate.KindCode
		}
	}
	return other
}

// worker returns the worker of a mode, and lets it begin.
func (e *Engine) worker(name string) (*worker, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed.Err() != nil {
		return nil, errClosed
	}
	w := e.workers[name]
	if w == nil {
		w = newWorker(e, name)
		e.workers[name] = w
		e.running.Go(w.run)
	}
	return w, nil
}

// Warm starts the programs of a pair and waits until they have translated a word. It takes only what places are free: what is in use is worth more than
// what may be needed.
func (e *Engine) Warm(ctx context.Context, p translate.Pair) error {
	if e.warm.full() {
		return nil
	}
	_, err := e.Translate(ctx, &translate.Request{From: p.From, To: p.To, Segments: []translate.Segment{{Text: "a"}}})
	return err
}

// Close stops all programs and waits for them.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.cancel()
	e.mu.Unlock()
	e.running.Wait()
	return nil
}
