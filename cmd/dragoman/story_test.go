package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// screens is where the story leaves its pictures: go test ./cmd/dragoman -run Story -screens docs/screens
var screens = flag.String("screens", "", "folder for screenshots of the browser story; none are taken without it")

// TestStory is the product as two people live it, in a real browser, with a real engine, across two sites: a shopper writes in Spanish on
// the demo shop, an agent reads it in English in the console and answers, and the answer arrives in Spanish.
func TestStory(t *testing.T) {
	t.Parallel()
	const (
		asked  = "Buenos días. Compré dos tazas el lunes y el paquete #4711 no ha llegado."
		answer = "Good morning! Your parcel #4711 left Valencia yesterday and arrives tomorrow."
	)
	wire := lay(t, "")
	s := wire.serve(t, "", "--demo", "--engine", "apertium")
	shop, chat := s.under("shop"), "http://chat.localhost:"+wire.port()

	shopper := browsertest.Start(t, "es-ES,es")
	page := shopper.Tab(browsertest.Desktop)
	page.Watch()
	page.Open(shop + "/demo/")
	untouched(t, page, chat)

	frame := openWidget(page, chat)
	frame.WaitText("Escribes en")
	frame.WaitText("español")
	frame.Axe("first opening")
	frame.Wait("performance.getEntriesByType('resource').length > 2") // which are noted when they have come
	if asked := browsertest.Eval[[]string](frame, `performance.getEntriesByType('resource').slice(0, 3).map(e => new URL(e.name).pathname.split('/').at(-1))`); strings.Join(asked, " ") != "widget.js widget.css session" {
		t.Errorf("the first screen asks for %q first", asked)
	}
	shot(page, "widget-first.png")
	frame.Click("textarea")
	frame.Type(asked)
	frame.Press(kb.Enter)
	frame.WaitText("Enviado")

	emma := browsertest.Start(t, "en-US,en")
	console := emma.Tab(browsertest.Desktop)
	console.Open(chat + "/agent/")
	console.Wait("document.querySelector('h1')")
	console.Axe("login")
	shot(console, "console-login.png")
	login(t, console, s, "emma@demo.localhost")
	console.Click("[role=option]")
	console.WaitText("I bought two cups")
	console.WaitText("package #4711")
	console.WaitText("as written") // why the shopper is taken to read Spanish
	console.WaitText(asked)
	console.Axe("console with a conversation")

	console.Click("textarea")
	console.Type(answer)
	console.WaitText("dejó Valencia ayer") // what the customer will read, before it is sent
	shot(console, "console-preview.png")
	console.Press(kb.Enter)

	frame.WaitText("Vuestro paquete #4711 dejó Valencia ayer y llega mañana.")
	frame.WaitText("Traducción aproximada del inglés")
	if strings.Contains(frame.Text("[role=log]"), answer) {
		t.Error("the original shows before anybody asks for it")
	}
	frame.Click(".about button")
	frame.WaitText(answer)
	frame.Axe("conversation with an original shown")
	frame.Click(".about button")
	frame.WaitGone(answer)

	both(t, page, console, "conversation.png")
	if got := page.Breaches(); len(got) > 0 {
		t.Errorf("the widget breaks the shop's content policy: %q", got)
	}
	if shift := page.Shift(); shift != 0 {
		t.Errorf("the widget moves the shop's page: layout shift %g", shift)
	}

	t.Run("reload", func(t *testing.T) {
		page.Reload()
		frame := openWidget(page, chat)
		frame.WaitText(asked)
		frame.WaitText("mañana")
	})
	t.Run("phone", func(t *testing.T) {
		phone := shopper.Tab(browsertest.Phone)
		phone.Open(shop + "/demo/product.html")
		steps := browsertest.Eval[int](phone, "history.length")
		frame := openWidget(phone, chat)
		frame.WaitText("mañana")
		frame.Wait("innerWidth === 390 && innerHeight === 844")
		frame.Axe("phone")
		shot(frame, "widget-phone.png")
		frame.Click("textarea")
		frame.Type("Gracias 😊")
		frame.Press(kb.Enter)
		console.WaitText("Gracias 😊")
		// On its side it is as low as a keyboard leaves little of: the chat still is the whole screen.
		phone.On(browsertest.Device{Width: 844, Height: 390, Phone: true})
		frame.Wait("innerWidth === 844 && innerHeight === 390")
		phone.On(browsertest.Phone)
		frame.Wait("innerWidth === 390 && innerHeight === 844")
		closesByHabit(phone, frame, steps)
	})
	t.Run("restart", func(t *testing.T) {
		wire.ends(t, s)
		s = wire.serve(t, s.data, "--demo", "--engine", "apertium")
		// Both come back by themselves, and what is said now still arrives.
		console.Click("textarea")
		console.Type("You are welcome.")
		console.Press(kb.Enter)
		fresh := shopper.Tab(browsertest.Desktop)
		fresh.Uncached() // the loader of before knows the shop by the port that it had
		fresh.Open(s.under("shop") + "/demo/cart.html")
		frame := openWidget(fresh, chat)
		frame.WaitText(asked)
		frame.WaitText("Gracias 😊")
		frame.Wait(`document.querySelector('[role=log]').innerText.match(/Traducción aproximada/g)?.length === 2`)
	})
}

