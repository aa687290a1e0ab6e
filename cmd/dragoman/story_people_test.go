package main

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"

	"github.com/chromedp/chromedp/kb"
)

// shopperOf speaks for the shopper of a frame, beside it: with his token, on a socket of its own.
func shopperOf(t *testing.T, s *serving, frame *browsertest.Tab) *client.Conn {
	t.Helper()
	token := browsertest.Eval[string](frame, "localStorage.getItem('dragoman."+demoKey+".token')")
	c, err := client.Dial{Server: s.Public}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Drop)
	if _, err := c.Hello(t.Context(), chat.Hello{Token: token}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStoryOfCorrections: an agent puts a translation right in the place where it stands, by keys alone, and the shopper reads it at once, marked as a
// person's. What the shopper calls wrong the agents see without looking for it; what failed is tried again, and written by hand.
func TestStoryOfCorrections(t *testing.T) {
	t.Parallel()
	const (
		question = "Wann kommt meine Tasse?"
		answer   = "Your mug is being fired, we will keep you posted."
		wrong    = "Ihr Becher wird gefeuert, wir halten Sie auf dem Pfosten."
		right    = "Ihre Tasse wird gebrannt, wir halten Sie auf dem Laufenden."
		unknown  = "It weighs 400 grams."
		gift     = "Mugs are a poison of joy."
	)
	engine := phrases{
		question: {"en": "When does my cup come?"},
		answer:   {"de": wrong},
		gift:     {"de": "Becher sind ein Gift der Freude."},
	}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	chatServer := s.under("chat")
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Phone)
	page.Open(s.under("shop") + "/demo/de/")
	frame := openWidget(page, chatServer)
	says(frame, question)

	agent := browsertest.Start(t, "en-US,en")
	console := agent.Tab(browsertest.Desktop)
	remembers(console)
	console.Open(chatServer + "/agent/")
	login(t, console, s, "emma@demo.localhost")
	console.Click("[role=option]")
	console.WaitText("When does my cup come?")
	console.WaitText("by libretranslate")
	console.Click(".box textarea")
	console.Type(answer + " It is due on 12/11/2026 and costs 1,500.")
	console.WaitText("keep you posted\u2069” may come out word by word")
	console.WaitText("12/11/2026\u2069” is another day in other countries")
	console.WaitText("1,500\u2069” is another number where the customer reads")
	console.WaitText("No preview just now") // the engine knows no such line
	look(console, "warnings before sending", "console-warnings.png")
	console.Do("document.querySelector('.box textarea').select()")
	console.Type(answer)
	console.Press(kb.Enter)
	frame.WaitText(wrong)

	// In place, by keys: out of the field, C, and the whole text is selected.
	console.WaitText(wrong)
	console.Press(kb.Escape)
	console.Press("c")
	console.Wait("document.activeElement.matches('.correction textarea') && document.activeElement.selectionEnd > 20")
	console.Type("Ihre Tasse")
	look(console, "correction", "console-correct.png")
	console.Press(kb.Escape)
	console.Wait("!document.querySelector('.correction') && document.activeElement.matches('.correct')")
	if text := console.Text("[role=log]"); !strings.Contains(text, wrong) {
		t.Errorf("Escape changed the line: %q", text)
	}
	console.Press(kb.Enter)
	console.Wait("document.activeElement.matches('.correction textarea')")
	console.Type(right)
	console.Press(kb.Enter)
	console.WaitText("Corrected by Emma")
	console.WaitGone(wrong)
	frame.WaitText(right)
	frame.WaitText("Von einem Menschen korrigiert")
	frame.WaitGone(wrong)
	takenBack(t, console, frame, wrong, right)

	t.Run("flag", func(t *testing.T) {
		console.Click(".box textarea")
		console.Type(gift)
		console.Press(kb.Enter)
		frame.WaitText("ein Gift der Freude")
		// The shopper may have it before who has sent it.
		const last = "[...document.querySelectorAll('.lines [data-seq]')].at(-1)"
		console.Wait(fmt.Sprintf("%s.innerText.includes(%q)", last, gift))
		seq := browsertest.Eval[int64](console, "Number("+last+".dataset.seq)")
		shopper := shopperOf(t, s, frame)
		var list chat.InboxOK
		emma := sitDown(t, s, "emma@demo.localhost")
		emma.call(chat.CallInbox, chat.Inbox{}, &list)
		if err := shopper.Call(t.Context(), chat.CallFlag, chat.Flag{Conversation: emma.conversation, Seq: seq, Language: "de-DE", Comment: "Gift? Wirklich?"}, nil); err != nil {
			t.Fatal(err)
		}
		console.WaitText("Gift? Wirklich?")
		console.WaitText("The customer says that a translation is wrong.")
		console.Click("#tab-mine")
		console.Wait("document.querySelector('[role=option] .row-flag')")
		look(console, "a translation that is called wrong", "console-flagged.png")
		phone := agent.Tab(browsertest.Phone.InDark())
		remembers(phone)
		phone.Open(chatServer + "/agent/")
		phone.Click("#tab-mine")
		phone.Wait("document.querySelector('[role=option] .row-flag')")
		look(phone, "a row with a flag, phone", "console-flagged-row.png")
		phone.Click("[role=option]")
		phone.WaitText("Gift? Wirklich?")
		phone.Click(".flag-note .link")
		phone.Click(".line.flagged .correct")
		look(phone, "correction on a phone", "console-correct-phone.png")
		phone.Do("document.querySelector('.correction textarea').select()")
		phone.Type("Becher sind eine Wonne.")
		phone.Click(".correction .primary")
		for _, tab := range []*browsertest.Tab{phone, console} {
			tab.Wait("!document.querySelector('.flag, .row-flag, .flag-note')")
			tab.WaitText("Becher sind eine Wonne.")
		}
		frame.WaitText("Becher sind eine Wonne.")
		phone.WaitText("Always translate “\u2068a poison of joy\u2069” as “\u2068eine Wonne\u2069”…")
		look(phone, "a word for the glossary", "console-offer.png")
		phone.Click(".offer .link")
		phone.Wait("document.querySelector('#term-source').value === 'a poison of joy' && document.querySelector('#term-target').value === 'eine Wonne'")
		phone.Wait("document.querySelector('#term-from').value === 'en' && document.querySelector('#term-to').value.startsWith('de')")
		look(phone, "a term for the glossary", "console-offer-term.png")
		phone.Click("dialog .primary")
		told(phone, "from now on")
		phone.Wait("!document.querySelector('.offer')")
	})
	t.Run("failed", func(t *testing.T) {
		console.Click(".box textarea")
		console.Type(unknown)
		console.Press(kb.Enter)
		console.WaitText("The customer reads the original")
		console.Click(".line .again")
		console.WaitText("Try again") // the engine knows no better
		frame.WaitText(unknown)
		console.Press(kb.Escape)
		console.Press("c")
		console.Wait(fmt.Sprintf("document.activeElement.matches('.correction textarea') && document.activeElement.value === %q", unknown))
		console.Type("Sie wiegt wenig.")
		console.WaitText("400\u2069” is in the original and not in the translation")
		look(console, "correction, with something missing", "console-correct-missing.png")
		console.Do("document.activeElement.select()")
		console.Type("Sie wiegt 400 Gramm.")
		console.Press(kb.Enter)
		frame.WaitText("Sie wiegt 400 Gramm.")
		look(frame, "corrected lines", "widget-corrected.png")
	})
}

