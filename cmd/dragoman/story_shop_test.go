package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ownShop is a shop that a test keeps itself: its pages are as strict, as careless or as hostile as the test wants.
type ownShop struct {
	*serving
	// origin is the shop's, chat the server's; key is the site's.
	origin, chat, key string
	pages             map[string]shopPage
}

// shopPage is a page: its Content-Security-Policy, and what stands in it. CHAT and KEY become what they are.
type shopPage struct{ policy, html string }

// keepShop opens a shop and a server that knows it, with the agents of the demo.
func keepShop(t *testing.T, pages map[string]shopPage, args ...string) *ownShop {
	t.Helper()
	shop := &ownShop{pages: pages}
	server := httptest.NewServer(shop)
	t.Cleanup(server.Close)
	shop.origin = "http://shop.localhost:" + server.URL[strings.LastIndex(server.URL, ":")+1:]
	data := t.TempDir()
	var site struct{ Key string }
	decode(t, good(t, "", "site", "add", "Strange", "--origin", shop.origin, "--origin", openNetwork(shop.origin), "--language", "en", "--data", data, "--json"), &site)
	shop.key = site.Key
	shop.serving = serve(t, data, append([]string{"--demo"}, args...)...)
	shop.chat = shop.under("chat")
	return shop
}

func (s *ownShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, ok := s.pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	chat := s.chat
	if strings.Contains(r.Host, ".test:") {
		chat = openNetwork(chat)
	}
	fill := strings.NewReplacer("CHAT", chat, "KEY", s.key)
	if page.policy != "" {
		w.Header().Set("Content-Security-Policy", fill.Replace(page.policy))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(fill.Replace(page.html)))
}

// openNetwork is an origin under a name that a browser takes for the open network: there http is no secure context.
func openNetwork(origin string) string { return strings.Replace(origin, ".localhost", ".test", 1) }
