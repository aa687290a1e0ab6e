package store

import (
	"context"
	"slices"
	"strings"

	"dragoman/chat"
)

const (
	cannedColumns = ` name, language, text, approved, made_by, made_at `
	allCanned     = `SELECT` + cannedColumns + `FROM canned WHERE site = $1 ORDER BY name, language`
	oneCanned     = `SELECT` + cannedColumns + `FROM canned WHERE site = $1 AND name = $2 ORDER BY language`
	countCanned   = `SELECT count(DISTINCT name) FROM canned WHERE site = $1`
	putCanned     = `INSERT INTO canned (site, name, language, text, approved, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, {now})
ON CONFLICT (site, name, language) DO UPDATE SET text = excluded.text, approved = excluded.approved, made_by = excluded.made_by, made_at = excluded.made_at`
	renameCanned = `UPDATE canned SET name = $3 WHERE site = $1 AND name = $2`
	removeCanned = `DELETE FROM canned WHERE site = $1 AND name = $2 AND language = $3`

	// What a canned reply has put into the memory, unless somebody has put something else in its place since.
	forgetCanned = `DELETE FROM memory WHERE site = $1 AND source_language = $2 AND target_language = $3 AND source_key = $4 AND origin = 'canned' AND target = $5`
)

// Canned returns the canned replies of a site, by name.
func (s *Store) Canned(ctx context.Context, site string) ([]chat.Canned, error) {
	return read(ctx, s, func(t tx) ([]chat.Canned, error) {
		if err := siteExists(t, site); err != nil {
			return nil, err
		}
		return s.scanCanned(t, allCanned, site)
	})
}

func (s *Store) scanCanned(t tx, query string, args ...any) ([]chat.Canned, error) {
	all := []chat.Canned{}
	err := each(t, func(r scanner) error {
		var name, tag string
		var one chat.CannedText
		var approved bool
		if err := r.Scan(&name, &tag, &one.Text, &approved, &one.By, &one.At); err != nil {
			return err
		}
		one.Language, one.State = s.tag(tag), chat.CannedDraft
		if approved {
			one.State = chat.CannedApproved
		}
		if n := len(all); n == 0 || all[n-1].Name != name {
			all = append(all, chat.Canned{Name: name})
		}
		last := &all[len(all)-1]
		last.Texts = append(last.Texts, one)
		return nil
	}, query, args...)
	return all, err
}

// ChangeCanned changes a canned reply by what f does to it, while nobody else can, and returns it as it is then. One that is not there comes to f without texts, and one that
// has none afterwards is gone. If f returns an error nothing is changed; it may be called more than once. What is approved goes into the memory of the site in the same
// transaction, and what is not any more goes out of it. More than a site may have is chat.Conflict.
func (s *Store) ChangeCanned(ctx context.Context, site, name string, f func(*chat.Canned) error) (chat.Canned, error) {
	return write(ctx, s, func(t tx) (chat.Canned, error) {
		rev, set, err := takeMemoryTurn(t, site)
		if err != nil {
			return chat.Canned{}, err
		}
		found, err := s.scanCanned(t, oneCanned, site, name)
		if err != nil {
			return chat.Canned{}, err
		}
		before := chat.Canned{Name: name}
		if len(found) > 0 {
			before = found[0]
		}
		after := chat.Canned{Name: name, Texts: slices.Clone(before.Texts)}
		if err := f(&after); err != nil {
			return before, err
		}
		if err := s.storeCanned(t, site, before, after); err != nil {
			return before, err
		}
		if err := s.rememberCanned(t, rev, site, before, after, set.NoMemory); err != nil {
			return before, err
		}
		found, err = s.scanCanned(t, oneCanned, site, name)
		if err != nil || len(found) == 0 {
			return chat.Canned{Name: name, Texts: []chat.CannedText{}}, err
		}
		return found[0], nil
	})
}

// RenameCanned gives a canned reply another short name, with its texts as they are, and returns it. What it has in the memory stays. A name that another one has is chat.Conflict.
func (s *Store) RenameCanned(ctx context.Context, site, name, to string) (chat.Canned, error) {
	return write(ctx, s, func(t tx) (chat.Canned, error) {
		if _, _, err := takeMemoryTurn(t, site); err != nil {
			return chat.Canned{}, err
		}
		found, err := s.scanCanned(t, oneCanned, site, name)
		if err != nil {
			return chat.Canned{}, err
		}
		if len(found) == 0 {
			return chat.Canned{}, chat.Errorf(chat.NotFound, "There is no canned reply %q.", name)
		}
		if to == name {
			return found[0], nil
		}
		others, err := s.scanCanned(t, oneCanned, site, to)
		if err != nil {
			return chat.Canned{}, err
		}
		if len(others) > 0 {
			return chat.Canned{}, chat.Errorf(chat.Conflict, "There is a canned reply %q already: choose another short name, or rename that one first.", to).
				Because(chat.Refused{Reason: chat.RefusedThere})
		}
		found[0].Name = to
		_, err = t.exec(renameCanned, site, name, to)
		return found[0], err
	})
}

