package main

import (
	"fmt"
	"testing"

	"dragoman/internal/browsertest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	adasPassword = "correct horse battery"
	weLook       = "We are looking."
	wirSehen     = "Wir sehen nach."
)

// TestStoryOfThePages is an admin's way through canned replies, glossary and memory: a file comes in and says what it could not bring, an engine drafts, she approves, and what she
// has approved is what a customer gets. Everything by keys; in the end in Arabic, on a phone, and by an agent who may only read.
func TestStoryOfThePages(t *testing.T) {
	t.Parallel()
	engine := phrases{weLook: {"de": wirSehen}}
	s := serve(t, "", append(engine.serve(t), "--demo")...)
	good(t, adasPassword, "agent", "add", "ada@demo.localhost", "--name", "Ada", "--language", "en", "--role", "admin", "--data", s.data)
	walksIn(t, s, "de", "Guten Tag, wo ist meine Bestellung?") // his language gets a column
	console := browsertest.Start(t, "en-US,en").Tab(browsertest.Desktop)
	remembers(console)
	console.Open(s.under("chat") + "/agent/")
	loginWith(console, "ada@demo.localhost", adasPassword)
	console.Wait("document.querySelector('.rows [role=option]')")
	// A list that does not have him.
	console.Click("#tab-mine")
	console.Wait("!document.querySelector('.rows [role=option]')")
	console.Reload()
	console.Wait("document.querySelector('#tab-mine[aria-selected=true] .count')")

	repliesPage(console)
	glossaryPage(console)
	memoryPage(console)
	usesTheReply(console)
	inArabic(console)
	mayOnlyRead(t, s, console)
}

// goes presses the two keys that lead to a page, and waits for it.
func goes(console *browsertest.Tab, key, path, title string) {
	console.Press("g")
	console.Press(key)
	console.Wait(fmt.Sprintf("location.pathname === %q && document.querySelector('.place h2')?.innerText === %q", path, title))
}

// brings imports a file through the dialog.
func brings(console *browsertest.Tab, name, kind, text string) {
	console.Wait("!document.querySelector('.loading')")
	console.Click(".place .bring")
	console.Wait("document.querySelector('dialog[open] #import-file')")
	console.Do(fmt.Sprintf(`(input => {
		const files = new DataTransfer()
		files.items.add(new File([%q], %q, { type: %q }))
		input.files = files.files
		input.dispatchEvent(new Event('change', { bubbles: true }))
	})(document.querySelector('#import-file'))`, text, name, kind))
	console.Wait("document.querySelector('.import-done')")
}

// at puts the focus on a cell, by row and column.
func at(console *browsertest.Tab, row, column int) {
	console.Wait(fmt.Sprintf("document.querySelector('[data-cell=\"%d:%d\"]')", row, column))
	console.Do(fmt.Sprintf("document.querySelector('[data-cell=\"%d:%d\"]').focus()", row, column))
}

func closes(console *browsertest.Tab) {
	console.Press(kb.Escape)
	console.Wait("!document.querySelector('dialog')")
}

