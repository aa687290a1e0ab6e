package main

import (
	"fmt"
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestStoryOfTwoThousandRows: an agent at a desk with 2,000 conversations. Tabs count all of them, filters find what is not loaded, the tree stays small, nothing
// moves under the pointer, pages come by scrolling, and the palette reaches everything.
func TestStoryOfTwoThousandRows(t *testing.T) {
	t.Parallel()
	const rows = 2000
	s := serveFilled(t, rows, "emma@demo.localhost", "--demo")
	chatServer := s.under("chat")
	console := browsertest.Start(t, "en-US,en").Tab(browsertest.Desktop)
	console.Open(chatServer + "/agent/")
	login(t, console, s, "emma@demo.localhost")
	console.Wait("document.querySelector('#tab-mine .count')?.innerText === '400' && document.querySelector('#tab-all .count').innerText === '999+'")

	console.Click("#tab-mine")
	console.Wait(size(50, 400))
	scrollTo(console, 400)
	console.Do("document.querySelector('.rows').scrollTop = 0")
	console.Wait("document.querySelector('.row[aria-posinset=\"1\"]')")
	held(t, console, s)
	pinned(console)
	filtered(console, chatServer)
	reached(console)
}

// size is a condition: the list has at least low and at most high rows, and at most 40 of them are in the tree.
func size(low, high int) string {
	return fmt.Sprintf("(n => n >= %d && n <= %d && document.querySelectorAll('.row').length <= 40)(Number(document.querySelector('.row')?.ariaSetSize))", low, high)
}

// scrollTo scrolls down until the list has so many rows: each page comes by itself.
func scrollTo(console *browsertest.Tab, n int) {
	console.Point(200, 400) // as a person scrolls: with the pointer in the list
	console.Wait(fmt.Sprintf("(document.querySelector('.rows').scrollTop = 1e9) && %s", size(n, n)))
}

// held: what is new waits while the pointer is in the list, and comes in when it leaves.
func held(t *testing.T, console *browsertest.Tab, s *serving) {
	t.Helper()
	console.Click("#tab-unassigned")
	console.Click(".inbox-head .quiet-button")
	console.Wait("document.activeElement.role === 'menuitemradio'")
	console.Press(kb.End)
	console.Press(kb.Enter)
	// Numbers run on as the rows were put in: the newest are the last.
	console.Wait("/ 1[89]\\d\\d/.test(document.querySelector('.row[aria-posinset=\"1\"]')?.innerText)")
	console.Wait("document.querySelector('.row[aria-posinset=\"1\"]')")
	console.Point(200, 300)
	console.Do("window.__first = document.querySelector('.row[aria-posinset=\"1\"]').id")
	walksIn(t, s, "nl", "Is hier iemand?")
	console.Wait("document.querySelector('.fresh')?.innerText === '1 new' && document.querySelector('.row[aria-posinset=\"1\"]').id === window.__first")
	console.Axe("something new waits")
	console.Point(700, 500)
	console.Wait("!document.querySelector('.fresh') && document.querySelector('.row[aria-posinset=\"1\"]').id !== window.__first")
	console.WaitText("Is hier iemand?")
}

// pinned: six stand in the strip, the seventh says what to do, and all of them are there after a reload.
func pinned(console *browsertest.Tab) {
	for n := range 7 {
		console.Do("window.__was = location.pathname")
		console.Press("j")
		console.Wait("location.pathname !== window.__was && document.querySelector('.talk-head')")
		console.Press("p")
		if n < 6 {
			console.Wait(fmt.Sprintf("document.querySelectorAll('.pin').length === %d", n+1))
		}
	}
	console.WaitText("The strip has room for 6.")
	console.Reload()
	console.Wait("document.querySelectorAll('.pin').length === 6")
	console.Press("2", chromedp.ModifierAlt)
	console.Wait("document.querySelectorAll('.pin')[1].classList.contains('current')")
}

// filtered: a filter is the server's, stands in the address, outlives a reload, and goes with its chip.
func filtered(console *browsertest.Tab, chatServer string) {
	console.Open(chatServer + "/agent/?tab=all&language=ja&holder=me")
	console.Wait("document.querySelectorAll('.chip-button').length === 2 && document.querySelector('#tab-all').ariaSelected === 'true'")
	// Every fifth is hers and every sixth in Japanese: every thirtieth.
	console.Wait(size(66, 67) + " && [...document.querySelectorAll('.row')].every(r => r.innerText.includes('JA'))")
	console.Click(".filter")
	console.Wait("document.querySelector('.filter-form select')")
	console.Axe("filters")
	console.Press(kb.Escape)
	console.Reload()
	console.Wait("location.search === '?tab=all&language=ja&holder=me' && " + size(66, 67))
	console.Click(".chips li:last-child button")
	console.Wait("location.search === '?tab=all&language=ja' && document.querySelectorAll('.chip-button').length === 1 && !document.querySelector('.holder:not(.me)')")
	console.Click(".chips button")
	console.Wait("location.search === '' && !document.querySelector('.chips')")
}

// reached: the palette finds a conversation that no list has loaded, an action with its key, and remembers both.
func reached(console *browsertest.Tab) {
	console.Press("k", chromedp.ModifierCtrl)
	console.Wait("document.activeElement.role === 'combobox'")
	console.Type("dubois 1894")
	console.Wait("document.querySelector('.palette [role=option]')?.innerText.includes('Chloé Dubois 1894')")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.talk-head')?.innerText.includes('Chloé Dubois 1894')")
	console.Press(kb.Escape)
	console.Press("k", chromedp.ModifierCtrl)
	console.Wait("document.activeElement.role === 'combobox'")
	console.Wait("document.querySelector('.palette [role=option]').innerText.includes('Chloé Dubois 1894')")
	console.Type("snooze")
	console.Wait("document.querySelector('.palette [role=option] kbd')?.innerText === 'S'")
	console.Axe("palette")
	for range len("snooze") {
		console.Press(kb.Backspace)
	}
	console.Type("desktop")
	console.Wait("document.querySelector('.palette [role=option]')?.innerText.includes('Desktop notifications: Turn on')")
	console.Press(kb.Escape)
}
