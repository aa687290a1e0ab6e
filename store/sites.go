package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"dragoman/chat"
)

const (
	siteColumns = ` key, name, language, origins, identity_secret, identity_secret_old, look, texts, own_texts, translating, closed `

	siteByKey = `SELECT` + siteColumns + `FROM sites WHERE key = $1 AND NOT closed`
	lockSite  = siteByKey + ` {lock}`
	allSites  = `SELECT` + siteColumns + `FROM sites WHERE NOT closed ORDER BY created_at, key`

	insertSite = `INSERT INTO sites (key, name, language, origins, identity_secret, identity_secret_old, look, texts, own_texts, translating, closed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, {now})`
	updateSite = `UPDATE sites SET name = $2, language = $3, origins = $4, identity_secret = $5, identity_secret_old = $6, look = $7, texts = $8, own_texts = $9, translating = $10, closed = $11 WHERE key = $1`
	closeSite  = `UPDATE sites SET closed = TRUE WHERE key = $1 AND NOT closed`

	metaValue  = `SELECT value FROM meta WHERE name = $1`
	nextChange = `UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'settings_rev'`
)

func noSite() error { return chat.Errorf(chat.NotFound, "There is no such site.") }

// Site returns the site with this key, or chat.NotFound, also for a closed one.
func (s *Store) Site(ctx context.Context, key string) (chat.Site, error) {
	return read(ctx, s, func(t tx) (chat.Site, error) {
		site, err := s.scanSite(t.row(siteByKey, key))
		if errors.Is(err, sql.ErrNoRows) {
			err = noSite()
		}
		return site, err
	})
}

// Sites returns all sites that are not closed, in the order in which they were made.
func (s *Store) Sites(ctx context.Context) ([]chat.Site, error) {
	return read(ctx, s, func(t tx) ([]chat.Site, error) {
		all := []chat.Site{}
		err := each(t, func(r scanner) error {
			site, err := s.scanSite(r)
			all = append(all, site)
			return err
		}, allSites)
		return all, err
	})
}

func (s *Store) scanSite(r scanner) (chat.Site, error) {
	var site chat.Site
	var lang, origins, look, texts, own, translating string
	if err := r.Scan(&site.Key, &site.Name, &lang, &origins, &site.IdentitySecret, &site.OldIdentitySecret, &look, &texts, &own, &translating, &site.Closed); err != nil {
		return site, err
	}
	site.Language = s.tag(lang)
	site.Origins = stringList(origins)
	if err := json.Unmarshal([]byte(look), &site.Look); err != nil {
		return site, err
	}
	if err := readOwnTexts(&site, own, texts); err != nil {
		return site, err
	}
	return site, json.Unmarshal([]byte(translating), &site.Translating)
}

// AddSite stores a new site under the key that it names. A key that is there already is chat.Conflict.
func (s *Store) AddSite(ctx context.Context, site chat.Site) error {
	if err := checkSite(&site); err != nil {
		return err
	}
	return s.set(ctx, func(t tx) error {
		if _, err := s.scanSite(t.row(`SELECT`+siteColumns+`FROM sites WHERE key = $1`, site.Key)); !errors.Is(err, sql.ErrNoRows) {
			if err == nil {
				err = chat.Errorf(chat.Conflict, "There is a site with the key %q already, or there was one: choose another key.", site.Key)
			}
			return err
		}
		_, err := t.exec(insertSite, siteArgs(site)...)
		return err
	})
}

// ChangeSite changes a site that is not closed by what f does to it, and returns it as it is then. Nobody else changes the site meanwhile, so nothing of
// what others have changed is undone. If f returns an error nothing is changed; it may be called more than once.
func (s *Store) ChangeSite(ctx context.Context, key string, f func(*chat.Site) error) (chat.Site, error) {
	return write(ctx, s, func(t tx) (chat.Site, error) {
		site, err := s.scanSite(t.row(lockSite, key))
		if errors.Is(err, sql.ErrNoRows) {
			err = noSite()
		}
		if err != nil {
			return site, err
		}
		before := siteArgs(site)
		if err := f(&site); err != nil {
			return site, err
		}
		site.Key = key
		if err := checkSite(&site); err != nil {
			return site, err
		}
		if slices.Equal(siteArgs(site), before) {
			return site, nil
		}
		if _, err := t.exec(updateSite, siteArgs(site)...); err != nil {
			return site, err
		}
		_, err = t.exec(nextChange)
		return site, err
	})
}

// UpdateSite replaces everything of a site but its key, whoever else has changed it.
func (s *Store) UpdateSite(ctx context.Context, site chat.Site) error {
	if err := checkSite(&site); err != nil {
		return err
	}
	return s.set(ctx, func(t tx) error { return found(noSite)(t.exec(updateSite, siteArgs(site)...)) })
}

// RemoveSite closes a site: nobody can reach it any more. What was said there is kept.
func (s *Store) RemoveSite(ctx context.Context, key string) error {
	return s.set(ctx, func(t tx) error { return found(noSite)(t.exec(closeSite, key)) })
}

// checkSite is the last look at what is to be stored.
func checkSite(site *chat.Site) error {
	if err := site.Texts.Check(); err != nil {
		return err
	}
	return site.Translating.Check()
}

func siteArgs(site chat.Site) []any {
	if site.Origins == nil {
		site.Origins = []string{}
	}
	return []any{site.Key, site.Name, column(site.Language), asJSON(site.Origins), site.IdentitySecret, site.OldIdentitySecret, asJSON(site.Look), oldTexts(site), asJSON(site.Texts), asJSON(site.Translating), site.Closed}
}

// found turns an exec that met no row into an error.
func found(missing func() error) func(int64, error) error {
	return func(n int64, err error) error {
		if err == nil && n == 0 {
			return missing()
		}
		return err
	}
}

// set changes a setting and tells the running servers, which look at SettingsRev.
func (s *Store) set(ctx context.Context, job func(tx) error) error {
	return change(ctx, s, func(t tx) error {
		if err := job(t); err != nil {
			return err
		}
		_, err := t.exec(nextChange)
		return err
	})
}

// SettingsRev returns a number that every change of a site or an agent raises.
func (s *Store) SettingsRev(ctx context.Context) (int64, error) {
	return read(ctx, s, func(t tx) (rev int64, err error) {
		err = t.row(`SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'settings_rev'`).Scan(&rev)
		return rev, err
	})
}

// Epoch identifies this history of the database: revisions are comparable only within one.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	return read(ctx, s, func(t tx) (epoch string, err error) {
		err = t.row(metaValue, "epoch").Scan(&epoch)
		return epoch, err
	})
}

// stringList reads a JSON list of strings.
func stringList(column string) []string {
	var all []string
	if json.Unmarshal([]byte(column), &all) != nil {
		return nil
	}
	return all
}
