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
	// breakerQuota is for quotas that are used up where nobody says until when: at the next midnight (UTC) at the latest a call tries again.
	breakerQuota = time.Hour
	// breakerLongest bounds what engines say themselves: somebody may pay before the month is over.
	breakerLongest = 24 * time.Hour
)

// breaker leaves an engine alone that fails: after breakerFailures failures within breakerWindow nothing is asked for
// breakerOpen; then one call may try, and closes or opens it again. A key that is refused and a quota that is used up open it at once.
type breaker struct {
	mu     sync.Mutex // guards all below
	fails  []time.Time
	until  time.Time
	kind   ErrorKind // why it is open
	trying bool
	// turn is how often it has opened, and let one call try: a call of an earlier turn decides nothing any more.
	turn int
}

// allow returns the turn of a call that may go out at now, or 0 if none may. Who was allowed must call done.
func (b *breaker) allow(now time.Time) (turn int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
	case now.Before(b.until) || b.trying:
		return 0
	default:
		b.trying = true
		b.turn++
	}
	return b.turn + 1
}

// opened returns until when it is open and why, or zero if it lets calls through.
func (b *breaker) opened(now time.Time) (time.Time, ErrorKind) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() || !now.Before(b.until) {
		return time.Time{}, ""
	}
	return b.until, b.kind
}

// done takes the result of a call that was allowed.
func (b *breaker) done(turn int, err error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if turn != b.turn+1 {
		return // it began before the breaker opened: the trial decides
	}
	tried := b.trying
	b.trying = false
	if err == nil {
		b.fails, b.until = nil, time.Time{}
		return
	}
	if isEcho(err) {
		return // who made the call reports it
	}
	kind, after := KindOf(err), afterOf(err)
	switch kind {
	case Auth:
		b.open(kind, now.Add(breakerAuth))
	case Quota:
		until := now.Add(min(after, breakerLongest))
		if after <= 0 {
			until = sooner(now.Add(breakerQuota), nextDay(now))
		}
		b.open(kind, until)
	case Rate, Transient:
		b.count(now)
		switch {
		case after > time.Second:
			b.open(kind, now.Add(min(after, breakerLongest))) // it said when to come back
		case tried || len(b.fails) >= breakerFailures:
			b.open(kind, now.Add(breakerOpen))
		}
	default:
		// The engine is there; it only did not like this line.
		b.until = time.Time{}
	}
}

func (b *breaker) open(kind ErrorKind, until time.Time) {
	b.fails, b.until, b.kind = nil, until, kind
	b.turn++
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

// nextDay is the next midnight in UTC, when budgets and most quotas begin anew.
func nextDay(now time.Time) time.Time {
	y, m, d := now.UTC().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
