package agent

import (
	"encoding/json"
	"maps"
	"net/http"

	"dragoman/chat"
	"dragoman/internal/web"
)

// maxSettings is the largest body that changes settings, in bytes: all names that may be, each as long as may be and written in escapes.
const maxSettings = 1 << 20

// translating serves GET /agent/v1/sites/{key}/translating: how the site's lines are translated.
func (e *Edge) translating(w http.ResponseWriter, _ *http.Request, _ chat.Agent, site chat.Site) error {
	return answerTagged(w, site.Translating)
}

// setTranslating serves PATCH /agent/v1/sites/{key}/translating: a merge patch (RFC 7396). It is applied to what is stored at that moment.
func (e *Edge) setTranslating(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	patch, err := web.ReadBody(w, r, maxSettings, "application/merge-patch+json", "application/json")
	if err != nil {
		return err
	}
	changed, err := e.store.ChangeSite(r.Context(), site.Key, func(s *chat.Site) error {
		if err := checkMatch(r, s.Translating); err != nil {
			return err
		}
		before := s.Translating
		if err := mergeTranslating(&s.Translating, patch); err != nil {
			return err
		}
		return s.Translating.CheckEngines(e.engines, before)
	})
	if err != nil {
		return err
	}
	return answerTagged(w, changed.Translating)
}

// mergeTranslating applies a merge patch: what the patch does not name stays, null takes away, lists are replaced as a whole, and the members of
// pair_engines, formality and budget are merged one by one. The result is checked.
func mergeTranslating(t *chat.Translating, patch []byte) error {
	var given chat.Translating // a null leaves nothing behind in it, which is what the field is to be then
	if err := web.Strict(patch, &given); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := web.Fields(patch, &fields); err != nil {
		return err
	}
	for name, raw := range fields {
		switch name {
		case "engines":
			t.Engines = given.Engines
		case "pair_engines":
			if err := mergePairs(t, given.PairEngines); err != nil {
				return err
			}
		case "formality":
			t.Formality = merged(t.Formality, given.Formality)
		case "names":
			t.Names = given.Names
		case "send_personal":
			t.SendPersonal = given.SendPersonal
		case "no_memory":
			t.NoMemory = given.NoMemory
		case "typing_preview":
			t.TypingPreview = given.TypingPreview
		case "budget":
			if err := mergeBudget(&t.Budget, given.Budget, raw); err != nil {
				return err
			}
		default:
			return errNoField(name)
		}
	}
	return t.Check()
}

// errNoField is for names that differ from a field's in upper and lower case only; others are refused before.
func errNoField(name string) error {
	return chat.Errorf(chat.BadRequest, "There is no field %q here.", name)
}

// merged is a map with the members of a patch; nil as a patch empties it. A member that is null in the patch becomes its zero value, which Check takes
// out.
func merged[K comparable, V any](m, patch map[K]V) map[K]V {
	if patch == nil {
		return nil
	}
	m = maps.Clone(m)
	if m == nil {
		m = map[K]V{}
	}
	maps.Copy(m, patch)
	return m
}

// mergePairs writes the pairs of the patch as they are stored before it merges them: a pair is taken away however it is written.
func mergePairs(t *chat.Translating, patch map[string][]string) error {
	if patch == nil {
		t.PairEngines = nil
		return nil
	}
	written := make(map[string][]string, len(patch))
	for name, order := range patch {
		from, to, err := chat.ParsePair(name)
		if err != nil {
			return err
		}
		pair := chat.PairName(from, to)
		if _, twice := written[pair]; twice {
			return chat.Errorf(chat.BadRequest, "pair_engines: %s stands there twice, written in two ways. Keep one.", pair)
		}
		written[pair] = order
	}
	t.PairEngines = merged(t.PairEngines, written)
	return nil
}

func mergeBudget(b *chat.Budget, given chat.Budget, raw json.RawMessage) error {
	if string(raw) == "null" {
		*b = chat.Budget{}
		return nil
	}
	var fields map[string]json.RawMessage
	if err := web.Fields(raw, &fields); err != nil {
		return err
	}
	for name := range fields {
		switch name {
		case "day_characters":
			b.DayCharacters = given.DayCharacters
		case "month_characters":
			b.MonthCharacters = given.MonthCharacters
		case "soft_percent":
			b.SoftPercent = given.SoftPercent
		default:
			return errNoField(name)
		}
	}
	return nil
}
