package agent

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

const (
	// maxMemoryPage is the default, and the most, of a page of the memory.
	maxMemoryPage = 200
	// maxSearch is the longest text that is looked for, in code points.
	maxSearch = 200
)

// memoryPage is a page of a site's translation memory. Next is empty on the last one.
type memoryPage struct {
	Entries []chat.MemoryEntry `json:"entries"`
	Next    string             `json:"next,omitempty"`
}

// memory serves GET /agent/v1/sites/{key}/memory?text=&from=&to=&after=&limit=: entries, the latest change first.
func (e *Edge) memory(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	q, err := queryOf(r, "text", "from", "to", "after", "limit")
	if err != nil {
		return err
	}
	f := chat.MemoryFilter{Text: chat.CleanText(q.Get("text"))}
	if utf8.RuneCountInString(f.Text) > maxSearch {
		return chat.Errorf(chat.TooLong, "text: at most %d characters are looked for.", maxSearch)
	}
	if f.From, err = queryLanguage(q, "from"); err != nil {
		return err
	}
	if f.To, err = queryLanguage(q, "to"); err != nil {
		return err
	}
	limit, err := queryNumber(q, "limit", maxMemoryPage)
	if err != nil {
		return err
	}
	var page memoryPage
	if page.Entries, page.Next, err = e.store.MemoryEntries(r.Context(), site.Key, f, q.Get("after"), limit); err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, page)
}

// forgetMemory serves DELETE /agent/v1/sites/{key}/memory/{id}.
func (e *Edge) forgetMemory(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	return removed(w, e.store.ForgetEntry(r.Context(), site.Key, r.PathValue("id"), func(m chat.MemoryEntry) error {
		return checkWritten(r, m.At)
	}))
}

// queryOf returns what an address asks for. What it does not know is refused: a filter that was misspelt would show too much.
func queryOf(r *http.Request, known ...string) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, chat.Errorf(chat.BadRequest, "The part of the address after ? cannot be read.")
	}
	for name, values := range q {
		if !slices.Contains(known, name) {
			return nil, chat.Errorf(chat.BadRequest, "There is nothing to ask for by %q here.", name)
		}
		if len(values) > 1 {
			return nil, chat.Errorf(chat.BadRequest, "%s stands twice in the address: name it once.", name)
		}
		if !utf8.ValidString(values[0]) {
			return nil, chat.Errorf(chat.BadRequest, "%s is not valid UTF-8.", name)
		}
	}
	return q, nil
}

// queryLanguage returns a language of the address; und if it names none.
func queryLanguage(q url.Values, name string) (language.Tag, error) {
	if q.Get(name) == "" {
		return language.Und, nil
	}
	return chat.ParseLanguage(q.Get(name))
}

// queryNumber returns a number from 1 to most of the address; most if it names none.
func queryNumber(q url.Values, name string, most int) (int, error) {
	text := q.Get(name)
	if text == "" {
		return most, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, chat.Errorf(chat.BadRequest, "%s is a number from 1 to %d.", name, most)
	}
	return n, nil
}
