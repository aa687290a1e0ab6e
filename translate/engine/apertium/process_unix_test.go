//go:build unix

package apertium

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"

	"dragoman/translate"
	"dragoman/translate/engine/enginetest"
)

// watched makes the worker of a mode that tells the process ids of each start.
func watched(e *Engine, name string) (*worker, <-chan []int) {
	pids := make(chan []int, 100)
	w := newWorker(e, name)
	w.started = func(p *process) { pids <- p.pids() }
	e.mu.Lock()
	defer e.mu.Unlock()
	e.workers[name] = w
	e.running.Go(w.run)
	return w, pids
}

// TestKilledInTheMiddle kills one stage after the other under running lines. No caller gets a wrong or an empty line; the one that was
// hit is tried again.
func TestKilledInTheMiddle(t *testing.T) {
	e := installed(t, Options{})
	w, pids := watched(e, "eng-spa")
	stop := make(chan struct{})
	var wait sync.WaitGroup
	var mu sync.Mutex
	good, bad := 0, 0
	for i := range 4 {
		wait.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				tag := fmt.Sprintf("q%dx%dq", i, n)
				got, err := w.do(context.Background(), translate.Segment{Text: "the house is white " + tag})
				mu.Lock()
				if err != nil {
					bad++
				} else {
					good++
				}
				mu.Unlock()
				if err == nil && (!strings.Contains(got, tag) || !strings.Contains(got, "casa")) {
					t.Errorf("%s got %q", tag, got)
				}
			}
		})
	}
	stages := len(e.modes["eng-spa"].stages)
	for i := range stages {
		ids := <-pids
		mu.Lock()
		before := good
		mu.Unlock()
		if !enginetest.Eventually(func() bool { mu.Lock(); defer mu.Unlock(); return good > before+3 }) {
			t.Fatal("no lines any more")
		}
		if err := syscall.Kill(ids[i], syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	<-pids
	close(stop)
	wait.Wait()
	t.Logf("%d stages killed, %d lines right, %d failed", stages, good, bad)
	// A line that is hit is tried again; only on a very busy machine the second try may be late.
	if bad > 3 {
		t.Errorf("%d lines failed for %d kills", bad, stages)
	}
}

// TestOneDiesAllGo: programs whose neighbour has died are of no use, and go at once and not with the next line.
func TestOneDiesAllGo(t *testing.T) {
	before := children()
	e := installed(t, Options{})
	w, pids := watched(e, "es-pt")
	seg := translate.Segment{Text: "la casa"}
	if _, err := w.do(t.Context(), seg); err != nil {
		t.Fatal(err)
	}
	ids := <-pids
	if err := syscall.Kill(ids[len(ids)-1], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if !enginetest.Eventually(func() bool { return children() == before }) {
		t.Errorf("%d programs stayed", children()-before)
	}
	if got, err := w.do(t.Context(), seg); err != nil || got != "a casa" {
		t.Errorf("the next line: %q, %v", got, err)
	}
}

// TestFrozenCancel: a caller who leaves is let go while the programs say nothing.
func TestFrozenCancel(t *testing.T) {
	e := installed(t, Options{})
	w, pids := watched(e, "es-pt")
	seg := translate.Segment{Text: "la casa"}
	if _, err := w.do(t.Context(), seg); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill((<-pids)[2], syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := w.do(ctx, seg); done <- err }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller of a frozen program: %v", err)
	}
}

// TestFrozenStage stops a stage without killing it: the line runs into its deadline, the next one gets new programs.
func TestFrozenStage(t *testing.T) {
	e := installed(t, Options{})
	w, pids := watched(e, "es-pt")
	seg := translate.Segment{Text: "la casa"}
	if _, err := w.do(t.Context(), seg); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill((<-pids)[2], syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if _, err := w.do(t.Context(), seg); translate.KindOf(err) != translate.Transient || err == nil {
		t.Errorf("a line through a frozen program: %v", err)
	}
	if got, err := w.do(t.Context(), seg); err != nil || got != "a casa" {
		t.Errorf("the line after it: %q, %v", got, err)
	}
}
