package hub

import (
	"context"
	"time"

	"dragoman/chat"
)

// sweepSessionsEvery is how often all sessions are looked through: one goroutine with one ticker instead of a timer each.
const sweepSessionsEvery = time.Second

// sweepSessions ends those that have not said hello or not answered a ping, asks those whose turn it is, and gives up writes that have taken
// too long. Nothing of that needs a goroutine or a timer for a session.
func (h *Hub) sweepSessions(ctx context.Context) error {
	return every(ctx, sweepSessionsEvery, func() {
		found := h.lookThrough(h.clock())
		for _, s := range found.stuck {
			s.wire.hurry()
		}
		for _, s := range found.mute {
			s.End(statusNoHello, "no hello")
		}
		for _, s := range found.silent {
			s.End(statusNoHeartbeat, "no heartbeat")
		}
		for _, s := range found.ask {
			s.push(outgoing{ping: true})
		}
	})
}

// findings are sessions on which something must be done.
type findings struct {
	ask, mute, silent []*Session
	stuck             []*Session // the other side has taken in nothing of what is being written for chat.WriteTimeout
}

// lookThrough looks at all sessions.
func (h *Hub) lookThrough(now time.Duration) (found findings) {
	h.sessionsMu.Lock()
	defer h.sessionsMu.Unlock()
	for s := range h.sessions {
		s.lookAt(now, &found)
	}
	return found
}

// lookAt says what must be done on a session, and puts down what is done then. A ping that has to wait behind a large frame, or a pong behind
// a long catch-up, is forgiven as long as that goes on: writing has a deadline of its own.
func (s *Session) lookAt(now time.Duration, found *findings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	writing := s.begun != 0
	if writing && now-s.begun >= chat.WriteTimeout {
		found.stuck = append(found.stuck, s)
	}
	if s.pinged != 0 && now-s.pinged >= chat.PongTimeout {
		if !writing && s.heard <= s.pinged {
			found.silent = append(found.silent, s)
			return
		}
		s.pinged = now
		found.ask = append(found.ask, s)
	}
	if now < s.due {
		return
	}
	s.due = now + chat.PingEvery
	switch {
	case !s.greeted:
		found.mute = append(found.mute, s)
	case s.pinged == 0:
		s.pinged = now
		found.ask = append(found.ask, s)
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
