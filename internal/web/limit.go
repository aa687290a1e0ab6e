package web

import (
	"sync"
	"time"

	"dragoman/chat"
)

// Rate is so many per a time, with a burst that may come at once. A Rate with N or Burst 0 is no limit.
type Rate struct {
	N     float64
	Per   time.Duration
	Burst int
}

// Limiter holds each key to a Rate by the generic cell rate algorithm: one time per key, the moment at which everything that the key
// has used is paid back. Memory is bounded: beyond Max keys those that owe least are forgotten, which
// forgives a few at worst.
type Limiter[K comparable] struct {
	every time.Duration // what one costs
	burst time.Duration // how far ahead a key may be
	max   int
	start time.Time

	mu      sync.Mutex // guards the following
	debts   map[K]debt
	untold  map[K]struct{} // keys of which the other nodes do not know everything
	sharing bool
}

// debt is what a key owes.
type debt struct {
	paid time.Duration // when it owes nothing, since start
	told time.Duration // the same, as far as other nodes know of it
}

// LimiterKeys is how many keys a limiter remembers unless told otherwise.
const LimiterKeys = 1 << 16

// NewLimiter makes a limiter for at most max keys (0: LimiterKeys).
func NewLimiter[K comparable](r Rate, max int) *Limiter[K] {
	l := &Limiter[K]{max: max, start: time.Now(), debts: map[K]debt{}, untold: map[K]struct{}{}}
	if l.max <= 0 {
		l.max = LimiterKeys
	}
	if r.N > 0 && r.Burst > 0 {
		l.every = time.Duration(float64(r.Per) / r.N)
		l.burst = l.every * time.Duration(r.Burst)
	}
	return l
}

// Allow takes one for key. If that is too many it takes nothing and returns after how long one is free.
func (l *Limiter[K]) Allow(key K) (wait time.Duration, ok bool) {
	return l.take(key, l.every)
}

// Peek tells whether Allow would succeed, and takes nothing.
func (l *Limiter[K]) Peek(key K) (wait time.Duration, ok bool) {
	return l.take(key, 0)
}

// Near tells whether a key has used more than four fifths of its burst: it is about to be refused.
func (l *Limiter[K]) Near(key K) bool {
	if l.every == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.debts[key].paid-time.Since(l.start) > l.burst*4/5
}

// Give gives back one that Allow took.
func (l *Limiter[K]) Give(key K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d, ok := l.debts[key]; ok {
		d.paid -= l.every
		l.setLocked(key, d, time.Since(l.start))
	}
}

func (l *Limiter[K]) take(key K, cost time.Duration) (time.Duration, bool) {
	if l.every == 0 {
		return 0, true
	}
	now := time.Since(l.start)
	l.mu.Lock()
	defer l.mu.Unlock()
	d, known := l.debts[key]
	d.paid = max(d.paid, now)
	if wait := d.paid + l.every - now - l.burst; wait > 0 {
		return wait, false
	}
	if cost == 0 {
		return 0, true
	}
	if !known {
		l.forget(now)
	}
	d.paid += cost
	l.setLocked(key, d, now)
	return 0, true
}

// setLocked keeps what a key owes. Other nodes are told only of those that owe more than a part of their burst: most never do.
func (l *Limiter[K]) setLocked(key K, d debt, now time.Duration) {
	l.debts[key] = d
	if l.sharing && (d.paid-now > l.burst/untoldPart || d.told > d.paid) {
		l.untold[key] = struct{}{}
	}
}

// forget makes room for one more key. Each new key looks at a few old ones, so the map stays near the number of keys that owe
// something without ever being walked whole.
func (l *Limiter[K]) forget(now time.Duration) {
	var least K
	var owed time.Duration
	seen := 0
	for k, d := range l.debts {
		if d.paid <= now {
			l.dropLocked(k)
		} else if owed == 0 || d.paid < owed {
			least, owed = k, d.paid
		}
		if seen++; seen == 8 {
			break
		}
	}
	if len(l.debts) >= l.max {
		l.dropLocked(least)
	}
}

// dropLocked forgets a key, also what the other nodes were to be told of it.
func (l *Limiter[K]) dropLocked(key K) {
	delete(l.debts, key)
	delete(l.untold, key)
}

// Len returns how many keys are remembered.
func (l *Limiter[K]) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.debts)
}

// TooMany is the error of a limit: when to try again, rounded up to whole seconds.
func TooMany(wait time.Duration, sentence string) error {
	e := chat.Errorf(chat.RateLimited, "%s", sentence)
	e.RetryAfterS = max(1, int((wait+time.Second-1)/time.Second))
	return e
}
