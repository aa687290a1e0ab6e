package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"

	"dragoman/internal/web"
)

// The page at the bare address. Its style stands in it, allowed by its hash.
const startStyle = `body{font:1.05rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;color-scheme:light dark}
h1{font-weight:650;line-height:1.2}`

const startText = `<p>This is a Dragoman server: live chat in which a shop talks with every customer in the customer's own language.</p>
<p>There is nothing to see here. Shoppers write in the widget on their shop's pages; <a href="/agent/">agents log in here</a>.</p>`

func page(title, body string) string {
	return fmt.Sprintf(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>%[1]s</title><style>%[2]s</style>
<h1>%[1]s</h1>
%[3]s
</html>
`, html.EscapeString(title), startStyle, body)
}

// startPage says what this is to whoever opens the bare address.
func (s *server) startPage(w http.ResponseWriter, _ *http.Request) error {
	text := page("Dragoman", startText)
	if s.demo != nil {
		text = s.demo.startPage()
	}
	hash := sha256.Sum256([]byte(startStyle))
	web.Policy{
		CSP: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		Page: true,
	}.Apply(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := w.Write([]byte(text))
	return err
}
