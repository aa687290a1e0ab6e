package main

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
	"golang.org/x/text/language"
)

// dress is one way in which a state is looked at. Only some are worth a picture in the documentation.
type dress struct {
	name    string
	on      browsertest.Device
	picture bool
}

var dresses = []dress{
	{"desktop-dark", browsertest.Desktop.InDark(), true},
	{"small-dark", small.InDark(), false},
	{"phone-light", browsertest.Phone, true},
	{"desktop-light", browsertest.Desktop, true},
}

// phoneInDark is not checked beside the narrower window, but belongs to the pictures.
var phoneInDark = dress{"phone-dark", browsertest.Phone.InDark(), true}

// tongues are the languages in which the widget's states are walked through, with what an agent says in English in them; the first two always, the others for the
// pictures.
var tongues = []struct{ tag, asked, glazed, monday string }{
	{"de", "Wo bleibt mein Paket #4711?", "Ihre Tasse wird heute glasiert.", "Wir schreiben am Montag."},
	{"ar", "أين طردي رقم 4711؟", "يُطلى كوبك بالمينا اليوم.", "سنكتب لك يوم الاثنين."},
	{"en", "Where is my parcel #4711?", "Your cup is being glazed today.", "We write on Monday."},
	{"ja", "注文 #4711 はどこですか?", "お客様のカップは本日釉薬がけをしています。", "月曜日にご連絡します。"},
}

// speaks are the languages that the browser of who reads one prefers: those of most other stories, whose Chromium it shares.
func speaks(tag string) string {
	switch tag {
	case "de":
		return "de-DE,de"
	case "en":
		return "en-US,en"
	}
	return tag
}

// gallery walks one shopper through the widget.
type gallery struct {
	t    *testing.T
	page *browsertest.Tab
	tag  string
}

// state holds the rules of accessibility and geometry against what shows, in each dress, and takes the pictures.
func (g *gallery) state(name string) {
	g.t.Helper()
	all := dresses
	if *screens != "" {
		all = append(all[:len(all):len(all)], phoneInDark)
	}
	for _, d := range all {
		g.page.On(d.on)
		g.page.Wait(fmt.Sprintf("innerWidth === %d", d.on.Width))
		// What an element is does not depend on the colours; which ones there are depends on the window.
		if d.name == "desktop-light" {
			g.page.Contrast(g.tag + ", " + name)
		} else {
			g.page.Axe(g.tag + ", " + name)
		}
		g.page.Fits(g.tag + ", " + name)
		if d.picture {
			shot(g.page, fmt.Sprintf("widget/%s-%s-%s.webp", strings.ReplaceAll(name, " ", "-"), g.tag, d.name))
		}
	}
	g.page.On(browsertest.Desktop)
	g.page.Wait(fmt.Sprintf("innerWidth === %d", browsertest.Desktop.Width))
}

// plain holds what shows against the criteria that change its clothes as a person may: text with more room, the system's own colours, no motion.
func (g *gallery) plain(name string) {
	g.t.Helper()
	// What belongs to a translation takes a new line where there is no room, and its thumb reaches out by the size of a fingertip.
	g.page.Spaced(g.tag+", "+name+", spaced", "h1, .about, .acts")
	bare := browsertest.Desktop
	bare.Forced, bare.Still = true, true
	g.page.On(bare)
	g.page.Axe(g.tag + ", " + name + ", forced colours")
	// What takes no time is no motion.
	if moving := browsertest.Eval[[]string](g.page, `document.getAnimations().filter(a => a.playState === 'running' && a.effect.getComputedTiming().duration > 10)
		.map(a => (a.animationName ?? a.transitionProperty) + ' of ' + a.effect.target.className)`); len(moving) != 0 {
		g.t.Errorf("%s, %s: animations run where the system asks for none: %q", g.tag, name, moving)
	}
	g.page.On(browsertest.Desktop)
}

func (g *gallery) menu() {
	g.t.Helper()
	g.page.Click(".head .tool[aria-expanded]")
	g.page.Wait("document.querySelector('.menu')")
}

