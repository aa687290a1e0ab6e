package main

import (
	"fmt"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"

	"github.com/chromedp/chromedp/kb"
)

// pictures takes those of a state whose rules are held elsewhere.
func (g *gallery) pictures(name string) {
	g.t.Helper()
	for _, d := range append(dresses[:len(dresses):len(dresses)], phoneInDark) {
		if d.picture {
			g.on(d.on)
			g.picture(name, d)
		}
	}
	g.on(browsertest.Desktop)
}

// shopOf is where the demo's shop speaks a language, or else English.
func shopOf(tag string) string {
	return "/demo/" + map[string]string{"de": "de/", "ar": "ar/"}[tag]
}

// before takes the pictures of what shows before anybody acts: the launcher on a page of the shop, alone and with the shop's word beside it, and what the page of
// a site says that is not there. Then those of a talk that no engine translates.
func before(t *testing.T, s *serving) {
	t.Helper()
	emma := comesToWork(t, s, "emma@demo.localhost", demoPassword(t, s, "emma@demo.localhost"))
	for _, tongue := range tongues {
		browser := browsertest.Start(t, speaks(tongue.tag))
		page := browser.Tab(browsertest.Desktop)
		page.Open(s.under("shop") + shopOf(tongue.tag))
		page.Wait("document.querySelector('dragoman-chat')")
		g := &gallery{t: t, page: page, tag: tongue.tag}
		g.pictures("launcher")
		page.WaitAttribute("class", "hi")
		g.pictures("bubble")
		g.page = browser.Tab(browsertest.Desktop)
		g.page.Open(s.under("chat") + "/chat/nobody")
		g.page.Wait("document.body.innerText.trim()")
		g.pictures("unknown site")
		if tongue.tag == "en" {
			continue
		}
		g.page = browser.Tab(browsertest.Desktop)
		g.page.Script(stillLife)
		g.page.Open(s.under("chat") + "/chat/" + demoKey)
		g.page.Wait("document.querySelector('.presence .dot')")
		g.writes(tongue.asked)
		g.page.Wait("document.querySelector('.note')")
		g.pictures("without an engine")
		emma.opensNewest()
		emma.says(saysWeighs, nil)
		g.page.WaitText(saysWeighs)
		g.page.Wait("!document.querySelector('.pending')")
		g.pictures("an answer without an engine")
	}
}

// inPlace takes the pictures of the widget where a shop has it: beside the page, with what depends on the page or on how the site is set.
func inPlace(t *testing.T) {
	t.Helper()
	engine := phrases{saysGlazed: {}}
	for _, tongue := range tongues {
		engine[saysGlazed][tongue.tag] = tongue.glazed
	}
	s := serve(t, "", append(engine.serve(t), "--demo", "--limit", "send_burst=2")...)
	good(t, "", "site", "set", demoKey, "--typing-preview", "--data", s.data)
	emma := comesToWork(t, s, "emma@demo.localhost", demoPassword(t, s, "emma@demo.localhost"))
	lucia := comesToWork(t, s, "lucia@demo.localhost", demoPassword(t, s, "lucia@demo.localhost"))
	defer lucia.Drop()
	for range 10 { // so many answers make it known how soon they come
		walksIn(t, s, "en", "Good morning")
		emma.opensNewest()
		emma.says("Good morning!", nil)
	}
	soon(t, 2*browsertest.Patience, "visitors are told that the shop reads along, and how soon it answers", func() bool {
		session, err := client.NewSession(t.Context(), s.Public, "", chat.SessionRequest{Site: demoKey})
		return err == nil && session.Site.TypingPreview && session.RepliesInS > 0
	})
	var site siteRow
	decode(t, good(t, "", "site", "show", demoKey, "--data", s.data, "--json"), &site)
	ended := edgetest.Sign(t, site.IdentitySecret, map[string]any{"alg": "HS256"}, map[string]any{"sub": "c-1", "aud": demoKey, "exp": time.Now().Add(-time.Hour).Unix()})
	for _, tongue := range tongues {
		browser := browsertest.Start(t, speaks(tongue.tag))
		g := &gallery{t: t, tag: tongue.tag, around: browser.Tab(browsertest.Desktop)}
		g.opens(s)
		g.page.Wait("document.querySelector('.faces strong')")
		g.pictures("in place first opening")
		g.answered(tongue, emma)

		late := &gallery{t: t, tag: tongue.tag, around: browsertest.Start(t, speaks(tongue.tag), browsertest.Alone()).Tab(browsertest.Desktop)}
		late.around.Open(s.under("shop") + shopOf(tongue.tag))
		late.around.Wait("window.dragoman?.v")
		late.around.Do(fmt.Sprintf("dragoman('identify', {jwt: %q})", ended))
		late.page = openWidget(late.around, s.under("chat"))
		late.page.Do(stillLife)
		late.page.Wait("document.querySelector('.unsigned')")
		late.pictures("a signature that has ended")
	}
}

// opens opens the panel on a page of the shop.
func (g *gallery) opens(s *serving) {
	g.t.Helper()
	g.around.Open(s.under("shop") + shopOf(g.tag))
	g.page = openWidget(g.around, s.under("chat"))
	g.page.Do(stillLife)
}

// answered talks in the shop's page: while the shop reads along, with the panel closed, and faster than one may.
func (g *gallery) answered(says tongue, emma *desk) {
	g.t.Helper()
	page := g.page
	g.writes(says.asked)
	page.Wait("document.querySelector('.state') && !document.querySelector('.waiting')")
	emma.opensNewest()
	emma.says(saysGlazed, nil)
	page.WaitText(says.glazed)
	page.Wait("!document.querySelector('.pending')")
	page.Click("textarea")
	page.Type(says.asked)
	page.Wait("document.querySelector('#seen')")
	g.pictures("in place the shop reads along")
	page.Do("document.querySelector('textarea').select()")
	page.Press(kb.Delete)

	g.around.Do("dragoman('on', 'unread', n => { window.unread = n }), dragoman('close')")
	g.shut = true
	emma.says("1, 2, 3", nil)
	emma.says("4, 5, 6", nil)
	g.around.Wait("window.unread === 2")
	g.pictures("unread")
	g.shut = false
	g.around.Do("dragoman('open')")
	g.around.Wait("window.unread === 0")

	// What is said for seconds stands still for the pictures.
	page.Do(standing())
	for _, line := range []string{"1", "2", "3", "4"} {
		page.Click("textarea")
		page.Type(line)
		page.Press(kb.Enter)
	}
	page.Wait("document.querySelector('.bar')")
	g.pictures("in place too many lines")
}
