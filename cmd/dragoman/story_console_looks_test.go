package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// narrow is the narrowest window with two panes.
var narrow = browsertest.Device{Width: 700, Height: 900}

// lookTongues are the languages of the interface in which the console is walked through: the first two always, one in light colours and one in dark ones, the third for the
// pictures.
var lookTongues = []struct {
	tag  string
	dark bool
}{{"en", false}, {"ar", true}, {"de", false}}

// notNarrow are the states in which something hangs from what a narrow window hides.
var notNarrow = []string{"tags"}

// looks walks one agent through the console, in one language of the interface.
type looks struct {
	t       *testing.T
	page    *browsertest.Tab
	tag     string
	desktop browsertest.Device // in the colours of this walk
	server  string
	seen    map[string]bool
}

// state holds what shows against the rules of accessibility and geometry; in a narrow window the latter only, unless pictures are taken: then everything is held in every
// window, and the colours in both schemes.
func (l *looks) state(name string) {
	l.t.Helper()
	if l.seen[name] {
		l.t.Errorf("there are two states %q: their pictures would have one name", name)
	}
	l.seen[name] = true
	if lang := browsertest.Eval[string](l.page, "document.documentElement.lang"); lang != l.tag {
		l.t.Errorf("%s speaks %q instead of %q", name, lang, l.tag)
	}
	where := l.tag + ", " + name
	l.page.Axe(where)
	l.page.Fits(where)
	windows := []browsertest.Device{browsertest.Desktop, browsertest.Wide}
	if !slices.Contains(notNarrow, name) {
		narrow := narrow
		narrow.Dark = l.desktop.Dark
		l.on(narrow)
		l.page.Fits(where + ", narrow")
		windows = append(windows, narrow)
	}
	if *screens != "" {
		l.shots(name, windows)
	}
	l.on(l.desktop)
}

// on changes the window, and waits until what watches its size has done so.
func (l *looks) on(d browsertest.Device) {
	l.t.Helper()
	l.page.On(d)
	l.page.Wait(fmt.Sprintf("innerWidth === %d", d.Width))
	browsertest.Eval[bool](l.page, "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0, true))))")
}

// shots looks at a state in every window and scheme, and takes its picture in each.
func (l *looks) shots(name string, windows []browsertest.Device) {
	l.t.Helper()
	for _, d := range windows {
		for _, dark := range []bool{false, true} {
			d.Dark = dark
			l.on(d)
			dress := fmt.Sprintf("%s-%d-%s", l.tag, d.Width, map[bool]string{false: "light", true: "dark"}[dark])
			// What an element is does not depend on the colours; which ones there are depends on the window.
			if dark == l.desktop.Dark {
				l.page.Axe(name + ", " + dress)
			} else {
				l.page.Contrast(name + ", " + dress)
			}
			l.page.Fits(name + ", " + dress)
			// One picture of a state is to be read, the others are to be looked at.
			scale := .5
			if l.tag == "en" && d == browsertest.Desktop {
				scale = 1
			}
			l.page.Thumb(filepath.Join(*screens, "console", strings.ReplaceAll(name, " ", "-")+"-"+dress+".webp"), scale)
		}
	}
}

// shows is the state in which something is there.
func (l *looks) shows(name, there string) {
	l.t.Helper()
	l.page.Wait("document.querySelector('" + there + "')")
	l.state(name)
}

// opened is the state of what a key opens, and is closed again.
func (l *looks) opened(name, key, there string, modifiers ...chromedp.Modifier) {
	l.t.Helper()
	l.page.Press(key, modifiers...)
	l.shows(name, there)
	l.close()
}

// close leaves whatever is open.
func (l *looks) close() {
	l.t.Helper()
	l.page.Press(kb.Escape)
	// The focus stays in a field that is out of sight until the next frame, and keys pressed till then are letters.
	l.page.Wait("!document.querySelector('dialog[open], :popover-open') && document.activeElement.checkVisibility()")
}

// box puts a text into the box instead of what stands there.
func (l *looks) box(text string) {
	l.t.Helper()
	l.page.Click(".box textarea")
	l.page.Do("document.querySelector('.box textarea').select()")
	if text == "" {
		l.page.Press(kb.Delete)
	} else {
		l.page.Type(text)
	}
	boxIs(l.page, text)
}

// lookTexts is what is said in the story of every look, with what becomes of it.
var lookTexts = phrases{
	"Die Tasse kam mit einem Sprung an.":     {"en": "The cup arrived with a crack."},
	"Bekomme ich das Geld zurück?":           {"en": "Will I get the money back?"},
	"I am sorry. A new cup leaves us today.": {"de": "Das tut mir leid. Eine neue Tasse geht heute hinaus."},
	"Would you rather have the money back?":  {"de": "Möchten Sie lieber das Geld zurück?"},
	"Claro que sí.":                          {"en": "Of course you will.", "de": "Selbstverständlich."},
}

