package store_test

import (
	"testing"
	"testing/synctest"
	"time"

	"dragoman/store"
)

// TestPace: who writes alone is committed at once, several wait for each other, and the longer the more there are.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		name string
		// every is the time between two jobs.
		every time.Duration
		// least and most are the jobs in a group once it is steady.
		least, most int
	}{
		{"alone", 1500 * time.Microsecond, 1, 1},
		{"2,000 a second", 500 * time.Microsecond, 3, 5},
		{"6,000 a second", 166 * time.Microsecond, 23, 26},
		{"far too many", time.Microsecond, 256, 256},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				queue := make(chan time.Time, 300)
				stop := make(chan struct{})
				defer close(stop)
				go func() {
					tick := time.NewTicker(c.every)
					defer tick.Stop()
					for {
						select {
						case <-stop:
							return
						case now := <-tick.C:
							select {
							case queue <- now:
							case <-stop:
								return
							}
						}
					}
				}()
				p := store.NewPacer(queue, 256)
				for n := range 20 {
					group := p([]time.Time{<-queue})
					if c.most == 1 && time.Since(group[0]) > 0 {
						t.Fatalf("a lone job waited %v", time.Since(group[0]))
					}
					if n > 10 && (len(group) < c.least || len(group) > c.most) {
						t.Fatalf("%d jobs in a group, want %d to %d", len(group), c.least, c.most)
					}
					if c.most > 1 {
						<-time.After(time.Millisecond) // the commit
					}
				}
			})
		})
	}
}
