package widget

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"dragoman/chat"
	"dragoman/internal/web"
)

// loaderMark is what stands in loader.js where the site's settings belong. (static.LoaderSettings; the edges do not import static.)
const loaderMark = `"__DRAGOMAN_SITE__"`

const (
	loaderCache = "public, max-age=300, stale-while-revalidate=86400"
	// A key that does not exist yet is asked for again soon: the operator may just be adding it.
	noLoaderCache = "public, max-age=30"
)

// noLoader is what a wrong key gets, with 404: browsers show that in the console and run nothing, so no launcher appears.
const noLoader = `console.warn("Dragoman: there is no site with this key. Compare the script tag with what \"dragoman site list\" shows.");` + "\n"

// loaderSettings are a site's settings as loader.js finds them.
type loaderSettings struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Color    string `json:"color,omitempty"`
	Position string `json:"position,omitempty"`
	Language string `json:"language"`
	// Origins are the pages that may show the chat: on others the loader draws no launcher, instead of one whose panel stays empty.
	Origins []string `json:"origins"`
	// Labels are what the launcher is called, in every language: only the page knows which one it wants, and the answer is for all pages. What
	// else it is called (with what is unread, while the panel is open) the frame says, which has the texts.
	Labels map[string]string `json:"labels"`
	// Bubble is there for sites that have one; loader.js knows nothing of it.
	Bubble *bubble `json:"bubble,omitempty"`
}

// bubble is what the launcher says unasked, once: after so many seconds, the text and what dismisses it, by language.
type bubble struct {
	After int                  `json:"after"`
	Texts map[string][2]string `json:"texts"`
}

// bubbleOf returns nil if the site wants none, or has nothing to say in any language.
func (e *Edge) bubbleOf(s *site) *bubble {
	all := s.Texts.Bubbles()
	if s.Texts.BubbleAfterS == 0 || len(all) == 0 {
		return nil
	}
	b := &bubble{After: s.Texts.BubbleAfterS, Texts: map[string][2]string{}}
	for tag, text := range all {
		_, catalogue := e.texts.pick(tag)
		b.Texts[tag.String()] = [2]string{text, textIn(catalogue, "close")}
	}
	return b
}

// loaderScript is the loader of one site, with the settings that it was made from.
type loaderScript struct {
	settings string
	asset    *web.Asset
}

// loader serves /widget/KEY.js.
func (e *Edge) loader(w http.ResponseWriter, r *http.Request) error {
	key, ok := strings.CutSuffix(r.PathValue("loader"), ".js")
	if !ok {
		return chat.Errorf(chat.NotFound, "There is nothing at this address.")
	}
	s, err := e.sites.find(r.Context(), key)
	if chat.CodeOf(err) == chat.NotFound {
		web.Policy{Shared: true, Cache: noLoaderCache}.Apply(w.Header())
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, err := w.Write([]byte(noLoader))
		return err
	}
	if err != nil {
		return err
	}
	script, err := e.script(s)
	if err != nil {
		return err
	}
	script.Serve(w, r, web.Policy{Shared: true, Cache: loaderCache})
	return nil
}

// Loader returns the loader as the pages of a site get it.
func (e *Edge) Loader(s chat.Site) (*web.Asset, error) { return e.script(newSite(s)) }

// script puts the settings of the site into the loader. It is made once for the settings as they are, so that compressing it happens
// once too.
func (e *Edge) script(s *site) (*web.Asset, error) {
	template, says := e.template, e.bubbleOf(s)
	if says != nil {
		template = e.greeter
	}
	// json.Marshal writes <, >, &, U+2028 and U+2029 as escapes: whatever a name holds, it stays a literal.
	b, err := json.Marshal(loaderSettings{
		Key: s.Key, Name: s.Name, Color: color(s.Look.Color), Position: s.Look.Position,
		Language: s.Language.String(), Origins: names(s.origins), Labels: e.texts.labels, Bubble: says,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot write the settings of site %s: %w", s.Key, err)
	}
	if made := s.loader.Load(); made != nil && made.settings == string(b) {
		return made.asset, nil
	}
	made := &loaderScript{settings: string(b), asset: web.NewAsset("loader.js", bytes.Replace(template, []byte(loaderMark), b, 1))}
	s.loader.Store(made)
	return made.asset, nil
}

// color lets only #rrggbb through: it ends in a style sheet.
func color(s string) string {
	if len(s) != 7 || s[0] != '#' {
		return ""
	}
	for _, c := range s[1:] {
		if !strings.ContainsRune("0123456789abcdefABCDEF", c) {
			return ""
		}
	}
	return s
}
