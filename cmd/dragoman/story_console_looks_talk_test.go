package main

import (
	"strconv"

	"dragoman/chat"
	"dragoman/internal/client"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// conversation is one in the middle: read, answered, and read on.
func (l *looks) conversation(greta *client.Conn, lucia *desk) {
	l.t.Helper()
	lucia.call(chat.CallTag, chat.Tag{Conversation: lucia.conversation, Add: []string{"Broken", "Refund"}}, nil)
	lucia.call(chat.CallSend, chat.Send{Key: chat.NewID(), Conversation: lucia.conversation, Text: "She sent a photo by mail.", Note: true, Language: "en"}, nil)
	l.page.Open(l.server + "/agent/c/" + lucia.conversation)
	l.page.WaitText("The cup arrived with a crack")
	l.page.Wait("document.querySelectorAll('.labels .label').length === 2 && document.querySelectorAll('.earlier-one').length === 2")
	l.page.Press("i")
	l.page.Wait("document.querySelector('.pins .pin')")
	l.box("I am sorry. A new cup leaves us today.")
	l.page.WaitText("Eine neue Tasse geht heute hinaus.")
	l.sends()
	l.page.Wait("[...document.querySelectorAll('.run.ours:not(.outgoing) .second-text')].some(e => e.textContent.includes('heute hinaus'))")
	writes(l.t, greta, "Bekomme ich das Geld zurück?")
	l.page.WaitText("Will I get the money back?")
	l.state("conversation")

	l.page.Do("document.querySelector('.lines').focus()")
	l.page.Press("o")
	l.shows("originals beside", ".line.two")
	l.page.Press("o")
	l.shows("originals hidden", ".show-second")
	l.page.Press("o")
	l.page.Wait("!document.querySelector('.line.two, .show-second')")
	l.page.Press("c")
	l.page.Wait("document.activeElement.matches('.correction textarea')")
	l.state("correction")
	l.page.Press(kb.Escape)
	l.page.Wait("!document.querySelector('.correction')")
}

// sends presses Enter, and waits until the box is empty.
func (l *looks) sends() {
	l.t.Helper()
	l.page.Press(kb.Enter)
	boxIs(l.page, "")
}

// answer is the box in all that it can be, and what comes of it.
func (l *looks) answer(greta *client.Conn, lucia *desk) {
	l.t.Helper()
	l.box("/")
	l.page.Wait("document.querySelectorAll('.canned [role=option]').length === 8")
	l.state("canned replies in the box")
	l.box("Would you rather have the money back?")
	l.page.Wait("[...document.querySelectorAll('textarea, .preview')].some(e => (e.value ?? e.innerText).includes('lieber das Geld'))")
	l.state("preview")
	l.box("We will keep you posted: it is due on 12/11/2026 and costs 1,500.")
	l.page.Wait("document.querySelectorAll('.warnings li').length > 1")
	l.state("warnings")

	// A colleague is quicker.
	l.box("Would you rather have the money back?")
	lucia.says("Claro que sí.", nil)
	l.page.WaitText("Selbstverständlich.")
	l.page.Click(".box textarea")
	l.page.Press(kb.Enter)
	l.shows("a colleague was quicker", ".collided")
	l.box("")

	l.page.Do(filesScript)
	l.page.Do("Promise.all([photo('cup.jpg', 1200, 900, 200), pdf('return slip.pdf')]).then(f => choose(...f))")
	uploaded(l.page, "2")
	l.state("files above the box")
	l.page.Click(".composer .send")
	l.page.Wait("!document.querySelector('.att-card') && !document.querySelector('.outgoing') && seen(document.querySelectorAll('.lines .att-pic img'))")
	l.state("files in the conversation")

	// What no engine knows, and what the customer calls wrong.
	l.box("It weighs 400 grams.")
	l.sends()
	l.page.Wait("document.querySelector('.line .again')")
	var all chat.HistoryOK
	lucia.call(chat.CallHistory, chat.History{Conversation: lucia.conversation}, &all)
	for _, m := range all.Messages {
		if m.Text == "Claro que sí." {
			if err := greta.Call(l.t.Context(), chat.CallFlag, chat.Flag{Conversation: lucia.conversation, Seq: m.Seq, Language: "de", Comment: "Was ist selbstverständlich?"}, nil); err != nil {
				l.t.Fatal(err)
			}
		}
	}
	l.page.Wait("document.querySelector('.flag-note') && document.querySelector('.line.flagged')")
	l.state("failed and called wrong")

	l.page.Press(kb.Escape)
	l.page.Press("n")
	l.page.Wait("document.activeElement.matches('.composer textarea')")
	l.page.Type("Be generous: she comes back often. @luc")
	l.shows("mention", ".mention-one")
	l.page.Press(kb.Enter)
	l.shows("note", ".mention-called")
	l.sends()
	l.page.Wait("document.querySelector('.noted .mention')")
	l.page.Press(kb.Escape)
}

// layers are what hangs and floats, by keys.
func (l *looks) layers() {
	l.t.Helper()
	l.opened("language of the customer", "l", ":popover-open[data-placed]")
	l.opened("snooze", "s", ":popover-open[data-placed]")
	l.page.Press("a")
	l.page.Wait("document.activeElement.matches('.give input')")
	l.state("whom to give it to")
	l.page.Type("luc")
	l.page.Press(kb.Enter)
	l.page.Wait("document.activeElement.matches('.give textarea')")
	l.state("what the colleague is to know")
	l.close()
	l.page.Press("t")
	l.page.Wait("document.activeElement.matches('.label-field input')")
	l.page.Type("fra")
	l.state("tags")
	l.page.Press(kb.Escape)
	l.page.Press(kb.Escape)
	l.opened("palette", "k", "dialog.palette[open] [role=option]", chromedp.ModifierCtrl)
	l.opened("keys", "?", "dialog[open] kbd")
	l.page.Click(".rail .own")
	l.shows("settings", ".own-menu[data-placed]")
	l.page.Do("document.querySelector('.own-menu .sounds').scrollIntoView({ block: 'center' })")
	l.state("settings of sounds")
	l.close()
}

func (l *looks) search(lucia *desk) {
	l.t.Helper()
	lucia.found("Ich warte seit Montag")
	l.page.Press("/")
	l.shows("search", "dialog[open] input")
	l.page.Type("Sprung")
	l.shows("search with hits", ".hit")
	l.page.Type("qwertz")
	l.page.Wait("!document.querySelector('.hit') && document.querySelector('dialog[open]').innerText.includes('Sprungqwertz')")
	l.state("nothing found")
	l.close()
}

// together is a conversation at its end, and several beside it.
func (l *looks) together(greta *client.Conn, lucia *desk) {
	l.t.Helper()
	for n := 2; n <= 5; n++ {
		l.page.Press("j")
		l.page.Press("p")
		l.page.Wait("document.querySelectorAll('.pins .pin').length === " + strconv.Itoa(n))
	}
	l.state("several pinned")
	l.page.Open(l.server + "/agent/c/" + lucia.conversation)
	l.page.Wait("document.querySelector('.resolve')")
	lucia.call(chat.CallState, chat.SetState{Conversation: lucia.conversation, State: chat.StateResolved}, nil)
	if err := greta.Call(l.t.Context(), chat.CallRate, chat.Rate{Conversation: lucia.conversation, Score: 5, Comment: "Sehr freundlich"}, nil); err != nil {
		l.t.Fatal(err)
	}
	l.page.WaitText("Sehr freundlich")
	l.state("resolved and rated")
	// Where there is no room beside the conversation, what is known of the customer lies over it.
	l.on(narrow)
	l.page.Click(`.talk-do [aria-keyshortcuts="]"]`)
	l.page.Wait("document.querySelector('.context')?.offsetWidth > 0")
	l.state("customer")
}
