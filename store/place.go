package store

import (
	"database/sql"
	"errors"

	"dragoman/chat"
)

const (
	siteAndHead = `SELECT site, head FROM conversations WHERE id = $1`

	unresolvedOf = `SELECT id FROM conversations WHERE visitor = $1 AND site = $2 AND state <> 'resolved'`

	resolvedLately = `SELECT id FROM conversations WHERE visitor = $1 AND site = $2 AND state = 'resolved' AND resolved_at > {now} - $3
ORDER BY resolved_at DESC, id DESC LIMIT 1`

	// openConversation takes the first rev for its own fields; the line that begins it takes the second. It holds the visitor: who is about to become
	// somebody else must not begin one as the one that he was.
	openConversation = `INSERT INTO conversations (id, site, visitor, head, rev, state, language, created_at, updated_at)
SELECT $1, v.site, v.id, 1, 1, 'open', CASE WHEN $4 = '' THEN v.language ELSE $4 END, {now}, {now} FROM visitors v
WHERE v.id = $2 AND v.site = $3 AND v.merged_into = '' {lock}`
)

// place finds the conversation for a visitor's line that names none: his unresolved one, else the latest one resolved
// within ReopenWithin, else a new one. Two tabs that begin at once both come here; the unique index lets one of them open, and the other
// repeats its transaction and finds what the first has opened.
func (s *Store) place(t tx, p chat.Post) (id string, opened bool, err error) {
	if p.Author.Kind != chat.KindVisitor {
		return "", false, chat.Errorf(chat.BadRequest, "Name the conversation that the line is for.")
	}
	err = t.row(unresolvedOf, p.Author.ID, p.Site).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = t.row(resolvedLately, p.Author.ID, p.Site, chat.ReopenWithin.Milliseconds()).Scan(&id)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return id, false, err
	}
	id = chat.NewID()
	n, err := t.exec(openConversation, id, p.Author.ID, p.Site, column(p.Author.Language))
	if err == nil && n == 0 {
		err = missing(t, p.Author.ID, chat.Errorf(chat.NotFound, "There is no such visitor on this site."))
	}
	return id, true, err
}
