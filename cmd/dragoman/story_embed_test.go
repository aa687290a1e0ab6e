package main

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// What a shop may do to its own page: sizes, colours and directions for everything, arrays and JSON that do not work, properties that everything has,
// a listener that lets no message through, elements that stand in front of what the document is asked for.
const (
	hostileStyle = `html{font-size:62.5%} div{display:none!important} iframe{display:none!important;width:1px!important;opacity:0!important}
		body *{font-size:40px!important;direction:rtl!important;transform:rotate(9deg)!important;color:red!important} button{background:red!important;width:300px!important;margin:50px!important}
		dragoman-chat{display:none!important;opacity:0!important;filter:invert(1)!important;position:absolute!important;left:-999px!important}`
	hostileScript = `(() => {
		const broken = () => { throw new Error('replaced by the shop') }
		JSON.parse = JSON.stringify = Array.from = broken
		for (const name of ['map', 'filter', 'find', 'findIndex', 'includes', 'indexOf', 'some', 'every', 'reduce', 'flat', 'at', 'splice', 'concat']) Array.prototype[name] = broken
		Array.prototype.extra = 'of all arrays'
		Object.prototype.extra = 'of all objects'
		addEventListener('message', e => { e.stopImmediatePropagation(); broken() }, true)
	})()`
	hostileNames = `<img name="currentScript"><img name="title">`
	strictPolicy = "default-src 'none'; style-src 'nonce-n1'; script-src 'nonce-n1'; frame-src CHAT; require-trusted-types-for 'script'; trusted-types 'none'"
)

// strangePage has the tag twice, with everything that it may say, behind what waits for it.
const strangePage = `<!doctype html><html lang="de"><meta charset="utf-8"><title>Strange</title><style nonce="n1">` + hostileStyle + `</style><script nonce="n1">` + hostileScript + `</script>
	<body><h1>Strange</h1><p>A shop.</p><script nonce="n1">` + queue + `</script>` + hostileNames + strangeTag + strangeTag + `</body></html>`

// queue is what docs/widget.md puts in front of the tag, and a listener that has waited for it.
const queue = `window.dragoman=window.dragoman||function(){(dragoman.q=dragoman.q||[]).push(arguments)}
	window.heard = []
	dragoman('on', 'ready', () => heard.push('ready'))`

const strangeTag = `<script async nonce="n1" src="CHAT/widget/KEY.js" data-lang="ar" data-position="start" data-color="#7a1fa2" data-z="1000"></script>`

// notRestored says why a page was not taken from the back/forward cache.
const notRestored = `(() => {
	let why = ''
	const walk = r => { for (const x of r?.reasons ?? []) why += x.reason + ' (' + (r.src ?? '') + ') '; for (const c of r?.children ?? []) walk(c) }
	walk(performance.getEntriesByType('navigation')[0].notRestoredReasons)
	return why
})()`

