package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	insertTranslation = `INSERT INTO translations (conversation, seq, language, text, state, by_kind, by_name, quality, at, claimed_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, {now} + $10)`

	lockConversation = `SELECT site, head FROM conversations WHERE id = $1 {lock}`

	// nextRev takes one rev for a change of a message; nextRevs takes several, and returns the last.
	nextRev  = `UPDATE conversations SET head = head + 1 WHERE id = $1 RETURNING site, head`
	nextRevs = `UPDATE conversations SET head = head + $2 WHERE id = $1 RETURNING head`

	setRev = `UPDATE messages SET rev = $3 WHERE conversation = $1 AND seq = $2`

	finishTranslation = `UPDATE translations SET text = $4, state = $5, reason = $6, by_kind = $7, by_name = $8, quality = $9,
  at = CASE WHEN $10 = 0 THEN {now} ELSE $10 END, claimed_until = 0
WHERE conversation = $1 AND seq = $2 AND language = $3 AND state = 'pending'`

	translationState = `SELECT state FROM translations WHERE conversation = $1 AND seq = $2 AND language = $3`

	retryTranslation = `UPDATE translations SET text = '', state = 'pending', reason = '', by_kind = '', by_name = '', quality = '', at = 0, claimed_until = {now} + $4
WHERE conversation = $1 AND seq = $2 AND language = $3`

	messageBySeq   = `SELECT` + messageColumns + `FROM messages m WHERE m.conversation = $1 AND m.seq = $2`
	messagesBySeqs = `SELECT` + messageColumns + `FROM messages m WHERE m.conversation = $1 AND m.seq {any $2} ORDER BY m.seq`
	newestLines    = `SELECT` + messageColumns + `FROM messages m WHERE m.conversation = $1 AND m.kind <> 'event' ORDER BY m.seq DESC LIMIT $2`

	claimTranslations = `UPDATE translations SET claimed_until = {now} + $2
WHERE (conversation, seq, language) IN (SELECT conversation, seq, language FROM translations
  WHERE state = 'pending' AND claimed_until < {now} ORDER BY claimed_until LIMIT $1 {skip})
RETURNING conversation, seq, language,
  (SELECT c.site FROM conversations c WHERE c.id = translations.conversation),
  (SELECT m.text FROM messages m WHERE m.conversation = translations.conversation AND m.seq = translations.seq),
  (SELECT m.language FROM messages m WHERE m.conversation = translations.conversation AND m.seq = translations.seq)`
)

// storeTranslations inserts a new message's entries; the pending ones are leased to the caller.
func storeTranslations(t tx, conversation string, m chat.Message) error {
	// In the order of the languages, so that the same line is always stored the same way.
	for _, to := range slices.SortedFunc(maps.Keys(m.Translations), byName) {
		if err := storeTranslation(t, conversation, m.Seq, to, m.Translations[to]); err != nil {
			return err
		}
	}
	return nil
}

func byName(a, b language.Tag) int { return strings.Compare(a.String(), b.String()) }

func storeTranslation(t tx, conversation string, seq int64, to language.Tag, tr chat.Translation) error {
	_, err := t.exec(insertTranslation, conversation, seq, to.String(), tr.Text, string(tr.State), string(tr.By.Kind), tr.By.Name,
		string(tr.Quality), int64(tr.At), translationLease.Milliseconds())
	return err
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
	err = s.complete(t, conversation, all)
	return all[0].Message, err
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
	if err := s.complete(t, conversation, all); err != nil {
		return c, err
	}
	all = slices.DeleteFunc(all, func(p placed) bool { return !wants(p.Message, reader) })
	if len(all) == 0 {
		return c, nil
	}
	if err := t.row(nextRevs, conversation, len(all)).Scan(&c.Head); err != nil {
		return c, err
	}
	for i := range all {
		m := &all[i].Message
		m.Rev = c.Head - int64(len(all)-1-i)
		m.Translations[reader.Language] = chat.Translation{State: chat.TranslationPending}
		if err := storeTranslation(t, conversation, m.Seq, reader.Language, m.Translations[reader.Language]); err != nil {
			return c, err
		}
		if _, err := t.exec(setRev, conversation, m.Seq, m.Rev); err != nil {
			return c, err
		}
	}
	c.Messages = plain(all)
	return c, nil
}

