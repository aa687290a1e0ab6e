package main

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// boxIs waits until the box of the console has a text, whole.
func boxIs(console *browsertest.Tab, text string) {
	console.Wait(fmt.Sprintf("document.querySelector('.box textarea').value === %q", text))
}

// manyReplies gives the demo's shop more canned replies than the list shows at once, and one that wants the number of an order.
func manyReplies(t *testing.T, s *serving) {
	t.Helper()
	texts := [][]string{{"zorder", "en", "Hello {name},\nyour order {order} is packed."}, {"zorder", "de", "Hallo {name},\nIhre Bestellung {order} ist gepackt."}}
	for n := range 7 {
		texts = append(texts, []string{fmt.Sprintf("reply%d", n), "en", fmt.Sprintf("This is what we say to question %d.", n)})
	}
	for _, text := range texts {
		good(t, "", append(append([]string{"canned", "put", demoKey}, text...), "--data", s.data)...)
	}
	good(t, "", "canned", "approve", demoKey, "zorder", "en", "de", "--data", s.data)
}

// TestStoryOfTheBox is a day of an agent's box: canned replies by keys alone, with what is still open in them; an input method; undo; two tabs; and a browser
// that dies with something written in it and something on its way.
func TestStoryOfTheBox(t *testing.T) {
	t.Parallel()
	engine := phrases{"Guten Tag": {"en": "Good day"}, "Not a line": {"de": "Keine Zeile"}}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	wire := lay(t, strings.TrimPrefix(s.Public, "http://"))
	manyReplies(t, s)
	chatServer := "http://chat.localhost:" + wire.port()
	frame := browsertest.Start(t, "de-DE,de").Tab(browsertest.Phone)
	frame.Open(chatServer + "/chat/" + demoKey)
	frame.Wait("document.querySelector('.presence .dot')")
	says(frame, "Guten Tag")

	profile := t.TempDir()
	agent := browsertest.Start(t, "en-US,en", browsertest.Profile(profile))
	console := agent.Tab(browsertest.Desktop)
	console.Open(chatServer + "/agent/")
	login(t, console, s, "emma@demo.localhost")
	console.Click("[role=option]")
	console.WaitText("Good day")
	console.Click(".box textarea")

	t.Run("canned", func(t *testing.T) {
		console.Type("/")
		console.Wait("document.querySelectorAll('.canned [role=option]').length === 8")
		console.Press(kb.ArrowUp)
		console.Wait(`(o => o.innerText.startsWith('/zorder') && o.getBoundingClientRect().bottom <= o.parentElement.getBoundingClientRect().bottom)(document.querySelector('.canned [aria-selected=true]'))`)
		console.WaitText("Ihre Bestellung {order} ist gepackt.")
		look(console, "canned replies, the last", "console-canned-both.png")
		console.Press(kb.Enter)
		boxIs(console, "Hello,\nyour order {order} is packed.")
		console.WaitText("Nobody knows what stands for")
		console.Press(kb.Enter) // asks once
		console.Wait("(b => b.value.slice(b.selectionStart, b.selectionEnd) === '{order}')(document.querySelector('.box textarea'))")
		console.Type("DE-77")
		console.Wait("document.querySelector('.preview.corrected textarea').value === 'Hallo,\\nIhre Bestellung DE-77 ist gepackt.'")
		console.WaitText("an approved reply")
		look(console, "a canned reply with its order", "console-canned-order.png")
		console.Press("z", chromedp.ModifierCtrl)
		boxIs(console, "Hello,\nyour order {order} is packed.")
		console.Press("z", chromedp.ModifierCtrl)
		boxIs(console, "/")
		console.Type("/zord")
		console.Wait("document.querySelectorAll('.canned [role=option]').length === 1")
		console.Press(kb.Tab)
		boxIs(console, "Hello,\nyour order {order} is packed.")
		console.Type("DE-78")
		console.WaitText("an approved reply")
		console.Press(kb.Enter)
		frame.WaitText("Ihre Bestellung DE-78 ist gepackt.")
		boxIs(console, "")
	})
	t.Run("input method", func(t *testing.T) {
		console.Wait("!document.querySelector('.outgoing')")
		lines := browsertest.Eval[int](console, "document.querySelectorAll('.lines .line').length")
		console.Compose("日本語")
		boxIs(console, "日本語")
		console.Press(kb.Enter)
		boxIs(console, "日本語")
		console.Do("document.querySelector('.box textarea').select()")
		console.Type("one")
		console.Press(kb.Enter, chromedp.ModifierShift)
		console.Type("two")
		boxIs(console, "one\ntwo")
		if now := browsertest.Eval[int](console, "document.querySelectorAll('.lines .line').length"); now != lines {
			t.Errorf("there were %d lines and are %d: an input method, or Shift and Enter, has sent one", lines, now)
		}
		console.Do("document.querySelector('.box textarea').select()")
		console.Type(strings.Repeat("word ", 790) + "word")
		console.WaitText("characters left")
		console.Do("document.querySelector('.box textarea').select()")
		console.Press(kb.Delete)
		boxIs(console, "")
	})
	t.Run("modes", func(t *testing.T) {
		console.Type("Half a reply")
		console.Press(kb.Escape)
		console.Press("n")
		boxIs(console, "")
		console.Wait("document.querySelector('.modes label:first-child .mode-waits') && !document.querySelector('.modes .chosen .mode-waits')")
		look(console, "a note beside half a reply", "console-modes.png")
		// Arrow keys choose and stay; Enter goes to the box, and sends nothing.
		console.Do("document.querySelector('.modes :checked').focus()")
		console.Press(kb.ArrowLeft)
		boxIs(console, "Half a reply")
		console.Wait("document.activeElement.matches('.modes label:first-child input') && !document.querySelector('.mode-waits')")
		console.Press(kb.Enter)
		console.Wait("document.activeElement.matches('.box textarea')")
		boxIs(console, "Half a reply")
		console.Do("document.querySelector('.box textarea').select()")
		console.Press(kb.Delete)
		boxIs(console, "")
	})
	t.Run("on the way", func(t *testing.T) {
		walksIn(t, s, "de", "Guten Tag").Drop()
		// Who has just written does not wait yet.
		console.Wait("[...document.querySelectorAll('[role=option] .wait')].some(e => parseInt(e.innerText) > 1)")
		partRuns(console, "way")
		head := console.Text(".talk-head")
		here := fmt.Sprintf("document.querySelector('.talk-head').innerText === %q", head)
		// keys are pressed before the server says anything, and leave alone what is there.
		keys := func(keys ...string) {
			t.Helper()
			before := console.Text(".talk-head")
			wire.setHeld(true)
			for _, key := range keys {
				console.Press(key)
			}
			if got := console.Text(".talk-head"); got != before {
				t.Errorf("the server has said nothing, and the head is %q after %q", got, before)
			}
			boxIs(console, "")
		}
		console.Press(kb.Escape)
		keys("w", "r", "x")
		console.Wait("document.querySelector('.notices').innerText.includes('Loading') && document.querySelector('.box textarea').readOnly")
		console.Press(kb.Escape)
		console.Wait("!document.querySelector('.notice') && !document.querySelector('.box textarea').readOnly")
		wire.setHeld(false)
		for _, key := range []string{"r", "n"} {
			if key == "n" {
				aMouse(console) // the box takes the focus by itself, and N is a key nevertheless
				console.Press(kb.Escape)
			}
			keys("w", key, "e", "n", "d", kb.Enter)
			if key == "n" {
				console.Do(`document.activeElement.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: (d => { d.setData('text/plain', ', and\nmore'); return d })(new DataTransfer()) }))`)
			}
			wire.setHeld(false)
			boxIs(console, map[string]string{"r": "end", "n": "end, and\nmore"}[key])
			if note := browsertest.Eval[bool](console, "!!document.querySelector('.composer.noting')"); note != (key == "n") {
				t.Errorf("after %s it is %t that a note is written", key, note)
			}
			if got := console.Text(".talk-head"); got == head {
				t.Errorf("what was meant for the next stands in the box of %q", got)
			}
			if lines := console.Text(".lines"); strings.Contains(lines, "end") {
				t.Errorf("a line went out that nobody had seen: %s", lines)
			}
			console.Do("document.querySelector('.box textarea').select()")
			console.Press(kb.Delete)
			boxIs(console, "")
			console.Press("1", chromedp.ModifierAlt)
			console.Wait(here + " && document.activeElement.matches('.box textarea')") // who was writing goes on
		}
	})
	t.Run("two tabs", func(t *testing.T) {
		other := agent.Tab(browsertest.Desktop)
		other.Open(browsertest.Eval[string](console, "location.href"))
		other.Wait("document.querySelector('.box textarea')")
		console.Type("Written here")
		boxIs(other, "Written here")
		other.Click(".box textarea")
		other.Press(kb.End)
		other.Type(", and there")
		boxIs(console, "Written here, and there")
		other.Close()

		// The palette is asked for before its code is there: what is typed meanwhile is looked for, and does nothing else.
		late := agent.Tab(browsertest.Desktop)
		late.Script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
		late.Open(browsertest.Eval[string](console, "location.href"))
		boxIs(late, "Written here, and there")
		partRuns(late, "way")
		late.Uncached()
		wire.setHeld(true)
		late.Press("k", chromedp.ModifierCtrl)
		for _, key := range []string{"n", "o", "t", "e", kb.Enter} {
			late.Press(key)
		}
		wire.setHeld(false)
		late.Wait("document.querySelector('.palette input')?.value === 'note'")
		late.Press(kb.Escape)
		boxIs(late, "Written here, and there")
		late.Close()
	})
	t.Run("reload", func(t *testing.T) {
		console.Do("document.querySelector('.box textarea').select()")
		console.Type("To the last letter")
		console.Reload()
		boxIs(console, "To the last letter")
		console.Wait("document.activeElement.matches('.box textarea')")
		console.Type(", and on")
		boxIs(console, "To the last letter, and on")
		console.On(browsertest.Phone)
		console.Reload()
		boxIs(console, "To the last letter, and on")
		if browsertest.Eval[bool](console, "document.activeElement !== document.body") {
			t.Error("the box takes the focus on a phone, where the keyboard covers half of what is read")
		}
		console.On(browsertest.Desktop)
		console.Wait("Object.keys(localStorage).every(key => !key.startsWith('dragoman.left.'))")
	})
	t.Run("crash", func(t *testing.T) {
		console.Press(kb.Escape)
		console.Press("t")
		console.Wait("document.activeElement.matches('.label-field input')")
		console.Type("late")
		wire.setCut(true)
		console.Wait("document.activeElement.matches('.label-field input:read-only')") // it keeps the focus, and what was typed
		console.Press(kb.Enter)
		console.Wait("document.activeElement.value === 'late' && !document.querySelector('.labels')")
		console.Click(".box textarea")
		console.Do("document.querySelector('.box textarea').select()")
		console.Type("On its way")
		console.Press(kb.Enter)
		console.WaitText("Waits for the connection")
		console.Type("Not sent yet")
		console.Wait("document.querySelector('.preview-none').innerText === 'Waits for the connection'")
		console.Wait(kept("lines", "dragoman", "On its way"))
		console.Wait(kept("drafts", "dragoman.console", "Not sent yet"))
		agent.Kill()
		wire.setCut(false)
		console = browsertest.Start(t, "en-US,en", browsertest.Profile(profile)).Tab(browsertest.Desktop)
		console.Open(chatServer + "/agent/")
		console.Wait("document.querySelector('#email, [role=listbox]')")
		if browsertest.Eval[bool](console, "!!document.querySelector('#email')") {
			// A browser that is killed may lose its cookies, and may have kept the address that was typed the first time.
			console.Click("#email")
			console.Do("document.activeElement.select()")
			console.Type("emma@demo.localhost")
			console.Click("#password")
			console.Type(demoPassword(t, s, "emma@demo.localhost"))
			console.Press(kb.Enter)
			console.Wait("document.querySelector('[role=listbox]')")
		}
		console.Click("#tab-mine")
		console.Wait("document.querySelector('[role=option] .last').innerText.replace(/\\s+/g, ' ') === 'Draft: Not sent yet'")
		frame.WaitText("On its way")
		console.Click("[role=option]")
		boxIs(console, "Not sent yet")
		emma := sitDown(t, s, "emma@demo.localhost")
		var page chat.HistoryOK
		emma.call(chat.CallHistory, chat.History{Conversation: emma.conversation, Limit: 100}, &page)
		times := 0
		for _, m := range page.Messages {
			if m.Text == "On its way" {
				times++
			}
		}
		if times != 1 {
			t.Errorf("the line that was on its way is there %d times", times)
		}

		// The end of a conversation comes with its last word, whichever page sends that.
		console.Do("document.querySelector('.box textarea').select()")
		console.Type("That was the last word")
		wire.setCut(true)
		console.WaitText("Waits for the connection")
		console.Press(kb.Enter, chromedp.ModifierCtrl)
		console.Wait(kept("lines", "dragoman", "That was the last word"))
		console.Open("about:blank")
		wire.setCut(false)
		remembers(console)
		console.Open(chatServer + "/agent/")
		told(console, "Resolved")
		frame.WaitText("That was the last word")
	})
}

// partRuns waits until a part of the console is there and has begun.
func partRuns(console *browsertest.Tab, name string) {
	file := "performance.getEntriesByType('resource').find(e => e.name.includes('console-" + name + "'))"
	console.Wait("!!" + file)
	browsertest.Eval[bool](console, "import("+file+".name).then(() => new Promise(drawn => requestAnimationFrame(() => setTimeout(() => drawn(true)))))")
}

// aMouse gives the browser one: it has none.
func aMouse(console *browsertest.Tab) {
	console.Do("window.matchMedia = (ask => query => query === '(pointer: fine)' ? { matches: true } : ask(query))(matchMedia.bind(window))")
}

// kept tells whether the browser's database has an object with a text in it.
func kept(store, database, text string) string {
	return fmt.Sprintf(`(window.found ??= {})[%[3]q] || (indexedDB.open(%[2]q).onsuccess = e => {
		const all = e.target.result.transaction(%[1]q).objectStore(%[1]q).getAll()
		all.onsuccess = () => { found[%[3]q] = JSON.stringify(all.result).includes(%[3]q); e.target.result.close() }
	}) && false`, store, database, text)
}
