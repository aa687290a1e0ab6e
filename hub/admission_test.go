package hub

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// All come at once: as many as may in a second are let in at once, the others one after the other for as long as one may wait, and the
// rest is refused without waiting.
func TestHandshakesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perSecond = 100
		a := newAdmission(perSecond)
		began := time.Now()
		var in [7]atomic.Int64 // by the second in which they were let in
		var refused atomic.Int64
		var all sync.WaitGroup
		for range 10 * perSecond {
			all.Go(func() {
				if !a.enter(t.Context(), t.Context()) {
					if time.Now() != began {
						t.Error("refused after a wait")
					}
					refused.Add(1)
					return
				}
				// The first of a second belongs to the one before: turns come at whole hundredths.
				in[(time.Since(began)+time.Second-time.Nanosecond)/time.Second].Add(1)
			})
		}
		all.Wait()
		for second := range in {
			want := int64(perSecond)
			if second == 6 {
				want = 0
			}
			if n := in[second].Load(); n < want-1 || n > want+1 {
				t.Errorf("%d were let in in second %d, not %d", n, second, want)
			}
		}
		if n := refused.Load(); n < 4*perSecond-2 || n > 4*perSecond+2 {
			t.Errorf("%d were refused, not %d", n, 4*perSecond)
		}
	})
}

// Who goes away while he waits is not let in, and so it is when the node stops.
func TestHandshakesThatEndWhileTheyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAdmission(1)
		if !a.enter(t.Context(), t.Context()) {
			t.Fatal("the first was refused")
		}
		gone, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		began := time.Now()
		if a.enter(gone, t.Context()) || a.enter(t.Context(), gone) {
			t.Error("let in after its end")
		}
		if waited := time.Since(began); waited > 2*time.Millisecond {
			t.Errorf("waited %v after its end", waited)
		}
	})
}

func TestHandshakesWithoutBound(t *testing.T) {
	a := newAdmission(-1)
	for range 10_000 {
		if !a.enter(t.Context(), t.Context()) {
			t.Fatal("refused")
		}
	}
}
