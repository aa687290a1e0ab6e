package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// TestStoryTogether: two agents and a shopper, each in a language of their own. One adds the other, who reads along; they see that both look and who writes; whoever
// is late is asked before she sends; the conversation changes hands with a note; and when both are away, the shop is closed.
func TestStoryTogether(t *testing.T) {
	t.Parallel()
	const (
		asked  = "Wo ist mein Paket?"
		hers   = "Está en camino."
		late   = "It left us on Monday."
		handed = "She wants two of them."
	)
	engine := phrases{
		asked:  {"en": "Where is my parcel?", "es": "¿Dónde está mi paquete?"},
		hers:   {"en": "It is under way.", "de": "Es ist unterwegs."},
		late:   {"de": "Es ging am Montag hinaus.", "es": "Salió el lunes."},
		handed: {"es": "Quiere dos."},
	}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	chat := s.under("chat")
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Desktop)
	page.Open(s.under("shop") + "/demo/de/")
	frame := openWidget(page, chat)
	says(frame, asked)

	lucia := browsertest.Start(t, "es-ES,es").Tab(browsertest.Desktop)
	remembers(lucia)
	lucia.Open(chat + "/agent/")
	login(t, lucia, s, "lucia@demo.localhost")
	// Nobody who reads Spanish has opened it: a list shows what the site reads.
	lucia.Wait("document.querySelector('[role=option]').innerText.includes('Where is my parcel?')")
	emma := emmaOpens(t, s, chat)
	emma.WaitText("Where is my parcel?")
	emma.Click(".box textarea")
	emma.Type("/")
	emma.WaitText("No canned replies yet")
	look(emma, "a slash and no replies", "console-canned-none.png")
	emma.Do("document.querySelector('.box textarea').select()")
	emma.Press(kb.Delete)
	emma.Press(kb.Escape)
	emma.Press("i")
	emma.WaitText("You took this conversation")

	// Added, and not given: the one who is added finds it under Mine, in her own language.
	emma.Press("a")
	emma.Wait("document.activeElement.matches('.give input')")
	emma.WaitText("Lucía")
	look(emma, "whom to give it to", "console-give.png")
	emma.Type("span")
	emma.Press(kb.Enter)
	emma.Wait("document.activeElement.matches('.give textarea')")
	look(emma, "what the colleague is to know", "console-give-note.png")
	emma.Click(".give footer button:not(.primary)")
	told(emma, "Lucía reads along now")
	emma.WaitText("You added Lucía")
	told(lucia, "un colega te ha añadido")
	lucia.Click("[role=tab]") // hers
	lucia.Click("[role=option]")
	lucia.WaitText("¿Dónde está mi paquete?")
	lucia.WaitText("Añadido")
	frame.WaitText("Lucía")

	// Who looks, who writes; and whoever is late is asked, once.
	emma.WaitText("Lucía also here")
	emma.Click("[role=tab]")
	emma.Wait("document.querySelector('[role=option] .row-company')")
	emma.Click(".box textarea")
	emma.Type(late)
	lucia.Click(".box textarea")
	lucia.Type(hers)
	told(emma, "Lucía is writing")
	lucia.Press(kb.Enter)
	emma.WaitText("It is under way.")
	emma.WaitText("Es ging am Montag hinaus.") // what the shopper would read
	frame.WaitText("Es ist unterwegs.")
	emma.Click(".box textarea")
	emma.Press(kb.Enter)
	emma.WaitText("Send anyway?")
	look(emma, "a colleague was quicker", "console-collision.png")
	if got := browsertest.Eval[string](emma, "document.querySelector('.box textarea').value"); got != late {
		t.Errorf("asked whether to send, what was written is %q", got)
	}
	if strings.Contains(frame.Text("[role=log]"), "Montag") {
		t.Error("the line went out before it was asked about")
	}
	emma.Press(kb.Enter)
	frame.WaitText("Es ging am Montag hinaus.")
	emma.WaitGone("Send anyway?")

	// Given away, with what she has to know.
	emma.Press(kb.Escape)
	emma.Press("a")
	emma.Wait("document.activeElement.matches('.give input')")
	emma.Type("luc")
	emma.Press(kb.Enter)
	emma.Wait("document.activeElement.matches('.give textarea')")
	emma.Type(handed)
	emma.Press(kb.Enter)
	told(emma, "Given to Lucía")
	emma.WaitText("You assigned this to Lucía")
	lucia.WaitText("Quiere dos.")
	if strings.Contains(frame.Text("[role=log]"), handed) {
		t.Error("the shopper reads the note")
	}

	// Away, until a time, for both: then nobody is there for shoppers.
	goAway(emma)
	lucia.Press(kb.Escape)
	lucia.Press("a")
	lucia.Wait("document.querySelector('.give .status-dot.away')")
	lucia.Press(kb.Escape)
	lucia.Wait("!document.querySelector('.give input')")
	if !openFor(t, s) {
		t.Error("with one of two away the shop is closed")
	}
	goAway(lucia)
	if openFor(t, s) {
		t.Error("with everybody away the shop is open")
	}
	look(emma, "away", "console-away.png")
	lucia.Reload()
	lucia.Wait("document.querySelector('.own .status-dot.away')")

	// Until a moment of her own choosing.
	lucia.Click("[role=option]")
	lucia.WaitText("Quiere dos.")
	lucia.Press(kb.Escape)
	lucia.Press("s")
	lucia.Wait("document.querySelector('.snooze + [popover] .moment-form input')")
	chooses(lucia, ".snooze + [popover]")
	lucia.Click("[role=tab]:nth-of-type(3)") // all
	asleep := "document.querySelector('[role=option].done .when svg')"
	lucia.Wait(asleep)
	takesBack(lucia, emma, asleep)
}

