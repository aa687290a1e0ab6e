package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"dragoman/chat"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rs/zerolog"
)

// Exec changes the database behind the methods' back, as time would: tests age rows with it.
func (s *Store) Exec(ctx context.Context, query string, args ...any) error {
	return change(ctx, s, func(t tx) error {
		_, err := t.exec(query, args...)
		return err
	})
}

// Int returns the only value of a query.
func (s *Store) Int(ctx context.Context, query string, args ...any) (int64, error) {
	return read(ctx, s, func(t tx) (n int64, err error) {
		err = t.row(query, args...).Scan(&n)
		return n, err
	})
}

// Odd returns which of the newest conversations are not as the index says.
func (x *Indexer) Odd(ctx context.Context) ([]string, error) {
	odd, _, err := x.compare(ctx, &scan{place: lastID})
	return odd, err
}

// Together runs jobs in one transaction of the SQLite writer and returns their errors.
func (s *Store) Together(jobs ...func(exec func(query string, args ...any) (int64, error)) error) []error {
	d := s.db.(*sqliteDB)
	batch := make([]*writeJob, len(jobs))
	for i, do := range jobs {
		batch[i] = &writeJob{do: func(t tx) error { return do(t.exec) }, done: make(chan error, 1)}
	}
	// A job that waits until all others are queued makes one batch of them.
	queued := make(chan struct{})
	first := &writeJob{do: func(tx) error { <-queued; return nil }, done: make(chan error, 1)}
	d.writer.queue <- first
	for _, j := range batch {
		d.writer.queue <- j
	}
	close(queued)
	<-first.done
	errs := make([]error, len(batch))
	for i, j := range batch {
		errs[i] = <-j.done
	}
	return errs
}

// Plan returns how the database would run a query.
func (s *Store) Plan(ctx context.Context, query string, args ...any) (string, error) {
	return read(ctx, s, func(t tx) (plan string, err error) {
		prefix := "EXPLAIN QUERY PLAN "
		if s.db.dialect() == dialectPostgres {
			prefix = "EXPLAIN "
		}
		err = each(t, func(r scanner) error {
			var line string
			if s.db.dialect() == dialectPostgres {
				err := r.Scan(&line)
				plan += line + "\n"
				return err
			}
			var a, b, c int64
			err := r.Scan(&a, &b, &c, &line)
			plan += line + "\n"
			return err
		}, prefix+query, args...)
		return plan, err
	})
}

// LimitPages keeps the SQLite file from growing, as a full disk does; 0 lifts the limit. The limit is the connection's, so it lasts
// until the writer opens a new one.
func (s *Store) LimitPages(n int) {
	d := s.db.(*sqliteDB)
	d.writer.do(context.Background(), func(t tx) error {
		var now int64
		return t.row("PRAGMA max_page_count = " + strconv.Itoa(n)).Scan(&now)
	})
}

// The texts and parsers that tests look at.
const (
	EarlierTalks      = earlierTalks
	UnresolvedCounts  = unresolvedCounts
	CountMentions     = countMentions
	MessagesSince     = messagesSince
	MessagesBefore    = messagesBefore
	VisitorsTalks     = visitorConversations
	VisitorsFollows   = visitorFollows
	ClaimTranslations = claimTranslations
	RenewTranslations = renewTranslations
	LineByKey         = lineByKey
	UnresolvedOf      = unresolvedOf
	FirstReplies      = firstReplies
)

// InboxQueries returns the statements of all lanes of an order, for a filter, and the arguments that they take after the first nine.
func InboxQueries(f chat.InboxFilter, order chat.InboxOrder) (queries []string, more []any) {
	for _, l := range lanesOf(f, order) {
		var query string
		query, more = l.query(f)
		queries = append(queries, query)
	}
	return queries, more
}

// CompileBoth compiles a text for SQLite and for PostgreSQL.
func CompileBoth(text string) (sqlite string, order []int, postgres string, err error) {
	a, err := compile(dialectSQLite, text)
	if err != nil {
		return "", nil, "", err
	}
	b, err := compile(dialectPostgres, text)
	return a.text, a.order, b.text, err
}

// Works returns which step each step of the schema works with.
func Works(postgres bool) (works []int, err error) {
	d := dialectSQLite
	if postgres {
		d = dialectPostgres
	}
	all, err := steps(d)
	for _, s := range all {
		works = append(works, s.worksWith)
	}
	return works, err
}

// WorksWith reads the first line of a migration.
var WorksWith = worksWith

