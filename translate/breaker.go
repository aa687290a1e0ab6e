package translate

import (
	"sync"
	"time"
)

// When a breaker opens, and for how long.
const (
	breakerFailures = 5
	breakerWindow   = 10 * time.Second
	breakerOpen     = 15 * time.Second
	breakerAuth     = time.Minute
	breakerQuota    = time.Hour
)

// breaker leaves an engine alone that fails: after breakerFailures failures within breakerWindow nothing is asked for
// breakerOpen; then one call may try, and closes or opens it again.
type breaker struct {
	mu     sync.Mutex // guards all below
	fails  []time.Time
	until  time.Time
	trying bool
}

// allow tells whether a call may go out at now. Who was allowed must call done.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
		return true
	case now.Before(b.until) || b.trying:
		return false
	}
	b.trying = true
	return true
}

// done takes the result of a call that was allowed.
func (b *breaker) done(err error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	tried := b.trying
	b.trying = false
	if err == nil {
		b.fails, b.until = nil, time.Time{}
		return
	}
	switch KindOf(err) {
	case Auth:
		b.until = now.Add(breakerAuth)
	case Quota:
		b.until = now.Add(breakerQuota)
		if after := afterOf(err); after > 0 {
			b.until = now.Add(after)
		}
	case Rate, Transient:
		b.count(now)
		if after := afterOf(err); after > time.Second {
			b.until, b.fails = now.Add(min(after, breakerQuota)), nil // it said when to come back
			return
		}
		if tried || len(b.fails) >= breakerFailures {
			b.until = now.Add(breakerOpen)
			b.fails = nil
		}
	default:
		// The engine is there; it only did not like this line.
		b.until = time.Time{}
	}
}

func (b *breaker) count(now time.Time) {
	kept := b.fails[:0]
	for _, t := range b.fails {
		if now.Sub(t) < breakerWindow {
			kept = append(kept, t)
		}
	}
	b.fails = append(kept, now)
}