func repliesPage(console *browsertest.Tab) {
	goes(console, "c", "/agent/canned", "Canned replies")
	console.WaitText("No canned replies yet")
	console.Wait("document.querySelector('.rail .badge')?.innerText.replace(/\\s+/g, ' ') === 'Waiting: 1'")
	look(console, "no canned replies", "console-canned-empty.png")
	brings(console, "replies.csv", "text/csv", "name,language,text\nlooking,en,"+weLook+"\ntwo words,en,No name.\nhello,en,\"Hello {nobody}\"\n")
	console.WaitText("Added: 1 · Replaced: 0 · Refused: 2")
	console.WaitText("Line 3")
	console.WaitText("nothing to put in for \u2068{nobody}")
	look(console, "what an import refused", "console-import.png")
	closes(console)
	console.Wait("document.querySelector('tbody .tag.draft') && document.querySelector('tbody .missing')")
	look(console, "canned replies", "console-canned-table.png")

	// The text in the file is approved as it is; the missing one beside it is drafted by the engine and approved.
	at(console, 0, 1)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#reply-text')?.value === '" + weLook + "' && document.activeElement.id === 'reply-text'")
	console.Press(kb.Enter, chromedp.ModifierCtrl)
	console.Wait("!document.querySelector('dialog') && !document.querySelector('.tag.draft') && document.activeElement.dataset.cell === '0:1'")
	console.Press(kb.ArrowRight)
	console.Wait("document.activeElement.dataset.cell === '0:2'")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.reply-source')?.innerText.includes('" + weLook + "')")
	console.Click(".draft-it")
	console.Wait("document.querySelector('#reply-text').value === '" + wirSehen + "'")
	console.WaitText("Draft by")
	look(console, "a draft beside its source", "console-canned-draft.png")
	console.Click("dialog [type=submit]")
	console.Wait("!document.querySelector('dialog') && !document.querySelector('tbody :is(.draft, .missing)')")

	// A colleague writes into a text while it is open: what he has made of it is shown beside what was typed, and taken.
	at(console, 0, 1)
	console.Press(kb.Enter)
	console.Wait("document.activeElement.id === 'reply-text'")
	console.Press(kb.End, chromedp.ModifierCtrl)
	console.Type(" Soon.")
	colleague(console, "canned/looking/en", "PUT", `{"text":"Looking."}`)
	console.Do("[...document.querySelectorAll('dialog button')].find(b => b.textContent === 'Save as draft').click()")
	console.Wait("document.querySelector('.clash-theirs')?.innerText === 'Looking.' && document.querySelector('#reply-text').value === '" + weLook + " Soon.'")
	look(console, "a text that a colleague has changed", "console-canned-clash.png")
	console.Click(".clash button")
	console.Wait("!document.querySelector('.clash') && document.querySelector('#reply-text').value === 'Looking.' && document.activeElement.id === 'reply-text'")

	// The reply gets another name, and its text is what it was.
	console.Do("document.querySelector('#reply-text').select()")
	console.Type(weLook)
	console.Do("document.querySelector('#reply-name').select()")
	console.Type("Look")
	console.Press(kb.Enter, chromedp.ModifierCtrl)
	console.Wait("!document.querySelector('dialog') && !document.querySelector('.tag.draft') && document.querySelector('.reply-name').innerText === '/look'")

	// A name that was typed waits in the dialog, as a text does.
	named := func(is, becomes string) {
		at(console, 0, 1)
		console.Press(kb.Enter)
		console.Wait(fmt.Sprintf("document.querySelector('#reply-name')?.value === %q && document.activeElement.id === 'reply-text'", is))
		console.Do("document.querySelector('#reply-name').select()")
		console.Type(becomes)
		closes(console)
	}
	named("look", "seek")
	named("seek", "look")
	named("look", "look")
}

// colleague does something to one of the shop's things over HTTP, as somebody else beside this page would.
func colleague(console *browsertest.Tab, path, method, body string) {
	console.Do(fmt.Sprintf(`(async () => {
		window.colleague = undefined
		const site = '/agent/v1/sites/' + document.querySelector('.place a[download]').getAttribute('href').split('/')[4]
		const { terms } = await (await fetch(site + '/terms')).json()
		const path = %q.replace(/TERM:(\w+)/, (_, source) => terms.find(t => t.source === source).id)
		window.colleague = (await fetch(site + '/' + path, { method: %q, headers: { 'Content-Type': 'application/json' }, body: %q })).status
	})()`, path, method, body))
	console.Wait("window.colleague === 200")
}

