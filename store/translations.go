package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	lockConversation = `SELECT site, head FROM conversations WHERE id = $1 {lock}`

	// takeRevs takes revs for changed messages of a conversation that is locked.
	takeRevs = `UPDATE conversations SET head = $2 WHERE id = $1`

	// setTranslations claims what is pending on a line, unless another node has it: see claims.go.
	setTranslations = `UPDATE messages SET rev = $3, revised = TRUE, translations = $4,
  claimed_until = CASE WHEN claimed_by = $6 OR claimed_until < {now} THEN {now} + $5 ELSE claimed_until END,
  claimed_by = CASE WHEN claimed_by = $6 OR claimed_until < {now} THEN $6 ELSE claimed_by END
WHERE conversation = $1 AND seq = $2 RETURNING claimed_by`

	// finishTranslations is the same for a line on which nothing is pending any more.
	finishTranslations = `UPDATE messages SET rev = $3, revised = TRUE, translations = $4, claimed_until = 0, claimed_by = '' WHERE conversation = $1 AND seq = $2`

	// addFlags counts the translations of a conversation that are called wrong.
	addFlags = `UPDATE conversations SET flagged = flagged + $2 WHERE id = $1`

	messageBySeq   = `SELECT` + messageColumns + `FROM messages m WHERE m.conversation = $1 AND m.seq = $2`
	messagesBySeqs = `SELECT` + messageColumns + `FROM messages m WHERE m.conversation = $1 AND m.seq {any $2} ORDER BY m.seq`
	newestLines    = `SELECT` + messageColumns + `FROM messages m WHERE m.conversation = $1 AND m.kind <> 'event' ORDER BY m.seq DESC LIMIT $2`
)

// setEntries stores changed messages with the next revs, in their order. What is pending on them is claimed, or named as another node's.
func (s *Store) setEntries(t tx, c *chat.Changed, all []chat.Message) error {
	if len(all) == 0 {
		return nil
	}
	c.Head += int64(len(all))
	if _, err := t.exec(takeRevs, c.Conversation, c.Head); err != nil {
		return err
	}
	for i := range all {
		m := &all[i]
		m.Rev = c.Head - int64(len(all)-1-i)
		mine := s.claimFor(*m)
		if mine.lease == 0 {
			if _, err := t.exec(finishTranslations, c.Conversation, m.Seq, m.Rev, translationsColumn(m.Translations)); err != nil {
				return err
			}
			continue
		}
		by := ""
		err := t.row(setTranslations, c.Conversation, m.Seq, m.Rev, translationsColumn(m.Translations), mine.lease, mine.by).Scan(&by)
		if err != nil {
			return err
		}
		if by != mine.by {
			c.Elsewhere = append(c.Elsewhere, m.Seq)
		}
	}
	c.Messages = all
	return nil
}

// message returns one complete message, or chat.NotFound.
func (s *Store) message(t tx, conversation string, seq int64) (chat.Message, error) {
	all, err := s.messages(t, messageBySeq, conversation, seq)
	if err != nil {
		return chat.Message{}, err
	}
	if len(all) == 0 {
		return chat.Message{}, chat.Errorf(chat.NotFound, "There is no such message.")
	}
	return all[0].Message, nil
}

// Want adds pending entries for a reader: see the hub's Store.
func (s *Store) Want(ctx context.Context, conversation string, seqs []int64, reader chat.Reader) (chat.Changed, error) {
	if reader.Language == language.Und {
		return chat.Changed{Conversation: conversation}, nil
	}
	return write(ctx, s, func(t tx) (chat.Changed, error) { return s.want(t, conversation, seqs, reader) })
}

func (s *Store) want(t tx, conversation string, seqs []int64, reader chat.Reader) (chat.Changed, error) {
	c, err := lockFor(t, conversation)
	if err != nil {
		return c, err
	}
	var all []placed
	if seqs == nil {
		all, err = s.messages(t, newestLines, conversation, chat.NewestRows)
		slices.Reverse(all)
	} else {
		all, err = s.messages(t, messagesBySeqs, conversation, seqs)
	}
	if err != nil {
		return c, err
	}
	var wanted []chat.Message
	for _, m := range plain(all) {
		if wants(m, reader) {
			m.Translations[reader.Language] = chat.PendingTranslation(chat.TimeOf(time.Now()))
			wanted = append(wanted, m)
		}
	}
	err = s.setEntries(t, &c, wanted)
	return c, err
}

// wants tells whether a message needs an entry for the reader and has none.
func wants(m chat.Message, r chat.Reader) bool {
	if m.Kind == chat.MessageEvent || m.Erased || m.Text == "" || len(chat.Wanted(m.Language, []chat.Reader{r})) == 0 {
		return false
	}
	if r.Visitor && (m.Kind == chat.MessageNote || m.Author.Kind == chat.KindVisitor) {
		return false
	}
	_, has := m.Translations[r.Language]
	return !has && len(m.Translations) < chat.MaxTranslations
}

// lockFor holds a conversation until the end of the transaction.
func lockFor(t tx, conversation string) (chat.Changed, error) {
	c := chat.Changed{Conversation: conversation}
	err := t.row(lockConversation, conversation).Scan(&c.Site, &c.Head)
	if errors.Is(err, sql.ErrNoRows) {
		err = noConversation()
	}
	return c, err
}

// amend changes one entry of one line: change returns the new entry, and false if there is nothing to change.
func (s *Store) amend(ctx context.Context, conversation string, seq int64, to language.Tag,
	change func(m *chat.Message, was chat.Translation, has bool) (chat.Translation, bool, error)) (chat.Changed, error) {
	return write(ctx, s, func(t tx) (chat.Changed, error) {
		c, err := lockFor(t, conversation)
		if err != nil {
			return c, err
		}
		m, err := s.message(t, conversation, seq)
		if err != nil {
			return c, err
		}
		was, has := m.Translations[to]
		now, changes, err := change(&m, was, has)
		if err != nil || !changes {
			return c, err
		}
		if !has && len(m.Translations) >= chat.MaxTranslations {
			return c, chat.Errorf(chat.BadRequest, "This line is there in %d languages, and there are no more.", chat.MaxTranslations)
		}
		flags := -m.Flags()
		m.Translations[to] = now
		if flags += m.Flags(); flags != 0 {
			if _, err := t.exec(addFlags, conversation, flags); err != nil {
				return c, err
			}
		}
		err = s.setEntries(t, &c, []chat.Message{m})
		return c, err
	})
}

// Retranslate makes a failed entry pending again, or adds one; one that is pending, done or the same stays as it is.
func (s *Store) Retranslate(ctx context.Context, conversation string, seq int64, to language.Tag) (chat.Changed, error) {
	return s.amend(ctx, conversation, seq, to, func(m *chat.Message, was chat.Translation, has bool) (chat.Translation, bool, error) {
		stays := has && was.State != chat.TranslationFailed || m.Kind == chat.MessageEvent || m.Erased
		return chat.PendingTranslation(chat.TimeOf(time.Now())), !stays, nil
	})
}

// SetTranslation stores a result if the entry is still pending: a person's text, or another node's, is never replaced.
func (s *Store) SetTranslation(ctx context.Context, conversation string, seq int64, to language.Tag, tr chat.Translation) (chat.Changed, error) {
	return s.amend(ctx, conversation, seq, to, func(_ *chat.Message, was chat.Translation, _ bool) (chat.Translation, bool, error) {
		return tr, was.State == chat.TranslationPending, nil
	})
}