// TestStoryOfAStrangeShop: the widget lives with whatever a shop's page does, and leaves the page alone: a strict policy, hostile style sheets and scripts, bodies that
// are replaced, pages that come back from the browser's cache, paper.
func TestStoryOfAStrangeShop(t *testing.T) {
	t.Parallel()
	s := keepShop(t, map[string]shopPage{
		"/":      {strictPolicy, strangePage},
		"/other": {strictPolicy, `<!doctype html><title>Other</title><h1>Other</h1>`},
		"/copy":  {"", `<!doctype html><title>Copy</title><h1>Copy</h1><script async src="CHAT/widget/KEY.js" onload="window.tagged = true"></script>`},
	})
	shopper := browsertest.Start(t, "de-DE,de", browsertest.Alone())
	elsewhere(t, shopper.Tab(browsertest.Desktop), s)
	page := shopper.Tab(browsertest.Desktop)
	page.Watch()
	page.Script("addEventListener('pageshow', e => { window.restored = e.persisted })")
	traffic := page.Traffic()
	page.Open(s.origin + "/")
	page.Wait("document.querySelector('dragoman-chat') && window.dragoman?.v")

	placed(t, page)
	alone(t, page, s, traffic)
	page.ClickXY(48, browsertest.Eval[float64](page, "innerHeight - 48"))
	frame := page.Frame(s.chat + "/widget/frame")
	frame.Wait("document.documentElement.lang === 'ar' && document.documentElement.dir === 'rtl'")
	frame.Wait("innerWidth === 400 && innerHeight === 684 && getComputedStyle(document.documentElement).fontSize === '16px'")
	becomes(t, frame, fmt.Sprintf("localStorage.getItem('dragoman.%s.draft') === 'Ist das da?'", s.key))
	page.Do("dragoman('message', '')")
	frame.Click("textarea")
	frame.Type("أين طلبي؟")
	frame.Press(kb.Enter)
	frame.WaitText("أُرسلت")
	frame.Do("document.activeElement.blur()")

	// A page that replaces its body on navigation (Turbo), and one that tidies up: the panel comes back, open, with the talk.
	page.Do("history.pushState({}, '', '/?turbo'), document.documentElement.replaceChild(document.createElement('body'), document.body)")
	frame = page.Frame(s.chat + "/widget/frame")
	frame.WaitText("أين طلبي؟")
	page.Do("document.querySelector('dragoman-chat').remove()")
	frame = page.Frame(s.chat + "/widget/frame")
	frame.WaitText("أين طلبي؟")

	// A busy browser may throw away what it could have kept, so it gets several chances; what must not be kept never is.
	for left := 5; ; left-- {
		page.Open(s.origin + "/other")
		if page.Back() {
			break
		}
		if left == 0 {
			t.Fatalf("the browser has not kept the page alive: %s", browsertest.Eval[string](page, notRestored))
		}
		page.Wait("document.querySelector('dragoman-chat')")
		page.ClickXY(48, browsertest.Eval[float64](page, "innerHeight - 48"))
		page.Frame(s.chat + "/widget/frame").WaitText("أين طلبي؟")
	}
	becomes(t, page, "window.restored === true")
	frame = page.Frame(s.chat + "/widget/frame")
	frame.WaitText("أين طلبي؟")
	frame.Click("textarea")
	frame.Type("شكرا")
	frame.Press(kb.Enter)
	frame.Wait("[...document.querySelectorAll('.bubble')].at(-1).innerText.includes('شكرا') && !document.querySelector('.waiting')")

	clothes(t, page, frame)
	asks(t, page)
	if got := page.Breaches(); len(got) > 0 {
		t.Errorf("the widget breaks the shop's policy: %q", got)
	}
	if shift := page.Shift(); shift != 0 {
		t.Errorf("the widget moves the shop's page: layout shift %g", shift)
	}
}

// TestStoryOfRefusedStorage: a browser that lets the frame store nothing, over plain http, where many a function is missing. The talk goes on, and the shop's page
// keeps the token, until the shopper signs out.
func TestStoryOfRefusedStorage(t *testing.T) {
	t.Parallel()
	s := keepShop(t, map[string]shopPage{"/": {"", `<!doctype html><html lang="de"><meta charset="utf-8"><title>Plain</title><h1>Plain</h1><script async src="CHAT/widget/KEY.js"></script></html>`}})
	page := browsertest.Start(t, "de-DE,de", browsertest.Blocking(), browsertest.Plain()).Tab(browsertest.Desktop)
	page.Open(openNetwork(s.origin) + "/")
	frame := openWidget(page, openNetwork(s.chat))
	for _, missing := range []string{"isSecureContext", "crypto.randomUUID", "navigator.locks", "(() => { try { return localStorage } catch { return false } })()"} {
		if browsertest.Eval[bool](frame, "!!"+missing) {
			t.Errorf("%s is there", missing)
		}
	}
	says(frame, "Guten Tag")
	token := "JSON.parse(localStorage.getItem('dragoman." + s.key + "') ?? '{}').token"
	page.Wait(token)
	page.Reload()
	frame = openWidget(page, openNetwork(s.chat))
	frame.WaitText("Guten Tag")
	says(frame, "Ich bin noch da")
	before := browsertest.Eval[string](page, token)
	page.Do("dragoman('reset')")
	frame.Wait("document.querySelector('.welcome')")
	page.Wait(fmt.Sprintf("%s && %s !== %q", token, token, before)) // the panel is open: somebody else's talk has begun
	page.Reload()
	openWidget(page, openNetwork(s.chat)).Wait("document.querySelector('.welcome') && !document.body.innerText.includes('noch da')")
}