// takesBack ends the conversation that sleeps, and takes that back: it sleeps as before. Where the colleague has changed it meanwhile it stays as she has left it.
func takesBack(lucia, emma *browsertest.Tab, asleep string) {
	ends := func() {
		lucia.Press(kb.Escape)
		lucia.Click("[role=option]")
		lucia.Press(kb.Escape)
		lucia.Press("e")
		lucia.Wait("document.querySelector('.notice .link')")
		lucia.Wait("!(" + asleep + ")")
	}
	ends()
	look(lucia, "ended, with a way back", "console-undo.png")
	lucia.Press("z")
	lucia.Wait(asleep)
	lucia.WaitText("conversación abierta de nuevo")
	ends()
	emma.WaitText("Open again") // she has heard of it, and E does the opposite
	emma.Press(kb.Escape)
	emma.Press("e")
	emma.WaitText("You opened this again")
	lucia.Press("z")
	told(lucia, "No se ha deshecho")
	look(lucia, "not taken back", "console-undo-other.png")
	lucia.Wait("document.querySelector('[role=option]') && !(" + asleep + ")")
}

// goAway sets an agent away in her own menu, until tomorrow.
func goAway(console *browsertest.Tab) {
	console.Click(".rail .own")
	// Not by a place on the screen: the layer finds its own while it opens.
	console.Wait("document.querySelector('.own-menu [name=\"own.status\"]:not(:checked)')")
	console.Do("document.querySelector('.own-menu [name=\"own.status\"]:not(:checked)').click()")
	console.Wait("document.querySelector('.own-menu .moment-form input')")
	chooses(console, ".own-menu")
	console.Wait("document.querySelector('.rail .own .status-dot.away') && document.querySelector('.own-menu .moment-form input').value")
	console.Press(kb.Escape)
	console.Wait("!document.querySelector('.own-menu .moment-form')")
}

// chooses fills in the field for a moment with this time tomorrow, and sends it.
func chooses(console *browsertest.Tab, within string) {
	console.Do(`(form => {
		const at = new Date(Date.now() + 86400000 - new Date().getTimezoneOffset() * 60000)
		const field = form.querySelector('input')
		field.value = at.toISOString().slice(0, 16)
		field.dispatchEvent(new Event('input', { bubbles: true }))
	})(document.querySelector('` + within + ` .moment-form'))`)
	console.Wait("!document.querySelector('" + within + " .moment-form button').disabled")
	console.Do("document.querySelector('" + within + " .moment-form button').click()")
}

// openFor tells what the server says to a shopper who begins.
func openFor(t *testing.T, s *serving) bool {
	t.Helper()
	body, err := json.Marshal(map[string]string{"site": demoKey})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(s.Public+"/widget/v1/session", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var ok struct{ Open bool }
	if err := json.NewDecoder(r.Body).Decode(&ok); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", r.Status, err)
	}
	return ok.Open
}