// wants tells whether a message needs an entry for the reader and has none.
func wants(m chat.Message, r chat.Reader) bool {
	if m.Kind == chat.MessageEvent || m.Erased || m.Text == "" || len(chat.Wanted(m.Language, []chat.Reader{r})) == 0 {
		return false
	}
	_, has := m.Translations[r.Language]
	return !has
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

// Retranslate makes a failed entry pending again, or adds one; one that is pending, done or the same stays as it is.
func (s *Store) Retranslate(ctx context.Context, conversation string, seq int64, to language.Tag) (chat.Changed, error) {
	return write(ctx, s, func(t tx) (chat.Changed, error) {
		c, err := lockFor(t, conversation)
		if err != nil {
			return c, err
		}
		m, err := s.message(t, conversation, seq)
		if err != nil {
			return c, err
		}
		entry, has := m.Translations[to]
		if has && entry.State != chat.TranslationFailed || m.Kind == chat.MessageEvent || m.Erased {
			return c, nil
		}
		m.Translations[to] = chat.Translation{State: chat.TranslationPending}
		if has {
			_, err = t.exec(retryTranslation, conversation, seq, to.String(), translationLease.Milliseconds())
		} else {
			err = storeTranslation(t, conversation, seq, to, m.Translations[to])
		}
		if err != nil {
			return c, err
		}
		if err := t.row(nextRev, conversation).Scan(&c.Site, &c.Head); err != nil {
			return c, err
		}
		m.Rev = c.Head
		c.Messages = []chat.Message{m}
		_, err = t.exec(setRev, conversation, seq, m.Rev)
		return c, err
	})
}

// errNotPending ends a transaction that has nothing to store.
var errNotPending = errors.New("the translation is not pending any more")

// SetTranslation stores a result if the entry is still pending: a person's text, or another node's, is never replaced.
func (s *Store) SetTranslation(ctx context.Context, conversation string, seq int64, to language.Tag, tr chat.Translation) (chat.Changed, error) {
	c, err := write(ctx, s, func(t tx) (chat.Changed, error) { return s.setTranslation(t, conversation, seq, to, tr) })
	if errors.Is(err, errNotPending) {
		return chat.Changed{Conversation: conversation}, nil
	}
	return c, err
}

func (s *Store) setTranslation(t tx, conversation string, seq int64, to language.Tag, tr chat.Translation) (chat.Changed, error) {
	c := chat.Changed{Conversation: conversation}
	// The conversation first, as everywhere: two transactions that lock in different orders wait for each other for ever.
	err := t.row(nextRev, conversation).Scan(&c.Site, &c.Head)
	if errors.Is(err, sql.ErrNoRows) {
		err = noConversation()
	}
	if err != nil {
		return c, err
	}
	n, err := t.exec(finishTranslation, conversation, seq, to.String(), tr.Text, string(tr.State), string(tr.Reason), string(tr.By.Kind), tr.By.Name,
		string(tr.Quality), int64(tr.At))
	if err != nil {
		return c, err
	}
	if n == 0 {
		return c, errNotPending
	}
	if _, err := t.exec(setRev, conversation, seq, c.Head); err != nil {
		return c, err
	}
	m, err := s.message(t, conversation, seq)
	c.Messages = []chat.Message{m}
	return c, err
}

// ClaimTranslations leases pending translations whose lease has run out.
func (s *Store) ClaimTranslations(ctx context.Context, limit int) ([]chat.TranslationTask, error) {
	return write(ctx, s, func(t tx) ([]chat.TranslationTask, error) {
		var all []chat.TranslationTask
		err := each(t, func(r scanner) error {
			var task chat.TranslationTask
			var from, to string
			err := r.Scan(&task.Conversation, &task.Seq, &to, &task.Site, &task.Text, &from)
			task.From, task.To = s.tag(from), s.tag(to)
			all = append(all, task)
			return err
		}, claimTranslations, limit, translationLease.Milliseconds())
		return all, err
	})
}
