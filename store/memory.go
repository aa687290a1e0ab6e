package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"dragoman/chat"
)

const (
	memoryColumns = ` id, site, source_language, target_language, source, target, origin, made_by, made_at, rev `

	// memoryTurn gives the next change of a site's memory its rev, and holds the others until it is stored: whoever reads beyond a rev misses nothing.
	memoryTurn = `UPDATE sites SET memory_rev = memory_rev + 1 WHERE key = $1 AND NOT closed RETURNING memory_rev, translating`

	countMemory = `SELECT count(*) FROM memory WHERE site = $1`

	putMemory = `INSERT INTO memory (id, site, source_language, target_language, source_key, source, target, origin, made_by, made_at, rev)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, {now}, $10)
ON CONFLICT (site, source_language, target_language, source_key) DO UPDATE SET source = excluded.source, target = excluded.target,
  origin = excluded.origin, made_by = excluded.made_by, made_at = excluded.made_at, rev = excluded.rev`

	memoryState = `SELECT memory_rev, memory_cleared FROM sites WHERE key = $1 AND NOT closed`
	memoryNews  = `SELECT` + memoryColumns + `FROM memory WHERE site = $1 AND rev >= $2 AND (rev > $2 OR id > $3) ORDER BY rev, id LIMIT $4`

	memoryPage = `SELECT` + memoryColumns + `FROM memory WHERE site = $1 AND rev <= $2 AND (rev < $2 OR id < $3)
  AND ($4 = '' OR source_language = $4) AND ($5 = '' OR target_language = $5)
ORDER BY rev DESC, id DESC LIMIT $6`

	memoryEntry = `SELECT` + memoryColumns + `FROM memory WHERE site = $1 AND id = $2`

	forgetMemory  = `DELETE FROM memory WHERE site = $1 AND id {any $2}`
	forgetSaid    = `DELETE FROM memory WHERE site = $1 AND source_language = $2 AND target_language = $3 AND source_key = $4 AND target = $5 AND origin = $6`
	forgetAll     = `DELETE FROM memory WHERE site = $1`
	clearedMemory = `UPDATE sites SET memory_cleared = memory_rev WHERE key = $1`
)

// MemoryPiece is how many entries MemorySince returns at most.
const MemoryPiece = 1000

// memoryPageRows is the default, and the most, of a page of entries.
const memoryPageRows = 200

// afterAll comes after every id, in every order of letters.
const afterAll = "zzzz"

// longKey is from how many bytes on a key is stored as a hash: the rows of an index have a limit.
const longKey = 512

// Remember stores entries of one site in one transaction, all or none; one with the same languages and key as an entry that is there replaces it. The
// caller has checked them and made their keys. A site that has switched its memory off is chat.BadState, one that would have too many entries chat.Conflict.
func (s *Store) Remember(ctx context.Context, site string, entries []chat.MemoryEntry) (chat.Kept, error) {
	return write(ctx, s, func(t tx) (kept chat.Kept, err error) {
		rev, set, err := takeMemoryTurn(t, site)
		if err != nil {
			return kept, err
		}
		if set.NoMemory {
			return kept, chat.Errorf(chat.BadState, "The translation memory of this site is switched off: switch it on first.").
				Because(chat.Refused{Reason: chat.RefusedMemoryOff})
		}
		var before, after int
		if err := t.row(countMemory, site).Scan(&before); err != nil {
			return kept, err
		}
		for _, e := range entries {
			if _, err := t.exec(putMemory, chat.NewID(), site, column(e.From), column(e.To), keyColumn(e.Key), e.Source, e.Target, string(e.Origin), e.By, rev); err != nil {
				return kept, err
			}
		}
		if err := t.row(countMemory, site).Scan(&after); err != nil {
			return kept, err
		}
		if after > s.memoryEntries && after > before {
			return kept, chat.Errorf(chat.Conflict, "The translation memory of this site has no room for %d more: it has %d entries and may have %d. Remove some that nobody needs.", after-before, before, s.memoryEntries).
				Because(chat.Refused{Reason: chat.RefusedMemoryFull, Limit: s.memoryEntries})
		}
		return chat.Kept{Added: after - before, Replaced: len(entries) - (after - before)}, nil
	})
}

