package store

import (
	"context"
	"database/sql"
	"errors"

	"dragoman/chat"
)

const (
	remarkColumns = ` v.id, v.remark, v.remark_rev, v.remark_at, COALESCE((SELECT a.name FROM agents a WHERE a.id = v.remark_by), '') `

	remarkByTalk = `SELECT` + remarkColumns + `FROM conversations c JOIN visitors v ON v.id = c.visitor WHERE c.id = $1`
	lockRemark   = `SELECT` + remarkColumns + `FROM visitors v WHERE v.id = $1 AND v.merged_into = '' {lock}`
	storeRemark  = `UPDATE visitors SET remark = $2, remark_rev = remark_rev + 1, remark_by = $3, remark_at = {now} WHERE id = $1`

	remarkTalks = `SELECT id, site, head FROM conversations WHERE visitor = $1 ORDER BY created_at DESC, id DESC LIMIT $2`

	// earlierTalks are the others of the same visitor.
	earlierTalks = `SELECT c.id, c.created_at FROM conversations o JOIN conversations c ON c.visitor = o.visitor AND c.id <> o.id
WHERE o.id = $1 AND (c.created_at, c.id) < ($2, $3) ORDER BY c.created_at DESC, c.id DESC LIMIT $4`
)

// remarkTold is how many of a visitor's conversations are told of a change of what is written down about him: the newest.
const remarkTold = 50

// Remark returns what agents have written down about the visitor of a conversation.
func (s *Store) Remark(ctx context.Context, conversation string) (chat.RemarkOK, error) {
	return read(ctx, s, func(t tx) (chat.RemarkOK, error) {
		_, r, err := scanRemark(t.row(remarkByTalk, conversation))
		return r, err
	})
}

func scanRemark(r scanner) (visitor string, ok chat.RemarkOK, err error) {
	err = r.Scan(&visitor, &ok.Text, &ok.Rev, &ok.At, &ok.By)
	if errors.Is(err, sql.ErrNoRows) {
		err = noConversation()
	}
	return visitor, ok, err
}

// SetRemark changes it: see the hub's Store.
func (s *Store) SetRemark(ctx context.Context, conversation, by, text string, rev int64) (chat.Remembered, error) {
	return write(ctx, s, func(t tx) (chat.Remembered, error) {
		visitor, was, err := lockRemarkOf(t, conversation)
		if err != nil || was.Text == cleanText(text) {
			return chat.Remembered{RemarkOK: was}, err // the same once more: the answer may have got lost
		}
		if was.Rev != rev {
			return chat.Remembered{}, chat.Errorf(chat.Conflict, "Somebody has changed this text meanwhile: look at what stands there now.")
		}
		if _, err := t.exec(storeRemark, visitor, text, by); err != nil {
			return chat.Remembered{}, err
		}
		var r chat.Remembered
		if _, r.RemarkOK, err = scanRemark(t.row(remarkByTalk, conversation)); err != nil {
			return r, err
		}
		r.Touched, err = touchedBy(t, remarkTalks, visitor, remarkTold)
		return r, err
	})
}

// lockRemarkOf holds the visitor of a conversation. One who turns out to be somebody else meanwhile, who is held by then, is looked up again.
func lockRemarkOf(t tx, conversation string) (visitor string, was chat.RemarkOK, err error) {
	if visitor, was, err = scanRemark(t.row(remarkByTalk, conversation)); err != nil {
		return visitor, was, err
	}
	held, is, err := scanRemark(t.row(lockRemark, visitor))
	if chat.CodeOf(err) != chat.NotFound {
		return held, is, err
	}
	if visitor, was, err = scanRemark(t.row(remarkByTalk, conversation)); err != nil {
		return visitor, was, err
	}
	return scanRemark(t.row(lockRemark, visitor))
}

// Earlier returns the other conversations of a conversation's visitor: see the hub's Store.
func (s *Store) Earlier(ctx context.Context, conversation, after string, limit int) (page []chat.Conversation, next string, err error) {
	from := cursor{at: chat.Time(endOfTime)}
	if after != "" {
		if from, err = parseCursor(after, chat.OrderNewest); err != nil {
			return nil, "", err
		}
	}
	page, err = read(ctx, s, func(t tx) ([]chat.Conversation, error) {
		var places []cursor
		err := each(t, func(r scanner) error {
			var c cursor
			err := r.Scan(&c.id, &c.at)
			places = append(places, c)
			return err
		}, earlierTalks, conversation, int64(from.at), from.id, limit+1)
		if err != nil {
			return nil, err
		}
		next = ""
		if len(places) > limit {
			places = places[:limit]
			next = places[limit-1].String(chat.OrderNewest)
		}
		ids := make([]string, len(places))
		for i, p := range places {
			ids[i] = p.id
		}
		return s.conversations(t, ids)
	})
	return page, next, err
}
