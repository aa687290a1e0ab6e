package main

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
	"golang.org/x/text/language"
)

// longest are English as no language is longer, English from right to left, German, and those whose texts need the most room in one place or another.
var longest = flag.String("lengths", "en-XA ar-XB de el ta fil hu", "languages in which the story of lengths measures the widget")

// TestStoryOfEveryLength holds the texts of the widget against their room, on a phone and in 320 pixels: nothing is cut off and nothing runs over.
func TestStoryOfEveryLength(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo")
	browser := browsertest.Start(t, "en-GB,en")
	page := browser.Tab(browsertest.Phone)
	languages := strings.Fields(*longest)
	tongue := ""
	open := func(tag string) {
		t.Helper()
		tongue = tag
		page.Open(s.under("chat") + "/chat/" + demoKey + "?lang=" + tag)
		page.Wait("document.documentElement.lang === '" + tag + "' && document.querySelector('.presence .dot')")
	}
	put := func(text string) {
		t.Helper()
		page.Do("(e => { e.value = " + text + "; e.dispatchEvent(new Event('input', { bubbles: true })) })(document.querySelector('textarea'))")
	}
	whole := func(name string) {
		t.Helper()
		for _, d := range []browsertest.Device{browsertest.Phone, small} {
			page.On(d)
			page.Wait(fmt.Sprintf("innerWidth === %d", d.Width))
			state := fmt.Sprintf("%s, %s, %d px", tongue, name, d.Width)
			page.Whole(state, "h1")
			page.Fits(state)
			shot(page, fmt.Sprintf("length-%s-%s-%d.png", tongue, strings.ReplaceAll(name, " ", "-"), d.Width))
		}
	}
	for _, tag := range languages {
		open(tag)
		whole("first opening")
		page.Click(".head .tool")
		page.Click(".menu button:last-of-type")
		page.Wait("document.querySelector('dialog[open] .facts')")
		whole("privacy")
		page.Press(kb.Escape)
		page.Wait("!document.querySelector('dialog')")
		page.Click(".head .tool")
		page.Click(".menu button")
		page.Wait("document.querySelector('dialog[open] .list')")
		whole("languages")
	}
	namesOfLanguages(t, page)
	open(languages[0])
	page.Click("textarea")
	page.Type("42")
	page.Press(kb.Enter)
	page.Wait("document.querySelector('.mine .bubble')")
	for _, tag := range languages {
		open(tag)
		page.Wait("document.querySelector('.mine .foot')")
		put("'o '.repeat(5000)")
		page.Wait("document.querySelector('.over')")
		whole("conversation")
		page.Click(".head .tool")
		page.Wait("document.querySelectorAll('.menu button').length > 3")
		whole("menu")
		page.Click(".menu button:last-of-type")
		page.Wait("document.querySelector('#ask')")
		whole("question before the end")
		page.Press(kb.Escape)
		put("''")
	}
	page.Open("about:blank") // the page that goes keeps what stands in the box: nothing
	// Each in a tab of its own when the server goes.
	tabs := make([]*browsertest.Tab, len(languages))
	for i, tag := range languages {
		page = browser.Tab(browsertest.Phone)
		open(tag)
		page.Wait("document.querySelector('.mine .foot')")
		tabs[i] = page
	}
	if code := s.end(); code != exitOK {
		t.Fatalf("the server ended with code %d: %s", code, s.stderr)
	}
	for i, tag := range languages {
		page, tongue = tabs[i], tag
		page.Wait("document.querySelector('.bar')")
		page.Click("textarea")
		page.Type("42")
		page.Press(kb.Enter)
		page.Wait("document.querySelector('.waiting .foot')")
		whole("without a connection")
	}
}

// namesOfLanguages checks that the list that is open has every language of the interface, by a name of its own in its own letters.
func namesOfLanguages(t *testing.T, page *browsertest.Tab) {
	t.Helper()
	shown := browsertest.Eval[map[string]string](page, "Object.fromEntries([...document.querySelectorAll('dialog .own')].map(e => [e.lang, e.textContent]))")
	tags := browsertest.Eval[[]string](page, "JSON.parse(document.querySelector('#dragoman').textContent).languages")
	if len(tags) != 46 {
		t.Errorf("%d languages of the interface", len(tags))
	}
	by := map[string]string{}
	for _, tag := range tags {
		name := shown[tag]
		if name == "" || strings.EqualFold(name, tag) {
			t.Errorf("%s is called %q", tag, name)
		}
		if other := by[name]; other != "" {
			t.Errorf("%s and %s are both called %q", tag, other, name)
		}
		by[name] = tag
		script, _ := language.Make(tag).Script()
		if latin := strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Latin, r) }); latin != (script.String() == "Latn") {
			t.Errorf("%s, which is written in %s, is called %q", tag, script, name)
		}
	}
}
