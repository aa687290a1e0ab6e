package store

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/chat"
)

// database is one of the two kinds of databases. A job runs inside one transaction; if it returns an error nothing of it is
// stored. A write may run a job more than once, so a job sets its results, and never adds to them.
type database interface {
	write(ctx context.Context, job func(tx) error) error
	// read runs a job on one snapshot.
	read(ctx context.Context, job func(tx) error) error
	dialect() dialect
	// describe returns where the database is, without a password.
	describe() string
	figures() Figures
	close() error
}

// tx is one open transaction. Its queries are texts for compile; they are compiled and prepared once per connection. Arguments are
// strings, integers, booleans, bytes, and []string or []int64 for {any}.
type tx interface {
	// exec returns how many rows were changed.
	exec(query string, args ...any) (int64, error)
	query(query string, args ...any) (rows, error)
	// row scans the only row of a query, or returns sql.ErrNoRows.
	row(query string, args ...any) scanner
}

type scanner interface {
	Scan(to ...any) error
}

type rows interface {
	scanner
	Next() bool
	Err() error
	Close()
}

// writeTries is how often a transaction is tried that met another one: two tabs that begin at once, a deadlock.
const writeTries = 5

// deadlockPause, times the tries that there were, is how long who was ended by a deadlock lets the other one go first: what he held is free to whoever
// comes sooner, and if that is himself again they wait for each other as before.
const deadlockPause = 20 * time.Millisecond

// requestTimeout bounds a transaction, for callers who have no time-out of their own: a network that swallows everything ends no request by itself, and
// the database's time-outs do not reach us then.
const requestTimeout = 10 * time.Second

// bounded is ctx, which ends.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, requestTimeout)
}

// write runs a job in a transaction of its own and returns after the commit.
func write[T any](ctx context.Context, s *Store, job func(tx) (T, error)) (T, error) {
	var result, none T
	if s.outdated.Load() {
		return none, chat.Errorf(chat.Unavailable, "This server is too old for its database. Try again: another one will answer.")
	}
	for try := 1; ; try++ {
		within, cancel := bounded(ctx)
		err := s.db.write(within, func(t tx) (err error) {
			result, err = job(t)
			return err
		})
		cancel()
		if err == nil {
			return result, nil
		}
		if try == writeTries || !mayRepeat(err) || deadlocked(err) && !pause(ctx, time.Duration(try)*deadlockPause) {
			return none, s.explain(err)
		}
	}
}

// read runs a job on one snapshot.
func read[T any](ctx context.Context, s *Store, job func(tx) (T, error)) (T, error) {
	var result, none T
	ctx, cancel := bounded(ctx)
	defer cancel()
	err := s.db.read(ctx, func(t tx) (err error) {
		result, err = job(t)
		return err
	})
	if err != nil {
		return none, s.explain(err)
	}
	return result, nil
}

// change is write for jobs without a result.
func change(ctx context.Context, s *Store, job func(tx) error) error {
	_, err := write(ctx, s, func(t tx) (struct{}, error) { return struct{}{}, job(t) })
	return err
}

// each runs a query and calls one for every row.
func each(t tx, one func(scanner) error, query string, args ...any) error {
	r, err := t.query(query, args...)
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
		if err := one(r); err != nil {
			return err
		}
	}
	return r.Err()
}

// cleaned prepares arguments for both databases alike: texts without NUL and broken UTF-8, which PostgreSQL refuses, and lists that are empty rather than
// nothing, because nothing compares to nothing as neither true nor false.
func cleaned(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			args[i] = cleanText(v)
		case []string:
			if v == nil {
				args[i] = []string{}
			}
		case []int64:
			if v == nil {
				args[i] = []int64{}
			}
		}
	}
	return args
}

func cleanText(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
