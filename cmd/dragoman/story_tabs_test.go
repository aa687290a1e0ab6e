package main

import (
	"strings"
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// TestStoryOfTwoTabs: a shopper has the shop open twice. Both tabs show the same, what waits in one is sent by the other when it is gone, once; an answer
// sounds once; what is read in one is read in both; who signs out in one has signed out in both; a language that is chosen
// in one is that of both.
func TestStoryOfTwoTabs(t *testing.T) {
	t.Parallel()
	wire := lay(t, "")
	chatServer := "http://chat.localhost:" + wire.port()
	s := wire.serve(t, "", "--demo")
	shop := s.under("shop") + "/demo/de/"
	shopper := browsertest.Start(t, "de-DE,de")
	open := func() (page, frame *browsertest.Tab) {
		page = shopper.Tab(small)
		page.Open(shop)
		page.Wait("window.dragoman?.v")
		page.Do("dragoman('on', 'unread', n => { window.unread = n }), dragoman('on', 'message', m => { window.said = m })")
		frame = openWidget(page, chatServer)
		// The tabs agree on who sounds by word, within a moment, which is a long one here: a busy machine brings words late. A note has two tones.
		frame.Do(timers("ms === 300 ? 3000 : ms"))
		frame.Do("(f => { window.tones = 0; AudioContext.prototype.createOscillator = function () { window.tones++; return f.call(this) } })(AudioContext.prototype.createOscillator)")
		return page, frame
	}
	one, a := open()
	says(a, "Guten Tag")
	two, b := open()
	b.WaitText("Guten Tag")

	wire.setCut(true)
	b.Wait("document.querySelector('.bar')")
	a.Click("textarea")
	a.Type("Sind Sie da?")
	a.Press(kb.Enter)
	b.Wait("document.querySelector('.waiting')?.innerText.includes('Sind Sie da?')")
	one.Close()
	wire.setCut(false)
	networkBack(b)
	b.Wait("!document.querySelector('.waiting')")
	says(b, "Hallo?")
	console := emmaOpens(t, s, chatServer)
	console.Wait("[...document.querySelectorAll('.lines [data-seq]')].some(l => l.innerText.includes('Hallo?'))")
	if n := browsertest.Eval[int](console, "[...document.querySelectorAll('.lines [data-seq]')].filter(l => l.innerText.includes('Sind Sie da?')).length"); n != 1 {
		t.Errorf("the line that waited is stored %d times", n)
	}

	three, c := open()
	c.WaitText("Hallo?")
	says(c, "Noch jemand?") // from here on it may sound
	b.WaitText("Noch jemand?")
	for _, tab := range []*browsertest.Tab{two, three} {
		tab.Do("dragoman('close')")
	}
	// The words of the tabs, as each of them hears those of the other.
	b.Do("window.words = [], window.listener = new BroadcastChannel('dragoman.tabs." + demoKey + "'), listener.onmessage = e => words.push(e.data.type)")
	console.Click(".box textarea")
	console.Type("Guten Tag, ja.")
	console.Press(kb.Enter)
	for _, tab := range []*browsertest.Tab{two, three} {
		tab.Wait("window.unread === 1")
		tab.Wait("said.text === 'Guten Tag, ja.' && said.from === 'Emma' && said.language && Date.parse(said.at) > 0")
	}
	becomes(t, b, "words.includes('mine')")
	tones := browsertest.Eval[int](b, "window.tones") + browsertest.Eval[int](c, "window.tones")
	if tones != 2 {
		t.Errorf("one answer sounds with %d tones in two tabs, want the two of one", tones)
	}
	two.Do("dragoman('open')")
	for _, tab := range []*browsertest.Tab{two, three} {
		tab.Wait("window.unread === 0")
	}

	// A language that is chosen in one is that of the other, too, which asks nothing about it.
	b.Click(".head .tool")
	b.Click(".menu button")
	b.Click("dialog [lang=en]")
	becomes(t, c, "document.documentElement.lang === 'en' && [...document.querySelectorAll('.event')].some(e => e.textContent.includes('Language changed to English'))")
	if asked := browsertest.Eval[bool](c, "!!document.querySelector('.offer')"); asked {
		t.Error("a tab asks whether the language that was chosen in another is right")
	}

	three.Do("dragoman('reset')")
	for _, tab := range []*browsertest.Tab{b, c} {
		tab.Wait("!document.querySelector('.bubble') && document.querySelector('.welcome')")
	}
	says(b, "Ich bin neu")
	if text := b.Text("[role=log]"); strings.Contains(text, "Guten Tag") {
		t.Errorf("who is new sees what somebody else has said: %q", text)
	}
}
