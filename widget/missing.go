package widget

import (
	"html/template"
	"net/http"
	"strings"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// missing is what a person reads who comes to the page of a site that is not there, or is closed. It runs nothing.
var missing = template.Must(template.New("missing").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{.Title}}</title>
<link rel="stylesheet" href="{{.Style}}">
</head>
<body>
<main class="app">
<div class="unavailable">
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
</div>
</main>
</body>
</html>
`))

// missingCSP lets the page have its style and nothing else. In a frame any page may show it: it says nothing of anybody.
const missingCSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"

// noPage answers for a site that cannot be found: in words to a browser, as a problem to a program.
func (e *Edge) noPage(w http.ResponseWriter, r *http.Request, hosted bool, err error) error {
	if chat.CodeOf(err) != chat.NotFound || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return err
	}
	say, tag := e.texts.say(wishes(r, language.Und))
	csp := missingCSP
	if hosted {
		csp += "; frame-ancestors 'none'"
	}
	web.Policy{CSP: csp, Shared: !hosted, Page: true}.Apply(w.Header())
	w.Header().Add("Vary", "Accept, Accept-Language")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	return missing.Execute(w, struct{ Lang, Dir, Title, Text, Style string }{
		Lang: tag.String(), Dir: direction(tag), Title: say("unavailable.title"), Text: say("unavailable.text"), Style: e.assets.URL("widget.css"),
	})
}