// TestStoryInArabic is a shopper whose language no engine has: the widget is hers, from right to left, and the lines stay as they were typed, with
// a word of why.
func TestStoryInArabic(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo", "--engine", "apertium")
	shop, chat := s.under("shop"), s.under("chat")

	inItsOwnWords(t, s)
	page := browsertest.Start(t, "ar").Tab(browsertest.Phone.InDark())
	page.Open(shop + "/demo/")
	page.WaitAttribute("aria-label", "تحدّث معنا")
	dismissBubble(t, page, chat)
	frame := openWidget(page, chat)
	frame.WaitText("العربية")
	saysItInItsOwnWords(t, frame)
	page.WaitAttribute("aria-label", "إغلاق المحادثة")
	frame.Wait("document.documentElement.dir === 'rtl' && document.documentElement.lang === 'ar'")
	frame.Axe("first opening, Arabic")
	shot(frame, "widget-arabic.png")
	frame.Click("textarea")
	frame.Type("أين طلبي DE-2291-X؟")
	frame.Press(kb.Enter)
	frame.WaitText("أُرسلت")
	// Its groups stand from left to right, as it is dialled, for her and for the agent.
	const dialled = `[...document.querySelectorAll('[lang^=ar] bdi')].some(n => n.innerText === '+966 50 123 4567' && getComputedStyle(n).direction === 'ltr')`
	frame.Type("رقمي +966 50 123 4567")
	frame.Press(kb.Enter)
	frame.Wait(dialled)

	console := browsertest.Start(t, "en-US,en").Tab(browsertest.Desktop.InDark())
	console.Open(chat + "/agent/")
	login(t, console, s, "emma@demo.localhost")
	console.Click("[role=option]")
	console.WaitText("أين طلبي DE-2291-X؟")
	console.Wait(dialled)
	console.Wait(`[...document.querySelectorAll('[role=log] [lang]')].some(e => e.lang.startsWith('ar') && getComputedStyle(e).direction === 'rtl')`)
	console.Axe("console, Arabic, dark")
	shot(console, "console-arabic.png")
	console.Click("textarea")
	console.Type("It is on its way.")
	console.Press(kb.Enter)
	frame.WaitText("It is on its way.")
	frame.Axe("conversation, Arabic")
	shot(frame, "widget-arabic-answer.png")

	// What is unread is in the launcher's name, in her language and her digits.
	frame.Press(kb.Escape)
	page.WaitAttribute("aria-label", "تحدّث معنا")
	console.Type("It has arrived.")
	console.Press(kb.Enter)
	page.WaitAttribute("aria-label", "تحدّث معنا (الرسائل غير المقروءة: "+browsertest.Eval[string](frame, "new Intl.NumberFormat('ar').format(1)")+")")
}

// closesByHabit closes the panel of a phone as its owner would: by the gesture back, which leaves the shop's page where it is, and by a finger that
// draws the header down; half a way is not enough. steps is the length of the page's history without the panel.
func closesByHabit(phone, frame *browsertest.Tab, steps int) {
	phone.Do("dragoman('on', 'close', () => { window.shut = (window.shut ?? 0) + 1 })")
	closed := func(times int) {
		phone.Wait(fmt.Sprintf("window.shut === %d && location.pathname === '/demo/product.html' && !document.body.firstElementChild.inert", times))
	}
	draw := func(down int) {
		frame.Do(fmt.Sprintf(`(head => {
			const touch = (type, y) => {
				const at = [new Touch({ identifier: 1, target: head, screenX: 100, screenY: y })]
				head.dispatchEvent(new TouchEvent(type, { bubbles: true, touches: type === 'touchend' ? [] : at, changedTouches: at }))
			}
			touch('touchstart', 20); touch('touchmove', 25); touch('touchmove', 20 + %[1]d); touch('touchend', 20 + %[1]d)
		})(document.querySelector('.head'))`, down))
	}
	phone.Wait(fmt.Sprintf("history.length > %d", steps)) // the browser knows that there is a step back
	phone.Do("history.back()")
	closed(1)
	phone.Do("dragoman('open')")
	frame.Wait("history.state")
	draw(40)
	draw(200)
	closed(2)
	frame.Wait("!history.state") // one step back leads where it did before
}

