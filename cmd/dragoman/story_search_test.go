package main

import (
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// inSight tells whether the line that was looked for is seen.
const inSight = `(() => {
	const line = document.querySelector('.line.found'), log = document.querySelector('.lines')
	if (!line) return false
	const a = line.getBoundingClientRect(), b = log.getBoundingClientRect()
	return a.top >= b.top && a.bottom <= b.bottom
})()`

// gaps counts the places at which a line of the log does not follow the one before it.
const gaps = `[...document.querySelectorAll('.lines [data-seq]')].map(e => Number(e.dataset.seq)).filter((n, i, all) => i > 0 && n !== all[i - 1] + 1).length`

// TestStoryOfSearch: an agent looks for what a shopper wrote long ago, comes to the place, reads on down to the newest line, and gives the place to a colleague.
func TestStoryOfSearch(t *testing.T) {
	t.Parallel()
	s, _, chatServer := longTalk(t, 220)
	console := emmaOpens(t, s, chatServer)
	console.WaitText("#219")
	emma := sitDown(t, s, "emma@demo.localhost")
	emma.found("pedido #17 ") // the number alone may be in the visitor's name, which is made up of chance
	about := "Collects blue teapots."
	emma.call(chat.CallRemark, chat.Remark{Conversation: emma.conversation, Text: &about}, nil)
	emma.found("teapots")

	console.Click(".box textarea")
	console.Type("I look into it.")
	sitDown(t, s, "lucia@demo.localhost").says("El pedido #777 está en camino.", nil)
	console.WaitText("#777")
	console.Press(kb.Escape)
	console.Press("/")
	console.WaitText("Words in any language")
	console.Type("pedido #17 ")
	console.Wait("document.querySelectorAll('.hit').length === 1 && document.querySelectorAll('.hit mark').length === 2")
	look(console, "search", "console-search.png")
	console.Press(kb.Enter)
	console.Wait("!document.querySelector('dialog[open]')")
	console.Wait(inSight)
	console.Wait("document.activeElement.classList.contains('found')")
	console.Wait("document.querySelector('.line.found').innerText.includes('#17')")
	console.WaitText("To the newest line")
	look(console, "a place", "console-place.png")
	place := browsertest.Eval[string](console, "location.pathname")
	if !strings.HasSuffix(place, "/18") {
		t.Errorf("the address is %s", place)
	}

	// What a colleague said while she wrote is shown, wherever she is, before she is asked whether to send.
	console.Click(".box textarea")
	console.Press(kb.Enter)
	console.WaitText("Send anyway?")
	console.WaitGone("To the newest line")
	console.Wait("(log => log.innerText.includes('#777') && log.scrollHeight - log.scrollTop - log.clientHeight < 2)(document.querySelector('.lines'))")
	look(console, "a colleague was quicker, at the newest line", "console-place-collision.png")
	boxIs(console, "I look into it.")
	console.Do("document.querySelector('.box textarea').select()")
	console.Press(kb.Delete)
	boxIs(console, "")
	console.Open(chatServer + place)
	console.Wait(inSight)

	// Down to the newest line, without a gap.
	console.Wait("(log => { log.scrollTop = log.scrollHeight; return log.innerText.includes('#219') })(document.querySelector('.lines'))")
	console.WaitGone("To the newest line")
	if n := browsertest.Eval[int](console, gaps); n > 0 {
		t.Errorf("%d gaps between the lines", n)
	}

	// The address brings a colleague to the same line.
	console.Open(chatServer + place)
	console.Wait(inSight)
	console.Click(".to-end")
	console.WaitText("#219")
	console.Wait("location.pathname === '" + strings.TrimSuffix(place, "/18") + "'")

	console.Press("/")
	console.Wait("document.querySelector('dialog[open] input')")
	console.Type("qwertz")
	console.WaitText("Nothing was found for “qwertz”")
	look(console, "nothing found", "console-search-none.png")
	console.On(browsertest.Phone.InDark())
	look(console, "nothing found, on a phone", "console-search-phone.png")
	console.On(browsertest.Desktop)
	console.Press(kb.Escape)
	console.Wait("!document.querySelector('dialog[open]')")

	// What is written down about the customer leads to the conversation.
	console.Open(chatServer + "/agent/")
	console.Click("#tab-all")
	console.Wait("!!document.querySelector('[role=option]')")
	console.Press("/")
	console.Wait("document.activeElement.matches('dialog[open] input')")
	console.Type("teapots")
	console.Wait("document.querySelector('.hit mark')?.innerText === 'teapots'")
	console.Wait("document.querySelector('.hit-kind').innerText === 'Note on the customer'")
	look(console, "found about the customer", "console-search-remark.png")
	console.Press(kb.Enter)
	console.Wait("!document.querySelector('dialog[open]')")
	console.Wait("location.pathname === '" + strings.TrimSuffix(place, "/18") + "'")
}

// found waits until a text has one hit. The index follows about a second behind; searches are limited, so it is asked once a second, also where a busy machine had no time
// for the last one.
func (d *desk) found(text string) {
	d.t.Helper()
	deadline, tick := time.After(time.Minute), time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		var ok chat.SearchOK
		err := d.Call(d.t.Context(), chat.CallSearch, chat.Search{Text: text}, &ok)
		if err == nil && len(ok.Hits) == 1 {
			return
		}
		if err != nil && chat.CodeOf(err) != chat.Unavailable {
			d.t.Fatalf("search: %v", err)
		}
		select {
		case <-tick.C:
		case <-deadline:
			d.t.Fatalf("%s has not one hit: %+v (%v)", text, ok.Hits, err)
		}
	}
}