// TestStoryOfEveryLook holds the rules of accessibility and geometry against the widget's states: each from left to right and from right to left, on the desktop,
// on a phone and in 320 pixels, light and dark. With -screens it takes the pictures of docs/screens/widget, in two languages more.
func TestStoryOfEveryLook(t *testing.T) {
	t.Parallel()
	const glazed, monday, weighs = "Your cup is being glazed today.", "We write on Monday.", "It weighs 400 grams."
	several := tongues[:2]
	if *screens != "" {
		several = tongues
	}
	for _, tongue := range several {
		t.Run(tongue.tag, func(t *testing.T) {
			t.Parallel()
			engine := phrases{glazed: {tongue.tag: tongue.glazed}}
			s := serve(t, "", append(engine.serve(t), "--demo", "--limit", "text_characters=40")...)
			wire := lay(t, strings.TrimPrefix(s.Public, "http://"))
			page := browsertest.Start(t, speaks(tongue.tag)).Tab(browsertest.Desktop)
			g := &gallery{t: t, page: page, tag: tongue.tag}
			page.Open("http://chat.localhost:" + wire.port() + "/chat/" + demoKey)
			page.Wait("document.documentElement.lang === '" + tongue.tag + "' && document.querySelector('.presence .dot')")
			page.Do(filesScript)
			g.state("first opening")
			g.plain("first opening")

			page.Click("textarea")
			page.Type(tongue.asked)
			page.Press(kb.Enter)
			page.Wait("document.querySelector('.state') && !document.querySelector('.waiting')")
			emma := sitDown(t, s, "emma@demo.localhost")
			emma.says(glazed, nil)
			emma.says(weighs, nil)
			emma.says(monday, &chat.Reviewed{Language: language.Make(tongue.tag), Text: tongue.monday})
			page.WaitText(tongue.monday)
			page.Wait("!document.querySelector('.pending')")
			g.state("conversation")
			page.Click("textarea")
			page.Type(strings.Repeat(tongue.asked+" ", 4))
			page.Press(kb.Enter)
			page.Wait("document.querySelector('.bubble.bad')")
			if browsertest.Eval[bool](page, "!!document.querySelector('.thumb')") { // not where the shopper reads what was written
				page.Do("document.querySelector('.thumb').click()") // the log may still be moving after the last change of size
				page.Wait("document.querySelector('.wrong')")
			}
			page.Do("document.querySelectorAll('.about button[aria-expanded]').forEach(b => b.click())")
			g.state("wrong and refused")
			g.plain("wrong and refused")

			page.Do("Promise.all([photo('tasse.jpg', 1200, 900, 200), photo('henkel.jpg', 300, 900, 20)]).then(f => choose(...f))")
			uploaded(page, "2")
			g.state("files above the box")
			page.Click("textarea")
			page.Press(kb.Enter)
			page.Wait("seen(document.querySelectorAll('.att-pic img'))")
			g.state("files in the conversation")

			g.menu()
			g.state("menu")
			page.Click(".menu button:nth-last-of-type(2)")
			page.Wait("document.querySelector('dialog[open] h2')")
			g.state("privacy")
			page.Press(kb.Escape)
			page.Wait("!document.querySelector('dialog')")
			g.menu()
			page.Click(".menu button")
			page.Wait("document.querySelector('dialog[open] .list')")
			g.state("languages")
			page.Press(kb.Escape)
			page.Wait("!document.querySelector('dialog')")

			// An agent sets the language: the shopper is asked in it.
			emma.call(chat.CallLanguage, chat.Language{Conversation: emma.conversation, Language: "fr"}, nil)
			page.Wait("document.querySelector('.offer')?.lang === 'fr'")
			g.state("offer of another language")
			page.Click(".offer .plain")
			page.Wait("!document.querySelector('.offer')")

			wire.setCut(true)
			page.Wait("document.querySelector('.bar')")
			page.Click("textarea")
			page.Type("42")
			page.Press(kb.Enter)
			page.Wait("document.querySelector('.waiting')")
			g.state("without a connection")
			wire.setCut(false)
			networkBack(page)
			page.Wait("!document.querySelector('.bar') && !document.querySelector('.waiting')")

			g.menu()
			page.Click(".menu button:last-of-type")
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
		})
	}
	if *screens != "" {
		before(t, serve(t, "", "--demo"))
	}
}

// before takes the pictures of what shows before anybody acts: the launcher on a page of the shop, alone and with the shop's word beside it, and what the page of
// a site says that is not there.
func before(t *testing.T, s *serving) {
	t.Helper()
	for _, tongue := range tongues {
		browser := browsertest.Start(t, speaks(tongue.tag))
		page := browser.Tab(browsertest.Desktop)
		pictures := func(page *browsertest.Tab, name string) {
			for _, d := range append(dresses[:len(dresses):len(dresses)], phoneInDark) {
				if d.picture {
					page.On(d.on)
					page.Wait(fmt.Sprintf("innerWidth === %d", d.on.Width))
					shot(page, fmt.Sprintf("widget/%s-%s-%s.webp", name, tongue.tag, d.name))
				}
			}
		}
		shop := map[string]string{"de": "de/", "ar": "ar/"}[tongue.tag]
		page.Open(s.under("shop") + "/demo/" + shop)
		page.Wait("document.querySelector('dragoman-chat')")
		pictures(page, "launcher")
		page.WaitAttribute("class", "hi")
		pictures(page, "bubble")
		gone := browser.Tab(browsertest.Desktop)
		gone.Open(s.under("chat") + "/chat/nobody")
		gone.Wait("document.body.innerText.trim()")
		pictures(gone, "unknown-site")
	}
}
