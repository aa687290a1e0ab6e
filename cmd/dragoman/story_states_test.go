package main

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// small is the narrowest window that a page must fit (WCAG 1.4.10).
var small = browsertest.Device{Width: 320, Height: 568, Phone: true}

// look checks a state as far as a program can: rules of accessibility, and geometry.
func look(tab *browsertest.Tab, state, picture string) {
	tab.Axe(state)
	tab.Fits(state)
	shot(tab, picture)
}

// TestStoryOfTheRarerStates goes where a good day does not lead: no engine, a line that is refused, a server that is gone, a window of 320 pixels,
// text of double size. What TestStoryOfEveryLook holds against all rules is only measured here.
func TestStoryOfTheRarerStates(t *testing.T) {
	t.Parallel()
	wire := lay(t, "")
	s := wire.serve(t, "", "--demo", "--limit", "text_characters=100")
	shop, chat := s.under("shop"), "http://chat.localhost:"+wire.port()

	shopper := browsertest.Start(t, "de-DE,de")
	page := shopper.Tab(small)
	page.Open(shop + "/demo/de/")
	look(page, "shop, 320 px", "shop-small.png")
	frame := openWidget(page, chat)
	look(frame, "first opening, 320 px", "widget-small.png")
	frame.Do("(now => { Date.now = () => now() + 61_000 })(Date.now.bind(Date))") // a minute later
	says(frame, "Haben Sie die Tasse Luz auch in Blau?")
	frame.WaitText("Ihre Nachricht ist bei uns.")
	look(frame, "a minute without an answer", "widget-waiting.png")

	agent := browsertest.Start(t, "en-US,en")
	console := agent.Tab(browsertest.Desktop)
	console.Open(chat + "/agent/")
	console.Wait("document.activeElement.id === 'email'")
	console.Click(".demo button")
	console.Click("[role=option]")
	console.WaitText("in Blau")
	console.WaitText("No translation engine is running")
	look(console, "conversation without an engine", "console-no-engine.png")

	console.Press("r")
	console.Type("Yes, in blue and in green.")
	console.Press(kb.Enter)
	frame.WaitText("in green")
	frame.WaitGone("Ihre Nachricht ist bei uns.")
	frame.Wait("document.querySelector('.presence .on')")
	look(frame, "untranslated answer", "widget-untranslated.png")
	frame.Click("textarea")
	frame.Type(strings.Repeat("Das ist zu viel. ", 10))
	frame.Press(kb.Enter)
	frame.WaitText("zu lang")
	look(frame, "refused line", "widget-refused.png")
	frame.Click(".head .tool")
	frame.Fits("menu")
	menuHolds(t, frame)
	frame.Click(".menu button:last-of-type")
	frame.Wait("document.querySelector('#ask')")
	frame.Fits("question before the end")
	frame.Press(kb.Escape)
	frame.Wait("!document.querySelector('.menu')")
	frame.Click(".head .tool")
	frame.Click(".menu button")
	frame.Wait("document.querySelector('dialog[open]')")
	frame.Fits("languages")
	frame.Press(kb.Escape)
	frame.Wait("!document.querySelector('dialog')")
	frame.Do("document.documentElement.style.fontSize = '200%'")
	look(frame, "text of double size", "widget-large.png")
	frame.Whole("text of double size", "h1, .about, .acts")

	hosted := shopper.Tab(browsertest.Desktop.InDark())
	hosted.Open(chat + "/chat/" + demoKey)
	hosted.Wait("document.querySelector('textarea')")
	look(hosted, "page of its own", "widget-hosted.png")
	for _, tab := range []*browsertest.Tab{hosted, console} {
		tab.Wait("fetch(document.querySelector('link[rel=icon]').href).then(r => { window.iconServed = r.ok }) && window.iconServed")
	}
	strangers(t, shopper.Tab(small), chat)
	if browsertest.Eval[bool](frame, "!!document.querySelector('link[rel=icon]')") {
		t.Error("the frame has an icon, which nobody sees")
	}

	phone := agent.Tab(small.InDark())
	phone.Open(chat + "/agent/")
	phone.Click("#tab-mine")
	phone.Wait("document.querySelector('[role=option]')")
	look(phone, "inbox, 320 px", "console-small-inbox.png")
	phone.Click("[role=option]")
	phone.WaitText("in Blau")
	look(phone, "conversation, 320 px", "console-small.png")

	wire.ends(t, s)
	frame.Do("document.documentElement.style.fontSize = ''")
	frame.Wait("document.querySelector('.bar')")
	frame.Click("textarea")
	frame.Type("Sind Sie noch da?")
	frame.Press(kb.Enter)
	frame.WaitText("Sind Sie noch da?")
	look(frame, "widget without a connection", "widget-offline.png")
	console.WaitText("Offline since")

	wire.serve(t, s.data, "--demo")
	networkBack(frame, console)
	frame.WaitGone("Verbindung")
	console.WaitText("Sind Sie noch da?")
	tellsThePage(page, frame)
}

