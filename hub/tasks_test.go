package hub

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestTasksRunEverythingOnce: many at once and one after the other, some of which start others.
func TestTasksRunEverythingOnce(t *testing.T) {
	t.Parallel()
	var ts tasks
	var ran atomic.Int64
	const each = 500
	for range each {
		ts.run(func() {
			ts.start(func() {
				ts.run(func() { ran.Add(1) })
				ran.Add(1)
			})
			ran.Add(1)
		})
	}
	ts.wait()
	if n := ran.Load(); n != 3*each {
		t.Errorf("%d ran, want %d", n, 3*each)
	}
}

// TestTasksUseGoroutinesAgain, and send them home in the end.
func TestTasksUseGoroutinesAgain(t *testing.T) {
	working := func() int {
		all := make([]byte, 1<<20)
		return strings.Count(string(all[:runtime.Stack(all, true)]), "hub.(*tasks).work(")
	}
	var ts tasks
	for range 3 * spareWorkers {
		done := make(chan struct{})
		ts.run(func() { close(done) })
		<-done
	}
	// One that is told to go home may not have gone yet.
	for deadline := time.Now().Add(time.Minute); working() > spareWorkers && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if n := working(); n == 0 || n > spareWorkers {
		t.Errorf("%d goroutines stay", n)
	}
	hold := make(chan struct{})
	for range 3 * spareWorkers {
		ts.run(func() { <-hold })
	}
	close(hold)
	ts.wait()
	for deadline := time.Now().Add(time.Minute); working() > 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are left after wait", working())
		}
	}
}
