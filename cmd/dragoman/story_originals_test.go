package main

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
	"golang.org/x/text/language"
)

// TestStoryOfOriginals: whatever became of a line, the shopper sees what it is and reaches what was written, each for itself or all of them for ever.
func TestStoryOfOriginals(t *testing.T) {
	t.Parallel()
	const (
		hello   = "Hello! Your cup is being glazed today."
		parcel  = "It weighs 400 grams."
		promise = "We will write to you on Monday."
	)
	engine := phrases{
		hello:                           {"de": "Guten Tag! Ihre Tasse wird heute glasiert."},
		"Wann kommt meine blaue Tasse?": {"en": "When does my blue cup come?"},
	}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	shop, chatServer := s.under("shop"), s.under("chat")
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Phone)
	page.Open(shop + "/demo/de/")
	frame := openWidget(page, chatServer)
	frame.WaitText("Wir lesen und antworten in Ihrer Sprache")
	says(frame, "Wann kommt meine blaue Tasse?")

	emma := sitDown(t, s, "emma@demo.localhost")
	emma.says(hello, nil)
	emma.says(parcel, nil)
	emma.says(promise, &chat.Reviewed{Language: language.German, Text: "Wir melden uns am Montag."})

	frame.WaitText("Ihre Tasse wird heute glasiert")
	frame.WaitText("Übersetzt aus: Englisch")
	frame.WaitText("Wir melden uns am Montag.")
	frame.WaitText("Von einem Menschen geprüft")
	frame.WaitText("Die Übersetzung war nicht verlässlich")
	frame.WaitText(parcel) // what could not be translated stands there as it was written
	look(frame, "translated, approved and damaged lines", "widget-lines.png")

	shown := func(text string) bool { return strings.Contains(frame.Text("[role=log]"), text) }
	if shown(hello) || shown(promise) {
		t.Error("an original shows before anybody asks for it")
	}
	frame.Click(".about button[aria-expanded]")
	frame.WaitText(hello)
	if shown(promise) {
		t.Error("one tap shows the original of another line")
	}
	frame.Do("(l => { l.scrollTop = 0; l.scrollTop = l.scrollHeight })(document.querySelector('[role=log]'))")
	emma.says("42", nil) // the log is drawn anew
	frame.WaitText("42")
	frame.WaitText(hello)
	// Back, by keys.
	frame.Do("document.querySelector('.about button[aria-expanded=true]').focus()")
	frame.Press(kb.Enter)
	frame.WaitGone(hello)

	frame.Click(".head .tool")
	frame.Click(".menu button[aria-pressed=false]")
	frame.WaitText(hello)
	frame.WaitText(promise)
	frame.Press(kb.Escape)
	frame.Wait("!document.querySelector('.menu')")
	look(frame, "always originals", "widget-originals.png")
	page.Reload()
	frame = openWidget(page, chatServer)
	frame.WaitText(hello)
	frame.WaitText(promise)
	frame.Click(".about button[aria-expanded=true]")
	frame.WaitGone(hello)
	frame.WaitText(promise)
}

// TestStoryOfAWrongTranslation: one tap tells the agents, a word may follow, and it stays told until a person has put it right.
func TestStoryOfAWrongTranslation(t *testing.T) {
	t.Parallel()
	const hello = "Your cup is being glazed today."
	engine := phrases{hello: {"de": "Ihre Tasse wird heute verglast."}}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	shop, chatServer := s.under("shop"), s.under("chat")
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Desktop)
	page.Open(shop + "/demo/de/")
	frame := openWidget(page, chatServer)
	says(frame, "42")
	emma := sitDown(t, s, "emma@demo.localhost")
	line := emma.says(hello, nil)
	frame.WaitText("verglast")

	frame.Click(".thumb")
	frame.WaitText("Danke, wir prüfen diese Übersetzung.")
	frame.WaitText("Von Ihnen als falsch gemeldet")
	frame.Wait("document.activeElement === document.querySelector('.wrong input')")
	look(frame, "flagged, with room for a comment", "widget-flagged.png")
	said := func(flagged bool, comment string) {
		t.Helper()
		soon(t, browsertest.Patience, "the store knows what the shopper said", func() bool {
			var page chat.HistoryOK
			emma.call(chat.CallHistory, chat.History{Conversation: emma.conversation, Before: line.Seq + 1, Limit: 1}, &page)
			got := page.Messages[0].Translations[language.MustParse("de-DE")]
			return got.Flagged == flagged && got.FlagComment == comment
		})
	}
	said(true, "")
	frame.Type("glasiert, nicht verglast")
	frame.Press(kb.Enter)
	frame.Wait("!document.querySelector('.wrong') && document.activeElement === document.querySelector('textarea')")
	said(true, "glasiert, nicht verglast")

	page.Reload()
	frame = openWidget(page, chatServer)
	frame.WaitText("Von Ihnen als falsch gemeldet")
	emma.call(chat.CallCorrect, chat.Correct{Conversation: emma.conversation, Seq: line.Seq, Language: "de-DE", Text: "Ihre Tasse wird heute glasiert."}, nil)
	frame.WaitText("Ihre Tasse wird heute glasiert.")
	frame.WaitText("Von einem Menschen korrigiert")
	frame.WaitGone("als falsch gemeldet")
	look(frame, "corrected", "widget-corrected.png")
	said(false, "")

	// A correction that comes while the shopper is still saying what is wrong: what she types next is not about the new text.
	frame.Click(".thumb")
	frame.Wait("document.activeElement === document.querySelector('.wrong input')")
	said(true, "")
	frame.Type("das")
	emma.call(chat.CallCorrect, chat.Correct{Conversation: emma.conversation, Seq: line.Seq, Language: "de-DE", Text: "Ihr Becher wird heute glasiert."}, nil)
	frame.WaitText("Ihr Becher wird heute glasiert.")
	frame.Wait("!document.querySelector('.wrong') && document.activeElement === document.querySelector('textarea')")
	frame.WaitGone("als falsch gemeldet")
	said(false, "")
}

