package hub

import (
	"context"
	"sync"
	"time"

	"dragoman/chat"
)

// markEvery is how often one reader's mark in one conversation is written and told: a thread that is scrolled through
// would be a write a line otherwise. The last mark always wins.
const markEvery = time.Second

type markKey struct{ conversation, participant string }

// mark is a read mark that was moved a moment ago.
type mark struct {
	site    string
	by      chat.Participant
	seq     int64
	pending bool      // seq is not written yet
	next    time.Time // when it may be written
}

type marks struct {
	mu     sync.Mutex // guards the following; a leaf
	recent map[markKey]*mark
}

func (m *marks) init() { m.recent = map[markKey]*mark{} }

// Read moves a read mark: at once, or with others within the second.
func (h *Hub) Read(ctx context.Context, s *Session, c chat.Read) (Empty, error) {
	if c.Seq <= 0 {
		return Empty{}, chat.Errorf(chat.BadRequest, "seq must be the number of a message.")
	}
	site, err := h.access(ctx, s, c.Conversation)
	if err != nil {
		return Empty{}, err
	}
	key := markKey{c.Conversation, s.Participant().ID}
	h.marks.mu.Lock()
	if m := h.marks.recent[key]; m != nil {
		if c.Seq > m.seq {
			m.seq, m.pending = c.Seq, true
		}
		h.marks.mu.Unlock()
		return Empty{}, nil
	}
	m := &mark{site: site, by: s.Participant(), seq: c.Seq, next: time.Now().Add(markEvery)}
	h.marks.recent[key] = m
	h.marks.mu.Unlock()
	err = h.writeMark(ctx, c.Conversation, m.by, m.site, c.Seq)
	h.markAgain(key, err)
	return Empty{}, err
}

// markAgain has a mark written later for which the database was away: until then it is answered with ok.
func (h *Hub) markAgain(key markKey, err error) {
	if chat.CodeOf(err) != chat.Unavailable {
		return
	}
	h.marks.mu.Lock()
	defer h.marks.mu.Unlock()
	if m := h.marks.recent[key]; m != nil {
		m.pending = true
	}
}

// writeMark writes a mark and tells it if it has moved.
func (h *Hub) writeMark(ctx context.Context, conversation string, by chat.Participant, site string, seq int64) error {
	m, err := h.store.Mark(ctx, conversation, by, seq)
	if err != nil || !m.Moved && !m.Seen {
		return err
	}
	if m.Moved {
		h.publish(topicConversation+conversation, chat.Event{Type: chat.EvRead, Conversation: conversation, Participant: &by, Seq: seq})
	}
	// Marks take no rev; the row's unread and mentioned have changed all the same.
	h.nudge(site, conversation, 0)
	return nil
}

// runMarks writes the marks that had to wait, the last of them when the hub ends.
func (h *Hub) runMarks(ctx context.Context) error {
	err := every(ctx, markEvery/4, func() { h.flushMarks(ctx, time.Now()) })
	last, cancel := h.within(storeTimeout)
	defer cancel()
	h.flushMarks(last, time.Now().Add(markEvery))
	return err
}

func (h *Hub) flushMarks(ctx context.Context, now time.Time) {
	type due struct {
		key markKey
		mark
	}
	var write []due
	h.marks.mu.Lock()
	for key, m := range h.marks.recent {
		switch {
		case now.Before(m.next):
		case m.pending:
			m.pending, m.next = false, now.Add(markEvery)
			write = append(write, due{key, *m})
		default:
			delete(h.marks.recent, key)
		}
	}
	h.marks.mu.Unlock()
	for _, d := range write {
		if err := h.writeMark(ctx, d.key.conversation, d.by, d.site, d.seq); err != nil {
			h.trouble.Warn().Err(err).Msg("cannot write a read mark; trying again")
			h.markAgain(d.key, err)
		}
	}
}