// storeCanned writes what has changed.
func (s *Store) storeCanned(t tx, site string, before, after chat.Canned) error {
	if len(before.Texts) == 0 && len(after.Texts) > 0 {
		var n int
		if err := t.row(countCanned, site).Scan(&n); err != nil {
			return err
		}
		if n >= s.canned {
			return chat.Errorf(chat.Conflict, "A site may have %d canned replies, and has them: remove some that nobody needs.", s.canned).
				Because(chat.Refused{Reason: chat.RefusedFull, Limit: s.canned})
		}
	}
	for _, old := range before.Texts {
		if _, i := after.Text(old.Language); i < 0 {
			if _, err := t.exec(removeCanned, site, after.Name, column(old.Language)); err != nil {
				return err
			}
		}
	}
	for _, one := range after.Texts {
		if slices.Contains(before.Texts, one) {
			continue
		}
		if _, err := t.exec(putCanned, site, after.Name, column(one.Language), one.Text, one.State == chat.CannedApproved, one.By); err != nil {
			return err
		}
	}
	return nil
}

// rememberCanned brings the memory from what a canned reply had in it to what it is to have, and what others say as well. What cannot be an entry, such as a text of
// nothing but a link, is none.
func (s *Store) rememberCanned(t tx, rev int64, site string, before, after chat.Canned, off bool) error {
	if s.memoryKey == nil {
		return nil
	}
	old, fresh := s.keyed(before.Entries(site)), s.keyed(after.Entries(site))
	same := func(all []chat.MemoryEntry, e chat.MemoryEntry) bool {
		return slices.ContainsFunc(all, func(o chat.MemoryEntry) bool {
			return o.From == e.From && o.To == e.To && o.Source == e.Source && o.Target == e.Target
		})
	}
	var forgotten []chat.MemoryEntry
	for _, e := range old {
		if same(fresh, e) {
			continue
		}
		n, err := t.exec(forgetCanned, e.Site, column(e.From), column(e.To), keyColumn(e.Key), e.Target)
		if err == nil && n > 0 {
			forgotten = append(forgotten, e)
			_, err = t.exec(clearedMemory, e.Site)
		}
		if err != nil {
			return err
		}
	}
	again, err := s.saidByOthers(t, site, before, forgotten)
	if err != nil {
		return err
	}
	added := append(again, slices.DeleteFunc(fresh, func(e chat.MemoryEntry) bool { return same(old, e) })...)
	if off {
		added = nil
	}
	if len(added) == 0 {
		return nil
	}
	for _, e := range added {
		if _, err := t.exec(putMemory, chat.NewID(), e.Site, column(e.From), column(e.To), keyColumn(e.Key), e.Source, e.Target, string(e.Origin), e.By, rev); err != nil {
			return err
		}
	}
	var n int
	if err := t.row(countMemory, added[0].Site).Scan(&n); err != nil {
		return err
	}
	if n > s.memoryEntries {
		return chat.Errorf(chat.Conflict, "The translation memory of this site is full, so the text is not approved: it may have %d entries. Remove some that nobody needs.", s.memoryEntries).
			Because(chat.Refused{Reason: chat.RefusedMemoryFull, Limit: s.memoryEntries})
	}
	return nil
}

// saidByOthers are entries in the place of the forgotten ones that other canned replies stand for: one with the same text for the same source, or another.
func (s *Store) saidByOthers(t tx, site string, before chat.Canned, forgotten []chat.MemoryEntry) (again []chat.MemoryEntry, err error) {
	if len(forgotten) == 0 {
		return nil, nil
	}
	all, err := s.scanCanned(t, allCanned, site)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		shares := slices.ContainsFunc(other.Texts, func(o chat.CannedText) bool {
			was, _ := before.Text(o.Language)
			return was.Text == o.Text
		})
		if other.Name == before.Name || !shares {
			continue
		}
		again = append(again, slices.DeleteFunc(s.keyed(other.Entries(site)), func(e chat.MemoryEntry) bool {
			return !slices.ContainsFunc(forgotten, func(f chat.MemoryEntry) bool { return f.From == e.From && f.To == e.To && f.Key == e.Key })
		})...)
	}
	return again, nil
}

// keyed are the entries that can be some, with their keys.
func (s *Store) keyed(entries []chat.MemoryEntry) []chat.MemoryEntry {
	var all []chat.MemoryEntry
	for _, e := range entries {
		if err := s.memoryKey(&e); err == nil {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b chat.MemoryEntry) int { return strings.Compare(a.Key, b.Key) })
	return all
}
