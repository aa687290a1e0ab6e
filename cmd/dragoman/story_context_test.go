package main

import (
	"fmt"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"

	"github.com/chromedp/chromedp/kb"
)

// comesBack is somebody who writes as a stranger and then signs in, each time in another browser: so each time is a conversation of its own. The last socket is returned.
func comesBack(t *testing.T, s *serving, lines ...string) *client.Conn {
	t.Helper()
	var site siteRow
	decode(t, good(t, "", "site", "show", demoKey, "--data", s.data, "--json"), &site)
	identity := edgetest.Sign(t, site.IdentitySecret, map[string]any{"alg": "HS256"}, map[string]any{
		"sub": "c-1042", "aud": demoKey, "exp": time.Now().Add(time.Hour / 2).Unix(), "name": "Greta Lindqvist", "email": "greta.lindqvist@example.com", "plan": "gold", "customer number": "K-1042-7781"})
	var last *client.Conn
	for _, line := range lines {
		stranger, token := comesIn(t, s, chat.SessionRequest{Languages: []string{"de"}, TimeZone: "Europe/Stockholm"})
		writes(t, stranger, line)
		last, _ = comesIn(t, s, chat.SessionRequest{Token: token, Identity: identity,
			Page: &chat.Page{URL: "https://shop.example.com/de/tassen/luz-blau?farbe=blau&groesse=350ml", Title: "Tasse Luz, blau, 350 ml"}})
	}
	about := chat.About{Attributes: map[string]string{"visits": "14", "newsletter": "yes"}, Cart: &chat.Cart{Items: []chat.Item{{Name: "Tasse Luz", Quantity: 2, Price: 39.9}}, Currency: "EUR", Total: 79.8}}
	if err := last.Call(t.Context(), chat.CallAbout, about, nil); err != nil {
		t.Fatal(err)
	}
	return last
}

// TestStoryOfTheCustomer: what is known of a customer, and what two agents put beside it: tags, notes on the person, and earlier conversations.
func TestStoryOfTheCustomer(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo", "--engine", "none")
	greta := comesBack(t, s, "Wo ist mein Paket?", "Die Tasse ist zerbrochen angekommen.", "Haben Sie den Teller noch?", "Ich warte seit Montag.", "Danke, alles gut.", "Und noch eine Frage zur Tasse Luz.")
	console := emmaOpens(t, s, s.under("chat"))
	colleague := sitDown(t, s, "lucia@demo.localhost")
	var open chat.InboxOK
	colleague.call(chat.CallInbox, chat.Inbox{Filter: &chat.InboxFilter{State: chat.StateOpen}}, &open)
	colleague.conversation = open.Conversations[0].ID

	console.WaitText("greta.lindqvist@example.com")
	console.Wait("document.querySelectorAll('.earlier-one').length === 4")
	console.WaitText("€39.90")

	fillsHerBasket(t, console, greta)
	console.Press("t")
	console.Wait("document.activeElement.matches('.label-field input')")
	for n, tag := range []string{"Broken", "#vip  customer"} {
		console.Type(tag)
		console.Press(kb.Enter)
		// On the server, before the colleague comes: tags stand in the order in which they were put on.
		console.Wait(fmt.Sprintf("document.activeElement.value === '' && document.querySelectorAll('.labels .label').length === %d", n+1))
	}
	colleague.call(chat.CallTag, chat.Tag{Conversation: colleague.conversation, Add: []string{"Refund"}}, nil)
	console.Wait("[...document.querySelectorAll('.labels .label')].map(l => l.textContent).join() === 'Broken,vip customer,Refund'")
	console.Press(kb.Backspace)
	console.Wait("document.querySelectorAll('.labels .label').length === 2")
	console.Type("bro")
	console.WaitText("New tag: bro")
	look(console, "tags", "console-tags.png")
	console.Press(kb.Escape)
	console.Press(kb.Escape)

	console.Click(".remark-box")
	console.Type("Collects the blue series. Wants to be called before delivery.")
	console.WaitText("Saved. Emma")
	var there chat.RemarkOK
	colleague.call(chat.CallRemark, chat.Remark{Conversation: colleague.conversation}, &there)
	text := there.Text + "\nMoves in March."
	colleague.call(chat.CallRemark, chat.Remark{Conversation: colleague.conversation, Text: &text, Rev: there.Rev}, nil)
	console.Wait("document.querySelector('.remark-box').value.endsWith('Moves in March.')")
	look(console, "the customer", "console-customer.png")

	console.Click(".earlier .link")
	console.Wait("document.querySelectorAll('.earlier-one').length === 5")
	console.Click(".block.attributes .fold")
	console.Wait("!document.querySelector('.block.attributes dl')")
	console.Reload()
	console.Click("[role=option]")
	console.Wait("document.querySelector('.block.page') && !document.querySelector('.block.attributes dl')")
	console.Wait("document.querySelector('.remark-box').value.includes('blue series')")
	console.Click(".earlier-one")
	console.Wait("document.querySelector('.lines')?.innerText.includes('Danke, alles gut.')")
	console.Wait("document.querySelector('.remark-box').value.includes('Moves in March.')")
	console.Press(kb.Escape)
	console.Press("]")
	console.Wait("!document.querySelector('.context')")
	console.Press("]")
	console.Wait("document.querySelector('.context')")

	mentionsEachOther(console, colleague)
	if *screens != "" {
		customerPictures(console)
	}
}

