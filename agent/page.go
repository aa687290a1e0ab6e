package agent

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"

	"dragoman/internal/web"
)

// page is the console's document. It holds nothing of anybody: who is logged in shows when the socket opens.
var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<title>Dragoman</title>
<link rel="stylesheet" href="{{.Style}}">
</head>
<body>
<div id="app"></div>
<script type="module" src="{{.Script}}"></script>
</body>
</html>
`))

func (e *Edge) makePage() error {
	var out bytes.Buffer
	err := page.Execute(&out, struct{ Style, Script string }{e.assets.URL("console.css"), e.assets.URL("console.js")})
	if err != nil {
		return fmt.Errorf("cannot write the console's page: %w", err)
	}
	e.page = web.NewAsset("page.html", out.Bytes())
	return nil
}

// console serves /agent/ and the addresses below it that the console makes up for its screens.
func (e *Edge) console(w http.ResponseWriter, r *http.Request) error {
	e.page.Serve(w, r, web.Policy{CSP: web.PageCSP(e.front.Own(r), nil), Cache: "private, no-cache", Page: true})
	return nil
}