func takeMemoryTurn(t tx, site string) (rev int64, set chat.Translating, err error) {
	var translating string
	err = t.row(memoryTurn, site).Scan(&rev, &translating)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, set, noSite()
	}
	if err == nil {
		err = json.Unmarshal([]byte(translating), &set)
	}
	return rev, set, err
}

func keyColumn(key string) string {
	if len(key) < longKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "#" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// MemorySince returns what the memory of a site has beyond a place, at most MemoryPiece entries, the oldest change first.
func (s *Store) MemorySince(ctx context.Context, site string, since chat.MemoryPlace) (chat.MemoryNews, error) {
	return read(ctx, s, func(t tx) (n chat.MemoryNews, err error) {
		var rev, cleared int64
		err = t.row(memoryState, site).Scan(&rev, &cleared)
		if errors.Is(err, sql.ErrNoRows) {
			return n, noSite()
		}
		if err != nil {
			return n, err
		}
		n.Place = since
		if since.Cleared != cleared || since.Rev > rev { // the second: a backup was restored
			n.All, n.Place = true, chat.MemoryPlace{Cleared: cleared}
		}
		if n.Place.Rev == rev && n.Place.ID == afterAll {
			return n, nil
		}
		all, err := s.memoryEntriesOf(t, memoryNews, site, n.Place.Rev, n.Place.ID, MemoryPiece)
		n.Entries = entriesOf(all)
		if n.More = len(all) == MemoryPiece; n.More {
			n.Place.Rev, n.Place.ID = all[len(all)-1].rev, all[len(all)-1].ID
		} else {
			n.Place.Rev, n.Place.ID = rev, afterAll
		}
		return n, err
	})
}

// revised is an entry with the revision in which it was stored.
type revised struct {
	chat.MemoryEntry
	rev int64
}

func entriesOf(all []revised) []chat.MemoryEntry {
	entries := make([]chat.MemoryEntry, len(all))
	for i := range all {
		entries[i] = all[i].MemoryEntry
	}
	return entries
}

func (s *Store) memoryEntriesOf(t tx, query string, args ...any) ([]revised, error) {
	var all []revised
	err := each(t, func(r scanner) error {
		var e revised
		var from, to string
		err := r.Scan(&e.ID, &e.Site, &from, &to, &e.Source, &e.Target, &e.Origin, &e.By, &e.At, &e.rev)
		e.From, e.To = s.tag(from), s.tag(to)
		all = append(all, e)
		return err
	}, query, args...)
	return all, err
}

// MemoryEntries returns a page of a site's entries, the latest change first, at most limit (0: 200, which is the most). after is next of the page
// before; next is empty on the last page.
func (s *Store) MemoryEntries(ctx context.Context, site string, f chat.MemoryFilter, after string, limit int) (page []chat.MemoryEntry, next string, err error) {
	rev, id, err := memoryCursor(after)
	if err != nil {
		return nil, "", err
	}
	if limit <= 0 || limit > memoryPageRows {
		limit = memoryPageRows
	}
	all, err := read(ctx, s, func(t tx) ([]revised, error) {
		if err := siteExists(t, site); err != nil {
			return nil, err
		}
		return s.memoryWith(t, site, f, rev, id, limit+1)
	})
	if err != nil {
		return nil, "", err
	}
	if len(all) > limit {
		all = all[:limit]
		next = strconv.FormatInt(all[limit-1].rev, 10) + "." + all[limit-1].ID
	}
	return entriesOf(all), next, nil
}

// memoryCursor reads a place in the list: the change and the id of the entry after which the next page begins.
func memoryCursor(after string) (rev int64, id string, err error) {
	if after == "" {
		return 1 << 62, afterAll, nil
	}
	number, id, _ := strings.Cut(after, ".")
	rev, err = strconv.ParseInt(number, 10, 64)
	if err != nil || !chat.ValidKey(id) {
		return 0, "", chat.Errorf(chat.BadRequest, "This is no place in the memory: leave out after, and begin again with the first page.")
	}
	return rev, id, nil
}

// memoryWith returns entries behind a place that fit the filter, at most limit. The text is compared here: lower case is that of English alone in SQLite,
// and in a PostgreSQL that was made so.
func (s *Store) memoryWith(t tx, site string, f chat.MemoryFilter, rev int64, id string, limit int) (found []revised, err error) {
	piece, text := limit, strings.ToLower(f.Text)
	if text != "" {
		piece = MemoryPiece
	}
	for {
		all, err := s.memoryEntriesOf(t, memoryPage, site, rev, id, column(f.From), column(f.To), piece)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			if text == "" || strings.Contains(strings.ToLower(e.Source), text) || strings.Contains(strings.ToLower(e.Target), text) {
				found = append(found, e)
			}
		}
		if len(all) < piece || len(found) >= limit {
			return found[:min(len(found), limit)], nil
		}
		rev, id = all[len(all)-1].rev, all[len(all)-1].ID
	}
}

