package agent

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// maxDraftLanguages is how many languages one request has drafted: as many as a text may have.
const maxDraftLanguages = chat.MaxTextLanguages

// draftRetry is when somebody may ask again whose wish there was no room for.
const draftRetry = 10 * time.Second

// ownTexts are a site's own texts as they are answered.
type ownTexts struct {
	chat.OwnTexts
	// Language is the site's: in it are the sources.
	Language language.Tag `json:"language"`
}

func ownTextsOf(site chat.Site) ownTexts { return ownTexts{site.Texts, site.Language} }

// ownTextsPatch is what changes them: what is not named stays, null takes away.
type ownTextsPatch struct {
	Texts        map[chat.TextName]map[language.Tag]*string `json:"texts"`
	BubbleAfterS *int                                       `json:"bubble_after_s"`
	NoDrafts     *bool                                      `json:"no_drafts"`
}

// draftRequest asks for drafts.
type draftRequest struct {
	Languages []language.Tag `json:"languages"`
}

// siteTexts serves GET /agent/v1/sites/{key}/texts.
func (e *Edge) siteTexts(w http.ResponseWriter, _ *http.Request, _ chat.Agent, site chat.Site) error {
	return answerTagged(w, ownTextsOf(site))
}

// setSiteTexts serves PATCH /agent/v1/sites/{key}/texts: a merge patch (RFC 7396). A text that stands in it is a person's from then on; so a draft is approved by
// sending back what was read.
func (e *Edge) setSiteTexts(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	body, err := web.ReadBody(w, r, maxSettings, "application/merge-patch+json", "application/json")
	if err != nil {
		return err
	}
	var patch ownTextsPatch
	if err := web.Strict(body, &patch); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := web.Fields(body, &fields); err != nil {
		return err
	}
	changed, err := e.store.ChangeSite(r.Context(), site.Key, func(s *chat.Site) error {
		if err := checkMatch(r, ownTextsOf(*s)); err != nil {
			return err
		}
		for name := range fields {
			switch name {
			case "texts":
				if err := e.patchTexts(s, patch.Texts); err != nil {
					return err
				}
			case "bubble_after_s":
				s.Texts.BubbleAfterS = valueOf(patch.BubbleAfterS)
			case "no_drafts":
				s.Texts.NoDrafts = valueOf(patch.NoDrafts)
			default:
				return errNoField(name)
			}
		}
		return s.Texts.Check()
	})
	if err != nil {
		return err
	}
	return answerTagged(w, ownTextsOf(changed))
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// patchTexts writes the texts of a patch, the sources first: what is written beside a new source was written for it. A null takes a text away, one for a name all of
// its variants, and one for texts all that there are.
func (e *Edge) patchTexts(s *chat.Site, patch map[chat.TextName]map[language.Tag]*string) error {
	if patch == nil {
		s.Texts.Texts = nil
		return nil
	}
	now := chat.TimeOf(e.now())
	write := func(name chat.TextName, tag language.Tag, text *string) error {
		known, err := chat.ParseLanguage(tag.String())
		if err != nil {
			return err
		}
		return s.Texts.Write(name, known, s.Language, valueOf(text), now)
	}
	for _, name := range slices.Sorted(maps.Keys(patch)) {
		if patch[name] == nil {
			delete(s.Texts.Texts, name)
		}
		for _, source := range []bool{true, false} {
			for tag, text := range patch[name] {
				if chat.SameLanguage(tag, s.Language) != source {
					continue
				}
				if err := write(name, tag, text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// draftSiteTexts serves POST /agent/v1/sites/{key}/texts/drafts: engines draft what is not there in these languages. Nobody waits for an engine, so the answer is
// that it was heard; the drafts are read where the texts are.
func (e *Edge) draftSiteTexts(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	var q draftRequest
	body, err := web.ReadBody(w, r, web.MaxBody, "application/json")
	if err == nil {
		err = web.Strict(body, &q)
	}
	if err != nil {
		return err
	}
	if len(q.Languages) == 0 || len(q.Languages) > maxDraftLanguages {
		return chat.Errorf(chat.BadRequest, "Name from 1 to %d languages that the texts are to be drafted in.", maxDraftLanguages)
	}
	for i, tag := range q.Languages {
		if q.Languages[i], err = chat.ParseLanguage(tag.String()); err != nil {
			return err
		}
	}
	for _, tag := range q.Languages {
		if !e.draft(site.Key, tag) {
			return web.TooMany(draftRetry, "Many texts are being drafted already. Please try again in a moment.")
		}
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}