// alone checks what the page has asked for and keeps before anybody has acted, and that pointing at the button keeps nothing either.
func alone(t *testing.T, page *browsertest.Tab, s *ownShop, traffic *browsertest.Traffic) {
	t.Helper()
	kept := `indexedDB.databases().then(d => { const all = [document.cookie]; for (const k of [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...d]) all.push(String(k.name ?? k)); return all.join(' ').trim() })`
	// The browser tells of what was asked for in its order, and some time later: once it has told of this, it has told of all before.
	last := s.origin + "/last"
	page.Do("(l => { l.rel = 'stylesheet', l.nonce = 'n1', l.href = '" + last + "', document.documentElement.append(l) })(document.createElement('link'))")
	soon(t, browsertest.Patience, "the browser has told of all that was asked for", func() bool { return slices.Contains(traffic.Asked(), last) })
	var foreign []string
	for _, url := range traffic.Asked() {
		if !strings.HasPrefix(url, s.origin) {
			foreign = append(foreign, url)
		}
	}
	if len(foreign) != 1 || foreign[0] != s.chat+"/widget/"+s.key+".js" {
		t.Errorf("asked for before anybody acted: %q, want the loader alone, once", foreign)
	}
	if got := traffic.Cookies(); len(got) > 0 {
		t.Errorf("cookies were set: %q", got)
	}
	if got := browsertest.Eval[string](page, kept); got != "" {
		t.Errorf("the shop's page keeps %q", got)
	}
	page.Do("dragoman('message', 'Ist das da?')")
	page.Point(48, browsertest.Eval[float64](page, "innerHeight - 48"))
	frame := page.Frame(s.chat + "/widget/frame")
	becomes(t, frame, "document.querySelector('textarea')?.value === 'Ist das da?'")
	frame.Do("dispatchEvent(new Event('pagehide'))") // what is kept late is kept by then
	if got := browsertest.Eval[string](frame, kept); got != "" {
		t.Errorf("the frame keeps %q before anybody has opened it", got)
	}
}

// elsewhere is a page with the shop's tag that is not one of the site's: it gets no launcher, whose panel would stay empty, but one line in the browser's log that says why.
func elsewhere(t *testing.T, page *browsertest.Tab, s *ownShop) {
	t.Helper()
	page.Script("window.warned = []; console.warn = (...said) => { window.warned.push(said.join(' ')) }")
	origin := strings.Replace(s.origin, "shop.", "copy.", 1)
	page.Open(origin + "/copy")
	page.Wait("window.tagged")
	warned := browsertest.Eval[[]string](page, "window.warned")
	if len(warned) != 1 || !strings.Contains(warned[0], origin) || !strings.Contains(warned[0], s.key) {
		t.Errorf("a page of another origin is warned %q, want one warning that names %s and %s", warned, origin, s.key)
	}
	if browsertest.Eval[bool](page, "'dragoman' in window || !!document.querySelector('dragoman-chat')") {
		t.Error("a page of another origin gets the widget")
	}
	page.Close()
}