// takenBack undoes a correction that was just made, which leaves the engine's text as the engine's, and makes it again.
func takenBack(t *testing.T, console, frame *browsertest.Tab, wrong, right string) {
	t.Helper()
	console.Click(".notice button:not(.icon-button)")
	console.WaitText(wrong)
	console.Wait("!document.querySelector('.by-person')")
	frame.WaitText(wrong)
	frame.WaitGone("Von einem Menschen korrigiert")
	console.Press(kb.Escape)
	console.Press("c")
	console.Wait("document.activeElement.matches('.correction textarea')")
	console.Type(right)
	console.Press(kb.Enter)
	frame.WaitText(right)
	console.WaitText("Corrected by Emma")
}

// TestStoryOfTyping: where a shop has switched it on, its agents read what a shopper is typing, in their own language, and the shopper is told that they do.
func TestStoryOfTyping(t *testing.T) {
	t.Parallel()
	const half = "Ich suche eine blaue"
	engine := phrases{"Guten Tag": {"en": "Good day"}, half: {"en": "I am looking for a blue"}}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	good(t, "", "site", "set", demoKey, "--typing-preview", "--data", s.data)
	chatServer := s.under("chat")
	soon(t, browsertest.Patience, "visitors are told that the shop reads along", func() bool {
		session, err := client.NewSession(t.Context(), s.Public, "", chat.SessionRequest{Site: demoKey})
		return err == nil && session.Site.TypingPreview
	})
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Phone)
	page.Open(s.under("shop") + "/demo/de/")
	frame := openWidget(page, chatServer)
	says(frame, "Guten Tag")
	frame.Wait("document.querySelector('#seen')")
	console := emmaOpens(t, s, chatServer)
	console.WaitText("Good day")
	frame.Type(half)
	console.WaitText("I am looking for a blue")
	console.WaitText(half)
	look(console, "what a shopper is typing", "console-typing.png")
	look(frame, "the shop reads along", "widget-typing.png")
	frame.Do("document.querySelector('textarea').blur()")
	console.WaitGone(half)
}

