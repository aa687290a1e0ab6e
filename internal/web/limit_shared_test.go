package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

// sheet is a Ledger in memory.
type sheet struct {
	mu    sync.Mutex
	paid  map[string]time.Time
	calls int
	fails bool
	after time.Duration // how long it takes
	slow  bool          // it adds up, but its answers come too late
}

func (s *sheet) Owe(ctx context.Context, keys []string, add []time.Duration) ([]time.Duration, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(s.after):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.fails {
		return nil, errors.New("away")
	}
	owed := make([]time.Duration, len(keys))
	for i, k := range keys {
		paid := s.paid[k]
		if paid.Before(time.Now()) {
			paid = time.Now()
		}
		s.paid[k] = paid.Add(add[i])
		owed[i] = time.Until(s.paid[k])
	}
	if s.slow {
		<-ctx.Done()
		return nil, fmt.Errorf("too late: %w", ctx.Err())
	}
	return owed, nil
}

// nodes makes limiters of several nodes over one ledger. end stops them.
func nodes(n int, s *sheet, r Rate) (limiters []*Limiter[string], end func()) {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	s.paid = map[string]time.Time{}
	for range n {
		sharing := NewSharing(s, zerolog.Nop())
		l := NewLimiter[string](r, 0)
		Share(sharing, "x", l, func(k string) string { return k })
		limiters = append(limiters, l)
		running.Go(func() { sharing.Run(ctx) })
	}
	return limiters, func() {
		stop()
		running.Wait()
	}
}

// TestSharedLimit: a key that uses three nodes gets what it would get on one, but for a part of the burst on each at the beginning.
func TestSharedLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const burst = 20
		s := &sheet{after: 5 * time.Millisecond}
		limiters, end := nodes(3, s, Rate{N: 1, Per: time.Second, Burst: burst})
		defer end()
		passed := 0
		begun := time.Now()
		for time.Since(begun) < 100*time.Second {
			for _, l := range limiters {
				if _, ok := l.Allow("a"); ok {
					passed++
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		if most := burst + 100 + 3*(burst/untoldPart+1); passed > most || passed < 100 {
			t.Errorf("%d passed in 100 s, want 100 to %d", passed, most)
		}
		if wait, ok := limiters[0].Allow("b"); !ok || wait != 0 {
			t.Error("another key is refused")
		}
	})
}

// TestSharedLimitToldAtOnce: what has been used up on one node is used up on the others after one exchange, and given back on all.
func TestSharedLimitToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiters, end := nodes(2, &sheet{}, Rate{N: 1, Per: time.Second, Burst: 8})
		defer end()
		for range 8 {
			limiters[0].Allow("a")
		}
		time.Sleep(2*shareEvery + shareEvery/2) // between two exchanges: at one and the same instant either may come first
		n := 0
		for {
			if _, ok := limiters[1].Allow("a"); !ok {
				break
			}
			n++
			time.Sleep(shareEvery)
		}
		if n > 8/untoldPart+1 {
			t.Errorf("the second node let %d through", n)
		}
		time.Sleep(20 * time.Second)
		for i, l := range limiters {
			if _, ok := l.Allow("a"); !ok {
				t.Errorf("node %d still refuses after everything was paid back", i)
			}
		}
	})
}

// TestSharedLimitGivesBack: what was given back is given back everywhere, and never more than there was.
func TestSharedLimitGivesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sheet{}
		limiters, end := nodes(1, s, Rate{N: 1, Per: time.Minute, Burst: 4})
		defer end()
		for range 4 {
			limiters[0].Allow("a")
		}
		time.Sleep(2 * shareEvery)
		for range 3 {
			limiters[0].Give("a")
		}
		time.Sleep(2 * shareEvery)
		s.mu.Lock()
		defer s.mu.Unlock()
		if owes := time.Until(s.paid["x:a"]); owes < 59*time.Second || owes > time.Minute {
			t.Errorf("the ledger says %v, want what one costs", owes)
		}
	})
}

// TestQuietKeysAreNotTold: who stays far below his limit costs the ledger nothing.
func TestQuietKeysAreNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sheet{}
		limiters, end := nodes(1, s, Rate{N: 1, Per: time.Second, Burst: 20})
		defer end()
		for range 100 {
			limiters[0].Allow("a")
			time.Sleep(time.Second)
		}
		if s.calls != 0 {
			t.Errorf("the ledger was asked %d times", s.calls)
		}
	})
}