// ParseCursor reads a cursor of an order and writes it again.
func ParseCursor(s string, order chat.InboxOrder) (string, error) {
	c, err := parseCursor(s, order)
	if err != nil {
		return "", err
	}
	return c.String(order), nil
}

// WriterPragma returns a setting of the connection that commits.
func (s *Store) WriterPragma(name string) (value string) {
	s.db.(*sqliteDB).writer.do(context.Background(), func(t tx) error {
		return t.row("PRAGMA " + name).Scan(&value)
	})
	return value
}

// OpenAtStep makes an empty database with the first steps of the schema alone, as an older program did. Only Exec works on it for certain.
func OpenAtStep(ctx context.Context, database string, last int) (*Store, error) {
	apply := func(d dialect, t schema) error {
		all, err := steps(d)
		if err != nil {
			return err
		}
		return applySteps(t, all[:last], database)
	}
	if !strings.HasPrefix(database, "postgres://") {
		if err := prepareFile(database, true); err != nil {
			return nil, err
		}
		conn, err := openConn(ctx, database)
		if err != nil {
			return nil, err
		}
		defer conn.close()
		if err := apply(dialectSQLite, conn); err != nil {
			return nil, err
		}
		d := &sqliteDB{path: database, closed: make(chan struct{})}
		return &Store{db: d}, d.start(ctx, zerolog.Nop())
	}
	pool, err := pgxpool.New(ctx, database)
	if err != nil {
		return nil, err
	}
	d := &postgresDB{pool: pool, where: database}
	return &Store{db: d}, d.run(ctx, pgx.TxOptions{}, func(t tx) error { return apply(dialectPostgres, t.(postgresTx)) })
}

// Appended is what became of a line that was stored with others.
type Appended struct {
	Posted chat.Posted
	Err    error
	// Alone tells that its group left it out.
	Alone bool
}

// AppendTogether stores lines as one group on PostgreSQL, and those alone that the group leaves out, as Append does.
func (s *Store) AppendTogether(ctx context.Context, posts ...chat.Post) []Appended {
	jobs := make([]*lineJob, len(posts))
	for i, p := range posts {
		p.Kind = cmp.Or(p.Kind, chat.MessageLine)
		jobs[i] = &lineJob{post: p, done: make(chan lineDone, 1)}
	}
	s.storeGroup(ctx, s.db.(*postgresDB), jobs)
	all := make([]Appended, len(jobs))
	for i, j := range jobs {
		d := <-j.done
		all[i] = Appended{d.posted, d.err, errors.Is(d.err, errAlone)}
		if all[i].Alone {
			all[i].Posted, all[i].Err = s.appendAlone(ctx, j.post)
		}
	}
	return all
}

// NextGroup returns the conversations, of those that wait in this order, whose lines go into the next group, and those that wait on. gone are the
// places of callers who have given up.
func NextGroup(conversations []string, gone ...int) (group, later []string) {
	jobs := make([]*lineJob, len(conversations))
	for i, c := range conversations {
		jobs[i] = &lineJob{post: chat.Post{Conversation: c}}
		jobs[i].taken.Store(slices.Contains(gone, i))
	}
	names := func(jobs []*lineJob) (all []string) {
		for _, j := range jobs {
			all = append(all, j.post.Conversation)
		}
		return all
	}
	g, l := distinct(jobs, nil)
	return names(g), names(l)
}

// NewPacer returns how a pacer gathers from a queue.
func NewPacer(queue <-chan time.Time, most int) func([]time.Time) []time.Time {
	p := &pacer[time.Time]{queue: queue, most: most}
	return p.gather
}

// Rounds returns a function that does what Run does once: fresh tells that it is time for what was told of. It tells whether a walk goes on.
func (x *Indexer) Rounds() func(ctx context.Context, fresh bool) (walking bool, err error) {
	sc := &scan{first: true}
	return func(ctx context.Context, fresh bool) (bool, error) {
		err := x.round(ctx, sc, fresh)
		return sc.running, err
	}
}

// Statements runs a job as the store runs its own: in a transaction, which is repeated where that helps. The job runs statements, and reads one text.
func Statements(ctx context.Context, s *Store, job func(exec func(query string, args ...any) error, text func(query string, args ...any) (string, error)) error) error {
	return change(ctx, s, func(t tx) error {
		exec := func(query string, args ...any) error {
			_, err := t.exec(query, args...)
			return err
		}
		text := func(query string, args ...any) (got string, err error) {
			err = t.row(query, args...).Scan(&got)
			return got, err
		}
		return job(exec, text)
	})
}
