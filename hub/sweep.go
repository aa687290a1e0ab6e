package hub

import (
	"context"
	"time"

	"dragoman/chat"
)

// sweepSessionsEvery is how often all sessions are looked through: one goroutine with one ticker instead of a timer each.
const sweepSessionsEvery = time.Second

// sweepSessions ends those that have not said hello, pings those that have, and gives up writes that have taken too long.
func (h *Hub) sweepSessions(ctx context.Context) error {
	return every(ctx, sweepSessionsEvery, func() {
		due, stuck := h.dueSessions(time.Now())
		for _, s := range stuck {
			s.wire.hurry()
		}
		for _, s := range due {
			if s.isGreeted() {
				s.run("heartbeat", s.beat)
			} else {
				s.End(statusNoHello, "no hello")
			}
		}
	})
}

// dueSessions returns those on which something must be done, and puts their next time; and those whose other side has not taken in for
// chat.WriteTimeout what is being written.
func (h *Hub) dueSessions(now time.Time) (due, stuck []*Session) {
	h.sessionsMu.Lock()
	defer h.sessionsMu.Unlock()
	for s := range h.sessions {
		s.mu.Lock()
		if !now.Before(s.due) && !s.ended {
			due = append(due, s)
			s.due = now.Add(chat.PingEvery)
		}
		if !s.begun.IsZero() && now.Sub(s.begun) >= chat.WriteTimeout {
			stuck = append(stuck, s)
		}
		s.mu.Unlock()
	}
	return due, stuck
}

func (s *Session) isGreeted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greeted
}

// beat pings and waits for the answer. A ping that has to wait behind a large frame, or a pong behind a long catch-up, is forgiven as
// long as that goes on: writing has deadlines of its own.
func (s *Session) beat() {
	for {
		begun := time.Now()
		ctx, cancel := s.hub.within(chat.PongTimeout)
		err := s.wire.ping(ctx)
		cancel()
		if err == nil || s.isEnded() {
			return
		}
		s.mu.Lock()
		forgiven := s.heard.After(begun) || !s.begun.IsZero()
		s.mu.Unlock()
		if !forgiven || s.hub.ctx.Err() != nil {
			s.End(statusNoHeartbeat, "no heartbeat")
			return
		}
	}
}

// How often a look is taken for conversations whose snooze is over, and how many are opened at once.
const (
	sweepSnoozedEvery = 2 * time.Second
	snoozedBatch      = 100
)

// sweepSnoozed opens conversations whose snooze is over. A full batch is followed by the next one at once.
func (h *Hub) sweepSnoozed(ctx context.Context) error {
	return every(ctx, sweepSnoozedEvery, func() {
		for full := true; full && ctx.Err() == nil; {
			woken, err := h.store.WakeSnoozed(ctx, snoozedBatch)
			for _, c := range woken {
				h.tell(c)
			}
			if err != nil && ctx.Err() == nil {
				h.trouble.Warn().Err(err).Msg("cannot wake the conversations whose snooze is over; trying again")
			}
			full = err == nil && len(woken) == snoozedBatch
		}
	})
}
