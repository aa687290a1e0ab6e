package hub

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"dragoman/internal/web"

	"github.com/rs/zerolog"
)

// TestRedisLedger: two nodes add up, by the clock of Redis; what is paid back is no key any more.
func TestRedisLedger(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"single": startRedis(t).url() + "/2", "cluster": clusterURL(startCluster(t, false))} {
		t.Run(name, func(t *testing.T) {
			one, two := NewRedisLedger(listenTo(t, url).Redis), NewRedisLedger(listenTo(t, url).Redis)
			var keys []string
			var add []time.Duration
			for i := range 200 {
				keys, add = append(keys, fmt.Sprint("visitor:", i)), append(add, time.Duration(i+1)*time.Minute)
			}
			if _, err := one.Owe(t.Context(), keys, add); err != nil {
				t.Fatal(err)
			}
			slices.Reverse(keys)
			slices.Reverse(add)
			owed, err := two.Owe(t.Context(), keys, add)
			if err != nil {
				t.Fatal(err)
			}
			for i := range keys {
				if late := 2*add[i] - owed[i]; late < 0 || late > 20*time.Second {
					t.Errorf("%s: %v, want a little less than %v", keys[i], owed[i], 2*add[i])
				}
			}
			// Give back more than there is: nobody is owed anything.
			for i := range add {
				add[i] *= -3
			}
			if owed, err = one.Owe(t.Context(), keys, add); err != nil || slices.Max(owed) != 0 {
				t.Errorf("after everything was given back: %v, %v", slices.Max(owed), err)
			}
			if owed, err = one.Owe(t.Context(), keys[:1], []time.Duration{time.Millisecond}); err != nil || owed[0] <= 0 || owed[0] > time.Millisecond {
				t.Errorf("begun anew: %v, %v", owed, err)
			}
		})
	}
}

// watchedLedger notes what it has confirmed to have been told, and how often it has failed.
type watchedLedger struct {
	*RedisLedger
	mu     sync.Mutex // guards what follows
	told   map[string]time.Duration
	failed int
}

func (w *watchedLedger) Owe(ctx context.Context, keys []string, add []time.Duration) ([]time.Duration, error) {
	owed, err := w.RedisLedger.Owe(ctx, keys, add)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.failed++
		return owed, err
	}
	for i, k := range keys {
		w.told[k] += add[i]
	}
	return owed, nil
}

// settles waits until the ledger has been told so much of a key, or has failed since the given number of failures; it returns the number of now.
func (w *watchedLedger) settles(t *testing.T, key string, much time.Duration, failures int) (now int) {
	t.Helper()
	until(t, time.Minute, "the ledger answers or fails", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		now = w.failed
		return w.told[key] >= much || w.failed > failures
	})
	return now
}

// TestLimitsOverRedis: two nodes hold a visitor to one limit; a Redis that takes connections and never answers costs a check nothing.
func TestLimitsOverRedis(t *testing.T) {
	t.Parallel()
	node := func(url string) (*web.Limiter[string], *watchedLedger) {
		e := &ear{Redis: newRedisBroker(t, url)}
		e.run(t)
		ledger := &watchedLedger{RedisLedger: NewRedisLedger(e.Redis), told: map[string]time.Duration{}}
		sharing := web.NewSharing(ledger, zerolog.Nop())
		l := web.NewLimiter[string](web.Rate{N: 1, Per: time.Hour, Burst: 40}, 0)
		web.Share(sharing, "sends", l, func(k string) string { return k })
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			sharing.Run(ctx)
		}()
		t.Cleanup(func() {
			stop()
			<-done
		})
		return l, ledger
	}
	r := startRedis(t)
	one, first := node(r.url())
	two, second := node(r.url())
	// What the ledger did not answer in time is not told again, as each node goes on by itself: on a busy machine another visitor has to do.
	for i, before, after := 0, 0, 0; ; i++ {
		if i == 100 {
			t.Fatal("the ledger has failed for every one of a hundred visitors")
		}
		visitor := fmt.Sprint("visitor ", i)
		for range 40 {
			one.Allow(visitor)
		}
		if now := first.settles(t, "sends:"+visitor, 39*time.Hour, before); now > before {
			before = now
			continue
		}
		for n := range 15 {
			if _, ok := two.Allow(visitor); !ok && n < 10 {
				t.Fatalf("the second node refuses number %d, which it has told nobody of", n+1)
			}
		}
		if now := second.settles(t, "sends:"+visitor, time.Hour, after); now > after {
			after = now
			continue
		}
		until(t, time.Minute, "the second node knows", func() bool { _, ok := two.Peek(visitor); return !ok })
		break
	}

	hole, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hole.Close() })
	l, _ := node("redis://" + hole.Addr().String())
	var took []time.Duration
	for i := range 20000 {
		begun := time.Now()
		l.Allow(fmt.Sprint(i % 100))
		took = append(took, time.Since(begun))
	}
	// Whoever waited for Redis would wait with every check; a busy machine holds up a few.
	slices.Sort(took)
	if half := took[len(took)/2]; half > time.Millisecond {
		t.Errorf("with a dead Redis half of the checks take more than %v", half)
	}
	t.Logf("with a dead Redis p99 of a check is %v", took[len(took)*99/100])
}
