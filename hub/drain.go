package hub

import (
	"context"
	"math/rand/v2"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
)

const (
	// DrainPatience is how long a session may take, after its turn has come, to be answered what it has asked.
	DrainPatience = 3 * time.Second
	// drainLook is how often one looks whether all have gone.
	drainLook = 20 * time.Millisecond
)

// Drain tells every session that the server goes away and ends them with 1012, spread over the window in, so that they do not all
// knock at the other nodes at once. New sockets are refused from now on. Calls are taken until a session's turn comes; what was read by then is
// answered before the socket is closed. It returns when all have ended, DrainPatience after the window, or when ctx ends.
func (h *Hub) Drain(ctx context.Context, in time.Duration) {
	frame := h.encode(chat.GoingAwayFrame{Event: chat.EvGoingAway, InS: int((in + time.Second - 1) / time.Second)})
	h.farewell.Store(&frame)
	h.mu.Lock()
	h.draining = true
	h.mu.Unlock()
	all := h.allSessions()
	for _, s := range all {
		if s.isGreeted() {
			s.push(outgoing{frame: frame})
		}
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	begun := time.Now()
	for i, s := range all {
		if !wait(ctx, time.Until(begun.Add(in*time.Duration(i+1)/time.Duration(len(all)+1)))) {
			return
		}
		s.dismiss(websocket.StatusServiceRestart, "restart")
	}
	for _, s := range h.allSessions() { // those whose handshake was under way when all were counted
		s.dismiss(websocket.StatusServiceRestart, "restart")
	}
	for patience := time.Now().Add(DrainPatience); len(h.allSessions()) > 0 && time.Now().Before(patience); {
		if !wait(ctx, drainLook) {
			return
		}
	}
	for _, s := range h.allSessions() {
		s.End(websocket.StatusServiceRestart, "restart")
	}
}

// dismiss ends a session as soon as it has been answered what it has asked. Frames that are read from now on are left alone: they are not stored, and
// whoever sent them sends them again.
func (s *Session) dismiss(code websocket.StatusCode, reason string) {
	s.mu.Lock()
	s.leaving = &closing{code, reason}
	s.mu.Unlock()
	s.goIfDone()
}

// enter notes that a call is being dealt with; false means that it must not be any more.
func (s *Session) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.leaving != nil {
		return false
	}
	s.busy++
	return true
}

// exit notes that a call is done with.
func (s *Session) exit() {
	s.mu.Lock()
	s.busy--
	s.mu.Unlock()
	s.goIfDone()
}

// writeAll writes until the queue is empty.
func (s *Session) writeAll() {
	s.write()
	s.goIfDone()
}

// goIfDone ends a session that was dismissed, once nothing is under way and nothing waits to be written.
func (s *Session) goIfDone() {
	s.mu.Lock()
	how := s.leaving
	done := how != nil && s.busy == 0 && !s.writing
	s.mu.Unlock()
	if done {
		s.End(how.code, how.reason)
	}
}
