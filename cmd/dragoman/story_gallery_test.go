package main

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
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

// tongue is a language in which the widget's states are walked through, with what an agent says in English in it.
type tongue struct{ tag, asked, glazed, fired, monday string }

// tongues are those that are always walked through, the first two, and the others of the pictures.
var tongues = []tongue{
	{"de", "Wo bleibt mein Paket #4711?", "Ihre Tasse wird heute glasiert.", "Ihre Tasse wird heute gebrannt.", "Wir schreiben am Montag."},
	{"ar", "أين طردي رقم 4711؟", "يُطلى كوبك بالمينا اليوم.", "يُحرق كوبك في الفرن اليوم.", "سنكتب لك يوم الاثنين."},
	{"en", "Where is my parcel #4711?", "Your cup is being glazed today.", "", "We write on Monday."},
	{"ja", "注文 #4711 はどこですか？", "お客様のカップは本日釉薬がけをしています。", "お客様のカップは本日窯で焼いています。", "月曜日にご連絡します。"},
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

// stillLife makes pictures of one state the same whenever they are taken: what a clock shows, where a caret blinks and how far a pulse has come is not of the state.
// The typing of others is believed for as long as the page lives.
const stillLife = `(() => {
	const format = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format').get
	Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {get() {
		const f = format.call(this)
		return at => { const d = new Date(at); d.setHours(10, 42); return f(d) }
	}})
	const looks = new CSSStyleSheet()
	looks.replaceSync('* { caret-color: transparent !important } .pulse, .dots i, .pending .icon { animation: none !important }')
	document.adoptedStyleSheets.push(looks)
	const later = setTimeout
	window.setTimeout = (f, ms, ...args) => later(f, ms === 8000 ? 1e9 : ms, ...args)
})()`

// gallery walks one shopper through the widget.
type gallery struct {
	t    *testing.T
	page *browsertest.Tab
	// around is the page of the shop, where the widget is seen in its place.
	around *browsertest.Tab
	// shut says that the panel is closed there.
	shut bool
	tag  string
}

// on shows what there is on another device.
func (g *gallery) on(d browsertest.Device) {
	g.t.Helper()
	if g.around == nil {
		g.page.On(d)
		g.page.Wait(fmt.Sprintf("innerWidth === %d", d.Width))
		return
	}
	d.Still = true // what moves in the launcher's own root no script can end
	g.around.Do("dragoman('close')")
	g.around.On(d)
	g.around.Wait(fmt.Sprintf("innerWidth === %d", d.Width))
	g.page.On(d)
	if g.shut {
		return
	}
	// Whether it is a phone's screen the panel is told when it opens.
	g.around.Do("dragoman('open')")
	g.page.Wait(fmt.Sprintf("document.querySelector('.app').classList.contains('phone') === %t && matchMedia('(prefers-color-scheme: dark)').matches === %t", d.Phone, d.Dark))
	// The frame is drawn by another process than the page around it.
	for _, tab := range []*browsertest.Tab{g.page, g.around, g.page} {
		browsertest.Eval[bool](tab, "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))")
	}
}

// state holds the rules of accessibility and geometry against what shows, in each dress, and takes the pictures.
func (g *gallery) state(name string) {
	g.t.Helper()
	all := dresses
	if *screens != "" {
		all = append(all[:len(all):len(all)], phoneInDark)
	}
	for _, d := range all {
		g.on(d.on)
		// What an element is does not depend on the colours; which ones there are depends on the window.
		if d.name == "desktop-light" {
			g.page.Contrast(g.tag + ", " + name)
		} else {
			g.page.Axe(g.tag + ", " + name)
		}
		g.page.Fits(g.tag + ", " + name)
		if d.picture {
			g.picture(name, d)
		}
	}
	g.on(browsertest.Desktop)
}

// variant is a state that differs from others in little: the rules are held against it in one dress, which is the one that is worn; the pictures are of all.
func (g *gallery) variant(name string) {
	g.t.Helper()
	if *screens != "" {
		g.state(name)
		return
	}
	g.page.Axe(g.tag + ", " + name)
	g.page.Fits(g.tag + ", " + name)
}

func (g *gallery) picture(name string, d dress) {
	g.t.Helper()
	shot(g.page, fmt.Sprintf("widget/%s-%s-%s.webp", strings.ReplaceAll(name, " ", "-"), g.tag, d.name))
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
	g.motion(name, 0.01, "where the system asks for none")
	g.page.On(browsertest.Desktop)
	g.motion(name, 0.2, "for too long")
}

// motion holds against so many seconds what each element does when it comes or changes: what runs at one moment is hardly any of it. What goes on for ever, such as the dot of
// who is there, is too long only where the system asks for no motion.
func (g *gallery) motion(name string, most float64, fault string) {
	g.t.Helper()
	for _, moving := range browsertest.Eval[[]string](g.page, fmt.Sprintf(`(most => {
		const long = list => list.split(', ').some(s => parseFloat(s) > most), found = new Set()
		for (const el of document.querySelectorAll('body, body *'))
			for (const part of ['', '::before', '::after']) {
				const s = getComputedStyle(el, part), endless = s.animationIterationCount.includes('infinite')
				if (long(s.transitionDuration) && s.transitionProperty !== 'none' || s.animationName !== 'none' && (endless ? most < .1 : long(s.animationDuration)))
					found.add(el.localName + '.' + el.getAttribute('class') + part + ': ' + [s.transitionDuration, s.animationName, s.animationDuration].join(' '))
			}
		return [...found]
	})(%g)`, most)) {
		g.t.Errorf("%s, %s: moves %s: %s", g.tag, name, fault, moving)
	}
}

func (g *gallery) menu() {
	g.t.Helper()
	g.page.Click(".head .tool[aria-expanded]")
	g.page.Wait("document.querySelector('.menu')")
}

// chooses opens the menu and takes what stands there in a place, as of :nth-of-type(2).
func (g *gallery) chooses(place string) {
	g.t.Helper()
	g.menu()
	g.page.Click(".menu button" + place)
}

// closes presses Escape, after which something is not there any more.
func (g *gallery) closes(what string) {
	g.t.Helper()
	g.page.Press(kb.Escape)
	g.page.Wait("!document.querySelector('" + what + "')")
}

// writes sends what is typed into the box.
func (g *gallery) writes(text string) {
	g.t.Helper()
	g.page.Click("textarea")
	g.page.Type(text)
	g.page.Press(kb.Enter)
}
