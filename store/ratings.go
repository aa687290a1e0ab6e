package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"dragoman/chat"
)

const (
	lockRating = `SELECT c.site, c.seq, c.head, c.state, c.visitor_last_seq, c.rating, c.rating_comment, c.rated_seq, {now}
FROM conversations c WHERE c.id = $1 AND c.visitor = $2 {lock}`

	storeRating = `UPDATE conversations SET seq = $2, head = $3, rev = $3, rating = $4, rating_comment = $5, rated_at = $6, rated_seq = $7, updated_at = $6
WHERE id = $1`

	// reviseEvent changes what a system line says.
	reviseEvent = `UPDATE messages SET rev = $3, revised = TRUE, event_to = $4 WHERE conversation = $1 AND seq = $2`
)

// rated is a conversation while its visitor rates it.
type rated struct {
	id, site  string
	seq, head int64
	state     chat.State
	// last is the seq of the newest line, line that of the system line which tells of the rating, 0 if there is none.
	last, line int64
	score      int
	comment    string
	now        chat.Time
}

// Rate stores what a visitor says of his conversation: see the hub's Store. The system line takes its rev first, the row the last.
func (s *Store) Rate(ctx context.Context, conversation string, by chat.Participant, r chat.Rating) (chat.Changed, error) {
	r.Comment = cleanText(r.Comment)
	return write(ctx, s, func(t tx) (chat.Changed, error) {
		c, err := lockRated(t, conversation, by.ID)
		if err != nil {
			return chat.Changed{}, err
		}
		changed := chat.Changed{Conversation: c.id, Site: c.site, Head: c.head}
		if err := c.mayRate(); err != nil {
			return changed, err
		}
		if r.Comment == "" {
			r.Comment = c.comment
		}
		if c.line > 0 && r.Score == c.score && r.Comment == c.comment {
			return changed, nil
		}
		changed.Messages, err = s.tellRating(t, c, by, r.Score)
		if err != nil {
			return changed, err
		}
		c.head++
		changed.Head = c.head
		if _, err := t.exec(storeRating, c.id, c.seq, c.head, r.Score, r.Comment, int64(c.now), c.line); err != nil {
			return changed, err
		}
		changed.Row, err = s.conversation(t, c.id)
		return changed, err
	})
}

// lockRated holds a conversation of this visitor until the end of the transaction.
func lockRated(t tx, conversation, visitor string) (*rated, error) {
	c := rated{id: conversation}
	err := t.row(lockRating, conversation, visitor).Scan(&c.site, &c.seq, &c.head, &c.state, &c.last, &c.score, &c.comment, &c.line, &c.now)
	if errors.Is(err, sql.ErrNoRows) {
		err = missing(t, visitor, noConversation())
	}
	return &c, err
}

// mayRate refuses what goes on, and what went on after it was rated.
func (c *rated) mayRate() error {
	if c.state != chat.StateResolved {
		return chat.Errorf(chat.BadState, "A conversation is rated once it has ended.")
	}
	if c.line > 0 && c.last > c.line {
		return chat.Errorf(chat.BadState, "This conversation was rated before its newest line: it is rated once.")
	}
	return nil
}

// tellRating writes the system line, or changes it; nothing if it says so already.
func (s *Store) tellRating(t tx, c *rated, by chat.Participant, score int) ([]chat.Message, error) {
	if c.line == 0 {
		f := fields{seq: c.seq, head: c.head, now: c.now}
		f.tell(by, ratedEvent(by, score))
		c.seq, c.head, c.line = f.seq, f.head, f.seq
		return f.lines, storeMessage(t, c.id, &f.lines[0], claim{})
	}
	if score == c.score {
		return nil, nil
	}
	m, err := s.message(t, c.id, c.line)
	if err != nil {
		return nil, err
	}
	c.head++
	e := ratedEvent(by, score)
	m.Rev, m.Event = c.head, &e
	_, err = t.exec(reviseEvent, c.id, m.Seq, m.Rev, e.To)
	return []chat.Message{m}, err
}

func ratedEvent(by chat.Participant, score int) chat.SystemEvent {
	return chat.SystemEvent{Type: chat.EventRated, By: by.ID, To: strconv.Itoa(score)}
}
