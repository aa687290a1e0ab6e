package main

import (
	"fmt"
	"testing"

	"dragoman/internal/browsertest"
)

// calledAt keeps, for all tabs of one browser together and in their order, what a page notified of, and how many tones it played: somebody new has two. Two calls of one
// tab within a moment are one sound, so its clock goes on after each.
const calledAt = `(() => {
  const now = performance.now.bind(performance)
  let later = 0
  performance.now = () => now() + later
  const kept = what => JSON.parse(localStorage.getItem(what) ?? '[]')
  const keep = (what, item) => localStorage.setItem(what, JSON.stringify([...kept(what), item]))
  window.Notification = class { static permission = 'granted'; static requestPermission = async () => 'granted'; constructor(title, how) { later += 5000; keep('notified', how.body) } close() {} }
  const tone = AudioContext.prototype.createOscillator
  AudioContext.prototype.createOscillator = function () { keep('tones', 'tone'); return tone.call(this) }
  Document.prototype.hasFocus = () => false
  window.called = () => kept('notified').join() + ' ' + kept('tones').length
})()`

// TestStoryOfTwoConsoles: an agent has the console open twice, and looks at something else. What a customer says calls her once, in either tab, and when one is closed, in the
// other.
func TestStoryOfTwoConsoles(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo")
	chatServer := s.under("chat")
	emma := browsertest.Start(t, "en-US,en")
	open := func() *browsertest.Tab {
		tab := emma.Tab(browsertest.Desktop)
		// The tabs agree by word on who calls, within a moment that is a long one here: a busy machine brings words late.
		tab.Script(calledAt + "; " + timers("ms === 300 ? 3000 : ms"))
		tab.Open(chatServer + "/agent/")
		return tab
	}
	one := open()
	login(t, one, s, "emma@demo.localhost")
	// Whoever waits for a minute calls again, which is not what this is about.
	one.Do("localStorage.setItem('dragoman.console.notify', 'on'), localStorage.setItem('dragoman.console.sound.waiting', 'off')")
	one.Reload()
	one.Wait("document.querySelector('[role=listbox]')")
	one.Click("#tab-all")
	two := open()
	two.Wait("document.querySelector('[role=listbox]')")
	two.Click("#tab-all")
	comes := func(text string) {
		t.Helper()
		shopper := browsertest.Start(t, "en-US,en").Tab(small)
		shopper.Open(s.under("shop") + "/demo/de/")
		says(openWidget(shopper, chatServer), text)
	}
	// A call too many may come after this was looked at: it is in what is looked at last.
	called := func(tab *browsertest.Tab, want string, tones int) {
		t.Helper()
		tab.Wait(fmt.Sprintf("called() === '%s %d'", want, tones))
	}
	comes("Good morning")
	for _, tab := range []*browsertest.Tab{one, two} {
		tab.WaitText("Good morning")
	}
	called(two, "Good morning", 2)
	one.Close()
	comes("Anybody there?")
	two.WaitText("Anybody there?")
	called(two, "Good morning,Anybody there?", 4)
}
