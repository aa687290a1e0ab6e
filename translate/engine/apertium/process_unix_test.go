//go:build unix

package apertium

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dragoman/translate"
	"dragoman/translate/engine/enginetest"
)

// TestKilledInTheMiddle kills one stage after the other under running lines. No caller gets a wrong or an empty line; the one that was
// hit is tried again.
func TestKilledInTheMiddle(t *testing.T) {
	e := installed(t, Options{})
	pids := make(chan []int, 100)
	w := newWorker(e.closed, e.modes["eng-spa"], time.Minute)
	w.started = func(p *process) { pids <- p.pids() }
	e.mu.Lock()
	e.workers["eng-spa"] = w
	e.running.Go(w.run)
	e.mu.Unlock()

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
	if bad > stages {
		t.Errorf("%d lines failed for %d kills", bad, stages)
	}
}

// TestFrozenStage stops a stage without killing it: the line runs into its deadline, the next one gets new programs.
func TestFrozenStage(t *testing.T) {
	e := installed(t, Options{})
	pids := make(chan []int, 10)
	w := newWorker(e.closed, e.modes["es-pt"], time.Minute)
	w.started = func(p *process) { pids <- p.pids() }
	e.mu.Lock()
	e.workers["es-pt"] = w
	e.running.Go(w.run)
	e.mu.Unlock()
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
