package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"dragoman/chat"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// forLines is forLine for many at once: $1 are the conversations, $2 and $3 the sites and visitors that they must be of, $4 the authors. A
	// conversation that somebody else holds is left out, so that nobody waits for another's line.
	forLines = `SELECT u.place, ` + lineColumns + `u.author) FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS u (id, site, visitor, author, place)
JOIN conversations c ON c.id = u.id AND (u.site = '' OR c.site = u.site) AND (u.visitor = '' OR c.visitor = u.visitor)
FOR UPDATE OF c SKIP LOCKED`

	// storeLines inserts the lines and advances their conversations. A line whose key is there already is left out together with its
	// conversation: the others are stored all the same.
	storeLines = `WITH lines AS (
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::bigint[], $13::text[], $14::text[], $15::boolean[], $16::text[], $17::bigint[], $18::text[],
    $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[])
  AS u (conversation, seq, rev, id, kind, author, author_kind, author_name, author_avatar, author_language,
    key, at, text, language, hidden, translations, lease, claimed_by, visitor_last_seq, unread_agents, unread_visitor, waiting_since)
), stored AS (
  INSERT INTO messages (conversation, seq, rev, id, kind, author, author_kind, author_name, author_avatar, author_language,
    key, at, text, language, hidden, translations, claimed_until, claimed_by)
  SELECT conversation, seq, rev, id, kind, author, author_kind, author_name, author_avatar, author_language,
    NULLIF(key, ''), at, text, language, hidden, translations, CASE WHEN lease = 0 THEN 0 ELSE {now} + lease END, claimed_by FROM lines
  ON CONFLICT (key, author) WHERE key IS NOT NULL DO NOTHING RETURNING conversation
)
UPDATE conversations c SET seq = l.seq, last_seq = l.seq, head = l.rev, updated_at = l.at, visitor_last_seq = l.visitor_last_seq,
  unread_agents = l.unread_agents, unread_visitor = l.unread_visitor, waiting_since = l.waiting_since
FROM stored s JOIN lines l ON l.conversation = s.conversation WHERE c.id = s.conversation RETURNING c.id`
)

// groupTimeout bounds one group, for the case that the network swallows everything; the database's own time-outs are shorter.
const groupTimeout = 3 * time.Second

// groupLine is a line of a group with its numbers.
type groupLine struct {
	job *lineJob
	n   numbered
	m   chat.Message
}

// storeGroup stores lines of distinct conversations in one transaction of two round trips, and answers everybody after the commit. A line that does
// more than take its place (opens the conversation again, makes its author a participant, takes it), one that was sent before, whose conversation
// is not there or held by somebody: each of these is told to go alone, and so are all of them if the database refuses the group.
func (s *Store) storeGroup(ctx context.Context, db *postgresDB, jobs []*lineJob) {
	if len(jobs) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), groupTimeout)
	defer cancel()
	lines, stored, err := s.tryGroup(ctx, db, jobs)
	for _, j := range jobs {
		i := slices.IndexFunc(lines, func(l groupLine) bool { return l.job == j })
		switch {
		case i < 0 || err == nil && !stored[j.post.Conversation]:
			j.answer(chat.Posted{}, errAlone)
		case err != nil:
			j.answer(chat.Posted{}, err)
		default:
			l := lines[i]
			j.answer(postedAs(j.post, &l.n, l.m, l.n.head), nil)
		}
	}
}

// tryGroup returns the lines that it has tried to store and by their conversations those that are stored. With an error nobody knows whether the
// lines are stored; if they are not for certain it returns none.
func (s *Store) tryGroup(ctx context.Context, db *postgresDB, jobs []*lineJob) (lines []groupLine, stored map[string]bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a group of lines: %v\n%s", p, debug.Stack())
		}
	}()
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return nil, nil, nil
	}
	// A connection that is left inside a transaction is closed by this.
	defer conn.Release()
	if lines, err = s.numberGroup(ctx, db, conn.Conn(), jobs); err != nil || len(lines) == 0 {
		conn.Exec(ctx, "ROLLBACK")
		return nil, nil, nil
	}
	stored, err = s.commitGroup(ctx, db, conn.Conn(), lines)
	if refused(err) {
		conn.Exec(ctx, "ROLLBACK")
		return nil, nil, nil
	}
	return lines, stored, err
}