// tellsThePage ends the chat as its shopper and says how it was: the shop's page hears it.
func tellsThePage(page, frame *browsertest.Tab) {
	page.Do("dragoman('on', 'rating', score => { window.rated = score })")
	frame.Click(".head .tool")
	frame.Click(".menu button:last-of-type")
	frame.Click(".menu .strong")
	frame.Click(".rating [aria-pressed]:last-child")
	page.Wait("window.rated === 1")
	look(frame, "not good, 320 px", "widget-not-good.png")
}

// menuHolds tries what stands in the menu: text that is larger and stays so, and the whole talk as a file.
func menuHolds(t *testing.T, frame *browsertest.Tab) {
	t.Helper()
	frame.Click(".menu button:nth-of-type(4)")
	frame.Wait("getComputedStyle(document.documentElement).fontSize === '20px' && localStorage.getItem('dragoman." + demoKey + ".larger') === 'on'")
	look(frame, "menu, larger text", "widget-larger.png")
	frame.Click(".menu button:nth-of-type(4)")
	frame.Wait("getComputedStyle(document.documentElement).fontSize === '16px'")
	frame.Do("(make => { URL.createObjectURL = file => { file.text().then(text => { window.saved = text }); return make.call(URL, file) } })(URL.createObjectURL)")
	frame.Click(".menu button:nth-of-type(5)")
	frame.Wait("window.saved")
	if got := browsertest.Eval[string](frame, "window.saved"); !strings.HasPrefix(got, "Alma & Sol\n") || !strings.Contains(got, "Sie: Haben Sie die Tasse Luz auch in Blau?") || !strings.Contains(got, "Emma: Yes, in blue") {
		t.Errorf("saved: %q", got)
	}
	frame.Click(".head .tool")
	frame.Click(".menu button:nth-of-type(6)")
	frame.WaitText("Alma & Sol speichert Ihre Nachrichten")
	frame.Fits("privacy")
	frame.Press(kb.Escape)
	frame.WaitGone("Alma & Sol speichert Ihre Nachrichten")
	frame.Click(".head .tool")
}

// strangers come to the page of a site that is not there.
func strangers(t *testing.T, tab *browsertest.Tab, chat string) {
	t.Helper()
	tab.Open(chat + "/chat/nowhere")
	tab.WaitText("Der Chat ist hier nicht verfügbar")
	look(tab, "no such site", "widget-nowhere.png")
}

// TestStoryOfTooManyLines: who types faster than he may is told so, and for how long; his lines go by themselves, in their order.
func TestStoryOfTooManyLines(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo", "--limit", "send_burst=1")
	page := browsertest.Start(t, "de-DE,de").Tab(small)
	page.Open(s.under("shop") + "/demo/de/")
	frame := openWidget(page, s.under("chat"))
	lines := []string{"Hallo", "ist jemand da", "ich suche", "eine Tasse"}
	// In one breath, for on a busy machine more than the second that a line may take would pass from key to key; and what it says for a second is kept.
	frame.Do(fmt.Sprintf(`(box => {
		window.told = ''
		new MutationObserver(() => { told += document.querySelector('.bar')?.innerText ?? '' }).observe(document.body, { childList: true, subtree: true, characterData: true })
		for (const line of %s) {
			box.value = line
			box.dispatchEvent(new InputEvent('input', { bubbles: true }))
			box.dispatchEvent(new InputEvent('beforeinput', { inputType: 'insertLineBreak', bubbles: true, cancelable: true }))
		}
	})(document.querySelector('textarea'))`, quoted(t, lines)))
	frame.Wait("told.includes('Zu viele Nachrichten. Weiter geht es in ')")
	look(frame, "too many lines", "widget-rate.png")
	frame.WaitGone("Zu viele Nachrichten")
	frame.WaitText("Gesendet")
	if got := browsertest.Eval[string](frame, "document.body.innerText"); strings.Index(got, lines[2]) > strings.Index(got, lines[3]) || !strings.Contains(got, lines[3]) {
		t.Errorf("the lines stand as %q", got)
	}
}
