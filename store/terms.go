package store

import (
	"context"
	"database/sql"
	"errors"

	"dragoman/chat"
)

const (
	termsTurn  = `UPDATE sites SET terms_rev = terms_rev + 1 WHERE key = $1 AND NOT closed RETURNING terms_rev`
	termsState = `SELECT terms_rev FROM sites WHERE key = $1 AND NOT closed`
	countTerms = `SELECT count(*) FROM terms WHERE site = $1`
	allTerms   = `SELECT id, site, source_language, target_language, source, target, case_sensitive, made_at FROM terms WHERE site = $1
ORDER BY source_language, target_language, source, id`
	putTerm = `INSERT INTO terms (id, site, source_language, target_language, source, target, case_sensitive, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, {now})
ON CONFLICT (site, source_language, target_language, source) DO UPDATE SET target = excluded.target, case_sensitive = excluded.case_sensitive,
  made_at = excluded.made_at`
	removeTerms = `DELETE FROM terms WHERE site = $1 AND id {any $2}`
)

// PutTerms stores terms of one site in one transaction, all or none; one with the same languages and source as a term that is there replaces it. The
// caller has checked them. More than a glossary may have is chat.Conflict.
func (s *Store) PutTerms(ctx context.Context, site string, terms []chat.Term) (chat.Kept, error) {
	return write(ctx, s, func(t tx) (kept chat.Kept, err error) {
		if err := takeTermsTurn(t, site); err != nil {
			return kept, err
		}
		var before, after int
		if err := t.row(countTerms, site).Scan(&before); err != nil {
			return kept, err
		}
		for _, e := range terms {
			if _, err := t.exec(putTerm, chat.NewID(), site, column(e.From), column(e.To), e.Source, e.Target, e.CaseSensitive); err != nil {
				return kept, err
			}
		}
		if err := t.row(countTerms, site).Scan(&after); err != nil {
			return kept, err
		}
		if after > s.terms && after > before {
			return kept, chat.Errorf(chat.Conflict, "The glossary of this site is full: it has %d terms and may have %d. Remove some that nobody needs.", before, s.terms)
		}
		return chat.Kept{Added: after - before, Replaced: len(terms) - (after - before)}, nil
	})
}

func takeTermsTurn(t tx, site string) error {
	var rev int64
	err := t.row(termsTurn, site).Scan(&rev)
	if errors.Is(err, sql.ErrNoRows) {
		return noSite()
	}
	return err
}

// Terms returns the glossary of a site, by languages and source, and its revision. If that is known already, nothing is read and terms is nil.
func (s *Store) Terms(ctx context.Context, site string, known int64) (terms []chat.Term, rev int64, err error) {
	terms, err = read(ctx, s, func(t tx) ([]chat.Term, error) {
		err := t.row(termsState, site).Scan(&rev)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, noSite()
		}
		if err != nil || rev == known {
			return nil, err
		}
		all := []chat.Term{}
		err = each(t, func(r scanner) error {
			var e chat.Term
			var from, to string
			err := r.Scan(&e.ID, &e.Site, &from, &to, &e.Source, &e.Target, &e.CaseSensitive, &e.At)
			e.From, e.To = s.tag(from), s.tag(to)
			all = append(all, e)
			return err
		}, allTerms, site)
		return all, err
	})
	return terms, rev, err
}

// RemoveTerms takes terms out of the glossary of a site, and returns how many of the ids there were.
func (s *Store) RemoveTerms(ctx context.Context, site string, ids []string) (int, error) {
	return write(ctx, s, func(t tx) (int, error) {
		if err := takeTermsTurn(t, site); err != nil {
			return 0, err
		}
		n, err := t.exec(removeTerms, site, ids)
		return int(n), err
	})
}
