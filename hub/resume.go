package hub

import (
	"context"

	"dragoman/chat"
)

// piece is a place from which a session catches up in one conversation.
type piece struct {
	f     *follow
	turn  int
	since int64
	// after is closed when the frame is written that this piece follows; nil: none.
	after <-chan struct{}
}

// catchUp sends what the store has beyond p.since, piece by piece, then asks the room to make the follow live. One
// goroutine a session does that, and only while there is something to catch up.
func (s *Session) catchUp(p piece) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.pieces = append(s.pieces, p)
	if len(s.pieces) == 1 {
		s.run("catch-up", s.catchUps)
	}
}

func (s *Session) catchUps() {
	for p, more := s.nextPiece(false); more; p, more = s.nextPiece(true) {
		s.sendPieces(p)
	}
}

// nextPiece takes off the first catch-up if it is done, and returns the next; none means that this goroutine ends. Both in one step: whoever
// finds the list empty starts another goroutine.
func (s *Session) nextPiece(done bool) (next piece, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if done && len(s.pieces) > 0 {
		s.pieces = s.pieces[1:]
	}
	if s.ended || len(s.pieces) == 0 {
		s.pieces = nil
		return piece{}, false
	}
	return s.pieces[0], true
}

// sendPieces sends one conversation's rows. The next piece is read when the one before is written, so that a slow reader
// costs one piece of memory and no more.
func (s *Session) sendPieces(p piece) {
	h := s.hub
	if p.after != nil {
		<-p.after
	}
	for {
		if s.isEnded() || !p.f.current(p.turn) {
			return
		}
		rows, err := h.readPiece(h.ctx, p.f, p.since)
		if chat.CodeOf(err) == chat.NotFound {
			h.unfollow(p.f)
			return
		}
		if err != nil {
			h.trouble.Warn().Err(err).Str("session", s.id).Msg("cannot read what a session has missed; trying again")
			if !h.pause(retryAfter) {
				return
			}
			continue
		}
		written := make(chan struct{})
		if !s.push(outgoing{frame: h.encode(&chat.RowsFrame{Event: chat.EvRows, Rows: rows}), written: written}) {
			return
		}
		s.tracePiece(&rows)
		p.since = rows.Head
		if !rows.More {
			p.f.room.arrive(arrival{p.f, p.turn, p.since})
		}
		<-written // the last one, too: another conversation's may come next
		if !rows.More {
			return
		}
	}
}

// readPiece reads the rows beyond since as the follow's session may see them. The room learns from them, too: it is not told again what a catch-up
// has brought.
func (h *Hub) readPiece(ctx context.Context, f *follow, since int64) (chat.Rows, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	v := f.s.view
	rows, err := h.store.Since(ctx, f.room.id, since, v == visitorView)
	if err != nil {
		return chat.Rows{}, err
	}
	f.room.learn(rows.Row)
	return v.rows(rows, h), nil
}

// current tells whether this catch-up is still the newest one of the follow.
func (f *follow) current(turn int) bool {
	f.room.mu.Lock()
	defer f.room.mu.Unlock()
	return f.turn == turn
}

// begin takes the follow out of the live ones and begins a new catch-up.
func (f *follow) begin() (turn int) {
	f.room.mu.Lock()
	defer f.room.mu.Unlock()
	f.live = false
	f.turn++
	return f.turn
}

// answer reads the first piece for a call and says how it goes on once the reply is written.
func (s *Session) answer(ctx context.Context, f *follow, since int64) (RowsOK, error) {
	turn := f.begin()
	rows, err := s.hub.readPiece(ctx, f, since)
	if err != nil {
		// The follow must not stay behind: it goes on trying.
		s.catchUp(piece{f: f, turn: turn, since: since})
		return RowsOK{}, err
	}
	return RowsOK{Rows: rows, then: func(written <-chan struct{}) {
		if rows.More {
			s.catchUp(piece{f: f, turn: turn, since: rows.Head, after: written})
			return
		}
		f.room.arrive(arrival{f, turn, rows.Head})
	}}, nil
}
