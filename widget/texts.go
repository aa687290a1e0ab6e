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
	return web.WriteJSON(w, http.StatusOK, e.wordsFor(s, tag).texts)
}

// words are what a site has for who reads a language.
type words struct {
	texts chat.SiteTexts
	// draft is the language in which a draft is wanted; und where nothing is missing.
	draft language.Tag
}

// maxWords is for how many languages a site's words are kept. Visitors may invent more; those are looked up each time.
const maxWords = 128

// wordsFor looks once for what a site has in a language: many visitors ask, and it changes with the site alone.
func (e *Edge) wordsFor(s *site, reads language.Tag) words {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.words[reads]
	if ok {
		return found
	}
	found = e.lookUp(s, reads)
	if s.words == nil {
		s.words = map[language.Tag]words{}
	}
	if len(s.words) < maxWords {
		s.words[reads] = found
	}
	return found
}

// lookUp finds a site's texts in the language itself, else in the one that the widget speaks to who reads it, or, if the widget has none either, in the site's own.
// Drafts are wanted in the languages that the widget has, so that inventing languages makes no work.
func (e *Edge) lookUp(s *site, reads language.Tag) words {
	to, known := e.texts.nearest(reads)
	if !known {
		return words{texts: s.Texts.For(reads, s.Language)}
	}
	found := words{texts: s.Texts.For(reads, to)}
	if !s.Texts.NoDrafts && len(s.Texts.Undrafted(s.Language, to)) > 0 {
		found.draft = to
	}
	return found
}

// wantTexts asks for drafts of what a site does not have in a visitor's language. Nobody waits for them: the next visitor reads them.
func (e *Edge) wantTexts(s *site, reads language.Tag) {
	if to := e.wordsFor(s, reads).draft; e.wanted != nil && to != language.Und {
		e.wanted(s.Key, to)
	}
}

// sessionSite is what a visitor who reads a language knows of a site.
func (e *Edge) sessionSite(s *site, reads language.Tag) chat.SessionSite {
	look := s.Look
	look.Color = color(look.Color)
	return chat.SessionSite{
		Key: s.Key, Name: s.Name, Language: s.Language, Texts: e.wordsFor(s, reads).texts, Look: look, TypingPreview: s.Translating.TypingPreview,
		SendsPersonal: s.Translating.SendPersonal,
	}
}
