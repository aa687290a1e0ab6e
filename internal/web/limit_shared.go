package web

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// untoldPart: a node keeps to itself what is less than this part of a burst.
	untoldPart = 4
	// shareEvery is how often the other nodes are told. With the way to Redis and back it bounds for how long one node does not know
	// what another has let through.
	shareEvery = 50 * time.Millisecond
	// shareBatch is how many keys one exchange has.
	shareBatch = 500
	// shareTimeout is how long an exchange may take. Nobody waits for it.
	shareTimeout = 250 * time.Millisecond
	// breakFor is how long nothing is asked after an exchange has failed; the next failures double it up to breakMost.
	breakFor  = 500 * time.Millisecond
	breakMost = 8 * time.Second
)

// Ledger is where nodes add up what keys owe.
type Ledger interface {
	// Owe adds to what each key owes (or takes away) and returns what it owes then, with everything that all nodes have added, less the
	// time that has passed. It returns as many as there are keys. After an error that unsure knows it may have been added all the same.
	Owe(ctx context.Context, keys []string, add []time.Duration) ([]time.Duration, error)
}

// Sharing makes limiters of several nodes count together. Every limiter decides by itself and at once; what its keys owe is told to the
// ledger in the background, and what other nodes have added there counts from then on. So a ledger that is slow or away costs nobody
// anything: each node limits by what it knows.
type Sharing struct {
	ledger Ledger
	log    zerolog.Logger

	mu      sync.Mutex // guards the following
	members []member
}

// member is a limiter that shares.
type member interface {
	// tell returns what other nodes do not know yet of at most n keys.
	tell(n int) (keys []string, add []time.Duration, heard func(owed []time.Duration), failed func())
}

// NewSharing makes a Sharing; Run does the work. A nil *Sharing is good for Share, which then does nothing.
func NewSharing(ledger Ledger, log zerolog.Logger) *Sharing {
	return &Sharing{ledger: ledger, log: log.Sample(&zerolog.BurstSampler{Burst: 3, Period: time.Minute})}
}

// Share lets a limiter count together with those of the same name on other nodes. text makes of a key what is the same everywhere.
func Share[K comparable](s *Sharing, name string, l *Limiter[K], text func(K) string) {
	if s == nil || l.every == 0 {
		return
	}
	l.mu.Lock()
	l.sharing = true
	l.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.members = append(s.members, &sharer[K]{l, name + ":", text})
}

// Run tells and hears until ctx ends.
func (s *Sharing) Run(ctx context.Context) error {
	tick := time.NewTicker(shareEvery)
	defer tick.Stop()
	var until time.Time
	pause := breakFor
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if time.Now().Before(until) {
			continue
		}
		if err := s.exchange(ctx); err == nil {
			pause = breakFor
		} else if ctx.Err() == nil {
			s.log.Warn().Err(err).Msg("cannot share the limits with the other servers; each limits by itself until it can")
			until = time.Now().Add(pause)
			pause = min(2*pause, breakMost)
		}
	}
}

// exchange tells everything that is untold.
func (s *Sharing) exchange(ctx context.Context) error {
	s.mu.Lock()
	members := s.members
	s.mu.Unlock()
	for _, m := range members {
		for {
			keys, add, heard, failed := m.tell(shareBatch)
			if len(keys) == 0 {
				break
			}
			limited, cancel := context.WithTimeout(ctx, shareTimeout)
			owed, err := s.ledger.Owe(limited, keys, add)
			cancel()
			if err != nil {
				if !unsure(err) {
					failed()
				}
				return err
			}
			heard(owed)
			if len(keys) < shareBatch {
				break
			}
		}
	}
	return nil
}

// unsure tells whether the ledger may have added what it was told although there is an error. That is not told a second time: a ledger that is
// slow would add it again and again, and keep somebody out for days for what he has never done.
func unsure(err error) bool {
	op, isOp := errors.AsType[*net.OpError](err)
	if isOp && op.Op == "dial" {
		return false
	}
	e, isNet := errors.AsType[net.Error](err)
	return isOp || isNet && e.Timeout() || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// sharer is a limiter with what makes its keys the same on all nodes.
type sharer[K comparable] struct {
	l    *Limiter[K]
	name string
	text func(K) string
}

func (s *sharer[K]) tell(n int) (texts []string, add []time.Duration, heard func([]time.Duration), failed func()) {
	l := s.l
	var keys []K
	var was []debt
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Since(l.start)
	for k := range l.untold {
		delete(l.untold, k)
		d, known := l.debts[k]
		more := d.paid - max(d.told, now)
		if !known || more == 0 || d.paid <= now && d.told <= now {
			continue
		}
		keys, was, texts, add = append(keys, k), append(was, d), append(texts, s.name+s.text(k)), append(add, more)
		d.told = d.paid
		l.debts[k] = d
		if len(keys) == n {
			break
		}
	}
	return texts, add, func(owed []time.Duration) { s.heard(keys, owed) }, func() { s.failed(keys, was) }
}

// heard takes what keys owe on all nodes together. What was taken here since it was told comes on top.
func (s *sharer[K]) heard(keys []K, owed []time.Duration) {
	l := s.l
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Since(l.start)
	for i, k := range keys {
		d, known := l.debts[k]
		if i >= len(owed) || owed[i] <= 0 {
			continue
		}
		if !known {
			l.forget(now)
		}
		if more := now + owed[i] - max(d.told, now); more > 0 {
			d.paid, d.told = max(d.paid, now)+more, max(d.told, now)+more
			l.debts[k] = d
		}
	}
}

// failed notes that nobody was told.
func (s *sharer[K]) failed(keys []K, was []debt) {
	l := s.l
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, k := range keys {
		if d, known := l.debts[k]; known {
			d.told = was[i].told
			l.debts[k] = d
			l.untold[k] = struct{}{}
		}
	}
}
