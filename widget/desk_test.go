package widget

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// Where asking fails the last answer holds, and is asked for again only after its time.
func TestKeptHoldsTheLastAnswer(t *testing.T) {
	fails, asked := false, 0
	k := kept[int]{lasts: time.Hour, log: zerolog.Nop(), ask: func(context.Context, string) (int, error) {
		asked++
		if fails {
			return 0, errors.New("no database")
		}
		return asked, nil
	}}
	older := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		for site, a := range k.have {
			a.at = a.at.Add(-2 * time.Hour)
			k.have[site] = a
		}
	}
	get := func(step string, want, wantAsked int) {
		t.Helper()
		// An answer that is late on a busy machine is there the next time.
		k.get(t.Context(), "shop")
		if _, err, _ := k.flight.Do("shop", func() (any, error) { return 0, nil }); err != nil {
			t.Fatal(err)
		}
		if got := k.get(t.Context(), "shop"); got != want || asked != wantAsked {
			t.Errorf("%s: %d after asking %d times, want %d and %d", step, got, asked, want, wantAsked)
		}
	}
	get("first", 1, 1)
	older()
	fails = true
	get("without a database", 1, 2)
	fails = false
	get("before its time", 1, 2)
	older()
	get("after its time", 3, 3)
}

func TestMedian(t *testing.T) {
	of := func(seconds ...float64) (all []time.Duration) {
		for _, s := range seconds {
			all = append(all, time.Duration(s*float64(time.Second)))
		}
		return all
	}
	for _, c := range []struct {
		all  []time.Duration
		want int
	}{
		{nil, 0}, {of(1, 2, 3, 4, 5, 6, 7, 8, 9), 0}, {of(9, 1, 8, 2, 7, 3, 6, 4, 5, 10), 6}, {of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 1}, {of(5, 5, 5, 5, 5, 90.6, 91, 91, 91, 91, 91), 91},
	} {
		if got := median(c.all); got != c.want {
			t.Errorf("%v: %d s, want %d", c.all, got, c.want)
		}
	}
}
