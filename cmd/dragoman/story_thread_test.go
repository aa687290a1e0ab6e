package main

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// longTalk is a shopper who has written very many lines, and her socket. Each line is translated.
func longTalk(t *testing.T, lines int) (s *serving, shopper *client.Conn, chatServer string) {
	t.Helper()
	s = serve(t, "", "--demo", "--engine", "apertium", "--limit", "sends_per_second=0")
	shopper = walksIn(t, s, "es")
	for n := range lines {
		writes(t, shopper, fmt.Sprintf("El pedido #%d costó 39,90 € y no ha llegado.", n))
	}
	return s, shopper, s.under("chat")
}

// underTheEye watches, frame by frame, how far the first line in sight moves from where it stands now.
const underTheEye = `(log => {
	const edge = log.getBoundingClientRect().top, top = e => e.getBoundingClientRect().top - edge
	const line = [...log.querySelectorAll('[data-seq]')].find(e => top(e) >= 0)
	window.eye = { seq: line.dataset.seq, from: top(line), moved: 0 }
	const look = () => {
		const there = log.querySelector('[data-seq="' + eye.seq + '"]')
		eye.moved = Math.max(eye.moved, there ? Math.abs(top(there) - eye.from) : Infinity)
		requestAnimationFrame(look)
	}
	look()
})(document.querySelector('.lines'))`

// TestStoryOfALongThread: an agent reads back in a conversation of many lines, and what he reads stays where it is.
func TestStoryOfALongThread(t *testing.T) {
	t.Parallel()
	s, shopper, chatServer := longTalk(t, 120)
	console := emmaOpens(t, s, chatServer)
	console.WaitText("#119")
	console.Wait("document.querySelectorAll('.line .entity').length >= 100")
	shot(console, "console-long.png")
	still := func(what string) {
		t.Helper()
		if moved := browsertest.Eval[float64](console, "eye.moved"); moved >= 1 {
			t.Errorf("%s: the line under the eye has moved by %g px", what, moved)
		}
	}
	first := func() string { return "Number(document.querySelector('.lines [data-seq]').dataset.seq)" }
	before := browsertest.Eval[int](console, first())
	console.Do("document.querySelector('.lines').scrollTop = 200")
	console.Do(underTheEye)
	console.Wait(fmt.Sprintf("%s < %d && document.querySelector('.lines').scrollTop > 240", first(), before))
	console.Wait("document.querySelector('.lines [data-seq]').innerText.includes('request #')")
	still("older lines")

	// A translation that comes late, above.
	emma := sitDown(t, s, "emma@demo.localhost")
	emma.call(chat.CallCorrect, chat.Correct{Conversation: emma.conversation, Seq: browsertest.Eval[int64](console, first()), Language: "en", Text: strings.Repeat("All that she wanted to know of #4700 and 39,90 €. ", 20)}, nil)
	console.WaitText("All that she wanted")
	still("a late translation")
	selectionStays(t, s, console, emma, shopper)
}

