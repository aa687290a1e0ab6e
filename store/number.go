package store

import (
	"database/sql"
	"errors"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	// forLine reads what a line's numbers follow from, and holds the conversation until the commit: so the order of revs is the order
	// of commits. $2 and $3 are empty, or the site and the visitor that it must be of; $4 is the author.
	forLine = `SELECT` + lineColumns + `$4) FROM conversations c WHERE c.id = $1 AND ($2 = '' OR c.site = $2) AND ($3 = '' OR c.visitor = $3) {lock}`

	// The columns in the order in which scanNumbered reads them; the author follows, and a bracket.
	lineColumns = ` c.site, c.visitor, c.seq, c.head, {now}, c.state, c.language, c.assignee, c.visitor_last_seq, c.unread_agents, c.unread_visitor, c.waiting_since,
  (SELECT s.language FROM sites s WHERE s.key = c.site),
  COALESCE((SELECT a.languages FROM agents a WHERE a.id = c.assignee), ''), ` + invitedRead + `,
  EXISTS (SELECT 1 FROM participants p WHERE p.conversation = c.id AND p.participant = `

	// invitedRead are the lists of languages of the agents who were added, one after the other; nothing where nobody was, which is nearly everywhere.
	invitedRead = `CASE WHEN c.invited = '[]' THEN '' ELSE COALESCE((SELECT string_agg(i.languages, ' ') FROM agents i
  WHERE NOT i.disabled AND c.invited LIKE '%"' || i.id || '"%'), '') END`

	// advance gives a line its place. It returns nothing and touches one row: SQLite keeps no journal of a statement's own then, which costs
	// more than the change itself.
	advance = `UPDATE conversations SET seq = $2, last_seq = $2, head = $3, updated_at = $4,
  visitor_last_seq = $5, unread_agents = $6, unread_visitor = $7, waiting_since = $8 WHERE id = $1`

	// advanceRow gives the conversation's own fields the head as their rev besides.
	advanceRow = `UPDATE conversations SET seq = $2, last_seq = $2, head = $3, rev = $3, updated_at = $4,
  visitor_last_seq = $5, unread_agents = $6, unread_visitor = $7, waiting_since = $8,
  state = $9, assignee = $10, language = CASE WHEN $11 = '' THEN language ELSE $11 END,
  snoozed_until = CASE WHEN $9 = 'snoozed' THEN snoozed_until ELSE 0 END,
  resolved_at = CASE WHEN $9 = 'resolved' THEN resolved_at ELSE 0 END
WHERE id = $1`
)

// numbered is a conversation as a line finds it, with the line's own numbers.
type numbered struct {
	site, visitor string
	// seq and head are the line's seq and rev.
	seq, head int64
	at        chat.Time
	state     chat.State
	language  language.Tag
	assignee  string
	// visitorLast, the unread and waiting count the line already.
	visitorLast, unreadAgents, unreadVisitor int64
	waiting                                  chat.Time
	// waited is how long the visitor had waited for this line.
	waited       time.Duration
	siteLanguage language.Tag
	// assigneeReads are the assignee's languages.
	assigneeReads []language.Tag
	// invited are those who were added.
	invited []chat.Reader
	// participant tells whether the author takes part already.
	participant bool
}

// number takes the next seq and rev of the conversation, if this author may find it at all.
func (s *Store) number(t tx, p chat.Post) (numbered, error) {
	n, err := s.scanNumbered(t.row(forLine, p.Conversation, p.Site, onlyOf(p), p.Author.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return n, missing(t, onlyOf(p), noConversation())
	}
	n.count(p)
	return n, err
}

// onlyOf is the visitor whose conversation it must be; an agent, and whoever writes a note, finds any of the site.
func onlyOf(p chat.Post) string {
	if p.Kind != chat.MessageNote && p.Author.Kind == chat.KindVisitor {
		return p.Author.ID
	}
	return ""
}

// scanNumbered reads lineColumns, and whatever columns come before them into first.
func (s *Store) scanNumbered(r scanner, first ...any) (n numbered, err error) {
	var lang, siteLanguage, reads, invited string
	err = r.Scan(append(first, &n.site, &n.visitor, &n.seq, &n.head, &n.at, &n.state, &lang, &n.assignee,
		&n.visitorLast, &n.unreadAgents, &n.unreadVisitor, &n.waiting, &siteLanguage, &reads, &invited, &n.participant)...)
	n.language, n.siteLanguage, n.assigneeReads, n.invited = s.tag(lang), s.tag(siteLanguage), s.tagList(reads), s.readers(invited)
	return n, err
}

// count adds the line to what the conversation counts. A note counts for nobody but has a place.
func (n *numbered) count(p chat.Post) {
	n.seq++
	n.head++
	if p.Kind == chat.MessageNote {
		return
	}
	n.visitorLast = n.seq
	switch p.Author.Kind {
	case chat.KindVisitor:
		n.unreadAgents++
		if n.waiting == 0 {
			n.waiting = n.at
		}
	case chat.KindAgent, chat.KindBot:
		n.unreadVisitor++
		if n.waiting > 0 && p.Author.Kind == chat.KindAgent {
			n.waited = time.Duration(n.at-n.waiting) * time.Millisecond
		}
		n.waiting = 0
	default:
		n.unreadVisitor++
	}
}

// joins tells whether the line makes its author a participant: an agent's or bot's first one does, a note does not.
func (n *numbered) joins(p chat.Post) bool {
	return p.Kind != chat.MessageNote && !n.participant && (p.Author.Kind == chat.KindAgent || p.Author.Kind == chat.KindBot)
}

// after returns the state and the assignee after the line: a visitor's opens the conversation, the first agent's takes it.
func (n *numbered) after(p chat.Post) (chat.State, string) {
	if p.Kind == chat.MessageNote {
		return n.state, n.assignee
	}
	if p.Author.Kind == chat.KindAgent && n.assignee == "" {
		return n.state, p.Author.ID
	}
	return chat.AfterLine(p.Author.Kind, n.state), n.assignee
}

// changesRow tells whether the line changes the conversation's own fields.
func (n *numbered) changesRow(p chat.Post) bool {
	state, assignee := n.after(p)
	return state != n.state || assignee != n.assignee || n.joins(p)
}

// advance writes the counters, and the conversation's own fields where the line asks for it; it returns the head after that.
func (n *numbered) advance(t tx, p chat.Post, joined bool) (head int64, err error) {
	args := []any{p.Conversation, n.seq, n.head, int64(n.at), n.visitorLast, n.unreadAgents, n.unreadVisitor, int64(n.waiting)}
	state, assignee := n.after(p)
	if state == n.state && assignee == n.assignee && !joined {
		_, err = t.exec(advance, args...)
		return n.head, err
	}
	lang := language.Und
	if n.state == chat.StateResolved && state != n.state {
		// What he reads may have changed since it ended; a resolved conversation is left out then.
		lang = p.Author.Language
	}
	args[2] = n.head + 1
	_, err = t.exec(advanceRow, append(args, string(state), assignee, column(lang))...)
	return n.head + 1, err
}

// mayOpen sends a line elsewhere that would make a second unresolved conversation of its visitor.
func mayOpen(t tx, p chat.Post, n *numbered) error {
	if state, _ := n.after(p); n.state != chat.StateResolved || state == n.state {
		return nil
	}
	return onlyUnresolved(t, n.visitor, n.site, p.Conversation)
}
