package main

import (
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
	"golang.org/x/text/language"
)

// What an agent says in the widget's gallery.
const (
	saysGlazed = "Your cup is being glazed today."
	saysMonday = "We write on Monday."
	saysWeighs = "It weighs 400 grams."
)

// TestStoryOfEveryLook holds the rules of accessibility and geometry against the widget's states: each from left to right and from right to left, on the desktop,
// on a phone and in 320 pixels, light and dark. With -screens it takes the pictures of docs/screens/widget, in two languages more.
func TestStoryOfEveryLook(t *testing.T) {
	t.Parallel()
	several := tongues[:2]
	if *screens != "" {
		several = tongues
	}
	for _, tongue := range several {
		t.Run(tongue.tag, func(t *testing.T) {
			t.Parallel()
			engine := phrases{saysGlazed: {tongue.tag: tongue.glazed}, saysMonday: {tongue.tag: tongue.monday}}
			s := serve(t, "", append(engine.serve(t), "--demo", "--limit", "text_characters=40")...)
			wire := lay(t, strings.TrimPrefix(s.Public, "http://"))
			page := browsertest.Start(t, speaks(tongue.tag)).Tab(browsertest.Desktop)
			if *screens != "" {
				page.Script(stillLife)
			}
			page.Script(wireScript)
			g := &gallery{t: t, page: page, tag: tongue.tag}
			page.Open("http://chat.localhost:" + wire.port() + "/chat/" + demoKey)
			page.Wait("document.documentElement.lang === '" + tongue.tag + "' && document.querySelector('.presence .dot')")
			page.Do(filesScript)
			g.state("first opening")
			g.plain("first opening")

			emma := g.talks(tongue, s)
			g.takesFiles(wire)
			g.scrollsUp(emma)
			g.looksAround()
			g.losesWhatItHas(emma, wire)
			g.ends()
			g.fails(tongue)
			g.isHeldOff()
			g.looksBack(emma)
		})
	}
	if *screens != "" {
		before(t, serve(t, "", "--demo"))
		inPlace(t)
	}
}

// talks asks, waits for more than a minute, is answered in every way, and says what was wrong about it.
func (g *gallery) talks(says tongue, s *serving) (emma *desk) {
	g.t.Helper()
	page := g.page
	page.Do("window.later = 61_000, (now => { Date.now = () => now() + later })(Date.now.bind(Date))")
	g.writes(says.asked)
	page.Wait("document.querySelector('.state') && !document.querySelector('.waiting')")
	page.Wait("document.querySelector('.note')")
	g.variant("a minute without an answer")
	page.Do("window.later = 0")
	emma = sitDown(g.t, s, "emma@demo.localhost")
	emma.call(chat.CallRead, chat.Read{Conversation: emma.conversation, Seq: 1}, nil)
	emma.call(chat.CallTyping, chat.Typing{Conversation: emma.conversation, On: true}, nil)
	page.Wait("document.querySelector('.state.read') && document.querySelector('.typing')")
	g.variant("read and typing")
	glazed := g.waits(says, emma)
	emma.says(saysWeighs, nil)
	emma.says(saysMonday, &chat.Reviewed{Language: language.Make(g.tag), Text: says.monday})
	page.WaitText(says.monday)
	page.Wait("!document.querySelector('.pending')")
	g.state("conversation")

	g.writes(strings.Repeat(says.asked+" ", 4))
	page.Wait("document.querySelector('.bubble.bad')")
	translated := browsertest.Eval[bool](page, "!!document.querySelector('.thumb')") // not where the shopper reads what was written
	if translated {
		page.Do("document.querySelector('.thumb').click()") // the log may still be moving after the last change of size
		page.Wait("document.querySelector('.wrong')")
	}
	page.Do("document.querySelectorAll('.about button[aria-expanded]').forEach(b => b.click())")
	g.state("wrong and refused")
	g.plain("wrong and refused")
	if !translated {
		return emma
	}
	tag, _, _ := strings.Cut(speaks(g.tag), ",")
	emma.call(chat.CallCorrect, chat.Correct{Conversation: emma.conversation, Seq: glazed.Seq, Language: tag, Text: says.fired}, nil)
	page.WaitText(says.fired)
	page.Wait("!document.querySelector('.wrong')")
	g.chooses(":nth-of-type(3)")
	page.Wait("document.querySelector('.menu button:nth-of-type(3)[aria-pressed=true]') && document.querySelectorAll('.original').length === 2")
	g.closes(".menu")
	g.variant("corrected and always originals")
	g.chooses(":nth-of-type(3)")
	g.closes(".menu")
	return emma
}

