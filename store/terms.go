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

	termColumns = ` id, site, source_language, target_language, source, target, case_sensitive, made_at `
	allTerms    = `SELECT` + termColumns + `FROM terms WHERE site = $1 ORDER BY source_language, target_language, source, id`
	oneTerm     = `SELECT` + termColumns + `FROM terms WHERE site = $1 AND id = $2`
	sameTerm    = `SELECT` + termColumns + `FROM terms WHERE site = $1 AND source_language = $2 AND target_language = $3 AND source = $4`

	putTerm = `INSERT INTO terms (id, site, source_language, target_language, source, target, case_sensitive, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, {now})
ON CONFLICT (site, source_language, target_language, source) DO UPDATE SET target = excluded.target, case_sensitive = excluded.case_sensitive,
  made_at = excluded.made_at`
	changeTerm = `UPDATE terms SET source_language = $3, target_language = $4, source = $5, target = $6, case_sensitive = $7, made_at = {now}
WHERE site = $1 AND id = $2`
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
			return kept, fullGlossary(before, after-before, s.terms)
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
			e, err := s.scanTerm(r)
			all = append(all, e)
			return err
		}, allTerms, site)
		return all, err
	})
	return terms, rev, err
}

func (s *Store) scanTerm(r scanner) (chat.Term, error) {
	var e chat.Term
	var from, to string
	err := r.Scan(&e.ID, &e.Site, &from, &to, &e.Source, &e.Target, &e.CaseSensitive, &e.At)
	e.From, e.To = s.tag(from), s.tag(to)
	return e, err
}

// AddTerm stores one term and returns it as it is stored. The caller has checked it. One with its languages and source that is there already is
// chat.Conflict, as is a full glossary.
func (s *Store) AddTerm(ctx context.Context, site string, e chat.Term) (chat.Term, error) {
	return write(ctx, s, func(t tx) (chat.Term, error) {
		if err := takeTermsTurn(t, site); err != nil {
			return e, err
		}
		if err := s.noOtherTerm(t, site, e); err != nil {
			return e, err
		}
		var n int
		if err := t.row(countTerms, site).Scan(&n); err != nil {
			return e, err
		}
		if n >= s.terms {
			return e, fullGlossary(n, 1, s.terms)
		}
		id := chat.NewID()
		if _, err := t.exec(putTerm, id, site, column(e.From), column(e.To), e.Source, e.Target, e.CaseSensitive); err != nil {
			return e, err
		}
		return s.scanTerm(t.row(oneTerm, site, id))
	})
}

// ChangeTerm changes a term by what f does to it, while nobody else can, and returns it as it is then. If f returns an error nothing is changed; it may
// be called more than once, and checks what it makes. Languages and source of another term are chat.Conflict.
func (s *Store) ChangeTerm(ctx context.Context, site, id string, f func(*chat.Term) error) (chat.Term, error) {
	return write(ctx, s, func(t tx) (chat.Term, error) {
		if err := takeTermsTurn(t, site); err != nil {
			return chat.Term{}, err
		}
		e, err := s.scanTerm(t.row(oneTerm, site, id))
		if errors.Is(err, sql.ErrNoRows) {
			err = chat.Errorf(chat.NotFound, "There is no such term.")
		}
		if err == nil {
			err = f(&e)
		}
		if err != nil {
			return e, err
		}
		e.ID = id
		if err := s.noOtherTerm(t, site, e); err != nil {
			return e, err
		}
		if _, err := t.exec(changeTerm, site, id, column(e.From), column(e.To), e.Source, e.Target, e.CaseSensitive); err != nil {
			return e, err
		}
		return s.scanTerm(t.row(oneTerm, site, id))
	})
}

// noOtherTerm refuses a term whose place another one has. Whoever changes terms has had his turn, so it stays true until the commit.
func (s *Store) noOtherTerm(t tx, site string, e chat.Term) error {
	other, err := s.scanTerm(t.row(sameTerm, site, column(e.From), column(e.To), e.Source))
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && other.ID == e.ID:
		return nil
	case err != nil:
		return err
	}
	return chat.Errorf(chat.Conflict, "There is a term with this source and these languages already (%s): change that one.", other.ID).
		Because(chat.Refused{Reason: chat.RefusedThere})
}

func fullGlossary(has, more, may int) error {
	return chat.Errorf(chat.Conflict, "The glossary of this site has no room for %d more: it has %d terms and may have %d. Remove some that nobody needs.", more, has, may).
		Because(chat.Refused{Reason: chat.RefusedFull, Limit: may})
}

// RemoveTerm takes one term out of the glossary of a site, while nobody else can change it, if check agrees with what stands there. check may be called more than once.
func (s *Store) RemoveTerm(ctx context.Context, site, id string, check func(chat.Term) error) error {
	_, err := write(ctx, s, func(t tx) (n int64, err error) {
		if err := takeTermsTurn(t, site); err != nil {
			return 0, err
		}
		e, err := s.scanTerm(t.row(oneTerm, site, id))
		if errors.Is(err, sql.ErrNoRows) {
			err = chat.Errorf(chat.NotFound, "There is no such term.")
		}
		if err == nil {
			err = check(e)
		}
		if err != nil {
			return 0, err
		}
		return t.exec(removeTerms, site, []string{id})
	})
	return err
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