func glossaryPage(console *browsertest.Tab) {
	goes(console, "g", "/agent/glossary", "Glossary")
	console.WaitText("No terms yet")
	brings(console, "terms.csv", "text/csv", "from,to,source,target\nen,de,cup,Tasse\n,,Blue Note,\nen,,bowl,Schale\n")
	console.WaitText("Added: 2 · Replaced: 0 · Refused: 1")
	console.WaitText("Line 4 · to The language of the translation is missing.")
	closes(console)
	console.Wait("document.querySelectorAll('tbody tr').length === 2")
	look(console, "glossary", "console-glossary.png")

	// A word that is there is told before anything is sent, and shown.
	console.Click(".place .add")
	console.Wait("document.querySelector('#term-source')")
	console.Click("#term-source")
	console.Type("Blue Note")
	console.WaitText("There is a term for this word")
	look(console, "a term that is there already", "console-glossary-conflict.png")
	console.Click("#term-source")
	console.Press(kb.End)
	console.Type("s")
	console.Press(kb.Enter)
	console.Wait("!document.querySelector('dialog') && document.querySelectorAll('tbody tr').length === 3")

	comesLate(console)

	// A colleague has changed the term that is open: both stand there, and one's own is kept.
	at(console, 2, 0)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#term-target')?.value === 'Tassen'")
	console.Do("document.querySelector('#term-target').select()")
	console.Type("Becher")
	colleague(console, "terms/TERM:cup", "PUT", `{"from":"en","to":"de","source":"cup","target":"Pott"}`)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.clash-theirs')?.innerText.includes('cup: Pott') && document.querySelector('#term-target').value === 'Becher'")
	look(console, "a term that a colleague has changed", "console-glossary-clash.png")
	console.Click(".clash button + button")
	console.Wait("!document.querySelector('.clash') && document.activeElement.id === 'term-source'")
	console.Click("dialog [type=submit]")
	console.Wait("!document.querySelector('dialog') && document.querySelector('tbody').innerText.includes('Becher')")

	// What is removed is taken back, and a search finds what is left.
	at(console, 1, 5)
	console.Press(kb.Enter)
	console.Wait("document.querySelectorAll('tbody tr').length === 2")
	console.WaitText("Removed: Blue Notes")
	console.Click(".notice .link")
	console.Wait("document.querySelectorAll('tbody tr').length === 3")
	console.Click(".place-find input")
	console.Type("bech")
	console.Wait("document.querySelectorAll('tbody tr').length === 1")
	console.Press(kb.Escape)
	console.Wait("document.activeElement.dataset.cell") // out of the field and into the table
	removesWhatChanged(console)
}

// removesWhatChanged removes a term that a colleague changes meanwhile: it stays, and what it has become is looked at before it goes.
func removesWhatChanged(console *browsertest.Tab) {
	removes := func(now string) {
		colleague(console, "terms/TERM:cup", "PUT", fmt.Sprintf(`{"from":"en","to":"de","source":"cup","target":%q}`, now))
		// Nobody waits ten seconds for the offer to take it back.
		console.Do("(later => { window.setTimeout = (f, ms) => ms === 10000 ? (window.setTimeout = later)(f) : later(f, ms) })(window.setTimeout)")
		at(console, 0, 5)
		console.Press(kb.Enter)
		console.Wait(fmt.Sprintf("document.querySelector('.clash-theirs')?.innerText.includes('cup: %s')", now))
	}
	removes("Becherlein")
	look(console, "a term that was to be removed and has changed", "console-glossary-removal.png")
	console.Click(".clash button")
	console.Wait("!document.querySelector('dialog') && document.querySelector('tbody').innerText.includes('Becherlein')")
	removes("Becherchen")
	console.Click(".clash button + button")
	console.Wait("!document.querySelector('dialog') && !document.querySelector('tbody tr')")
}

// comesLate saves a term, leaves its dialog before that is answered, and types into another's, which the answer leaves alone.
func comesLate(console *browsertest.Tab) {
	console.Do("(f => { window.fetch = (...asked) => new Promise(go => { window.answers = () => { window.fetch = f; go(f(...asked)) } }) })(window.fetch)")
	at(console, 2, 0)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#term-target')?.value === 'Tasse'")
	console.Click("#term-target")
	console.Press(kb.End)
	console.Type("n")
	console.Press(kb.Enter)
	console.Wait("window.answers")
	closes(console)
	at(console, 0, 0)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#term-source')?.value === 'Blue Note'")
	console.Click("#term-source")
	console.Press(kb.End)
	console.Type(" Q")
	console.Do("answers()")
	console.Wait("document.querySelector('tbody').innerText.includes('Tassen')")
	console.Wait("document.querySelector('#term-source')?.value === 'Blue Note Q'")
	closes(console)
	// Closing has lost nothing; taking it back is a button of its own.
	at(console, 0, 0)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#term-source')?.value === 'Blue Note Q'")
	console.Do("[...document.querySelectorAll('dialog button')].find(b => b.textContent === 'Cancel').click()")
	console.Wait("!document.querySelector('dialog')")
	at(console, 0, 0)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#term-source')?.value === 'Blue Note'")
	closes(console)
}