// takesFiles brings files that are refused, uploaded and sent, and looks at one of them.
func (g *gallery) takesFiles(wire *cable) {
	g.t.Helper()
	page := g.page
	if *screens != "" { // all of these are held against the rules in TestStoryOfFiles
		page.Do("drag('dragover', pdf('a.pdf'))")
		page.Wait("document.querySelector('.drop')")
		g.state("something is dragged over it")
		page.Do("dispatchEvent(new DragEvent('dragleave'))")
		page.Do("choose(new File(['<svg>'], 'zeichnung.svg', {type: 'image/svg+xml'}), new File([], 'rechnung.pdf', {type: 'application/pdf'}))")
		page.Wait("document.querySelector('.att-refused')")
		g.state("files that are refused")
		page.Click(".att-refused .att-x")
		page.Do("choose(new File([new Uint8Array([137, 80, 78, 71, 0, 1, 2, 3])], 'schein.png', {type: 'image/png'}))")
		page.Wait("document.querySelector('.att-card.bad')")
		wire.setHeld(true)
		page.Do("photo('tasse.jpg', 1200, 900, 200).then(f => choose(f))")
		page.Wait("document.querySelector('.att-card progress')")
		g.state("a file under way and one that failed")
		page.Click(".att-card.bad > .att-x:last-of-type")
		page.Wait("!document.querySelector('.att-card.bad')")
		page.Click(".att-card > .att-x:last-of-type")
		page.Wait("!document.querySelector('.att-card')")
		wire.setHeld(false)
	}
	page.Do("Promise.all([photo('tasse.jpg', 1200, 900, 200), photo('henkel.jpg', 300, 900, 20)]).then(f => choose(...f))")
	uploaded(page, "2")
	g.state("files above the box")
	page.Click("textarea")
	page.Press(kb.Enter)
	page.Wait("seen(document.querySelectorAll('.att-pic img'))")
	// What was refused stands below, and they say all the same how far they have come.
	page.Wait("document.querySelector('.bubble:has(.att-pic) + .foot .state')")
	g.state("files in the conversation")
	if *screens != "" {
		page.Do("document.querySelector('.att-pic').click()")
		page.Wait("document.querySelector('.att-viewer[open]') && seen(document.querySelectorAll('.att-large img'))")
		g.state("a picture at its largest")
		g.closes(".att-viewer")
	}
	page.Do("[...document.querySelectorAll('.bubble.bad .link')].at(-1).click()") // what was refused is deleted
	page.Wait("!document.querySelector('.bubble.bad')")
}

// scrollsUp reads above while an agent answers, and types more than a line can hold.
func (g *gallery) scrollsUp(emma *desk) {
	g.t.Helper()
	if *screens == "" { // held against the rules in TestStoryOfDelivery
		return
	}
	page := g.page
	page.Do("(l => { l.addEventListener('scroll', () => { window.scrolled = l.scrollTop === 0 }); l.scrollTop = 0 })(document.querySelector('.log'))")
	page.Wait("window.scrolled")
	emma.says("1, 2, 3", nil)
	emma.says("4, 5, 6", nil)
	page.Wait("document.querySelector('.pill')")
	g.state("new messages below")
	page.Click(".pill")
	page.Do("(e => { e.value = 'o '.repeat(2010); e.dispatchEvent(new Event('input', {bubbles: true})) })(document.querySelector('textarea'))")
	page.Wait("document.querySelector('.over')")
	g.state("too long")
	page.Do("(e => { e.value = ''; e.dispatchEvent(new Event('input', {bubbles: true})) })(document.querySelector('textarea'))")
}

// looksAround goes through the menu and what it leads to.
func (g *gallery) looksAround() {
	g.t.Helper()
	page := g.page
	g.menu()
	g.state("menu")
	if *screens != "" { // held against the rules in TestStoryOfTheRarerStates
		page.Click(".menu button:nth-of-type(4)")
		page.Wait("getComputedStyle(document.documentElement).fontSize === '20px'")
		g.closes(".menu")
		g.state("larger text")
		g.chooses(":nth-of-type(4)")
		page.Wait("getComputedStyle(document.documentElement).fontSize === '16px'")
	}
	page.Click(".menu button:nth-last-of-type(2)")
	page.Wait("document.querySelector('dialog[open] h2')")
	g.state("privacy")
	g.closes("dialog")
	g.chooses("")
	page.Wait("document.querySelector('dialog[open] .list')")
	g.state("languages")
	page.Click("dialog input")
	page.Type("xyz")
	page.Wait("document.querySelector('.none')")
	g.variant("no such language")
	g.closes("dialog")
}

// losesWhatItHas is asked about another language, which an agent has set, and loses the connection.
func (g *gallery) losesWhatItHas(emma *desk, wire *cable) {
	g.t.Helper()
	page := g.page
	emma.call(chat.CallLanguage, chat.Language{Conversation: emma.conversation, Language: "fr"}, nil)
	page.Wait("document.querySelector('.offer')?.lang === 'fr'")
	g.state("offer of another language")
	page.Click(".offer .plain")
	page.Wait("!document.querySelector('.offer') && document.querySelectorAll('.event').length === 2")

	wire.setCut(true)
	page.Wait("document.querySelector('.bar')")
	g.writes("42")
	page.Wait("document.querySelector('.waiting')")
	g.state("without a connection")
	wire.setCut(false)
	networkBack(page)
	page.Wait("!document.querySelector('.bar') && !document.querySelector('.waiting')")
}

// ends ends the chat, says how it was, and writes again.
func (g *gallery) ends() {
	g.t.Helper()
	page := g.page
	g.chooses(":last-of-type")
	page.Wait("document.querySelector('#ask')")
	g.state("question before the end")
	page.Click(".menu .strong")
	page.Wait("document.querySelector('.rating button')")
	g.state("rating")
	page.Do("document.querySelector('.rating button').click()")
	page.Wait("document.querySelector('.rating input')")
	g.state("rated")
	g.plain("rated")
	// Who is at the end stays there when the window shrinks, by a keyboard or by being turned.
	page.On(small)
	page.Wait("innerWidth === 320 && document.querySelector('.rating').getBoundingClientRect().bottom <= document.querySelector('.composer').getBoundingClientRect().top")
	page.On(browsertest.Desktop)
	page.Do("document.querySelector('.rating [type=submit]').click()")
	page.Wait("document.querySelector('.rating') && !document.querySelector('.rating form')")
	g.variant("thanks for the rating")
	g.writes("43")
	page.Wait("!document.querySelector('.rating') && !document.querySelector('.waiting')")
	g.variant("after the end")
}
