package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
	"golang.org/x/text/language"
)

// longest are English as no language is longer, English from right to left, German, and those whose texts need the most room in one place or another.
var longest = flag.String("lengths", "en-XA ar-XB de el ta fil hu", "languages in which the story of lengths measures the widget")

// TestStoryOfEveryLength holds the texts of the widget against their room, on a phone and in 320 pixels: nothing is cut off and nothing runs over. Each language has
// a shopper of its own in a tab of its own, who goes through all states without a second load: that would take longer than everything else.
func TestStoryOfEveryLength(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo")
	browser := browsertest.Start(t, "en-US,en")
	var all []*lengths
	for i, tag := range strings.Fields(*longest) {
		l := &lengths{page: browser.Tab(browsertest.Phone), tag: tag}
		all = append(all, l)
		l.page.Open(s.under("chat") + "/chat/" + demoKey + "?lang=" + tag)
		l.page.Wait("document.documentElement.lang === '" + tag + "' && document.querySelector('.presence .dot')")
		l.beforeTheFirstLine(t, i == 0)
		l.inTheConversation()
		l.page.Do("localStorage.clear()") // who comes next is somebody else
	}
	if code := s.end(); code != exitOK {
		t.Fatalf("the server ended with code %d: %s", code, s.stderr)
	}
	for _, l := range all {
		l.page.Wait("document.querySelector('.bar')")
		l.says("42")
		l.page.Wait("document.querySelector('.waiting .foot')")
		l.whole("without a connection")
	}
}

// lengths is a shopper of one language whose texts are measured.
type lengths struct {
	page  *browsertest.Tab
	tag   string
	small bool // what shows now; the next state is measured there first
}

// whole measures a state on both screens.
func (l *lengths) whole(name string) {
	both := []browsertest.Device{browsertest.Phone, small}
	if l.small {
		slices.Reverse(both)
	}
	l.measure(name, both[0])
	l.page.On(both[1])
	l.measure(name, both[1])
	l.small = !l.small
}

func (l *lengths) measure(name string, d browsertest.Device) {
	l.page.Wait(fmt.Sprintf("innerWidth === %d", d.Width))
	state := fmt.Sprintf("%s, %s, %d px", l.tag, name, d.Width)
	l.page.Whole(state, "h1")
	l.page.Fits(state)
	shot(l.page, fmt.Sprintf("length-%s-%s-%d.png", l.tag, strings.ReplaceAll(name, " ", "-"), d.Width))
}

// beforeTheFirstLine goes through what there is before anything is said.
func (l *lengths) beforeTheFirstLine(t *testing.T, names bool) {
	t.Helper()
	l.whole("first opening")
	l.page.Click(".head .tool")
	l.page.Click(".menu button:last-of-type")
	l.page.Wait("document.querySelector('dialog[open] .facts')")
	l.whole("privacy")
	l.page.Press(kb.Escape)
	l.page.Wait("!document.querySelector('dialog')")
	l.page.Click(".head .tool")
	l.page.Click(".menu button")
	l.page.Wait("document.querySelector('dialog[open] .list')")
	l.whole("languages")
	if names {
		namesOfLanguages(t, l.page)
	}
	l.page.Press(kb.Escape)
	l.page.Wait("!document.querySelector('dialog')")
}

// inTheConversation says something, and leaves with an empty box: another shopper in this browser would find there what stood in it.
func (l *lengths) inTheConversation() {
	l.says("42")
	l.page.Wait("document.querySelector('.mine .foot') && !document.querySelector('.waiting')")
	l.put("'o '.repeat(5000)")
	l.page.Wait("parseFloat(getComputedStyle(document.querySelector('.left.over')).paddingInlineStart) > 0") // also after a sheet has brought its own looks
	l.whole("conversation")
	l.page.Click(".head .tool")
	l.page.Wait("document.querySelectorAll('.menu button').length === 7")
	l.whole("menu")
	l.page.Click(".menu button:last-of-type")
	l.page.Wait("document.querySelector('#ask')")
	l.whole("question before the end")
	l.page.Press(kb.Escape)
	l.put("''")
}

func (l *lengths) says(text string) {
	l.page.Click("textarea")
	l.page.Type(text)
	l.page.Press(kb.Enter)
}

func (l *lengths) put(text string) {
	l.page.Do("(e => { e.value = " + text + "; e.dispatchEvent(new Event('input', { bubbles: true })) })(document.querySelector('textarea'))")
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
