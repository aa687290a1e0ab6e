package main

import (
	"fmt"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
)

// TestStoryOfIdentity: a page says who its visitor is, and agents see it as said, whatever it is; then the shop signs for her, and she is the same person
// in another browser. A signature that has ended lets nobody in without a word.
func TestStoryOfIdentity(t *testing.T) {
	t.Parallel()
	const hostile = `<img src=x onerror="window.top.hacked=1">`
	s := serve(t, "", "--demo", "--engine", "none")
	shop, chatServer := s.under("shop"), s.under("chat")
	var site siteRow
	decode(t, good(t, "", "site", "show", demoKey, "--data", s.data, "--json"), &site)
	sign := func(ends time.Duration) string {
		return edgetest.Sign(t, site.IdentitySecret, map[string]any{"alg": "HS256"}, map[string]any{
			"sub": "c-1042", "aud": demoKey, "exp": time.Now().Add(ends).Unix(), "name": "Greta Lindqvist", "email": "greta@example.com", "plan": "gold"})
	}
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Desktop)
	page.Open(shop + "/demo/de/")
	page.Do(fmt.Sprintf(`dragoman('identify', {name: %q, email: 'g@example.com'}), dragoman('attributes', {plan: 'free', %q: %[1]q}), dragoman('attributes', {visits: 3}),
		dragoman('cart', {items: [{name: %[1]q, quantity: 2, price: 12.5}], currency: 'EUR', total: 25}), dragoman('cart', (() => { const a = {}; a.a = a; return a })())`, hostile, "note "+hostile[:20]))
	untouched(t, page, chatServer)

	frame := openWidget(page, chatServer)
	says(frame, "Guten Tag")
	console := emmaOpens(t, s, chatServer)
	console.WaitText("Not confirmed: as the page says")
	for _, said := range []string{hostile, "g@example.com", "free", "visits", "2 × ", "€25.00"} {
		console.WaitText(said)
	}
	page.Do(`document.title = '<b>Kasse</b>', history.pushState({}, '', '/demo/de/kasse')`)
	console.WaitText("<b>Kasse</b>")
	console.WaitText("/demo/de/kasse")
	if hacked := browsertest.Eval[bool](console, "'hacked' in window || !!document.querySelector('.context img, .context b, .row img')"); hacked {
		t.Error("what a page says is more than text in the console")
	}
	look(console, "what a page says", "console-said.png")

	page.Do(fmt.Sprintf("dragoman('identify', {jwt: %q})", sign(time.Hour/2)))
	console.WaitText("Greta Lindqvist")
	console.WaitText("Confirmed by the shop")
	console.WaitText("gold")
	console.Wait("document.querySelector('[role=option] .verified')")
	look(console, "what the shop has signed", "console-confirmed.png")
	frame.WaitText("Guten Tag")
	frame.Click("textarea")
	says(frame, "Ich bin jetzt angemeldet")
	console.WaitText("Ich bin jetzt angemeldet")

	// On her phone she has written before she signs in: what she wrote is hers, and the older conversation ends.
	phone := browsertest.Start(t, "de-DE,de").Tab(browsertest.Phone)
	phone.Open(shop + "/demo/de/")
	// Some script of the shop's page has put a token of its own where the page keeps one for browsers that store nothing in frames.
	planted, err := client.NewSession(t.Context(), s.Public, "", chat.SessionRequest{Site: demoKey})
	if err != nil {
		t.Fatal(err)
	}
	phone.Do(fmt.Sprintf("localStorage.setItem('dragoman.%s', JSON.stringify({token: %q}))", demoKey, planted.Token))
	mobile := openWidget(phone, chatServer)
	says(mobile, "Vom Telefon")
	if read, err := client.NewSession(t.Context(), s.Public, "", chat.SessionRequest{Site: demoKey, Token: planted.Token}); err != nil || len(read.Conversations) > 0 {
		t.Errorf("who has planted a token reads %+v, %v", read.Conversations, err)
	}
	phone.Wait(fmt.Sprintf("!JSON.parse(localStorage.getItem('dragoman.%s') ?? '{}').token", demoKey))
	phone.Do(fmt.Sprintf("dragoman('identify', {jwt: %q})", sign(time.Hour/2)))
	mobile.WaitText("Ich bin jetzt angemeldet")
	mobile.WaitText("Vom Telefon")
	frame.WaitText("Vom Telefon")
	console.Wait("[...document.querySelectorAll('[role=option]')].some(r => r.innerText.includes('Greta Lindqvist') && r.innerText.includes('Vom Telefon') && r.querySelector('.verified'))")

	// A page that stood open for too long: she is told, the page may bring a new signature, and she may go on without.
	late := browsertest.Start(t, "de-DE,de").Tab(browsertest.Desktop)
	late.Open(shop + "/demo/de/")
	late.Wait("window.dragoman?.v")
	late.Do(fmt.Sprintf("dragoman('on', 'identity', () => { window.asked = (window.asked ?? 0) + 1 }), dragoman('identify', {jwt: %q})", sign(-time.Hour)))
	refused := openWidget(late, chatServer)
	refused.WaitText("Als Gast weiter")
	late.Wait("window.asked === 1")
	look(refused, "a signature that has ended", "widget-unsigned.png")
	refused.Click(".bar .link")
	says(refused, "Dann eben als Gast")
	console.Wait("[...document.querySelectorAll('[role=option]')].some(r => r.innerText.includes('Dann eben als Gast') && !r.querySelector('.verified'))")

	// Who signs out is forgotten, with everything that the page had said.
	page.Do("dragoman('reset')")
	frame.WaitGone("Ich bin jetzt angemeldet")
	says(frame, "Jemand anders")
	console.Wait("[...document.querySelectorAll('[role=option]')].some(r => r.innerText.includes('Jemand anders') && !r.innerText.includes('Greta'))")
}