// fillsHerBasket: of a long one the first lines are shown, and all when asked for.
func fillsHerBasket(t *testing.T, console *browsertest.Tab, greta *client.Conn) {
	t.Helper()
	cart := chat.Cart{Currency: "EUR", Total: 270}
	for n := range 9 {
		cart.Items = append(cart.Items, chat.Item{Name: fmt.Sprintf("Teller %d", n+1), Quantity: 1, Price: 30})
	}
	if err := greta.Call(t.Context(), chat.CallAbout, chat.About{Cart: &cart}, nil); err != nil {
		t.Fatal(err)
	}
	console.WaitText("Show all (9)")
	console.WaitGone("Teller 6")
	console.Click(".cart-lines .link")
	console.WaitText("Teller 9")
	console.Click(".cart-lines .link")
	console.WaitGone("Teller 6")
}

// mentionsEachOther: a note calls a colleague by the list behind @, and is called back, which is told wherever one is.
func mentionsEachOther(console *browsertest.Tab, colleague *desk) {
	console.Press("n")
	console.Wait("document.activeElement.matches('.composer textarea')")
	console.Type("Please look, @luc")
	console.Wait("document.activeElement.getAttribute('aria-activedescendant') && document.querySelector('.mention-one')?.innerText.includes('Lucía')")
	look(console, "mention", "console-mention.png")
	console.Press(kb.Enter)
	console.Wait("document.activeElement.value === 'Please look, @Lucía '")
	console.WaitText("Calls \u2068Lucía\u2069")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.noted .mention')?.innerText === '@Lucía'")
	var inbox chat.InboxOK
	colleague.call(chat.CallInbox, chat.Inbox{Filter: &chat.InboxFilter{Mentioned: true}}, &inbox)
	if len(inbox.Conversations) != 1 {
		colleague.t.Fatalf("she is called in %d conversations", len(inbox.Conversations))
	}
	where := inbox.Conversations[0]
	// Emma looks at another conversation meanwhile.
	console.Press(kb.Escape)
	console.Click(".earlier-one:not([hidden])")
	console.Wait("!document.querySelector('.noted')")
	note := where.Last.Mentions
	if len(note) != 1 || note[0].Name != "Lucía" {
		colleague.t.Fatalf("the note calls %+v", note)
	}
	colleague.call(chat.CallSend, chat.Send{Key: chat.NewID(), Conversation: where.ID, Text: "@Emma, it is broken, yes.", Note: true, Mentions: []string{where.Last.Author.ID}}, nil)
	told(console, "\u2068Greta Lindqvist\u2069: \u2068Lucía\u2069 mentions you in a note")
	look(console, "called", "console-called.png")
	console.Do("document.querySelector('.notice .link').focus()")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.lines')?.innerText.includes('it is broken, yes.') && !document.querySelector('.notice')")
}

// customerPictures takes the pane in every look.
func customerPictures(console *browsertest.Tab) {
	console.Click("[role=option]")
	for _, d := range []struct {
		name string
		browsertest.Device
	}{{"wide", browsertest.Wide}, {"wide-dark", browsertest.Wide.InDark()}, {"dark", browsertest.Desktop.InDark()}, {"900", browsertest.Device{Width: 900, Height: 900}}, {"700", browsertest.Device{Width: 700, Height: 900}}, {"phone", browsertest.Phone}} {
		console.On(d.Device)
		toggle := func() { console.Click(`.talk-do [aria-keyshortcuts="]"]`) }
		if d.Width < 1000 {
			toggle()
		}
		console.Wait("document.querySelector('.context')?.offsetWidth > 0")
		shot(console, fmt.Sprintf("customer-%s.png", d.name))
		if d.Width < 1000 {
			console.Click(".context-close")
		}
	}
	console.On(browsertest.Desktop)
	for _, lang := range []string{"de", "ar"} {
		console.Do(fmt.Sprintf("localStorage.setItem('dragoman.console.interface', %q)", lang))
		console.Reload()
		console.Click("[role=option]")
		console.Wait("document.documentElement.lang === '" + lang + "' && document.querySelectorAll('.earlier-one').length > 0")
		shot(console, fmt.Sprintf("customer-%s.png", lang))
	}
	console.Do("document.documentElement.style.fontSize = '200%'")
	shot(console, "customer-large.png")
}
