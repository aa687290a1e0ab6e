package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var keepTrees = flag.Bool("trees", false, "write the accessibility trees of the widget into testdata/trees instead of comparing them")

// What is another text in each run: the time of day, and the whole of it.
var (
	clock = regexp.MustCompile(`\d{1,2}:\d{2}`)
	when  = regexp.MustCompile(`time described ".*"`)
)

// sameTree holds what a screen reader is given against what it was when somebody last looked at it.
func sameTree(t *testing.T, tab *browsertest.Tab, name string) {
	t.Helper()
	file := filepath.Join("testdata", "trees", name+".txt")
	read := func() string {
		return when.ReplaceAllString(clock.ReplaceAllString(tab.Tree(), "0:00"), `time described "day and time"`)
	}
	got := read()
	if *keepTrees {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// The browser makes the tree after the page, so a state that is on the screen may still be missing in it.
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for began := time.Now(); got != string(want) && time.Since(began) < browsertest.Patience; got = read() {
		<-look.C
	}
	if got != string(want) {
		t.Errorf("a screen reader is given something else in the state %q; if that is right: go test ./cmd/dragoman -run ByKeysAlone -trees\nwas:\n%s\nis:\n%s", name, want, got)
	}
}

// goTo presses Tab, or Shift and Tab, until what is wanted has the focus. Whatever has it on the way must show that, and lie in the window and under nothing
// (WCAG 2.4.7, 2.4.11).
func goTo(t *testing.T, tab *browsertest.Tab, want string, modifiers ...chromedp.Modifier) {
	t.Helper()
	var way []string
	for range 60 {
		tab.Press(kb.Tab, modifiers...)
		at := browsertest.Eval[struct {
			Name, Fault string
			There       bool
		}](tab, `(() => {
			const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e)
			const x = r.left + r.width / 2, y = r.top + Math.min(r.height / 2, 20), hit = document.elementFromPoint(x, y)
			const ring = [e, e.closest('label, .field') ?? e].some(p => { const s = getComputedStyle(p); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' })
			const fault = e === document.body ? '' : !ring ? 'shows no focus'
				: r.top < -1 || r.bottom > innerHeight + 1 && r.height < innerHeight ? 'is not in the window'
				: !(hit && (e.contains(hit) || hit.contains(e))) ? 'is covered by ' + hit?.outerHTML.slice(0, 80) : ''
			return {name: e.outerHTML.slice(0, 100), fault, there: e.matches(`+"`"+want+"`"+`)}
		})()`)
		if at.Fault != "" {
			t.Errorf("what has the focus %s: %s", at.Fault, at.Name)
		}
		if at.There {
			return
		}
		way = append(way, at.Name)
	}
	t.Fatalf("no way to %s by the keyboard; passed\n%s", want, strings.Join(way, "\n"))
}

// TestStoryByKeysAlone is a shopper without a pointer: everything that the widget can do is done with keys, the focus is always seen, and comes back to where it
// was. In each state what a screen reader is given is compared.
func TestStoryByKeysAlone(t *testing.T) {
	t.Parallel()
	const hello = "Your cup is being glazed today."
	engine := phrases{hello: {"de": "Ihre Tasse wird heute glasiert."}}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	shop, chat := s.under("shop"), s.under("chat")

	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Desktop)
	page.Open(shop + "/demo/de/")
	page.Wait("document.querySelector('dragoman-chat')")
	focused := func(tab *browsertest.Tab, selector string) {
		t.Helper()
		tab.Wait("document.activeElement.matches('" + selector + "')")
	}
	for !browsertest.Eval[bool](page, "document.activeElement.matches('dragoman-chat')") {
		page.Press(kb.Tab) // the last of the page's own
	}
	page.Press(kb.Enter)
	frame := page.Frame(chat + "/widget/frame")
	focused(frame, "textarea")
	frame.Wait("document.querySelector('.presence .dot')")
	sameTree(t, frame, "first opening")

	frame.Type("Wo bleibt mein Paket #4711?")
	frame.Press(kb.Enter)
	frame.Wait("document.querySelector('.state') && !document.querySelector('.waiting')")
	emma := sitDown(t, s, "emma@demo.localhost")
	emma.says(hello, nil)
	frame.WaitText("wird heute glasiert")
	goTo(t, frame, ".about button[aria-expanded]", chromedp.ModifierShift)
	frame.Press(kb.Enter)
	frame.WaitText(hello)
	frame.WaitText("Zugestellt")
	sameTree(t, frame, "conversation")
	frame.Press(" ")
	frame.WaitGone(hello)

	goTo(t, frame, ".head .tool[aria-expanded]", chromedp.ModifierShift)
	frame.Press(kb.Enter)
	focused(frame, ".menu button:first-of-type")
	sameTree(t, frame, "menu")
	frame.Press(kb.Escape)
	frame.Wait("!document.querySelector('.menu')")
	focused(frame, ".head .tool[aria-expanded]")
	frame.Press(kb.Enter)
	focused(frame, ".menu button:first-of-type")
	frame.Press(kb.Enter)
	focused(frame, "dialog input")
	frame.Type("portug")
	frame.Wait("document.querySelectorAll('dialog .list button').length === 2")
	goTo(t, frame, "dialog .list button")
	sameTree(t, frame, "languages")
	frame.Press(kb.Escape)
	frame.Wait("!document.querySelector('dialog')")
	focused(frame, ".head .tool[aria-expanded]")
	frame.Press(kb.Enter)
	focused(frame, ".menu button:first-of-type")
	frame.Press(kb.Enter)
	focused(frame, "dialog input")
	frame.Type("deutsch")
	goTo(t, frame, "dialog .list button")
	frame.Press(kb.Enter)
	frame.Wait("!document.querySelector('dialog')")
	focused(frame, "textarea") // who has chosen a language goes on in it

	goTo(t, frame, ".head .tool[aria-expanded]", chromedp.ModifierShift)
	frame.Press(kb.Enter)
	goTo(t, frame, ".menu button:last-of-type")
	frame.Press(kb.Enter)
	focused(frame, ".menu .plain")
	goTo(t, frame, ".menu .strong")
	frame.Press(kb.Enter)
	frame.Wait("document.querySelector('.rating button')")
	sameTree(t, frame, "end")
	goTo(t, frame, ".rating button", chromedp.ModifierShift)
	frame.Press(kb.Enter)
	frame.Wait("document.querySelector('.rating input')")
	sameTree(t, frame, "rated")
	goTo(t, frame, ".rating input")
	frame.Type("Sehr freundlich")
	frame.Press(kb.Enter)
	frame.Wait("!document.querySelector('.rating input')")

	goTo(t, frame, "textarea")
	frame.Press(kb.Escape)
	page.Wait("document.activeElement.matches('dragoman-chat')")
}