// TestStoryOfEveryLookOfTheConsole holds the rules of accessibility and geometry against the states of the console, from left to right in light colours and from right to
// left in dark ones. With -screens it does so in every window, holds both schemes in each, and takes the pictures of docs/screens/console, in German too.
func TestStoryOfEveryLookOfTheConsole(t *testing.T) {
	t.Parallel()
	tongues := lookTongues
	if *screens == "" {
		tongues = tongues[:2]
	}
	for _, tongue := range tongues {
		t.Run(tongue.tag, func(t *testing.T) {
			t.Parallel()
			args := append(lookTexts.serve(t), "--demo")
			s := serve(t, "", args...)
			good(t, adasPassword, "agent", "add", "ada@demo.localhost", "--name", "Ada", "--language", "en", "--role", "admin", "--data", s.data)
			desktop := browsertest.Desktop
			desktop.Dark = tongue.dark
			l := &looks{t: t, tag: tongue.tag, desktop: desktop, page: browsertest.Start(t, tongue.tag).Tab(desktop), seen: map[string]bool{}}
			l.at(s)
			l.login()
			l.empty()

			s = filled(t, s, 24, "lucia@demo.localhost", args...)
			l.at(s)
			greta := comesBack(t, s, "Wo ist mein Paket?", "Ich warte seit Montag.", "Die Tasse kam mit einem Sprung an.")
			lucia := sitDown(t, s, "lucia@demo.localhost")
			var open chat.InboxOK
			lucia.call(chat.CallInbox, chat.Inbox{Filter: &chat.InboxFilter{State: chat.StateOpen}}, &open)
			lucia.conversation = open.Conversations[0].ID
			manyReplies(t, s)
			l.inbox()
			l.conversation(greta, lucia)
			l.answer(greta, lucia)
			l.layers()
			l.search(lucia)
			l.together(greta, lucia)
			l.pages()

			if code := s.end(); code != exitOK {
				t.Fatalf("the server ended with code %d: %s", code, s.stderr)
			}
			l.shows("without a connection", ".bar")
		})
	}
}

// at goes on with this server, in the language of this walk. When the server comes back it has another port: that is no part of a cookie's place, so who is logged in stays so,
// but another place for what the browser keeps.
func (l *looks) at(s *serving) {
	l.t.Helper()
	l.server = s.under("chat")
	l.page.Open(l.server + "/agent/")
	l.page.Do(fmt.Sprintf("localStorage.setItem('dragoman.console.interface', %q)", l.tag))
}

// login is the way in, with what may go wrong on it.
func (l *looks) login() {
	l.t.Helper()
	l.page.Wait("document.activeElement.id === 'email'")
	l.state("login")
	loginWith(l.page, "ada@demo.localhost", "not her password")
	l.shows("login refused", "#password-error")
	// The question for the second step as the server puts it; the story of a profile goes through it in earnest.
	l.page.Do(`(real => { window.fetch = (...what) => String(what[0]).endsWith('/login') ? Promise.resolve(new Response('{"code":"second_step"}', { status: 401 })) : real(...what) })(window.fetch)`)
	l.page.Press(kb.Enter)
	l.page.Wait("document.activeElement.id === 'code'")
	l.state("second step")
	l.page.Reload()
	l.page.Wait("document.querySelector('#email')")
	loginWith(l.page, "ada@demo.localhost", adasPassword)
}

// empty is a shop on its first day.
func (l *looks) empty() {
	l.t.Helper()
	l.shows("first day", ".empty")
	for _, p := range []struct{ name, path string }{{"no terms", "glossary"}, {"no canned replies", "canned"}, {"no memory", "memory"}} {
		l.page.Open(l.server + "/agent/" + p.path)
		l.page.Wait("document.querySelector('.place .empty')")
		l.state(p.name)
	}
	l.page.Open(l.server + "/agent/c/nowhere")
	l.page.Wait("document.querySelector('.work')?.innerText.trim() && document.querySelectorAll('.empty').length === 2")
	l.state("no such conversation")
}

func (l *looks) inbox() {
	l.t.Helper()
	l.page.Open(l.server + "/agent/?tab=unassigned&tag=nothing")
	l.page.Wait("document.querySelector('.chips') && document.querySelector('.empty')")
	l.state("nothing fits")
	l.page.Click(".chips button")
	l.page.Wait("document.querySelectorAll('.rows [role=option]').length > 3")
	l.state("inbox")
	l.page.Click(".filter")
	l.shows("filters", ".filter-layer[data-placed] select")
	l.close()
}

// pages are those beside the inbox, with something in them.
func (l *looks) pages() {
	l.t.Helper()
	l.page.Open(l.server + "/agent/glossary")
	brings(l.page, "terms.csv", "text/csv", "from,to,source,target\nen,de,cup,Tasse\n,,Blue Note,\nen,,bowl,Schale\n")
	l.state("import")
	l.close()
	l.page.Wait("document.querySelectorAll('tbody tr').length === 2")
	l.state("glossary")
	l.page.Click(".place .add")
	l.shows("term", "#term-source")
	l.close()

	l.page.Open(l.server + "/agent/canned")
	l.page.Wait("document.querySelectorAll('tbody tr').length >= 8")
	l.state("canned replies")
	at(l.page, 0, 1)
	l.page.Press(kb.Enter)
	l.shows("canned reply", "#reply-text")
	l.close()

	l.page.Open(l.server + "/agent/memory")
	brings(l.page, "memory.tmx", "application/x-tmx+xml", `<?xml version="1.0"?><tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>All is well.</seg></tuv><tuv xml:lang="de"><seg>Alles ist gut.</seg></tuv></tu></body></tmx>`)
	l.close()
	at(l.page, 0, 0)
	l.state("memory")
	l.page.Press(kb.Enter)
	l.shows("entry of the memory", "dialog[open] .reply-source")
	l.close()

	l.page.Open(l.server + "/agent/profile")
	l.shows("profile", ".profile-sessions li")
	l.page.Do("document.querySelector('.profile h3 + p + button').click()")
	l.page.Wait("document.querySelector('.profile-code svg path')?.getAttribute('d').length > 1000")
	l.page.Do("document.querySelector('.profile-code').scrollIntoView({ block: 'center' })")
	l.state("second step set up")
	l.page.Open(l.server + "/agent/")
	l.page.Wait("document.querySelector('.rows [role=option]')")
}
