package agent

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// cannedList is a site's canned replies as they are answered.
type cannedList struct {
	Canned []chat.Canned `json:"canned"`
}

// cannedBody is a text to be put.
type cannedBody struct {
	Text string `json:"text"`
}

// cannedRename is the short name to be had.
type cannedRename struct {
	Name string `json:"name"`
}

// draftTime is how long an engine may take for a draft. Unlike lines, somebody waits for it.
const draftTime = 15 * time.Second

// canned serves GET /agent/v1/sites/{key}/canned: all of them, which chat.MaxCanned bounds.
func (e *Edge) canned(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	all, err := e.store.Canned(r.Context(), site.Key)
	if err != nil {
		return err
	}
	return answerTagged(w, cannedList{all})
}

// putCanned serves PUT /agent/v1/sites/{key}/canned/{name}/{language}: the text in that language becomes what the body says, and a draft if that is another one.
func (e *Edge) putCanned(w http.ResponseWriter, r *http.Request, who chat.Agent, site chat.Site) error {
	name, tag, err := cannedPath(r)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(w, r, web.MaxBody, "application/json")
	var body cannedBody
	if err == nil {
		err = web.Strict(b, &body)
	}
	if err != nil {
		return err
	}
	return e.changeText(w, r, site, name, tag, func(c *chat.Canned) error {
		return c.Put(chat.CannedText{Language: tag, Text: body.Text, By: who.Name})
	})
}

// approveCanned serves POST /agent/v1/sites/{key}/canned/{name}/{language}/approve.
func (e *Edge) approveCanned(w http.ResponseWriter, r *http.Request, who chat.Agent, site chat.Site) error {
	name, tag, err := cannedPath(r)
	if err != nil {
		return err
	}
	return e.changeText(w, r, site, name, tag, func(c *chat.Canned) error { return c.Approve(tag, who.Name) })
}

// draftCanned serves POST /agent/v1/sites/{key}/canned/{name}/{language}/draft?from=: an engine's translation of the text in another language, for somebody to read.
func (e *Edge) draftCanned(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	name, to, err := cannedPath(r)
	if err != nil {
		return err
	}
	q, err := queryOf(r, "from")
	if err != nil {
		return err
	}
	from, err := queryLanguage(q, "from")
	if err != nil {
		return err
	}
	all, err := e.store.Canned(r.Context(), site.Key)
	if err != nil {
		return err
	}
	// Before an engine is paid for what would be refused.
	if i := slices.IndexFunc(all, func(c chat.Canned) bool { return c.Name == name }); i >= 0 {
		if err := checkText(r, all[i], to); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), draftTime)
	defer cancel()
	draft, err := chat.DraftCanned(ctx, all, site.Key, name, from, to, e.translate)
	if err != nil {
		return err
	}
	return e.changeText(w, r, site, name, to, func(c *chat.Canned) error { return c.PutDraft(draft, all) })
}

// removeCanned serves DELETE /agent/v1/sites/{key}/canned/{name}, and .../{language} for the text in one language. The whole reply is named by its latest text.
func (e *Edge) removeCanned(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	name, err := chat.ParseCannedName(r.PathValue("name"))
	if err != nil {
		return err
	}
	tag := language.Und
	if r.PathValue("language") != "" {
		if tag, err = chat.ParseLanguage(r.PathValue("language")); err != nil {
			return err
		}
	}
	_, err = e.store.ChangeCanned(r.Context(), site.Key, name, func(c *chat.Canned) error {
		if len(c.Texts) == 0 {
			return chat.Errorf(chat.NotFound, "There is no such canned reply.")
		}
		if tag == language.Und {
			err := checkWritten(r, c.At())
			c.Texts = nil
			return err
		}
		if err := checkText(r, *c, tag); err != nil {
			return err
		}
		return c.Remove(tag)
	})
	return removed(w, err)
}

// exportCanned serves GET /agent/v1/sites/{key}/canned.csv.
func (e *Edge) exportCanned(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	attach(w, "text/csv; charset=utf-8", site.Key+"-canned.csv")
	_, err := e.files.ExportCanned(r.Context(), site.Key, w)
	return err
}

// importCanned serves POST /agent/v1/sites/{key}/canned.csv: the texts of the file join those that are there, as drafts.
func (e *Edge) importCanned(w http.ResponseWriter, r *http.Request, who chat.Agent, site chat.Site) error {
	if err := isCSV(r); err != nil {
		return err
	}
	return e.take(w, r, func(body io.Reader) (chat.Imported, error) {
		return e.files.ImportCanned(r.Context(), site.Key, who.Name, body)
	})
}

// renameCanned serves POST /agent/v1/sites/{key}/canned/{name}/rename: the canned reply has another short name from now on, with all that it is.
func (e *Edge) renameCanned(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	name, err := chat.ParseCannedName(r.PathValue("name"))
	if err != nil {
		return err
	}
	var body cannedRename
	b, err := web.ReadBody(w, r, web.MaxBody, "application/json")
	if err == nil {
		err = web.Strict(b, &body)
	}
	if err == nil {
		body.Name, err = chat.ParseCannedName(body.Name)
	}
	if err != nil {
		return err
	}
	renamed, err := e.store.RenameCanned(r.Context(), site.Key, name, body.Name)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, renamed)
}

// changeText changes the text of a canned reply in a language, unless the request was made of another one, and answers with the reply.
func (e *Edge) changeText(w http.ResponseWriter, r *http.Request, site chat.Site, name string, tag language.Tag, f func(*chat.Canned) error) error {
	changed, err := e.store.ChangeCanned(r.Context(), site.Key, name, func(c *chat.Canned) error {
		if err := checkText(r, *c, tag); err != nil {
			return err
		}
		return f(c)
	})
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, changed)
}

// checkText refuses a request that was made of another text than the one that stands there by now.
func checkText(r *http.Request, c chat.Canned, in language.Tag) error {
	text, _ := c.Text(in)
	return checkWritten(r, text.At)
}

// cannedPath reads the name and the language of an address.
func cannedPath(r *http.Request) (name string, tag language.Tag, err error) {
	if name, err = chat.ParseCannedName(r.PathValue("name")); err != nil {
		return name, tag, err
	}
	tag, err = chat.ParseLanguage(r.PathValue("language"))
	return name, tag, err
}
