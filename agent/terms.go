package agent

import (
	"net/http"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// termList is a site's glossary as it is answered.
type termList struct {
	Terms []chat.Term `json:"terms"`
}

// terms serves GET /agent/v1/sites/{key}/terms: the whole glossary, which chat.MaxTerms bounds.
func (e *Edge) terms(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	all, _, err := e.store.Terms(r.Context(), site.Key, -1)
	if err != nil {
		return err
	}
	return answerTagged(w, termList{all})
}

// addTerm serves POST /agent/v1/sites/{key}/terms.
func (e *Edge) addTerm(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	term, err := readTerm(w, r)
	if err != nil {
		return err
	}
	if term, err = e.store.AddTerm(r.Context(), site.Key, term); err != nil {
		return err
	}
	tag, err := tagOf(term)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", tag)
	w.Header().Set("Location", "/agent/v1/sites/"+site.Key+"/terms/"+term.ID)
	return web.WriteJSON(w, http.StatusCreated, term)
}

// setTerm serves PUT /agent/v1/sites/{key}/terms/{id}: the term becomes what the body says.
func (e *Edge) setTerm(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	term, err := readTerm(w, r)
	if err != nil {
		return err
	}
	changed, err := e.store.ChangeTerm(r.Context(), site.Key, r.PathValue("id"), func(t *chat.Term) error {
		if err := checkMatch(r, *t, writtenTag(t.At)); err != nil {
			return err
		}
		t.From, t.To, t.Source, t.Target, t.CaseSensitive = term.From, term.To, term.Source, term.Target, term.CaseSensitive
		return nil
	})
	if err != nil {
		return err
	}
	return answerTagged(w, changed)
}

// removeTerm serves DELETE /agent/v1/sites/{key}/terms/{id}.
func (e *Edge) removeTerm(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	return removed(w, e.store.RemoveTerm(r.Context(), site.Key, r.PathValue("id"), func(t chat.Term) error {
		return checkMatch(r, t, writtenTag(t.At))
	}))
}

// readTerm reads a term and checks it. id, site and at may stand in it, as they were answered, and say nothing: the address does.
func readTerm(w http.ResponseWriter, r *http.Request) (t chat.Term, err error) {
	b, err := web.ReadBody(w, r, web.MaxBody, "application/json")
	if err == nil {
		err = web.Strict(b, &t)
	}
	if err == nil {
		t.From, err = wireLanguage(t.From)
	}
	if err == nil {
		t.To, err = wireLanguage(t.To)
	}
	if err == nil {
		err = t.Check()
	}
	return t, err
}

// wireLanguage is a tag as it is stored; und stands for any.
func wireLanguage(t language.Tag) (language.Tag, error) {
	if t == language.Und {
		return t, nil
	}
	return chat.ParseLanguage(t.String())
}