func memoryPage(console *browsertest.Tab) {
	goes(console, "m", "/agent/memory", "Translation memory")
	console.Wait("document.querySelectorAll('tbody tr').length === 2") // the approved pair, in both directions
	look(console, "memory", "console-memory.png")
	console.Click(".place-find input")
	console.Type("nothing like it")
	console.WaitText("Nothing fits “nothing like it”.")
	console.Do("document.querySelector('.place-find input').select()")
	console.Type("nachsehen")
	console.Wait("!document.querySelector('tbody tr')")
	console.Do("document.querySelector('.place-find input').select()")
	console.Type("sehen")
	console.Wait("document.querySelectorAll('tbody tr').length === 2")
	at(console, 0, 0)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('dialog[open]')?.innerText.includes('Canned reply')")
	look(console, "an entry of the memory", "console-memory-entry.png")
	closes(console)
	brings(console, "memory.tmx", "application/x-tmx+xml", `<?xml version="1.0"?><tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>All is well.</seg></tuv><tuv xml:lang="de"><seg>Alles ist gut.</seg></tuv></tu></body></tmx>`)
	console.WaitText("Added: 1 · Replaced: 0 · Refused: 0")
	closes(console)
}

// usesTheReply is what it was for: behind a slash, and for the customer exactly what was approved.
func usesTheReply(console *browsertest.Tab) {
	console.Press("g")
	console.Press("i")
	console.Wait("location.pathname === '/agent/' && !document.querySelector('.rail .badge')")
	console.Click("#tab-unassigned")
	console.Wait("document.querySelector('.rows [role=option]')")
	console.Click(".rows [role=option]")
	console.Wait("document.querySelector('.box textarea')")
	console.Click(".box textarea")
	console.Type("/look")
	console.Wait("document.querySelectorAll('.canned [role=option]').length === 1")
	console.Press(kb.Tab)
	console.Wait("document.querySelector('.box textarea').value === '" + weLook + "'")
	console.WaitText("an approved reply")
	console.Wait("[...document.querySelectorAll('textarea')].some(e => e.value === '" + wirSehen + "')")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('.box textarea').value === ''")
}

// inArabic changes the language of the interface, which turns every page round.
func inArabic(console *browsertest.Tab) {
	console.Click(".rail .own")
	console.Wait("document.querySelector('#own-interface')")
	console.Do(`(s => { s.value = 'ar'; s.dispatchEvent(new Event('change', { bubbles: true })) })(document.querySelector('#own-interface'))`)
	console.Wait("document.documentElement.lang === 'ar' && document.documentElement.dir === 'rtl'")
	console.WaitText("المظهر")
	look(console, "settings in Arabic", "console-settings-arabic.png")
	console.Press(kb.Escape)
	console.On(browsertest.Desktop.InDark())
	for i, title := range []string{"الردود الجاهزة", "المسرد", "ذاكرة الترجمة"} {
		console.Click(fmt.Sprintf(".rail a:nth-of-type(%d)", i+2))
		console.Wait("document.querySelector('.place h2')?.innerText === '" + title + "' && document.querySelector('tbody tr')")
		look(console, title, fmt.Sprintf("console-page-%d-arabic.png", i+1))
	}
	at(console, 0, 0)
	console.Press(kb.ArrowLeft) // on, where lines run from right to left
	console.Wait("document.activeElement.dataset.cell === '0:1'")
	console.On(browsertest.Phone)
	console.Wait("innerWidth === 390 && !document.querySelector('[data-cell=\"0:2\"]')")
	look(console, "memory on a phone", "console-memory-phone.png")
}

// mayOnlyRead is an agent who is no admin: the page says so, has nothing that would be refused, and opens what the table has no room for.
func mayOnlyRead(t *testing.T, s *serving, console *browsertest.Tab) {
	t.Helper()
	console.On(browsertest.Desktop)
	console.Do("(localStorage.setItem('dragoman.console.interface', 'en'), fetch('/agent/v1/logout', { method: 'POST' }))")
	console.Reload()
	console.Wait("document.querySelector('#email')")
	console.Wait("document.documentElement.lang === 'en'")
	loginWith(console, "lucia@demo.localhost", demoPassword(t, s, "lucia@demo.localhost"))
	console.WaitText("Administrators change it.")
	console.Wait("document.querySelector('tbody tr') && !document.querySelector('.place :is(.bring, .add, .grid-action)')")
	look(console, "memory for who may only read", "console-memory-read.png")
}
