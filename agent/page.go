package agent

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"

	"dragoman/internal/web"
)

// page is the console's document. It holds nothing of anybody: who is logged in shows when the socket opens. Only the demo's accounts stand
// in it, for the login to offer.
var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<title>Dragoman</title>
<link rel="icon" href="{{.Icon}}" type="image/svg+xml">
<link rel="stylesheet" href="{{.Style}}">
</head>
<body>
<div id="app"></div>
{{- if .Demo}}
<script type="application/json" id="demo">{{.Demo}}</script>
{{- end}}
<script defer src="{{.Script}}"></script>
</body>
</html>
`))

// DemoAccount is an account of the demo, whose password is no secret.
type DemoAccount struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Name     string `json:"name"`
}

func (e *Edge) makePage(demo []DemoAccount) error {
	var out bytes.Buffer
	err := page.Execute(&out, struct {
		Style, Script, Icon string
		Demo                []DemoAccount
	}{e.assets.URL("console.css"), e.assets.URL("console.js"), e.assets.URL("console/icon.svg"), demo})
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
