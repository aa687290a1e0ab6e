package main

import (
	"fmt"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// wireScript gives a test hold of the page's end of its connection: wire.holds says with which event the page hears nothing more until wire.letGo, so that a
// state that lasts for moments lasts for as long as somebody looks at it; wire.fails is a call that a fault of the server's answers; wire.ends ends the
// connection with a code; and the server takes whoever has wire.epoch for one who knows another history of the database, and tells him the newest lines alone.
const wireScript = `(() => {
	const hear = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage'), send = WebSocket.prototype.send, waiting = []
	let socket
	window.wire = {
		letGo() { wire.holds = undefined; waiting.splice(0).forEach(tell => tell()) },
		ends(code) { socket.onclose({code, reason: ''}) },
	}
	Object.defineProperty(WebSocket.prototype, 'onmessage', {...hear, set(told) {
		hear.set.call(this, e => {
			if (JSON.parse(e.data).event && (waiting.length > 0 || wire.holds?.(e.data))) waiting.push(() => told(e))
			else told(e)
		})
	}})
	WebSocket.prototype.send = function (data) {
		socket = this
		const frame = JSON.parse(data)
		if (frame.call === wire.fails) queueMicrotask(() => this.onmessage({data: JSON.stringify({id: frame.id, error: {code: 'internal', message: ''}})}))
		else send.call(this, frame.call === 'hello' && wire.epoch ? JSON.stringify({...frame, epoch: wire.epoch}) : data)
	}
})()`

// waits sees a line before its translation, unless it needs none.
func (g *gallery) waits(says tongue, emma *desk) chat.Message {
	g.t.Helper()
	if says.glazed == saysGlazed {
		return emma.says(saysGlazed, nil)
	}
	g.page.Do(fmt.Sprintf("wire.holds = data => data.includes(%q)", says.glazed))
	line := emma.says(saysGlazed, nil)
	g.page.Wait("document.querySelector('.pending')")
	g.variant("translation under way")
	g.page.Do("wire.letGo()")
	return line
}

// standing is an expression that lets the seconds of a page stand still, and what it waits for with them.
func standing() string {
	return "Date.now = (n => () => n)(Date.now()), " + timers("ms > 400 ? 1e9 : ms")
}

// fails writes what the server cannot store, and tries it again.
func (g *gallery) fails(says tongue) {
	g.t.Helper()
	page := g.page
	page.Do("wire.fails = 'send', Math.random = () => 0, " + timers("ms === 500 ? 0 : ms"))
	g.writes(says.asked)
	page.Wait("document.querySelector('.failed')")
	g.variant("not sent")
	page.Do("wire.fails = undefined, document.querySelector('.failed .link').click()")
	page.Wait("!document.querySelector('.bad') && !document.querySelector('.waiting')")
}

// isHeldOff is told that the server has too much to do, and then that there is no chat for him here, as who is banned is.
func (g *gallery) isHeldOff() {
	g.t.Helper()
	page := g.page
	// The seconds until the next try stand still.
	page.Do(standing())
	page.Do("wire.ends(1013)")
	page.Wait("document.querySelector('.bar')")
	g.writes("44")
	page.Wait("document.querySelector('.waiting .foot')")
	g.variant("very busy")
	networkBack(page)
	page.Wait("!document.querySelector('.bar') && !document.querySelector('.waiting')")
	page.Do("wire.ends(4423)")
	page.Wait("document.querySelector('.unavailable')")
	g.variant("not available")
}

// looksBack comes back to a conversation of which only the newest lines come by themselves.
func (g *gallery) looksBack(emma *desk) {
	g.t.Helper()
	page := g.page
	for range chat.NewestRows/2 - 2 { // the last of what was said before are among them
		emma.says(saysGlazed, nil)
		emma.says(saysMonday, nil)
	}
	page.Script("wire.epoch = 'another'")
	page.Reload()
	page.Wait("document.querySelector('.older') && !document.querySelector('.pending')")
	page.Do("(l => { l.addEventListener('scroll', () => { window.scrolled = l.scrollTop === 0 }); l.scrollTop = 0 })(document.querySelector('.log'))")
	page.Wait("window.scrolled")
	g.variant("earlier messages")
	page.Do("window.first = document.querySelector('.bubble'), document.querySelector('.older').focus()")
	page.Press(kb.Enter)
	page.Wait("!document.querySelector('.older') && document.querySelector('.bubble') !== first && document.activeElement === document.querySelector('.log')")
	if top := browsertest.Eval[float64](page, "first.getBoundingClientRect().top"); top < 0 || top > float64(browsertest.Desktop.Height) {
		g.t.Errorf("%s: earlier lines have moved what was read, to %g", g.tag, top)
	}
}
