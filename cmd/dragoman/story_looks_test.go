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

// TestStoryOfEveryLook holds the rules of accessibility and geometry against the widget's states: each in German and in Arabic, on the
// desktop, on a phone and in 320 pixels, light and dark. The states are walked through once per language; in each the tab changes its clothes.
func TestStoryOfEveryLook(t *testing.T) {
	const hello = "Your cup is being glazed today."
	engine := phrases{hello: {"de": "Ihre Tasse wird heute glasiert.", "ar": "يُطلى كوبك بالمينا اليوم."}}
	s := serve(t, "", append(engine.serve(t), "--demo", "--limit", "text_characters=40")...)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.Public, "http://"), ":")
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Desktop)
	tongue := ""
	wear := func(d browsertest.Device) {
		t.Helper()
		page.On(d)
		page.Wait(fmt.Sprintf("innerWidth === %d", d.Width))
	}
	state := func(name string) {
		t.Helper()
		for i, d := range []browsertest.Device{browsertest.Desktop.InDark(), small.InDark(), browsertest.Phone, browsertest.Desktop} {
			wear(d)
			page.Axe(tongue + ", " + name)
			page.Fits(tongue + ", " + name)
			page.Whole(tongue+", "+name, "h1, .about, .acts") // the thumb is larger to a finger than to the eye
			shot(page, fmt.Sprintf("look-%s-%s-%d.png", tongue, strings.ReplaceAll(name, " ", "-"), i))
		}
	}
	speak := func(tag, name string) {
		t.Helper()
		page.Click(".head .tool")
		page.Click(".menu button")
		page.Click("dialog input")
		page.Type(name)
		page.Click(".list button")
		page.Wait("document.documentElement.lang === '" + tag + "'")
		tongue = tag
	}

	page.Open("http://chat.localhost:" + port + "/chat/" + demoKey)
	page.Wait("document.querySelector('.presence .dot')")
	speak("ar", "العربية")
	state("first opening")
	speak("de", "Deutsch")
	state("first opening")
	says(page, "42")
	emma := sitDown(t, s, "emma@demo.localhost")
	emma.says(hello, nil)
	emma.says("It weighs 400 grams.", nil)
	emma.says("We write on Monday.", &chat.Reviewed{Language: language.German, Text: "Wir schreiben am Montag."})
	page.WaitText("nicht verlässlich")
	page.WaitText("geprüft")
	page.Click("textarea")
	page.Type(strings.Repeat("Zu lang. ", 8))
	page.Press(kb.Enter)
	page.WaitText("zu lang")
	page.Click(".thumb")
	page.Wait("document.querySelector('.wrong')")
	page.Do("document.querySelectorAll('.about button[aria-expanded]').forEach(b => b.click())")
	page.Wait("document.querySelectorAll('.original').length === 2")
	conversation := func() {
		t.Helper()
		state("conversation")
		page.Click(".head .tool")
		page.Wait("document.querySelector('.menu')")
		state("menu")
		page.Click(".menu button:last-of-type")
		page.Wait("document.querySelector('#ask')")
		state("question before the end")
		page.Press(kb.Escape)
		page.Wait("!document.querySelector('.menu')")
	}
	conversation()
	// An agent sets the language: the shopper is asked in it.
	emma.call(chat.CallLanguage, chat.Language{Conversation: emma.conversation, Language: "ar"}, nil)
	page.Wait("document.querySelector('.offer')?.lang === 'ar'")
	state("offer of another language")
	page.Click(".offer .strong")
	page.Wait("document.documentElement.dir === 'rtl'")
	tongue = "ar"
	conversation()
	page.Click(".head .tool")
	page.Click(".menu button")
	page.Wait("document.querySelector('dialog[open]')")
	state("languages")
	page.Press(kb.Escape)
	page.Wait("!document.querySelector('dialog')")
	if code := s.end(); code != exitOK {
		t.Fatalf("the server ended with code %d: %s", code, s.stderr)
	}
	page.Wait("document.querySelector('.bar')")
	page.Click("textarea")
	page.Type("42")
	page.Press(kb.Enter)
	page.Wait("document.querySelector('.waiting')")
	state("without a connection")
}
