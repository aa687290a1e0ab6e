package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	// tokenLife is how long a visitor's token lives without use; its use is written down at most once in tokenSlide.
	tokenLife  = 180 * 24 * time.Hour
	tokenSlide = time.Hour

	insertVisitor = `INSERT INTO visitors (id, site, token, token_used, name, language, time_zone, page, created_at)
SELECT $1, s.key, $2, {now}, $3, $4, $5, $6, {now} FROM sites s WHERE s.key = $7`

	visitorByToken = `SELECT v.id, v.name, v.language, v.verified, v.email, v.time_zone, v.page, v.attributes, {now} - v.token_used
FROM visitors v WHERE v.token = $1 AND v.site = $2`

	slideToken = `UPDATE visitors SET token_used = {now} WHERE id = $1`

	moveVisitor = `UPDATE visitors SET time_zone = CASE WHEN $2 = '' THEN time_zone ELSE $2 END, page = CASE WHEN $3 = '' THEN page ELSE $3 END
WHERE id = $1 AND ($2 <> '' AND time_zone <> $2 OR $3 <> '' AND page <> $3)`
)

// AddVisitor makes a visitor with a neutral name: nobody has asked him for his own yet.
func (s *Store) AddVisitor(ctx context.Context, v chat.NewVisitor) (chat.Visitor, error) {
	added := chat.Visitor{
		Participant: chat.Participant{ID: chat.NewID(), Kind: chat.KindVisitor, Language: v.Language},
		TimeZone:    v.TimeZone, Page: v.Page, Attributes: map[string]string{},
	}
	added.Name = neutralName(added.ID)
	err := change(ctx, s, func(t tx) error {
		n, err := t.exec(insertVisitor, added.ID, v.Token[:], added.Name, column(v.Language), v.TimeZone, pageColumn(v.Page), v.Site)
		if err == nil && n == 0 {
			err = noSite()
		}
		return err
	})
	return added, err
}

// neutralName calls a visitor by the end of his id, which is random.
func neutralName(id string) string { return "Visitor " + id[len(id)-4:] }

func pageColumn(p *chat.Page) string {
	if p == nil {
		return ""
	}
	return asJSON(p)
}

func badToken() error {
	return chat.Errorf(chat.BadToken, "This visitor's token is not valid any more: begin a new session.")
}

// VisitorByToken returns the visitor of this site with this token, or chat.BadToken, and slides the token's end.
func (s *Store) VisitorByToken(ctx context.Context, site string, token [32]byte) (chat.Visitor, error) {
	var idle int64
	v, err := read(ctx, s, func(t tx) (chat.Visitor, error) {
		var v chat.Visitor
		var lang, page, attributes string
		err := t.row(visitorByToken, token[:], site).Scan(&v.ID, &v.Name, &lang, &v.Verified, &v.Email, &v.TimeZone, &page, &attributes, &idle)
		if errors.Is(err, sql.ErrNoRows) || err == nil && idle > tokenLife.Milliseconds() {
			return v, badToken()
		}
		if err != nil {
			return v, err
		}
		s.finishVisitor(&v, lang, page, attributes)
		return v, nil
	})
	if err != nil || idle < tokenSlide.Milliseconds() {
		return v, err
	}
	return v, change(ctx, s, func(t tx) error {
		_, err := t.exec(slideToken, v.ID)
		return err
	})
}

// UpdateVisitor remembers where the visitor is now; empty values change nothing.
func (s *Store) UpdateVisitor(ctx context.Context, visitor string, timeZone string, page *chat.Page) error {
	return change(ctx, s, func(t tx) error {
		_, err := t.exec(moveVisitor, visitor, timeZone, pageColumn(page))
		return err
	})
}

// SetVisitorLanguage remembers what a visitor reads. Conversations keep theirs: that is Change.
func (s *Store) SetVisitorLanguage(ctx context.Context, visitor string, to language.Tag) error {
	return change(ctx, s, func(t tx) error {
		_, err := t.exec(`UPDATE visitors SET language = $2 WHERE id = $1 AND language <> $2`, visitor, column(to))
		return err
	})
}