// selectionStays: what an agent has selected in a conversation, and in her box, stays selected whatever comes, and is selected again when she comes back.
func selectionStays(t *testing.T, s *serving, console *browsertest.Tab, emma *desk, shopper *client.Conn) {
	t.Helper()
	emma.says("One moment please.", nil) // hers now, and answered: who writes next has not waited long
	console.Wait("document.querySelector('[role=log]').innerText.includes('One moment')")
	console.Click("#tab-all")
	aMouse(console)
	partRuns(console, "selection")
	console.Do(`window.fromEdge = () => {
		const log = document.querySelector('.lines')
		return log.querySelector('[data-seq="60"]').getBoundingClientRect().top - log.getBoundingClientRect().top
	}`)
	console.Do(`(line => {
		getSelection().setBaseAndExtent(line.querySelector('.main').firstChild, 3, line.querySelector('.second-text').firstChild, 6)
		const note = () => { window.chosen = { text: String(getSelection()), top: fromEdge() } }
		document.querySelector('.lines').addEventListener('scroll', note, { once: true })
		line.scrollIntoView({ block: 'center' })
	})(document.querySelector('.lines [data-seq="60"]'))`)
	console.Wait("window.chosen?.text.length > 20")
	selected := func() { console.Wait("String(getSelection()) === chosen.text") }
	writes(t, shopper, "Una línea más, #7001.")
	console.Wait("document.querySelector('[role=log]').innerText.includes('#7001')")
	selected()
	emma.call(chat.CallCorrect, chat.Correct{Conversation: emma.conversation, Seq: 62, Language: "en", Text: "A translation that comes late."}, nil)
	console.WaitText("A translation that comes late.")
	selected()
	console.Do("window.waited = document.querySelector('[role=option] .when').innerText")
	console.Wait("document.querySelector('[role=option] .when').innerText !== waited")
	selected()

	// Elsewhere and back: by a click, which takes the selection away before it leads there, and by keys.
	walksIn(t, s, "es", "¿Y mi taza #8001?")
	const elsewhere = "[role=option]:not([aria-selected=true])"
	console.Click(elsewhere)
	console.Wait("document.querySelector('[role=log]').innerText.includes('#8001')")
	console.Wait("document.activeElement.matches('.box textarea')")
	console.Click(elsewhere)
	selected()
	console.Wait("!document.activeElement.matches('.box textarea')")
	console.Wait("Math.abs(fromEdge() - chosen.top) < 2")
	console.Click(".pin:not(.current) .pin-open, " + elsewhere)
	console.Wait("document.querySelector('[role=log]').innerText.includes('#8001')")
	console.Press(kb.Escape)
	console.Press("i")
	console.Wait("document.querySelectorAll('.pin').length === 2")
	console.Press("1", chromedp.ModifierAlt)
	selected()
	// What begins where a paragraph begins, and what ends outside of the lines: a triple click on the last line of several does.
	for _, choose := range []string{
		"getSelection().selectAllChildren(line.querySelector('.second-text'))",
		"getSelection().setBaseAndExtent(line.querySelector('.second-text').firstChild, 0, line.querySelector('.second-text').firstChild, 5)",
		"getSelection().setBaseAndExtent(line.querySelector('.main').firstChild, 0, document.querySelector('.composer'), 0)",
	} {
		console.Do("(line => { getSelection().removeAllRanges(); " + choose + "; window.chosen = { ...chosen, text: String(getSelection()).trim() } })([...document.querySelectorAll('.lines [data-seq]')].filter(l => l.querySelector('.second-text')).pop())")
		console.Press("2", chromedp.ModifierAlt)
		console.Wait("document.querySelector('[role=log]').innerText.includes('#8001')")
		console.Press("1", chromedp.ModifierAlt)
		console.Wait("!document.querySelector('[role=log]').innerText.includes('#8001')")
		console.Wait("chosen.text.length > 3 && String(getSelection()).trim() === chosen.text")
	}
	console.Do(`document.querySelector('.lines').addEventListener('scroll', () => { window.chosen = { top: fromEdge(), again: true } }, { once: true })`)
	console.Do(`document.querySelector('.lines [data-seq="60"]').scrollIntoView({ block: 'center' })`)
	console.Wait("chosen.again")

	// The same in the box: there is one in each conversation.
	console.Click(".box textarea")
	console.Type("half a word")
	console.Do("document.activeElement.setSelectionRange(5, 11)")
	inBox := func(from, to int, text string) {
		t.Helper()
		console.Wait(fmt.Sprintf("(b => b.matches('.box textarea') && b.value === %q && b.selectionStart === %d && b.selectionEnd === %d)(document.activeElement)", text, from, to))
	}
	writes(t, shopper, "Una línea más, #7002.")
	console.Wait("document.querySelector('.to-end')")
	inBox(5, 11, "half a word")
	console.Press("2", chromedp.ModifierAlt)
	console.Wait("document.querySelector('[role=log]').innerText.includes('#8001')")
	console.Press(kb.Escape)
	console.Press("n")
	console.Wait("document.activeElement.matches('.noting .box textarea')")
	console.Type("for us")
	console.Press("1", chromedp.ModifierAlt)
	console.Wait("window.fromEdge && document.querySelector('.lines [data-seq=\"60\"]')")
	inBox(5, 11, "half a word")
	console.Wait("Math.abs(fromEdge() - chosen.top) < 2")
	console.Click(".pin:not(.current) .pin-open")
	inBox(6, 6, "for us")
	console.Wait("document.querySelector('.composer.noting')") // a note stays one
	console.Press(kb.Escape)
	console.Press("r")
	console.Wait("(b => b.matches('.composer:not(.noting) textarea') && b.value === '')(document.activeElement)") // and does not stand where Enter sends it to the shopper
	console.Type("for her")
	console.Press(kb.Escape)
	console.Press("n")
	inBox(6, 6, "for us")
	theEndIsFollowed(t, console, emma)
}

// theEndIsFollowed: a line that was looked for is shown in a conversation that was read elsewhere, and at its end the newest line stays in sight while the box
// below grows.
func theEndIsFollowed(t *testing.T, console *browsertest.Tab, emma *desk) {
	t.Helper()
	emma.found("pedido #104 ")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.run.noted') && document.querySelector('.box textarea').value === ''")
	console.Wait("document.querySelector('.composer.noting')") // the next word is for colleagues as well
	console.Press(kb.Escape)
	console.Press("/")
	console.WaitText("Words in any language")
	console.Type("pedido #104 ")
	console.Wait("document.querySelectorAll('.hit').length === 1")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.line.found')?.innerText.includes('#104') && " + inSight)
	console.On(browsertest.Device{Width: 700, Height: 700})
	console.Do("document.querySelector('.lines').scrollTop = document.querySelector('.lines').scrollHeight")
	const atEnd = "(log => log.scrollHeight - log.scrollTop - log.clientHeight < 2)(document.querySelector('.lines'))"
	console.Wait(atEnd)
	console.Click(".box textarea")
	console.Do("document.querySelector('.box textarea').select()")
	console.Type("We look for the cup, and for the saucer that belongs to it, and write to you today.")
	console.Wait("document.querySelector('.preview')")
	console.Wait(atEnd)
	// Whoever takes a conversation has system lines folded above, and a row of pins more: the log is shorter for a moment, and its box for good.
	console.Do(`(() => {
		const log = document.querySelector('.lines'), last = [...log.querySelectorAll('.run')].at(-1)
		last.style.display = 'none'
		log.scrollTop.toFixed()
		last.style.display = ''
		log.parentElement.style.paddingBlockEnd = '60px'
	})()`)
	console.Wait("(log => log.parentElement.getBoundingClientRect().bottom - log.getBoundingClientRect().bottom > 59)(document.querySelector('.lines'))")
	console.Wait(atEnd)
	console.On(browsertest.Desktop)
}