// untouched checks that a page with the widget has asked the chat server for the loader, and nothing else, and keeps nothing (but the shop's own cart).
func untouched(t *testing.T, page *browsertest.Tab, chat string) {
	t.Helper()
	page.Wait("window.dragoman?.v")
	asked := browsertest.Eval[[]string](page, "performance.getEntriesByType('resource').map(e => e.name).filter(n => n.startsWith('"+chat+"'))")
	if len(asked) != 1 || !strings.HasSuffix(asked[0], "/widget/"+demoKey+".js") {
		t.Errorf("asked for before anybody acted: %q, want the loader alone", asked)
	}
	kept := browsertest.Eval[[]string](page, `indexedDB.databases().then(d => [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...d.map(x => x.name)].filter(n => n && n !== 'alma-sol-cart'))`)
	if len(kept) > 0 {
		t.Errorf("stored before anybody acted: %q", kept)
	}
}

// openWidget clicks where the launcher is: its closed shadow root lets no script in, and a person needs none.
func openWidget(page *browsertest.Tab, chat string) *browsertest.Tab {
	page.Wait("document.querySelector('dragoman-chat')") // the button comes when the page has nothing else to do
	page.ClickXY(browsertest.Eval[float64](page, "document.documentElement.dir === 'rtl' ? 48 : innerWidth - 48"), browsertest.Eval[float64](page, "innerHeight - 48"))
	frame := page.Frame(chat + "/widget/frame")
	frame.Wait("document.querySelector('textarea')")
	return frame
}

// says sends a shopper's line in German, and waits until it is stored.
func says(frame *browsertest.Tab, text string) {
	frame.Click("textarea")
	frame.Type(text)
	frame.Press(kb.Enter)
	frame.WaitText(text)
	frame.Wait("document.querySelector('.state') && !document.querySelector('.waiting')")
}

// emmaOpens is the console of an agent of the demo who has opened the first conversation, in a browser of her own.
func emmaOpens(t *testing.T, s *serving, chat string) *browsertest.Tab {
	t.Helper()
	console := browsertest.Start(t, "en-US,en").Tab(browsertest.Desktop)
	remembers(console)
	console.Open(chat + "/agent/")
	login(t, console, s, "emma@demo.localhost")
	console.Click("[role=option]")
	return console
}

// remembers has a console's page keep what its notices say, and who writes: that stands for seconds, and a busy machine may look later. What can be taken back
// for ten seconds can be for as long as the page lives, and calls are waited for as long. Call it before Open; then told waits for what was said.
func remembers(console *browsertest.Tab) {
	console.Script(`window.told = []
new MutationObserver(() => {
	for (const e of document.querySelectorAll('.notice, .colleague')) if (told.at(-1) !== e.textContent) told.push(e.textContent)
}).observe(document, { childList: true, subtree: true, characterData: true });
` + timers("ms === 10000 ? 1e9 : ms"))
}

// timers is an expression that gives a page other times to wait: instead says how long, of ms.
func timers(instead string) string {
	return "(later => { window.setTimeout = (f, ms, ...args) => later(f, " + instead + ", ...args) })(setTimeout)"
}

// told waits until a notice has said a text, whether it still stands there or not.
func told(console *browsertest.Tab, text string) {
	console.Wait(fmt.Sprintf("told.some(said => said.includes(%q))", text))
}

// networkBack tells pages that the network is there again, as a browser does: their next try is now, and not when its turn comes. That they come back by themselves is
// what TestStory waits for.
func networkBack(tabs ...*browsertest.Tab) {
	for _, tab := range tabs {
		tab.Do("dispatchEvent(new Event('online'))")
	}
}

// login signs an agent of the demo in, with the password that the demo made.
func login(t testing.TB, console *browsertest.Tab, s *serving, email string) {
	t.Helper()
	loginWith(console, email, demoPassword(t, s, email))
	console.Wait("document.querySelector('[role=listbox]')")
}

// loginWith fills in the login page.
func loginWith(console *browsertest.Tab, email, password string) {
	console.Click("#email")
	console.Do("document.querySelector('#email').select()") // the mail address of who was here last stands there
	console.Type(email)
	console.Click("#password")
	console.Type(password)
	console.Press(kb.Enter)
}

func shot(tab *browsertest.Tab, name string) {
	if *screens != "" {
		tab.Shot(filepath.Join(*screens, name))
	}
}