// placed checks where the button stands and what it looks like: as its tag says, whatever the page's style sheets want.
func placed(t *testing.T, page *browsertest.Tab) {
	t.Helper()
	if n := browsertest.Eval[int](page, "document.querySelectorAll('dragoman-chat').length"); n != 1 {
		t.Errorf("the tag stands there twice: %d launchers", n)
	}
	at := func(x, up int) string {
		return browsertest.Eval[string](page, fmt.Sprintf("document.elementFromPoint(%d, innerHeight - %d)?.localName ?? ''", x, up))
	}
	for _, inside := range [][2]int{{48, 48}, {22, 48}, {74, 48}, {48, 22}, {48, 74}} {
		if got := at(inside[0], inside[1]); got != "dragoman-chat" {
			t.Errorf("at %v is %q, want the button", inside, got)
		}
	}
	for _, outside := range [][2]int{{48, 78}, {78, 48}, {17, 48}, {1280 - 48, 48}} {
		if got := at(outside[0], outside[1]); got == "dragoman-chat" {
			t.Errorf("the button reaches to %v", outside)
		}
	}
	for z, want := range map[int]string{999: "dragoman-chat", 1001: "section"} {
		page.Do(fmt.Sprintf(`(o => { o.style.cssText = 'position:fixed;left:0;bottom:0;width:200px;height:200px;z-index:%d;rotate:0deg'; document.body.append(o) })(document.createElement('section'))`, z))
		if got := at(48, 48); got != want {
			t.Errorf("beside something of z-index %d is %q in front, want %q", z, got, want)
		}
		page.Do("document.querySelector('section').remove()")
	}
	path := filepath.Join(t.TempDir(), "button.png")
	page.Shot(path)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := picture.At(48, 800-70).RGBA(); r>>8 != 0x7a || g>>8 != 0x1f || b>>8 != 0xa2 {
		t.Errorf("the button is #%02x%02x%02x, want #7a1fa2", r>>8, g>>8, b>>8)
	}
}

// asks tries what a page may ask of the widget, with the panel open, and what it hears; in the end the page is as if it had never been there.
func asks(t *testing.T, page *browsertest.Tab) {
	t.Helper()
	const button = "document.elementFromPoint(48, innerHeight - 48)?.localName === 'dragoman-chat'"
	says := func(command, heard, shown string) {
		t.Helper()
		page.Do(command)
		becomes(t, page, fmt.Sprintf("heard.join(' ') === %q && %s", heard, shown))
	}
	page.Do("window.opened = () => heard.push('open'), dragoman('on', 'open', opened), dragoman('on', 'close', () => heard.push('close'))")
	page.Do("dragoman('on', 'open', () => { throw new Error('a listener of the shop that fails') })")
	says("dragoman('open')", "ready", button) // it is
	says("dragoman('toggle')", "ready close", button)
	says("dragoman('toggle')", "ready close open", button)
	says("dragoman('hide')", "ready close open close", "!("+button+")")
	says("dragoman('show')", "ready close open close", button)
	says("dragoman('off', 'open', opened), dragoman('open')", "ready close open close", button)
	says("dragoman('close')", "ready close open close close", button)
	says("dragoman('toString'), dragoman('constructor'), dragoman('__proto__', {jwt: 'x'}), dragoman()", "ready close open close close", button)
	says("dragoman('destroy')", "ready close open close close", "!document.querySelector('dragoman-chat') && !('dragoman' in window) && document.documentElement.style.overflow === ''")
}

// becomes waits for what a tab says of itself, also where it draws no pictures, by which Wait counts: on paper, and behind a panel that is closed.
func becomes(t *testing.T, tab *browsertest.Tab, expression string) {
	t.Helper()
	soon(t, browsertest.Patience, expression, func() bool { return browsertest.Eval[bool](tab, expression) })
}

// clothes checks what is printed, and what stands where the system sets the colours.
func clothes(t *testing.T, page, frame *browsertest.Tab) {
	t.Helper()
	device := browsertest.Desktop
	device.Paper = true
	page.On(device)
	becomes(t, page, "getComputedStyle(document.querySelector('dragoman-chat')).display === 'none'")
	device.Paper, device.Forced = false, true
	page.On(device)
	frame.On(device)
	becomes(t, page, "getComputedStyle(document.querySelector('dragoman-chat')).display === 'block'")
	becomes(t, frame, "matchMedia('(forced-colors: active)').matches && getComputedStyle(document.querySelector('.send')).borderTopStyle === 'solid'")
	page.On(browsertest.Desktop)
	frame.On(browsertest.Desktop)
}
