package widget

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// page is the document in the iframe, and under /chat/KEY on its own. The settings stand in a block of JSON, which is
// no script, so that the policy needs no exception. The script is named first: it is the longest of what the first screen waits for, and over HTTP/1.1
// what is asked for second opens another connection, which is a round trip more.
var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<title>{{.Title}}</title>
<link rel="modulepreload" href="{{.Script}}">
{{- if .Icon}}
<link rel="icon" href="{{.Icon}}" type="image/svg+xml">
{{- end}}
<link rel="stylesheet" href="{{.Style}}">
</head>
<body>
<script type="application/json" id="dragoman">{{.Settings}}</script>
<script type="module" src="{{.Script}}"></script>
</body>
</html>
`))

type pageData struct {
	Lang, Dir, Title, Style, Script string
	Icon                            string // none in a frame, which has no tab of its own
	Settings                        template.JS
}

// pageSettings is what the page knows when it starts; src/widget/settings.ts reads it.
type pageSettings struct {
	Site chat.SessionSite `json:"site"`
	// Language is the tag of Texts, Languages all that there are texts for.
	Language  string          `json:"language"`
	Languages []string        `json:"languages"`
	Texts     json.RawMessage `json:"texts"`
	// Whole: nothing is left out of Texts that the first screen does not say.
	Whole bool `json:"whole"`
	// Origins are the pages that may embed this one.
	Origins []string `json:"origins"`
	Hosted  bool     `json:"hosted"`
}

// frame serves /widget/frame?site=KEY: it may be framed by the site's pages and by our own (the demo, the preview).
func (e *Edge) frame(w http.ResponseWriter, r *http.Request) error {
	return e.page(w, r, r.URL.Query().Get("site"), false)
}

// hosted serves /chat/KEY: the same page on its own, for links and QR codes. Nobody may frame it.
func (e *Edge) hosted(w http.ResponseWriter, r *http.Request) error {
	return e.page(w, r, r.PathValue("key"), true)
}

func (e *Edge) page(w http.ResponseWriter, r *http.Request, key string, hosted bool) error {
	s, err := e.sites.find(r.Context(), key)
	if err != nil {
		return e.noPage(w, r, hosted, err)
	}
	own := e.front.Own(r)
	var ancestors []web.Origin
	if !hosted {
		ancestors = append(ancestors, s.origins...)
		if own != (web.Origin{}) && !s.allows(own) {
			ancestors = append(ancestors, own)
		}
	}
	wanted := wishes(r, s.Language)
	tag, texts, whole := e.texts.opening(wanted...)
	reads := tag
	for _, w := range wanted {
		if chat.SameLanguage(w, tag) {
			reads = w // more exact: fr-CA
			break
		}
	}
	b, err := json.Marshal(pageSettings{
		Site: e.sessionSite(s, reads), Language: tag.String(), Languages: e.texts.names(), Texts: texts, Whole: whole,
		Origins: names(ancestors), Hosted: hosted,
	})
	if err != nil {
		return fmt.Errorf("cannot write the settings of site %s: %w", s.Key, err)
	}
	data := pageData{
		Lang: tag.String(), Dir: direction(tag), Title: s.Name, Settings: template.JS(b),
		Style: e.assets.URL("widget.css"), Script: e.assets.URL("widget.js"),
	}
	if hosted {
		data.Icon = e.assets.URL("widget/icon.svg")
	}
	var out bytes.Buffer
	err = page.Execute(&out, data)
	if err != nil {
		return fmt.Errorf("cannot write the page of site %s: %w", s.Key, err)
	}
	// no-cache, not no-store: the page must be able to come back whole from the browser's back and forward cache.
	w.Header().Add("Vary", "Accept-Language")
	e.pages.Asset("page.html", out.Bytes()).Serve(w, r, web.Policy{
		CSP: web.PageCSP(own, ancestors), Cache: "private, no-cache", Shared: !hosted, Page: true,
	})
	return nil
}

// wishes are the languages that a page is wanted in: what the shop's page asked for by ?lang= (a tag, nothing about a person), what the
// browser prefers, what the site speaks.
func wishes(r *http.Request, site language.Tag) []language.Tag {
	var out []language.Tag
	if t, err := chat.ParseLanguage(r.URL.Query().Get("lang")); err == nil {
		out = append(out, t)
	}
	if accepted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")); err == nil {
		out = append(out, accepted[:min(len(accepted), chat.MaxLanguages)]...)
	}
	return append(out, site)
}

func names(origins []web.Origin) []string {
	out := make([]string, len(origins))
	for i, o := range origins {
		out[i] = o.String()
	}
	return out
}
