package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// TestStoryOfDelivery: a shopper sees how far each line has come, also while the network is away; and what came in while she was reading above.
func TestStoryOfDelivery(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo")
	wire := lay(t, strings.TrimPrefix(s.Public, "http://"))
	page := browsertest.Start(t, "de-DE,de").Tab(small)
	page.Script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})") // nothing is fetched before it is wanted
	page.Script(slowAtFirst)
	page.Open("http://chat.localhost:" + wire.port() + "/chat/" + demoKey)
	showsAtOnce(page, "Null")
	for _, line := range []string{"Eins", "Zwei"} {
		leavesAtOnce(page, line)
	}
	say := func(text string) {
		t.Helper()
		page.Click("textarea")
		page.Type(text)
		page.Press(kb.Enter)
		page.WaitText(text)
	}
	say("Guten Tag")
	page.WaitText("Gesendet")
	page.Wait("!document.querySelector('.waiting')")
	emma := sitDown(t, s, "emma@demo.localhost")
	page.WaitText("Zugestellt")
	emma.call(chat.CallRead, chat.Read{Conversation: emma.conversation, Seq: 4}, nil)
	page.WaitText("Gelesen")

	if fetched := browsertest.Eval[bool](page, "performance.getEntriesByType('resource').some(e => e.name.includes('widget-menu'))"); fetched {
		t.Error("the menu was fetched before anybody wanted it, where bytes are to be saved")
	}
	said := func(text string) {
		t.Helper()
		page.Wait("document.querySelector('[role=status]').innerText === '" + text + "'")
	}
	wire.setCut(true)
	said("Verbindung unterbrochen. Neuer Versuch …") // before anything else is, which would be said instead, or the other way round
	// A part of the page that cannot be fetched now: it is said, and it can be tried again.
	page.Click(".head .tool")
	page.Wait("document.querySelector('.bar .link')")
	said("Dieser Teil konnte nicht geladen werden.")
	page.Press(kb.Escape)
	page.Wait("!document.querySelector('.bar .link')")
	say("Ist noch jemand da?")
	page.Wait("document.querySelector('.waiting .foot')")
	page.Wait("document.querySelector('.bar')")
	page.WaitText("Wartet auf Verbindung")
	wire.setCut(false)
	networkBack(page)
	page.Wait("!document.querySelector('.bar') && !document.querySelector('.waiting')")
	said("Wieder verbunden")
	page.WaitText("Zugestellt")
	page.Click(".head .tool")
	page.Wait("document.querySelector('.menu')")
	page.Press(kb.Escape)
	page.Wait("!document.querySelector('.menu')")
	var all chat.HistoryOK
	emma.call(chat.CallHistory, chat.History{Conversation: emma.conversation}, &all)
	var lines []string
	for _, m := range all.Messages {
		if m.Kind == chat.MessageLine {
			lines = append(lines, m.Text)
		}
	}
	if want := []string{"Null", "Eins", "Zwei", "Guten Tag", "Ist noch jemand da?"}; !slices.Equal(lines, want) {
		t.Errorf("stored are the lines %q, want each once: %q", lines, want)
	}

	for range 6 {
		emma.says("Die Tasse ist aus Ton, rund und klein, mit einem Henkel, tiefblau glasiert, für Tee oder für Kaffee.", nil)
	}
	page.Wait("document.querySelectorAll('.group:not(.mine) .bubble').length === 6")
	// Each of them grows once more, when there is no translation; then nothing moves any more.
	page.Wait("document.querySelectorAll('.group:not(.mine) .about:not(.pending)').length === 6")
	page.Do("(l => { l.addEventListener('scroll', () => { window.scrolled = l.scrollTop === 0 }); l.scrollTop = 0 })(document.querySelector('.log'))")
	page.Wait("window.scrolled")
	emma.says("Eins.", nil)
	emma.says("Zwei.", nil)
	page.WaitText("2 neue Nachrichten")
	look(page, "new lines below", "widget-new.png")
	if top := browsertest.Eval[float64](page, "document.querySelector('.log').scrollTop"); top != 0 {
		t.Errorf("new lines moved the log of one who reads above, by %g", top)
	}
	page.Click(".pill")
	page.Wait("!document.querySelector('.pill') && document.querySelector('.log').scrollTop > 0")
	rates(t, page, emma)
}

// slowAtFirst is a tab in which the server never answers the first page, and the browser's database never the second.
const slowAtFirst = `window.name = Number(window.name || 0) + 1
if (window.name === '1') window.fetch = () => new Promise(() => {})
if (window.name === '2') IDBFactory.prototype.open = () => ({})`

// showsAtOnce writes a line while the server answers nothing, so that the part of the page that shows lines does not come: it is seen all the same.
func showsAtOnce(page *browsertest.Tab, line string) {
	page.Wait("document.querySelector('textarea')")
	page.Click("textarea")
	page.Type(line)
	page.Press(kb.Enter)
	page.Wait(fmt.Sprintf("document.querySelector('.welcome .early li')?.innerText === %q", line))
	look(page, "a line before its log", "widget-early.png")
}

// leavesAtOnce writes a line, and in the same moment goes to the next page. The line is there.
func leavesAtOnce(page *browsertest.Tab, line string) {
	pages := browsertest.Eval[int](page, "Number(window.name)")
	page.Wait("document.querySelector('textarea')")
	if pages > 1 {
		page.Wait("document.querySelector('.presence .dot')") // who writes now is known
	}
	page.Click("textarea")
	page.Type(line)
	page.Do(`document.querySelector('textarea').dispatchEvent(new InputEvent('beforeinput', {inputType: 'insertLineBreak', bubbles: true, cancelable: true})), location.reload()`)
	page.Wait(fmt.Sprintf("Number(window.name) === %d", pages+1))
	page.WaitText(line)
}

// rates ends the conversation for its agent; the shopper says how it was, with a word about it, and is not asked any more once she writes again.
func rates(t *testing.T, page *browsertest.Tab, emma *desk) {
	t.Helper()
	emma.call(chat.CallState, chat.SetState{Conversation: emma.conversation, State: chat.StateResolved}, nil)
	page.Wait("document.querySelector('.rating h3')")
	look(page, "question after the end", "widget-rating.png")
	page.Click(".rating [aria-pressed]")
	page.Wait("document.querySelector('.rating [aria-pressed=true]') && document.querySelector('.rating form')")
	page.Click(".rating input")
	page.Type("Sehr freundlich!")
	look(page, "a word about it", "widget-rated.png")
	page.Press(kb.Enter)
	page.WaitText("Danke für Ihre Rückmeldung.")
	var rows chat.Rows
	emma.call(chat.CallOpen, chat.Open{Conversation: emma.conversation}, &rows)
	if r := rows.Row.Rating; r == nil || r.Score != chat.BestScore || r.Comment != "Sehr freundlich!" {
		t.Errorf("the rating is %+v", r)
	}
	page.Click("textarea")
	page.Type("Noch eine Frage")
	page.Press(kb.Enter)
	page.Wait("!document.querySelector('.rating')")
}
