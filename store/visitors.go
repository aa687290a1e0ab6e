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

	// visitorColumns are a visitor's in the order of visitorScan.fields.
	visitorColumns = ` v.id, v.name, v.language, v.language_reason, v.verified, v.email, v.time_zone, v.page, v.attributes, v.signed, v.cart `

	slideToken = `UPDATE visitors SET token_used = {now} WHERE id = $1`

	chooseLanguage = `UPDATE visitors SET language = $2, language_reason = $3 WHERE id = $1 AND (language <> $2 OR language_reason <> $3)`

	speaker = `SELECT v.language, v.language_reason, v.browser_languages, v.language_evidence, s.language FROM visitors v JOIN sites s ON s.key = v.site WHERE v.id = $1`

	// What the detector takes for a browser's wish may be what the shop has signed.
	setSpeaker = `UPDATE visitors SET language = $2, language_reason = CASE WHEN $3 = 'browser' AND language_reason = 'shop' THEN 'shop' ELSE $3 END, language_evidence = $4
WHERE id = $1 AND (language_reason <> 'chosen' OR language = $2 AND $3 = 'chosen')`
)

// visitorScan takes the columns of a visitor.
type visitorScan struct {
	v                                    chat.Visitor
	lang, page, attributes, signed, cart string
}

func (v *visitorScan) fields() []any {
	return []any{&v.v.ID, &v.v.Name, &v.lang, &v.v.LanguageReason, &v.v.Verified, &v.v.Email, &v.v.TimeZone, &v.page, &v.attributes, &v.signed, &v.cart}
}

// said are the attributes that pages have said.
func (v *visitorScan) said(s *Store) map[string]string {
	return readColumn[map[string]string](s, "attributes", v.attributes)
}

// visitor reads the columns that are not plain.
func (v *visitorScan) visitor(s *Store) chat.Visitor {
	v.v.Kind = chat.KindVisitor
	v.v.Language = s.tag(v.lang)
	if v.page != "" {
		v.v.Page = readColumn[*chat.Page](s, "page", v.page)
	}
	if v.cart != "" {
		v.v.Cart = readColumn[*chat.Cart](s, "cart", v.cart)
	}
	v.v.SetAttributes(v.said(s), readColumn[map[string]string](s, "signed", v.signed))
	return v.v
}

// AddVisitor makes a visitor with a neutral name: nobody has asked him for his own yet.
func (s *Store) AddVisitor(ctx context.Context, v chat.NewVisitor) (chat.Visitor, error) {
	return write(ctx, s, func(t tx) (chat.Visitor, error) { return addVisitor(t, v) })
}

func addVisitor(t tx, v chat.NewVisitor) (chat.Visitor, error) {
	added := chat.Visitor{
		Participant: chat.Participant{ID: chat.NewID(), Kind: chat.KindVisitor, Language: v.Language},
		TimeZone:    v.TimeZone, Page: v.Page, LanguageReason: chat.LanguageBrowser, Attributes: map[string]string{},
	}
	added.Name = neutralName(added.ID)
	n, err := t.exec(insertVisitor, added.ID, v.Token[:], added.Name, column(v.Language), v.TimeZone, pageColumn(v.Page), v.Site,
		string(added.LanguageReason), tagColumn(v.Browser))
	if err == nil && n == 0 {
		err = noSite()
	}
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

// VisitorByToken returns the visitor of this site with this token, or chat.BadToken, and slides the token's end.
func (s *Store) VisitorByToken(ctx context.Context, site string, token [32]byte) (chat.Visitor, error) {
	h, err := read(ctx, s, func(t tx) (*holder, error) {
		h, err := s.ofToken(t, site, token, false)
		if err == nil && h.ended {
			err = badToken()
		}
		return h, err
	})
	if err != nil {
		return chat.Visitor{}, err
	}
	if h.idle < tokenSlide.Milliseconds() {
		return h.Visitor, nil
	}
	return h.Visitor, change(ctx, s, func(t tx) error {
		if h.other {
			_, err := t.exec(slideOtherToken, token[:])
			return err
		}
		_, err := t.exec(slideToken, h.ID)
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
