package widget

import (
	"net/http"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// ownTexts serves GET /widget/v1/texts?site=KEY&lang=TAG: the site's own texts for who reads a language. A visitor who changes his language asks.
func (e *Edge) ownTexts(w http.ResponseWriter, r *http.Request) error {
	if _, err := e.share(w, r); err != nil {
		return err
	}
	s, err := e.sites.find(r.Context(), r.URL.Query().Get("site"))
	if err != nil {
		return err
	}
	tag, err := chat.ParseLanguage(r.URL.Query().Get("lang"))
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, e.textsFor(s, tag))
}

// textsFor returns the texts that a site has for who reads a language: in it, or, if the widget itself has no texts in it either, in the site's own.
func (e *Edge) textsFor(s *site, reads language.Tag) chat.SiteTexts {
	wishes := []language.Tag{reads}
	if _, known := e.texts.nearest(reads); !known {
		wishes = append(wishes, s.Language)
	}
	return s.Texts.For(wishes...)
}

// wantTexts asks for drafts of what a site does not have in a visitor's language. Nobody waits for them: the next visitor reads them. They are made in the languages
// that the widget has, so that inventing languages makes no work.
func (e *Edge) wantTexts(s *site, reads language.Tag) {
	to, known := e.texts.nearest(reads)
	if e.wanted == nil || !known || s.Texts.NoDrafts || len(s.Texts.Undrafted(s.Language, to)) == 0 {
		return
	}
	e.wanted(s.Key, to)
}

// sessionSite is what a visitor who reads a language knows of a site.
func (e *Edge) sessionSite(s *site, reads language.Tag) chat.SessionSite {
	look := s.Look
	look.Color = color(look.Color)
	return chat.SessionSite{
		Key: s.Key, Name: s.Name, Language: s.Language, Texts: e.textsFor(s, reads), Look: look, TypingPreview: s.Translating.TypingPreview,
		SendsPersonal: s.Translating.SendPersonal,
	}
}
