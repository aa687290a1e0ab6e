package main

import (
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// TestStoryOfANoticedLanguage: the browser says English, the shopper writes Spanish. The server notices, she takes it, and the widget is hers.
func TestStoryOfANoticedLanguage(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo")
	page := browsertest.Start(t, "en-US,en").Tab(browsertest.Phone)
	page.Open(s.under("chat") + "/chat/" + demoKey)
	for _, line := range []string{"Hola, buenos días, ¿me podéis ayudar?", "¿Dónde está el pedido que hice la semana pasada?", "Todavía no ha llegado y lo necesito para el domingo."} {
		page.Click("textarea")
		page.Type(line)
		page.Press(kb.Enter)
		page.WaitText(line)
		page.Wait("!document.querySelector('.waiting')")
	}
	page.WaitText("Parece que escribes en español")
	page.WaitText("Back to English")
	page.Click(".offer .strong")
	page.Wait("!document.querySelector('.offer') && document.documentElement.lang === 'es'")
}
