package store

import (
	"context"
	"database/sql"
	"errors"

	"dragoman/chat"
)

const (
	answerByHash = `SELECT site, text, used_at FROM answers WHERE hash = $1`

	keepAnswer = `INSERT INTO answers (hash, site, text, used_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (hash) DO UPDATE SET text = excluded.text, used_at = excluded.used_at`

	countAnswers  = `SELECT COUNT(*) FROM answers`
	oldAnswers    = `DELETE FROM answers WHERE hash IN (SELECT hash FROM answers WHERE used_at < $1 ORDER BY used_at LIMIT $2)`
	oldestAnswers = `DELETE FROM answers WHERE hash IN (SELECT hash FROM answers ORDER BY used_at LIMIT $1)`

	// sweptAnswers is how many answers go in one transaction: lines wait behind it.
	sweptAnswers = 1000
)

// Answer returns a kept answer of an engine; see translate's Store.
func (s *Store) Answer(ctx context.Context, hash [32]byte) (chat.Answer, error) {
	return read(ctx, s, func(t tx) (chat.Answer, error) {
		a := chat.Answer{Hash: hash}
		err := t.row(answerByHash, hash[:]).Scan(&a.Site, &a.Text, &a.Used)
		if errors.Is(err, sql.ErrNoRows) {
			err = chat.Errorf(chat.NotFound, "There is no such answer.")
		}
		return a, err
	})
}

// KeepAnswers keeps answers of engines; see translate's Store.
func (s *Store) KeepAnswers(ctx context.Context, all []chat.Answer) error {
	return change(ctx, s, func(t tx) error {
		for _, a := range all {
			if _, err := t.exec(keepAnswer, a.Hash[:], a.Site, a.Text, int64(a.Used)); err != nil {
				return err
			}
		}
		return nil
	})
}

// SweepAnswers removes what has long been of no use, and the oldest of what is too much; see translate's Store.
func (s *Store) SweepAnswers(ctx context.Context, then chat.Time, most int) (int, error) {
	gone, err := s.sweepAnswers(ctx, oldAnswers, int64(then), sweptAnswers)
	if err != nil {
		return gone, err
	}
	count, err := read(ctx, s, func(t tx) (n int, err error) {
		err = t.row(countAnswers).Scan(&n)
		return n, err
	})
	for err == nil && count > most {
		n := 0
		n, err = s.sweepAnswers(ctx, oldestAnswers, min(count-most, sweptAnswers))
		gone, count = gone+n, count-n
		if n == 0 {
			break
		}
	}
	return gone, err
}

// sweepAnswers removes piece after piece until one is not full; the last argument is how many rows are a full one.
func (s *Store) sweepAnswers(ctx context.Context, query string, args ...any) (gone int, err error) {
	for full := true; full && err == nil; {
		n, failed := write(ctx, s, func(t tx) (int64, error) { return t.exec(query, args...) })
		err, gone = failed, gone+int(n)
		full = query == oldAnswers && n == sweptAnswers
	}
	return gone, err
}