// TestLedgerAway: each node limits by itself, the ledger is left in peace, and what was used meanwhile is told afterwards.
func TestLedgerAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sheet{fails: true}
		limiters, end := nodes(2, s, Rate{N: 1, Per: time.Minute, Burst: 10})
		defer end()
		for _, l := range limiters {
			for range 10 {
				if _, ok := l.Allow("a"); !ok {
					t.Error("refused below its own limit")
				}
			}
			if _, ok := l.Allow("a"); ok {
				t.Error("no limit without the ledger")
			}
		}
		time.Sleep(time.Minute)
		s.mu.Lock()
		if s.calls > 40 {
			t.Errorf("the ledger was asked %d times in a minute", s.calls)
		}
		s.fails = false
		s.mu.Unlock()
		time.Sleep(breakMost + time.Second)
		s.mu.Lock()
		defer s.mu.Unlock()
		if owes := time.Until(s.paid["x:a"]); owes < 15*time.Minute {
			t.Errorf("the ledger says %v of 20 that were used", owes)
		}
	})
}

// TestLedgerThatIsSlow: what the ledger has counted without saying so in time is not told again, or everybody would owe many times what he has used
// once the ledger is fast again.
func TestLedgerThatIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sheet{slow: true}
		limiters, end := nodes(2, s, Rate{N: 5, Per: time.Hour, Burst: 5})
		defer end()
		for range 3 {
			limiters[0].Allow("a")
		}
		time.Sleep(5 * time.Minute)
		s.mu.Lock()
		s.slow = false
		s.mu.Unlock()
		time.Sleep(2 * breakMost)
		if wait, ok := limiters[0].Allow("a"); !ok {
			t.Errorf("refused for %v after 3 of 5", wait)
		}
		time.Sleep(2 * breakMost)
		s.mu.Lock()
		defer s.mu.Unlock()
		if owes := time.Until(s.paid["x:a"]); owes > 4*12*time.Minute {
			t.Errorf("the ledger says %v of 4 that were used", owes)
		}
		if wait, ok := limiters[0].Peek("a"); !ok {
			t.Errorf("refused for %v after 4 of 5", wait)
		}
	})
}

// TestUntoldIsBounded: while nobody can be told, what waits to be told is no more than what is remembered.
func TestUntoldIsBounded(t *testing.T) {
	const most = 100
	l := NewLimiter[int](Rate{N: 1, Per: time.Hour, Burst: 4}, most)
	Share(NewSharing(&sheet{fails: true}, zerolog.Nop()), "x", l, func(int) string { return "" })
	for i := range 50 * most {
		l.Allow(i % (20 * most))
		l.Allow(i % (20 * most))
	}
	if n := len(l.untold); n == 0 || n > most {
		t.Errorf("%d keys wait to be told, and %d are remembered", n, l.Len())
	}
}

// TestUnsure: what was never sent is told again, what may have arrived is not.
func TestUnsure(t *testing.T) {
	_, refused := net.Dial("tcp", "127.0.0.1:1")
	for err, want := range map[error]bool{
		refused: false, errors.New("OOM command not allowed"): false,
		context.DeadlineExceeded: true, fmt.Errorf("read: %w", io.EOF): true, &net.OpError{Op: "read", Err: errors.New("reset")}: true,
	} {
		if unsure(err) != want {
			t.Errorf("%v: unsure %v", err, !want)
		}
	}
}

// TestLedgerThatHangs: nobody who is limited waits for the ledger. Under the test's clock time passes only while everybody waits, so what waits for
// nothing takes no time at all.
func TestLedgerThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sheet{after: time.Hour}
		limiters, end := nodes(1, s, Rate{N: 1, Per: time.Minute, Burst: 1 << 20})
		defer end()
		for range 200 {
			begun := time.Now()
			for range 100 {
				limiters[0].Allow("a")
			}
			if took := time.Since(begun); took > 0 {
				t.Fatalf("a check waited %v", took)
			}
			time.Sleep(shareEvery / 3) // for an exchange to be under way
		}
	})
}