// TestStoryOfApproval: what an agent has looked at and approved goes out exactly so, is marked as checked, and is offered when he nearly says the same again.
func TestStoryOfApproval(t *testing.T) {
	t.Parallel()
	const (
		said  = "Your parcel left our workshop in Valencia this morning."
		again = "Your parcel left our workshop in Valencia this evening."
		reads = "Ihr Paket hat heute Morgen unsere Werkstatt in Valencia verlassen."
	)
	engine := phrases{"Guten Tag": {"en": "Good day"}, said: {"de": reads}, again: {"de": "Ihr Paket hat abends Valencia verlassen."}}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	chatServer := s.under("chat")
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Phone)
	page.Open(s.under("shop") + "/demo/de/")
	frame := openWidget(page, chatServer)
	says(frame, "Guten Tag")
	console := emmaOpens(t, s, chatServer)
	console.WaitText("Good day")
	console.Click(".box textarea")
	console.Type(said)
	console.WaitText(reads)
	console.Wait("document.querySelector('.approve:enabled')")
	console.Click(".approve")
	console.WaitText("approved by you")
	console.Click(".box textarea")
	console.Press(kb.Enter)
	frame.WaitText(reads)
	frame.WaitText("Von einem Menschen geprüft")
	console.WaitText("Approved by Emma")
	emma := sitDown(t, s, "emma@demo.localhost")
	soon(t, browsertest.Patience, "it is remembered, which nobody waits for", func() bool {
		var ok chat.PreviewOK
		emma.call(chat.CallPreview, chat.Preview{Conversation: emma.conversation, Text: again}, &ok)
		return len(ok.Near) > 0
	})
	console.Click(".box textarea")
	console.Type(again)
	console.WaitText("Ihr Paket hat abends")
	console.WaitText("For “")
	look(console, "nearly the same", "console-near.png")
	console.Click(".near .link")
	console.WaitText("as corrected by you")
	console.Click(".box textarea")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.box textarea').value === ''")
	cannedReply(t, s, console, frame)
}

// cannedReply is what an agent has behind a slash: a text that was approved in the shopper's language goes out as it stands, without any engine.
func cannedReply(t *testing.T, s *serving, console, frame *browsertest.Tab) {
	t.Helper()
	for _, text := range [][]string{{"wait", "en", "One moment please, {agent} is looking."}, {"wait", "de", "Einen Moment bitte, {agent} sieht nach."}, {"bye", "en", "Goodbye, come again, and enjoy your cup and all that you drink of it from now on."}} {
		good(t, "", append(append([]string{"canned", "put", demoKey}, text...), "--data", s.data)...)
	}
	good(t, "", "canned", "approve", demoKey, "wait", "en", "de", "--data", s.data)
	console.Click(".box textarea")
	console.Type("/")
	console.Wait("document.querySelectorAll('.canned [role=option]').length === 2")
	console.Wait(`(box => document.getElementById(box.getAttribute('aria-controls')).getAttribute('role') === 'listbox' &&
		document.getElementById(box.getAttribute('aria-activedescendant')).getAttribute('aria-selected') === 'true')(document.querySelector('.box textarea'))`)
	look(console, "canned replies", "console-canned.png")
	console.Press(kb.ArrowDown)
	console.Wait("document.querySelector('.canned [aria-selected=true]').innerText.startsWith('/wait')")
	console.Press(kb.Escape)
	console.Wait("!document.querySelector('.canned') && document.querySelector('.box textarea').value === '/' && !document.querySelector('.box textarea').ariaActiveDescendantElement")
	for _, typed := range []string{"no", "/wai"} { // instead of what stands there: one who has closed the list gets it back with the next slash
		console.Do("document.querySelector('.box textarea').select()")
		console.Type(typed)
	}
	console.Wait("document.querySelectorAll('.canned [role=option]').length === 1")
	console.WaitText("Approved")
	console.Press(kb.Tab)
	console.Wait("document.querySelector('.box textarea').value === 'One moment please, Emma is looking.' && document.activeElement === document.querySelector('.box textarea')")
	console.WaitText("an approved reply")
	look(console, "a canned reply before it is sent", "console-canned-chosen.png")
	console.Press(kb.Enter)
	frame.WaitText("Einen Moment bitte, Emma sieht nach.")
}
