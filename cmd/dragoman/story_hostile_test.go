package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"

	"golang.org/x/text/language"
)

// hostileTexts reads testdata/xss.tsv: texts that want to be more than text.
func hostileTexts(t *testing.T) []string {
	t.Helper()
	file, err := os.ReadFile("testdata/xss.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	seen := map[string]bool{}
	for line := range strings.Lines(string(file)) {
		class, quoted, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(class, "#") {
			continue
		}
		var text string
		if err := json.Unmarshal([]byte(quoted), &text); err != nil || !ok || seen[text] {
			t.Fatalf("%s: no text, or one that was there before (%v)", line, err)
		}
		seen[text] = true
		texts = append(texts, text)
	}
	if len(texts) < 200 {
		t.Fatalf("only %d texts", len(texts))
	}
	return texts
}

// echo is an engine that answers what it was asked, marked: whatever a text holds comes back as its translation.
func echo(t *testing.T) []string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/languages" {
			_, _ = w.Write([]byte(`[{"code":"en"},{"code":"de"}]`))
			return
		}
		var q struct{ Q string }
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"translatedText": q.Q + " ~"})
	}))
	t.Cleanup(s.Close)
	return []string{"--engine", "libretranslate", "--libretranslate-url", s.URL}
}

// strays are what stands below an element and does not belong there: elements that we never make, handlers in attributes, addresses that are none.
const strays = `(root => {
	const ours = new Set('html head meta title link script body div main header nav section form footer h1 h2 h3 p ul ol li dl dt dd button textarea input label span bdi a strong small time svg path rect circle g dialog details summary kbd select option table tbody tr td th article aside mark dragoman-chat'.split(' '))
	const found = []
	for (const el of root.querySelectorAll('*')) {
		if (root !== document && el.localName === 'iframe' && el.src.startsWith('http://chat.localhost:') && el.attributes.length === 4) continue
		if (!ours.has(el.localName)) found.push(el.outerHTML.slice(0, 200))
		for (const a of el.attributes) if (a.name.startsWith('on') || /^[\s\x00-\x20]*(javascript|vbscript|data):/i.test(a.value) && ['href', 'src', 'action'].includes(a.name)) found.push(el.localName + ' ' + a.name + '=' + a.value)
		if (el.localName === 'a' && el.hasAttribute('href') && !['http:', 'https:', 'mailto:'].includes(el.protocol)) found.push('link to ' + el.href)
		if (el.localName === 'script' && el.src && !el.src.startsWith(location.origin) && !el.src.includes('//chat.localhost')) found.push('script from ' + el.src)
	}
	if (({}).polluted !== undefined) found.push('Object.prototype has changed')
	return found
})`

// harmless reports what has run or got into a page that showed hostile texts.
func harmless(t *testing.T, tab *browsertest.Tab, where string) {
	t.Helper()
	harmlessIn(t, tab, where, "document")
}

// harmlessIn is harmless for what a page has below one element or shadow root of it.
func harmlessIn(t *testing.T, tab *browsertest.Tab, where, root string) {
	t.Helper()
	for _, ran := range tab.Ran() {
		t.Errorf("%s: a script ran: %s", where, ran)
	}
	for _, breach := range tab.Breaches() {
		t.Errorf("%s: the content policy had to step in: %s", where, breach)
	}
	for _, stray := range browsertest.Eval[[]string](tab, strays+"("+root+")") {
		t.Errorf("%s: does not belong there: %s", where, stray)
	}
}

// shows reports which of the texts do not stand in the page as they are. Stars around a phrase are looks.
func shows(t *testing.T, tab *browsertest.Tab, where string, texts []string) {
	t.Helper()
	b, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range browsertest.Eval[[]string](tab, fmt.Sprintf(`(() => {
		const bare = s => s.replace(/[*\s]+/g, '')
		const all = new Set([...document.querySelectorAll('[role=log] p, [role=log] div')].map(p => bare(p.textContent)))
		return %s.filter(s => ![...all].some(a => a.includes(bare(s))))
	})()`, b)) {
		t.Errorf("%s: is not shown as it is: %q", where, missing)
	}
}