// siteExists is nil or chat.NotFound.
func siteExists(t tx, site string) error {
	var rev, cleared int64
	err := t.row(memoryState, site).Scan(&rev, &cleared)
	if errors.Is(err, sql.ErrNoRows) {
		return noSite()
	}
	return err
}

// CountMemory returns how many entries the memory of a site has.
func (s *Store) CountMemory(ctx context.Context, site string) (int, error) {
	return read(ctx, s, func(t tx) (n int, err error) {
		if err := siteExists(t, site); err != nil {
			return 0, err
		}
		err = t.row(countMemory, site).Scan(&n)
		return n, err
	})
}

// ForgetMemory takes entries out of the memory of a site, and returns how many of the ids there were.
func (s *Store) ForgetMemory(ctx context.Context, site string, ids []string) (int, error) {
	return s.forget(ctx, site, func(t tx) (int64, error) { return t.exec(forgetMemory, site, ids) })
}

// ForgetEntry takes one entry out of the memory of a site, while nobody else can change it, if check agrees with what stands there. check may be called more than once.
func (s *Store) ForgetEntry(ctx context.Context, site, id string, check func(chat.MemoryEntry) error) error {
	_, err := s.forget(ctx, site, func(t tx) (int64, error) {
		found, err := s.memoryEntriesOf(t, memoryEntry, site, id)
		if err == nil && len(found) == 0 {
			err = chat.Errorf(chat.NotFound, "There is no such entry in the memory.")
		}
		if err == nil {
			err = check(found[0].MemoryEntry)
		}
		if err != nil {
			return 0, err
		}
		return t.exec(forgetMemory, site, []string{id})
	})
	return err
}

// Unremember takes out the entry with the same languages, key, target and origin as e, whose key is made; there may be none.
func (s *Store) Unremember(ctx context.Context, e chat.MemoryEntry) error {
	_, err := s.forget(ctx, e.Site, func(t tx) (int64, error) {
		return t.exec(forgetSaid, e.Site, column(e.From), column(e.To), keyColumn(e.Key), e.Target, string(e.Origin))
	})
	return err
}

// ForgetAllMemory empties the memory of a site, and returns how many entries there were.
func (s *Store) ForgetAllMemory(ctx context.Context, site string) (int, error) {
	return s.forget(ctx, site, func(t tx) (int64, error) { return t.exec(forgetAll, site) })
}

func (s *Store) forget(ctx context.Context, site string, remove func(tx) (int64, error)) (int, error) {
	return write(ctx, s, func(t tx) (int, error) {
		if _, _, err := takeMemoryTurn(t, site); err != nil {
			return 0, err
		}
		n, err := remove(t)
		if err == nil && n > 0 {
			_, err = t.exec(clearedMemory, site)
		}
		return int(n), err
	})
}
