package agent

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"

	"dragoman/internal/web"
)

// page is the console's document. It holds nothing of anybody: who is logged in shows when the socket opens. Only the demo's accounts stand
// in it, for the login to offer. The script is the longest, so it is named first and comes over the connection that is there; as a module it waits for the whole page.
var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<title>Dragoman</title>
<script type="module" src="{{.Script}}"></script>
<link rel="stylesheet" href="{{.Style}}">
<link rel="icon" href="{{.Icon}}" type="image/svg+xml">
</head>
<body>
<div id="app"></div>
{{- if .Demo}}
<script type="application/json" id="demo">{{.Demo}}</script>
{{- end}}
</body>
</html>
`))

// DemoAccount is an account of the demo, whose password is no secret.
type DemoAccount struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Name     string `json:"name"`
}

// makePages makes the page, and for the demo the one with its accounts.
func (e *Edge) makePages(demo []DemoAccount) (err error) {
	if e.page, err = e.makePage(nil); err == nil && len(demo) > 0 {
		e.demoPage, err = e.makePage(demo)
	}
	return err
}

func (e *Edge) makePage(demo []DemoAccount) (*web.Asset, error) {
	var out bytes.Buffer
	err := page.Execute(&out, struct {
		Style, Script, Icon string
		Demo                []DemoAccount
	}{e.assets.URL("console.css"), e.assets.URL("console.js"), e.assets.URL("console/icon.svg"), demo})
	if err != nil {
		return nil, fmt.Errorf("cannot write the console's page: %w", err)
	}
	return web.NewAsset("page.html", out.Bytes()), nil
}

// near tells whether a request comes from this machine, or from the one that it is a guest on, and asks for it by its own name. A demo may
// listen on all addresses; whoever comes from elsewhere has to be told the passwords.
func (e *Edge) near(r *http.Request) bool {
	a := e.front.Client(r)
	return loopback(e.front.Own(r).Host) && (a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast())
}

// console serves /agent/ and the addresses below it that the console makes up for its screens.
func (e *Edge) console(w http.ResponseWriter, r *http.Request) error {
	page := e.page
	if e.demoPage != nil && e.near(r) {
		page = e.demoPage
	}
	page.Serve(w, r, web.Policy{CSP: web.PageCSP(e.front.Own(r), nil), Cache: "private, no-cache", Page: true})
	return nil
}