// TestStoryOfHostileTexts sends everything in testdata/xss.tsv through every text that people and engines write, through names of visitors and of files, titles of pages and what a
// site says itself, and looks at it in the widget, in the console and in a shop's page, also behind the launcher's closed shadow root: it is text, and nothing else.
func TestStoryOfHostileTexts(t *testing.T) {
	t.Parallel()
	texts := hostileTexts(t)
	const name = `"><img src=x onerror=__xss()></title><script>__xss()</script>`
	s := serve(t, "", append(echo(t), "--demo", "--limit", "sends_per_second=0", "--limit", "calls_per_second=0", "--limit", "uploads_per_hour=0", "--limit", "facts_per_minute=0", "--limit", "languages_per_minute=0", "--limit", "visitors_per_minute=0")...)
	const password = "correct horse battery"
	good(t, password, "agent", "add", "mallory@demo.localhost", "--name", name, "--language", "en", "--data", s.data)
	good(t, "", "site", "set", demoKey, "--name", name, "--data", s.data)
	own := saysHostile(t, s, texts)
	var session chat.SessionOK
	soon(t, browsertest.Patience, "the site has its name", func() (named bool) {
		var err error
		session, err = client.NewSession(t.Context(), s.Public, "", chat.SessionRequest{
			Site: demoKey, Languages: []string{"de"}, Page: &chat.Page{URL: "https://shop.example/?q=" + name, Title: name},
		})
		return err == nil && session.Site.Name == name
	})
	visitor, err := client.Dial{Server: s.Public}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(visitor.Drop)
	if _, err := visitor.Hello(t.Context(), chat.Hello{Token: session.Token}); err != nil {
		t.Fatal(err)
	}
	var stored []string
	send := func(c *client.Conn, line chat.Send) {
		t.Helper()
		var ok chat.SendOK
		if err := c.Call(t.Context(), chat.CallSend, line, &ok); err != nil {
			if chat.CodeOf(err) == chat.Empty { // nothing but signs that are taken out
				return
			}
			t.Fatalf("%q: %v", line.Text, err)
		}
		stored = append(stored, ok.Message.Text)
	}
	for i, text := range texts {
		line := chat.Send{Key: chat.NewID(), Text: text}
		if i%4 == 0 { // some of them bring files, which have all the names
			for _, name := range texts[i:min(i+4, len(texts))] {
				if name = oneLine(name); name == "" {
					continue
				}
				file, err := client.Upload(t.Context(), s.Public, "", session.Token, name, strings.NewReader("Only text."))
				if err != nil {
					t.Fatalf("a file named %q: %v", name, err)
				}
				line.Attachments = append(line.Attachments, chat.SendFile{ID: file.ID})
			}
		}
		send(visitor, line)
	}
	emma := sitDown(t, s, "emma@demo.localhost")
	for i, text := range texts {
		line := chat.Send{Conversation: emma.conversation, Key: chat.NewID(), Text: text}
		if i%2 == 0 { // the others are translated by the engine
			line.Reviewed = &chat.Reviewed{Language: language.German, Text: text}
		}
		send(emma.Conn, line)
	}
	sitDownWith(t, s, "mallory@demo.localhost", password).says("My name is no name.", nil)

	// The widget: as a page of its own, so that the guard is there before everything else.
	person := browsertest.Start(t, "de-DE,de")
	hosted := person.Tab(browsertest.Desktop)
	hosted.Watch()
	hosted.Guard()
	hosted.Open(s.under("chat") + "/chat/" + demoKey)
	hosted.Wait("document.querySelector('textarea')")
	harmless(t, hosted, "widget, first opening")
	// The page's own session would be kept over this one if it came later.
	hosted.Wait(fmt.Sprintf("localStorage.getItem('dragoman.%s.token')", demoKey))
	hosted.Do(fmt.Sprintf("localStorage.setItem('dragoman.%s.token', %q)", demoKey, session.Token))
	hosted.Do(fmt.Sprintf("localStorage.setItem('dragoman.%s.originals', 'on')", demoKey))
	hosted.Reload()
	hosted.Wait("document.querySelector('.bubble')")
	readAll(hosted, ".bubble")
	harmless(t, hosted, "widget")
	shows(t, hosted, "widget", stored)
	hosted.WaitText(name) // the site, and an agent

	console := browsertest.Start(t, "en-US,en").Tab(browsertest.Desktop)
	console.Watch()
	console.Guard()
	console.Open(s.under("chat") + "/agent/")
	login(t, console, s, "emma@demo.localhost")
	console.Click("#tab-mine")
	harmless(t, console, "console, inbox")
	console.Click("[role=option]")
	console.Wait("document.querySelector('.lines [data-seq]')")
	readAll(console, ".lines [data-seq]")
	harmless(t, console, "console")
	shows(t, console, "console", stored)
	console.WaitText(name) // the page on which the customer is, and the site

	areCalled(t, s, console, texts)

	page := person.Tab(browsertest.Desktop)
	page.Watch()
	page.Guard()
	page.Script(`(f => { Element.prototype.attachShadow = function (how) { return f.call(this, {...how, mode: 'open'}) } })(Element.prototype.attachShadow);
` + timers("ms === 1000 ? 0 : ms"))
	page.Open(s.under("shop") + "/demo/de/")
	page.Wait("document.querySelector('dragoman-chat')")
	beside(t, page, s.under("chat"), own)
	frame := openWidget(page, s.under("chat"))
	frame.GuardNow()
	greets(t, s, page, frame, own)
	harmlessIn(t, page, "shop", "document.querySelector('dragoman-chat').shadowRoot")
	if n := browsertest.Eval[int](page, "document.querySelectorAll('dragoman-chat').length"); n != 1 {
		t.Errorf("shop: %d launchers", n)
	}
}

// readAll goes back to the first line of a log.
func readAll(tab *browsertest.Tab, line string) {
	const older = "document.querySelector('[role=log] .older')"
	count := "document.querySelectorAll('" + line + "').length"
	for browsertest.Eval[bool](tab, "!!"+older) {
		tab.Do("window.before = " + count + ", " + older + ".click()")
		tab.Wait(count + " > window.before || !" + older)
	}
}
