package apertium

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dragoman/translate"
)

// Deadlines of one line: what a warm pair may take, and what is added if its programs have to be started first. A warm line
// takes 1 to 6 ms and the largest dictionaries start in 700 ms, on a quiet machine. The bounds are for programs that hang, which is rare; on
// two busy processors a bound of 250 ms was seen to end healthy ones, which costs the line and a start.
const (
	lineTime     = 1500 * time.Millisecond
	lineTimeByte = 100 * time.Microsecond
	startTime    = 4 * time.Second
)

// After two failures in a row the worker waits before it starts the programs again: twice as long each time.
const (
	backoffFirst = 50 * time.Millisecond
	backoffMost  = 5 * time.Second
)

// job is a segment that waits for its turn.
type job struct {
	ctx  context.Context
	seg  translate.Segment
	done chan result // buffered: the worker never waits for who has gone
}

type result struct {
	text string
	err  error
}

// worker owns the programs of one mode. All lines of the mode pass through its one goroutine, one after the other, because
// the programs know no other way to tell which answer belongs to which line.
type worker struct {
	mode mode
	idle time.Duration
	// closed ends with the engine.
	closed context.Context
	// warm is shared by all workers; evict is how it asks this one to stop.
	warm  *warm
	evict chan struct{}
	jobs  chan job
	// started tells tests of each start of the programs; may be nil.
	started func(*process)

	// Only the goroutine touches what follows.
	proc     *process
	fresh    bool // proc has not answered yet
	failures int  // in a row
}

func newWorker(e *Engine, name string) *worker {
	return &worker{
		mode: e.modes[name], idle: e.opts.Idle, closed: e.closed, warm: e.warm, evict: make(chan struct{}, 1), jobs: make(chan job),
	}
}

// do has seg translated, and returns when it is or when ctx ends.
func (w *worker) do(ctx context.Context, seg translate.Segment) (string, error) {
	j := job{ctx: ctx, seg: seg, done: make(chan result, 1)}
	select {
	case w.jobs <- j:
	case <-ctx.Done():
		return "", expired(ctx)
	case <-w.closed.Done():
		return "", errClosed
	}
	select {
	case r := <-j.done:
		return r.text, r.err
	case <-ctx.Done():
		return "", expired(ctx)
	case <-w.closed.Done():
		return "", errClosed
	}
}

var errClosed = &translate.Error{Kind: translate.Transient, Text: "apertium is closed"}

func expired(ctx context.Context) error {
	return &translate.Error{Kind: translate.Transient, Text: "it was not ready in time", Err: ctx.Err()}
}

// run works until the engine is closed.
func (w *worker) run() {
	defer w.stop()
	idle := time.NewTimer(w.idle)
	defer idle.Stop()
	for {
		select {
		case <-w.closed.Done():
			return
		case <-idle.C:
			w.stop()
		case <-w.evict:
			w.stop()
		case j := <-w.jobs:
			if j.ctx.Err() != nil {
				j.done <- result{err: expired(j.ctx)}
				continue
			}
			text, err := w.translate(j)
			j.done <- result{text, err}
			idle.Reset(w.idle)
		}
	}
}

// translate puts one line through. If the programs die under it, it may be the line's fault or not, so it gets one more
// try with new ones; if it takes too long, it is the line's fault.
func (w *worker) translate(j job) (string, error) {
	text, err := w.attempt(j)
	if errors.Is(err, errDied) {
		text, err = w.attempt(j)
	}
	if err == nil {
		w.failures = 0
		return text, nil
	}
	return "", &translate.Error{Kind: translate.Transient, Text: "the programs of " + w.mode.name + " failed", Err: err}
}

var errSlow = errors.New("the line took too long")

func (w *worker) attempt(j job) (string, error) {
	if err := w.ready(j.ctx); err != nil {
		return "", err
	}
	p := w.proc
	p.number++
	line := encode(j.seg, p.number)
	limit := lineTime + time.Duration(len(line))*lineTimeByte
	if w.fresh {
		limit += startTime
	}
	slow := make(chan struct{})
	timer := time.AfterFunc(limit, func() { close(slow); p.kill() })
	unwatch := context.AfterFunc(w.closed, p.kill) // Close does not wait for a slow line
	answer, err := p.roundTrip(line)
	unwatch()
	if !timer.Stop() {
		<-slow
		err = errSlow
	}
	if err == nil {
		text, ok := decode(answer, p.number)
		if ok && (text != "" || j.seg.Text == "") {
			w.fresh = false
			return text, nil
		}
		// A stage that died on a bad byte answers nothing, and calls it an answer; anything without our sentinels is somebody else's line.
		err = errDied
	}
	w.failures++
	w.stop()
	return "", err
}

// ready starts the programs unless they run, after a while if they have failed in a row.
func (w *worker) ready(ctx context.Context) error {
	if w.proc != nil {
		w.warm.touch(w)
		return nil
	}
	if w.closed.Err() != nil {
		return errClosed
	}
	if w.failures >= 2 {
		wait := min(backoffFirst<<min(w.failures-2, 10), backoffMost)
		select {
		case <-w.closed.Done():
			return errClosed
		case <-time.After(wait):
		}
	}
	if err := w.warm.enter(ctx, w); err != nil {
		return err
	}
	p, err := start(w.mode.stages)
	if err != nil {
		w.warm.leave(w)
		w.failures++
		return fmt.Errorf("cannot start the programs: %w", err)
	}
	w.proc, w.fresh = p, true
	if w.started != nil {
		w.started(p)
	}
	return nil
}

// stop ends the programs, if they run.
func (w *worker) stop() {
	if w.proc != nil {
		w.proc.close()
		w.proc = nil
		w.warm.leave(w)
	}
}
