package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"dragoman/chat"
)

const (
	headRevAndSeq = `SELECT head, rev, seq FROM conversations WHERE id = $1`

	// What has a rev above $2. Each line took a rev when it was written, and seqs have no gap: so those written since then stand in the last
	// head - since places, after $5. Of those before, only revised ones have a higher rev, and these have an index.
	writtenSince = `FROM messages m WHERE m.conversation = $1 AND m.seq > $5 AND m.rev > $2 AND NOT (m.hidden AND $3) `
	revisedSince = `FROM messages m WHERE m.conversation = $1 AND m.revised AND m.rev > $2 AND m.seq <= $5 AND NOT (m.hidden AND $3) `

	// countSince looks at no more rows than are needed to know whether there are too many.
	countSince = `SELECT COUNT(*) FROM (SELECT 1 ` + writtenSince + `UNION ALL SELECT 1 ` + revisedSince + `LIMIT $4) AS missing`

	messagesSince = `SELECT` + messageColumns + writtenSince + `UNION ALL SELECT` + messageColumns + revisedSince + `ORDER BY rev LIMIT $4`

	messagesBefore = `SELECT` + messageColumns + `FROM messages m WHERE m.conversation = $1 AND m.seq < $2 AND NOT (m.hidden AND $3)
ORDER BY m.seq DESC LIMIT $4`
)

// endOfTime is a seq that no message reaches.
const endOfTime = int64(1) << 62

// Since returns a piece of what has a rev above since: see the hub's Store.
func (s *Store) Since(ctx context.Context, conversation string, since int64, visitor bool) (chat.Rows, error) {
	return read(ctx, s, func(t tx) (chat.Rows, error) {
		out := chat.Rows{Conversation: conversation, Messages: []chat.Message{}}
		var rev, seq int64
		err := t.row(headRevAndSeq, conversation).Scan(&out.Head, &rev, &seq)
		if errors.Is(err, sql.ErrNoRows) {
			err = noConversation()
		}
		if err != nil || out.Head == since {
			return out, err
		}
		if since < 0 || since > out.Head {
			return s.afresh(t, out, visitor)
		}
		before := seq - (out.Head - since)
		if out.Head-since > chat.ResetRows {
			var missing int64
			if err := t.row(countSince, conversation, since, visitor, chat.ResetRows+1, before).Scan(&missing); err != nil {
				return out, err
			}
			if rev > since {
				missing++
			}
			if missing > chat.ResetRows {
				return s.afresh(t, out, visitor)
			}
		}
		return s.piece(t, out, since, rev, before, visitor)
	})
}

// piece reads the next rows by rev. Lines written after since stand after before.
func (s *Store) piece(t tx, out chat.Rows, since, rev, before int64, visitor bool) (chat.Rows, error) {
	all, err := s.messages(t, messagesSince, out.Conversation, since, visitor, chat.PageRows+1, before)
	if err != nil {
		return out, err
	}
	if out.More = len(all) > chat.PageRows; out.More {
		all = all[:chat.PageRows]
	}
	if n := fitting(all); n < len(all) {
		all, out.More = all[:n], true
	}
	if out.More {
		out.Head = all[len(all)-1].Rev
	}
	out.Messages = plain(all)
	if rev > since && rev <= out.Head {
		out.Row, err = s.conversation(t, out.Conversation)
	}
	return out, err
}

// afresh reads the newest messages instead.
func (s *Store) afresh(t tx, out chat.Rows, visitor bool) (chat.Rows, error) {
	out.Reset = true
	all, err := s.messages(t, messagesBefore, out.Conversation, endOfTime, visitor, chat.NewestRows)
	if err != nil {
		return out, err
	}
	all = all[:fitting(all)]
	slices.Reverse(all)
	out.Messages = plain(all)
	out.Row, err = s.conversation(t, out.Conversation)
	return out, err
}

// History returns up to limit messages with a seq below before, newest last.
func (s *Store) History(ctx context.Context, conversation string, before int64, limit int, visitor bool) ([]chat.Message, error) {
	if before <= 0 {
		before = endOfTime
	}
	if limit <= 0 || limit > chat.PageRows {
		limit = chat.PageRows
	}
	return read(ctx, s, func(t tx) ([]chat.Message, error) {
		all, err := s.messages(t, messagesBefore, conversation, before, visitor, limit)
		if err != nil {
			return nil, err
		}
		slices.Reverse(all)
		return plain(all), nil
	})
}

// fitting returns how many of the messages, from the first, one piece may hold: at least one.
func fitting(all []placed) int {
	bytes := 0
	for i := range all {
		if bytes += jsonSize(all[i].Message); bytes > chat.PageBytes && i > 0 {
			return i
		}
	}
	return len(all)
}

const (
	// messageFrame and translationFrame are about what a message and a translation are in JSON apart from their texts.
	messageFrame     = 500
	translationFrame = 180
	// attachmentFrame is what an attachment is apart from its name and what it shows, with both of its addresses.
	attachmentFrame = 420
)

// jsonSize is about how many bytes a message takes on the wire.
func jsonSize(m chat.Message) int {
	n := messageFrame + quotedSize(m.Text) + quotedSize(m.Author.Name)
	for _, t := range m.Translations {
		n += translationFrame + quotedSize(t.Text)
	}
	for _, a := range m.Attachments {
		n += attachmentFrame + quotedSize(a.Name) + quotedSize(a.Alt)
	}
	return n
}

// quotedSize is the length of s as a JSON string, with the characters escaped that encoding/json escapes.
func quotedSize(s string) int {
	n := len(s) + 2
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n' || c == '\t' || c == '\r':
			n++
		case c < 0x20 || c == '<' || c == '>' || c == '&':
			n += 5
		}
	}
	return n
}