// TestStoryOfAnotherLanguage: the language of a conversation changes under a shopper who has scrolled up and has a line half written. She is asked
// in the new one, and loses nothing, whichever she chooses.
func TestStoryOfAnotherLanguage(t *testing.T) {
	t.Parallel()
	// Lines of all lengths, and each of another length in each language; the long ones come first, so that much changes above the one that is read.
	cups := map[string][]string{
		"en": strings.Fields("A cup of clay, round and small, with a handle, glazed in deep blue, for tea or for coffee"),
		"de": strings.Fields("Eine Tasse aus Ton, rund und klein, mit einem Henkel, tiefblau glasiert, für Tee oder für Kaffee"),
		"es": strings.Fields("Una taza de barro cocido, redonda y más bien pequeña, con un asa, esmaltada en azul profundo, para tomar té o también café"),
	}
	engine, lines := phrases{}, make([]string, 18)
	for i := range lines {
		cup := func(tag string) string { return strings.Join(cups[tag][:len(cups[tag])*(20-i)/20], " ") }
		lines[i] = cup("en")
		engine[lines[i]] = map[string]string{"de": cup("de"), "es": cup("es")}
	}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	page := browsertest.Start(t, "de-DE,de").Tab(small)
	page.Open(s.under("shop") + "/demo/de/")
	frame := openWidget(page, s.under("chat"))
	says(frame, "42")
	emma := sitDown(t, s, "emma@demo.localhost")
	for _, line := range lines {
		emma.says(line, nil)
	}
	frame.Wait("document.querySelectorAll('.about button[aria-expanded]').length === 18")

	// By hand: the browser's own way of keeping the place would hide that ours does not work.
	frame.Do("document.querySelector('.log').style.overflowAnchor = 'none'")
	frame.Click("textarea")
	frame.Type("Ich suche noch")
	frame.Do(`(l => { l.addEventListener('scroll', () => { window.scrolled ||= l.scrollTop === 500 }); l.scrollTop = 500 })(document.querySelector('.log'))`)
	frame.Wait("window.scrolled")
	const line = "[...document.querySelectorAll('.bubble')].find(b => b.getBoundingClientRect().bottom > document.querySelector('.log').getBoundingClientRect().top)"
	frame.Do("window.line = " + line)
	const from = "window.line.getBoundingClientRect().top - document.querySelector('.log').getBoundingClientRect().top"
	place := browsertest.Eval[float64](frame, from)
	still := func(when string) {
		t.Helper()
		frame.Wait("document.querySelectorAll('.about button[aria-expanded]').length === 18 && [...document.querySelectorAll('.text')].filter(p => p.innerText.startsWith('Una taza')).length === 18")
		frame.Wait(fmt.Sprintf("Math.abs(%s - %g) < 1", from, place))
		if draft := browsertest.Eval[string](frame, "document.querySelector('textarea').value"); draft != "Ich suche noch" {
			t.Errorf("%s: the draft is %q", when, draft)
		}
	}

	emma.call(chat.CallLanguage, chat.Language{Conversation: emma.conversation, Language: "es"}, nil)
	frame.WaitText("Parece que escribes en español")
	frame.WaitText("Zurück zu Deutsch")
	frame.Wait("document.querySelector('[role=status]').innerText.includes('Parece que escribes en español')")
	still("noticed")
	look(frame, "another language, 320 px", "widget-offer.png")
	// The first answers with texts do not get through: they are asked for once more, the widget's and the shop's.
	frame.Do(`(f => {
		window.asked = { catalogue: 0, texts: 0 }
		Math.random = () => 0
		window.fetch = (a, ...b) => {
			const what = /es\.json/.test(a) ? 'catalogue' : /lang=es/.test(a) ? 'texts' : undefined
			return what && ++asked[what] === 1 ? Promise.reject(new TypeError('no network')) : f(a, ...b)
		}
	})(fetch)`)
	frame.Click(".offer .strong")
	frame.Wait("!document.querySelector('.offer') && document.documentElement.lang === 'es' && asked.catalogue === 2 && asked.texts === 2")
	still("accepted")
	emma.call(chat.CallLanguage, chat.Language{Conversation: emma.conversation, Language: "fr"}, nil)
	frame.WaitText("Vous semblez écrire en français")
	frame.Click(".offer .plain")
	frame.Wait("!document.querySelector('.offer') && document.documentElement.lang === 'es'")
	still("taken back")
	var list chat.InboxOK
	soon(t, browsertest.Patience, "the conversation is in Spanish", func() bool {
		emma.call(chat.CallInbox, chat.Inbox{}, &list)
		return list.Conversations[0].Language == language.Spanish
	})
}
