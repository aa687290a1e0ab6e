package store

import (
	"context"
	"strconv"

	"dragoman/chat"
)

// A line's pending translations are claimed by one node at a time, whatever their languages: claimed_by is that node's store,
// claimed_until when the claim runs out by the database's clock, 0 where nothing is pending. A claim goes to another node only after
// that moment, in one UPDATE that compares, so that no two nodes ask an engine for the same line.
const (
	claimTranslations = `UPDATE messages SET claimed_until = {now} + $2, claimed_by = $3
WHERE (conversation, seq) IN (SELECT conversation, seq FROM messages
  WHERE claimed_until > 0 AND claimed_until < {now} ORDER BY claimed_until LIMIT $1 {skip})` + returningTasks

	renewTranslations = `UPDATE messages SET claimed_until = {now} + $2
WHERE (conversation, seq) IN (SELECT conversation, seq FROM messages
  WHERE claimed_until > 0 AND claimed_by = $3 AND conversation || '/' || seq {any $1} {lock lines})` + returningTasks

	returningTasks = `
RETURNING conversation, seq, id, (SELECT c.site FROM conversations c WHERE c.id = messages.conversation), text, language, translations, kind, author_kind, author_name`

	// 1 is long ago: whoever looks next takes them.
	releaseTranslations = `UPDATE messages SET claimed_until = 1
WHERE (conversation, seq) IN (SELECT conversation, seq FROM messages
  WHERE claimed_until > 0 AND claimed_by = $1 {lock lines})`
)

// claim is who claims a line, and for how many milliseconds; zero where nothing is pending.
type claim struct {
	lease int64
	by    string
}

// claimFor returns this store's claim of a message's pending translations.
func (s *Store) claimFor(m chat.Message) claim {
	for _, t := range m.Translations {
		if t.State == chat.TranslationPending {
			return claim{s.lease.Milliseconds(), s.holder}
		}
	}
	return claim{}
}

// ClaimTranslations claims lines whose claim has run out: see the hub's Store.
func (s *Store) ClaimTranslations(ctx context.Context, limit int) ([]chat.TranslationTask, error) {
	return s.tasks(ctx, claimTranslations, limit, s.lease.Milliseconds(), s.holder)
}

// RenewTranslations prolongs claims that are still this store's: see the hub's Store.
func (s *Store) RenewTranslations(ctx context.Context, lines []chat.Line) ([]chat.TranslationTask, error) {
	names := make([]string, len(lines))
	for i, l := range lines {
		names[i] = l.Conversation + "/" + strconv.FormatInt(l.Seq, 10)
	}
	return s.tasks(ctx, renewTranslations, names, s.lease.Milliseconds(), s.holder)
}

// ReleaseTranslations gives up all claims of this store: see the hub's Store.
func (s *Store) ReleaseTranslations(ctx context.Context) error {
	return change(ctx, s, func(t tx) error {
		_, err := t.exec(releaseTranslations, s.holder)
		return err
	})
}

// tasks runs a statement that returns lines, and returns what is pending on them.
func (s *Store) tasks(ctx context.Context, query string, args ...any) ([]chat.TranslationTask, error) {
	return write(ctx, s, func(t tx) ([]chat.TranslationTask, error) {
		var all []chat.TranslationTask
		err := each(t, func(r scanner) error {
			var task chat.TranslationTask
			var from, column string
			var m chat.Message
			if err := r.Scan(&task.Conversation, &task.Seq, &task.Message, &task.Site, &task.Text, &from, &column, &m.Kind, &m.Author.Kind, &task.Author); err != nil {
				return err
			}
			task.ForVisitor = m.ToVisitor()
			task.From = s.tag(from)
			for to, e := range s.readTranslations(column) {
				if e.State == chat.TranslationPending {
					task.To = to
					all = append(all, task)
				}
			}
			return nil
		}, query, args...)
		return all, err
	})
}
