package main

import (
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// filesScript gives a page files, and ways to bring them as a person does.
const filesScript = `(() => {
	window.photo = async (name, w, h, hue) => {
		const c = Object.assign(document.createElement('canvas'), {width: w, height: h}), g = c.getContext('2d')
		g.fillStyle = 'hsl(' + hue + ' 60% 60%)'; g.fillRect(0, 0, w, h)
		g.fillStyle = '#fff'; g.beginPath(); g.arc(w / 2, h / 2, Math.min(w, h) / 3, 0, 7); g.fill()
		return new File([await new Promise(r => c.toBlob(r, 'image/jpeg'))], name, {type: 'image/jpeg'})
	}
	window.pdf = name => new File(['%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'], name, {type: 'application/pdf'})
	window.data = files => { const d = new DataTransfer(); files.forEach(f => d.items.add(f)); return d }
	window.paste = (...files) => document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data(files), bubbles: true, cancelable: true}))
	window.drag = (kind, ...files) => document.querySelector('main').dispatchEvent(new DragEvent(kind, {dataTransfer: data(files), bubbles: true, cancelable: true}))
	window.choose = (...files) => { const f = document.querySelector('input[type=file]'); f.files = data(files).files; f.dispatchEvent(new Event('change', {bubbles: true})) }
	// Whether a file is in the database of the page: as of the call before.
	window.known = new Set()
	window.kept = name => {
		indexedDB.open('dragoman').onsuccess = e => {
			const db = e.target.result
			db.transaction('lines').objectStore('lines').getAll().onsuccess = e => {
				e.target.result.forEach(l => l.files?.forEach(f => known.add(f.name)))
				db.close()
			}
		}
		return known.has(name)
	}
	window.seen = pics => pics.length > 0 && [...pics].every(i => i.complete && i.naturalWidth > 0)
})()`

// uploaded waits until as many files lie above the box, and all of them are on the server.
func uploaded(tab *browsertest.Tab, files string) {
	tab.Wait("document.querySelectorAll('.att-card').length === " + files + " && !document.querySelector('.att-card progress, .att-card.bad')")
}

// TestStoryOfFiles: a shopper pastes and drops pictures, also while the network is away and over a reload; an agent sees them and sends a document
// back. What cannot be sent is refused in words, before it is uploaded.
func TestStoryOfFiles(t *testing.T) {
	t.Parallel()
	const hostile = `<img src=x onerror=alert(1)>.jpg`
	s := serve(t, "", "--demo")
	wire := lay(t, strings.TrimPrefix(s.Public, "http://"))
	page := browsertest.Start(t, "de-DE,de").Tab(browsertest.Desktop)
	open := func() {
		t.Helper()
		page.Open("http://chat.localhost:" + wire.port() + "/chat/" + demoKey)
		page.Wait("document.querySelector('.presence .dot')")
		page.Do(filesScript)
	}
	open()
	page.Click("textarea")
	page.Type("So kam die Tasse an.")

	refuse(t, page)
	page.Do("drag('dragover', pdf('a.pdf'))")
	page.Wait("document.querySelector('.drop')")
	look(page, "something is dragged", "widget-drop.png")
	page.Do("Promise.all([photo('" + hostile + "', 1200, 900, 200), photo('Henkel.jpg', 300, 900, 20)]).then(f => drag('drop', ...f))")
	page.Wait("!document.querySelector('.drop')")
	uploaded(page, "2")
	page.Do("photo('falsch.jpg', 50, 50, 90).then(f => paste(f))")
	uploaded(page, "3")
	page.Click(".att-card:nth-child(3) > .att-x")
	page.Wait("document.activeElement === document.querySelector('textarea')")
	uploaded(page, "2")
	page.Click(".att-alt")
	page.Type("Eine zerbrochene Tasse")
	for _, d := range []browsertest.Device{small.InDark(), browsertest.Desktop} {
		page.On(d)
		look(page, "files above the box", "widget-files.png")
		page.Whole("files above the box", "h1, .att-name, .log *")
	}
	page.Click("textarea")
	page.Press(kb.Enter)
	page.Wait("document.querySelector('.state') && !document.querySelector('.waiting')")
	page.Wait("seen(document.querySelectorAll('.att-pic img'))")
	if n := browsertest.Eval[int](page, "document.querySelectorAll('img:not(.att-pic img)').length"); n != 0 {
		t.Errorf("the name of a file has become %d pictures", n)
	}
	viewed(page)

	console := emmaOpens(t, s, "http://chat.localhost:"+wire.port())
	console.Do(filesScript)
	console.Wait("seen(document.querySelectorAll('.att-pic img')) && document.querySelector('.att-pic img').alt === 'Eine zerbrochene Tasse'")
	if src := browsertest.Eval[string](console, "document.querySelector('.att-pic img').src"); !strings.Contains(src, "/widget/v1/file/") {
		t.Errorf("the agent sees %s", src)
	}
	look(console, "pictures in the console", "console-files.png")
	// An address that has expired: a new one is asked for, and the picture is there again.
	console.Do("(i => { i.src = i.src.replace(/s=[^&]*/, 's=x') })(document.querySelector('.att-pic img'))")
	console.Wait("document.querySelector('.att-pic img').src.endsWith('#') && seen(document.querySelectorAll('.att-pic img'))")
	console.Do("choose(pdf('Rücksendung.pdf'))")
	uploaded(console, "1")
	console.Click(".composer .send")
	page.WaitText("Rücksendung.pdf")
	page.Wait("fetch(document.querySelector('.group:not(.mine) .att-file').href).then(r => r.text()).then(b => { window.got = b.startsWith('%PDF') }) && window.got")
	notes(t, console, page)

	leavesWithFile(page)
	away(t, page, wire, open)
	emma := sitDown(t, s, "emma@demo.localhost")
	var all chat.HistoryOK
	emma.call(chat.CallHistory, chat.History{Conversation: emma.conversation}, &all)
	n := 0
	for _, m := range all.Messages {
		if len(m.Attachments) == 1 && m.Attachments[0].Name == "unterwegs.jpg" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the picture that waited is stored %d times", n)
		for _, m := range all.Messages {
			t.Logf("%d %q %s key %s id %s at %v %+v", m.Seq, m.Text, m.Author.ID, m.Key, m.ID, m.At, m.Attachments)
		}
	}
	console.Click("#tab-mine")
	console.Wait("document.querySelector('[role=option] .last').innerText.includes('Picture')")
	page.Wait("seen(document.querySelectorAll('.att-pic img'))")
	for _, d := range []browsertest.Device{small.InDark(), browsertest.Phone, browsertest.Desktop} {
		page.On(d)
		look(page, "files in the conversation", "widget-conversation-files.png")
	}
	beforeSession(page, func() { page.Open("http://chat.localhost:" + wire.port() + "/chat/" + demoKey) })
}

// unanswered is a page whose server does not answer who asks for a session, for as long as its tab is called so.
const unanswered = `if (window.name === 'tunnel') window.fetch = (f => (to, ...how) => String(to).endsWith('/session') ? new Promise(() => {}) : f(to, ...how))(window.fetch)`

// beforeSession sends a file as somebody new whom no server answers, takes it back, sends it again, and goes to the next page, which is answered.
func beforeSession(page *browsertest.Tab, open func()) {
	page.Script(unanswered)
	page.Do("localStorage.clear(), window.name = 'tunnel'")
	open()
	page.Wait("document.querySelector('textarea')")
	page.Do(filesScript)
	page.Do("choose(pdf('vorab.pdf'))")
	page.Wait("document.querySelector('.att-card')")
	page.Click("textarea")
	page.Type("Schon einmal die Rechnung")
	page.Click(".send")
	page.Wait("document.querySelector('.waiting .att-file') && !document.querySelector('.att-card')")
	look(page, "a file before there is a session", "widget-file-early.png")
	// Not with the pointer: the log may still be moving to its end.
	page.Do("document.querySelector('.waiting .foot .link').click()")
	page.Wait("document.querySelector('.att-card') && !document.querySelector('.waiting') && document.querySelector('textarea').value === 'Schon einmal die Rechnung'")
	page.Wait("kept('vorab.pdf')")
	page.Do("window.left = true, document.querySelector('.composer').requestSubmit(), window.name = '', location.reload()")
	page.Wait("!window.left && document.querySelector('.mine .bubble:not(.waiting):has(.att-file)')?.innerText.includes('Schon einmal die Rechnung')")
	page.Wait("!document.querySelector('.att-card')")
}

// refuse brings what cannot be sent: nothing of it leaves the browser.
func refuse(t *testing.T, page *browsertest.Tab) {
	t.Helper()
	page.Do("choose(new File(['<svg onload=alert(1)>'], 'bild.svg', {type: 'image/svg+xml'}), new File([new Uint8Array(11 << 20)], 'riesig.png', {type: 'image/png'}), new File([], 'leer.pdf', {type: 'application/pdf'}))")
	page.WaitText("bild.svg\u2069 lässt sich hier nicht senden")
	page.WaitText("riesig.png\u2069 ist zu groß. Eine Datei darf höchstens 10 MB groß sein.")
	page.WaitText("leer.pdf\u2069 ist leer")
	look(page, "files that are refused", "widget-files-refused.png")
	if n := browsertest.Eval[int](page, "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/upload')).length + document.querySelectorAll('.att-card').length"); n != 0 {
		t.Errorf("%d of the files that cannot be sent were taken", n)
	}
	page.Click(".att-refused .att-x")
	page.Wait("!document.querySelector('.att-refused')")
	// A picture by its name and not by its bytes: that the server finds out.
	page.Do("choose(new File([new Uint8Array([137, 80, 78, 71, 0, 1, 2, 3])], 'schein.png', {type: 'image/png'}))")
	page.Wait("document.querySelector('.att-card.bad')")
	look(page, "a file that the server refuses", "widget-file-bad.png")
	page.Click(".att-card.bad > .att-x")
	page.Wait("!document.querySelector('.att-card')")
}

// viewed looks at the pictures by keys alone.
func viewed(page *browsertest.Tab) {
	page.Do("document.querySelector('.att-pic').focus()")
	page.Press(kb.Enter)
	page.Wait("document.querySelector('.att-viewer[open]') && seen(document.querySelectorAll('.att-large img'))")
	page.WaitText("1 / 2")
	page.Wait("(([a, b]) => a.top >= b.top && a.bottom <= b.bottom && a.right <= b.right)([...document.querySelectorAll('.att-large img, .att-large')].map(e => e.getBoundingClientRect()).reverse())")
	look(page, "a picture, large", "widget-picture.png")
	page.Press(kb.ArrowRight)
	page.WaitText("2 / 2")
	page.Wait("document.querySelector('.att-viewer .att-name').innerText === 'Henkel.jpg'")
	page.Press(kb.ArrowRight)
	page.Press(kb.ArrowLeft)
	page.WaitText("1 / 2")
	page.Press(kb.Escape)
	page.Wait("!document.querySelector('.att-viewer') && document.activeElement === document.querySelector('.att-pic')")
}

// notes attaches a file to a note: the shopper hears nothing of it.
func notes(t *testing.T, console, page *browsertest.Tab) {
	t.Helper()
	console.Press(kb.Escape)
	console.Press("n")
	console.Do("choose(pdf('intern.pdf'))")
	uploaded(console, "1")
	// It does not come along to where Enter sends to the shopper, and waits where it was put.
	console.Press(kb.Escape)
	console.Press("r")
	console.Wait("document.querySelector('.composer:not(.noting)') && !document.querySelector('.att-card')")
	console.Press(kb.Escape)
	console.Press("n")
	uploaded(console, "1")
	console.Press(kb.Enter)
	console.Wait("[...document.querySelectorAll('.noted:not(.outgoing) .att-file')].some(a => a.innerText.includes('intern.pdf'))")
	console.Press(kb.Escape)
	console.Press("r")
	console.Type("Danke!")
	console.Press(kb.Enter)
	page.WaitText("Danke!")
	if strings.Contains(page.Text("[role=log]"), "intern.pdf") {
		t.Error("the shopper sees a file of a note")
	}
}

// leavesWithFile writes a line with a picture, and in the same moment goes to the next page, before the browser's database has the line. It is there, with the picture, once.
// A page that goes is not gone yet: this one must not have time to send the line itself.
func leavesWithFile(page *browsertest.Tab) {
	page.Do("photo('gleich.jpg', 90, 60, 40).then(f => paste(f))")
	uploaded(page, "1")
	page.Wait("kept('gleich.jpg')")
	page.Click("textarea")
	page.Type("Und gleich weiter")
	page.Do("window.left = true, IDBDatabase.prototype.transaction = () => { throw new DOMException('The page is going.') }, WebSocket.prototype.send = () => {}, document.querySelector('.composer').requestSubmit(), location.reload()")
	page.Wait("!window.left && [...document.querySelectorAll('.mine .bubble:not(.waiting)')].some(b => b.innerText.includes('Und gleich weiter') && b.querySelectorAll('.att-pic').length === 1)")
	page.Wait("!document.querySelector('.att-card')")
	page.Do(filesScript)
}

// away sends a picture through a tunnel, takes it back, sends it again without a network, and loads the page anew before it is back.
func away(t *testing.T, page *browsertest.Tab, wire *cable, open func()) {
	t.Helper()
	wire.setHeld(true)
	page.Do("photo('unterwegs.jpg', 800, 600, 120).then(f => paste(f))")
	page.Wait("document.querySelector('.att-card')")
	page.Click(".send")
	page.Wait("document.querySelector('.waiting .att-pic') && !document.querySelector('.att-card')")
	// Not with the pointer: the log may still be moving to its end.
	page.Do("document.querySelector('.waiting .foot .link').click()")
	page.Wait("document.querySelector('.att-card') && !document.querySelector('.waiting')")
	wire.setHeld(false)
	wire.setCut(true)
	page.Wait("document.querySelector('.bar')")
	page.Click(".send")
	page.WaitText("Wartet auf Verbindung")
	page.Do("photo('Entwurf.jpg', 80, 60, 300).then(f => paste(f))")
	page.Wait("document.querySelector('.att-card')")
	page.Wait("kept('unterwegs.jpg') && kept('Entwurf.jpg')")
	page.Open("about:blank")
	wire.setCut(false)
	open()
	page.Wait("document.querySelectorAll('.mine .att-pic').length === 4")
	page.Wait("!document.querySelector('.waiting')")
	uploaded(page, "1")
	page.Wait("document.querySelector('.att-card').innerText.includes('Entwurf.jpg')")
	page.Click(".att-card > .att-x")
	page.Wait("!document.querySelector('.att-card')")
}