// refused tells whether the database itself says that it has stored nothing. One that is being stopped may have.
func refused(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.SeverityUnlocalized == "ERROR" || errors.Is(err, pgx.ErrTxCommitRollback)
}

// numberGroup begins the transaction and holds the conversations that it can have; it returns the lines that may be stored together.
func (s *Store) numberGroup(ctx context.Context, db *postgresDB, conn *pgx.Conn, jobs []*lineJob) ([]groupLine, error) {
	query, err := db.compiled(forLines)
	if err != nil {
		return nil, err
	}
	var ids, sites, visitors, authors texts
	for _, j := range jobs {
		ids.add(j.post.Conversation)
		sites.add(j.post.Site)
		visitors.add(onlyOf(j.post))
		authors.add(j.post.Author.ID)
	}
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	lines := make([]groupLine, 0, len(jobs))
	b.Queue(query, ids, sites, visitors, authors).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var place int64
			n, err := s.scanNumbered(rows, &place)
			if err != nil {
				return err
			}
			j := jobs[place-1]
			if n.count(j.post); !n.changesRow(j.post) {
				lines = append(lines, groupLine{j, n, lineOf(j.post, n)})
			}
		}
		return rows.Err()
	})
	return lines, conn.SendBatch(ctx, b).Close()
}

// commitGroup writes the lines and commits; it returns the conversations whose line is stored.
func (s *Store) commitGroup(ctx context.Context, db *postgresDB, conn *pgx.Conn, lines []groupLine) (map[string]bool, error) {
	query, err := db.compiled(storeLines)
	if err != nil {
		return nil, err
	}
	stored := make(map[string]bool, len(lines))
	b := &pgx.Batch{}
	b.Queue(query, s.columnsOf(lines)...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			stored[id] = true
		}
		return rows.Err()
	})
	b.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return pgx.ErrTxCommitRollback
		}
		return nil
	})
	return stored, conn.SendBatch(ctx, b).Close()
}

// texts is a column of strings as PostgreSQL takes them.
type texts []string

func (t *texts) add(s string) { *t = append(*t, cleanText(s)) }

// columnsOf returns the arguments of storeLines.
func (s *Store) columnsOf(lines []groupLine) []any {
	var conversation, id, kind, author, authorKind, authorName, avatar, authorLanguage, key, text, lang, translations, by texts
	var seq, rev, at, lease, visitorLast, unreadAgents, unreadVisitor, waiting []int64
	var hidden []bool
	for i := range lines {
		p, n, m := &lines[i].job.post, &lines[i].n, &lines[i].m
		conversation.add(p.Conversation)
		id.add(m.ID)
		kind.add(string(m.Kind))
		author.add(m.Author.ID)
		authorKind.add(string(m.Author.Kind))
		authorName.add(m.Author.Name)
		avatar.add(m.Author.Avatar)
		authorLanguage.add(column(m.Author.Language))
		key.add(m.Key)
		text.add(m.Text)
		lang.add(column(m.Language))
		translations.add(translationsColumn(m.Translations))
		c := s.claimFor(*m)
		by.add(c.by)
		lease = append(lease, c.lease)
		seq, rev, at = append(seq, m.Seq), append(rev, m.Rev), append(at, int64(m.At))
		hidden = append(hidden, !m.ForVisitor())
		visitorLast, waiting = append(visitorLast, n.visitorLast), append(waiting, int64(n.waiting))
		unreadAgents, unreadVisitor = append(unreadAgents, n.unreadAgents), append(unreadVisitor, n.unreadVisitor)
	}
	return []any{conversation, seq, rev, id, kind, author, authorKind, authorName, avatar, authorLanguage, key, at, text, lang, hidden, translations, lease, by,
		visitorLast, unreadAgents, unreadVisitor, waiting}
}
