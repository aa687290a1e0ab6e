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

	insertVisitor = `INSERT INTO visitors (id, site, token, token_used, name, language, time_zone, page, created_at, language_reason, browser_languages)
SELECT $1, s.key, $2, {now}, $3, $4, $5, $6, {now}, $8, $9 FROM sites s WHERE s.key = $7`

	visitorByToken = `SELECT v.id, v.name, v.language, v.language_reason, v.verified, v.email, v.time_zone, v.page, v.attributes, {now} - v.token_used
FROM visitors v WHERE v.token = $1 AND v.site = $2`

	slideToken = `UPDATE visitors SET token_used = {now} WHERE id = $1`

	moveVisitor = `UPDATE visitors SET time_zone = CASE WHEN $2 = '' THEN time_zone ELSE $2 END, page = CASE WHEN $3 = '' THEN page ELSE $3 END
WHERE id = $1 AND ($2 <> '' AND time_zone <> $2 OR $3 <> '' AND page <> $3)`

	chooseLanguage = `UPDATE visitors SET language = $2, language_reason = $3 WHERE id = $1 AND (language <> $2 OR language_reason <> $3)`

	speaker = `SELECT v.language, v.language_reason, v.browser_languages, v.language_evidence, s.language FROM visitors v JOIN sites s ON s.key = v.site WHERE v.id = $1`

	setSpeaker = `UPDATE visitors SET language = $2, language_reason = $3, language_evidence = $4
WHERE id = $1 AND (language_reason <> 'chosen' OR language = $2 AND $3 = 'chosen')`
)

// AddVisitor makes a visitor with a neutral name: nobody has asked him for his own yet.
func (s *Store) AddVisitor(ctx context.Context, v chat.NewVisitor) (chat.Visitor, error) {
	added := chat.Visitor{
		Participant: chat.Participant{ID: chat.NewID(), Kind: chat.KindVisitor, Language: v.Language},
		TimeZone:    v.TimeZone, Page: v.Page, LanguageReason: chat.LanguageBrowser, Attributes: map[string]string{},
	}
	added.Name = neutralName(added.ID)
	err := change(ctx, s, func(t tx) error {
		n, err := t.exec(insertVisitor, added.ID, v.Token[:], added.Name, column(v.Language), v.TimeZone, pageColumn(v.Page), v.Site,
			string(added.LanguageReason), tagColumn(v.Browser))
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
		err := t.row(visitorByToken, token[:], site).Scan(&v.ID, &v.Name, &lang, &v.LanguageReason, &v.Verified, &v.Email, &v.TimeZone, &page, &attributes, &idle)
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

// SetVisitorLanguage remembers what a visitor reads because he, or an agent for him, has chosen it. Conversations keep theirs: that is Change.
func (s *Store) SetVisitorLanguage(ctx context.Context, visitor string, to language.Tag) error {
	return change(ctx, s, func(t tx) error {
		_, err := t.exec(chooseLanguage, visitor, column(to), string(chat.LanguageChosen))
		return err
	})
}

// Speaker returns what is known of the language that a visitor writes, or chat.NotFound.
func (s *Store) Speaker(ctx context.Context, visitor string) (chat.Speaker, error) {
	return read(ctx, s, func(t tx) (chat.Speaker, error) {
		var known chat.Speaker
		var lang, browser, site string
		err := t.row(speaker, visitor).Scan(&lang, &known.Reason, &browser, &known.Evidence, &site)
		if errors.Is(err, sql.ErrNoRows) {
			err = chat.Errorf(chat.NotFound, "There is no such visitor.")
		}
		known.Language, known.Prior = s.tag(lang), append(s.browserTags(browser), s.tag(site))
		if known.Reason == "" {
			known.Reason = chat.LanguageBrowser
		}
		return known, err
	})
}

// SetSpeaker remembers what a visitor's lines have said about his language. It tells false, and changes nothing, if a language has been chosen
// meanwhile, on whatever node, and is another one.
func (s *Store) SetSpeaker(ctx context.Context, visitor string, known chat.Speaker) (bool, error) {
	return write(ctx, s, func(t tx) (bool, error) {
		n, err := t.exec(setSpeaker, visitor, column(known.Language), string(known.Reason), known.Evidence)
		return n > 0, err
	})
}

// browserTags reads a list of languages that a browser named. It is not kept as tagList keeps an agent's: anybody may name any.
func (s *Store) browserTags(column string) []language.Tag {
	var tags []language.Tag
	for _, name := range readColumn[[]string](s, "browser_languages", column) {
		if t, err := language.Parse(name); err == nil {
			tags = append(tags, t)
		}
	}
	return tags
}
