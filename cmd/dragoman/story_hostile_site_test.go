package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"
	"dragoman/store"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// packed joins texts to as few as possible of at most limit code points, each on one line. A text that is too long for a place
// cannot get there and is left out; of the others there must be enough.
func packed(t *testing.T, texts []string, limit int) []string {
	t.Helper()
	var packs []string
	room, carried := 0, 0
	for _, text := range texts {
		text = oneLine(text)
		size := utf8.RuneCountInString(text)
		switch {
		case size == 0 || size > limit:
			continue
		case size < room:
			packs[len(packs)-1] += " " + text
			room -= size + 1
		default:
			packs = append(packs, text)
			room = limit - size
		}
		carried++
	}
	if carried < 200 {
		t.Fatalf("only %d texts are short enough for a place of %d", carried, limit)
	}
	return packs
}

// oneLine is a text as names and titles are: without signs that cannot be seen.
func oneLine(text string) string { return strings.Join(strings.Fields(chat.CleanText(text)), " ") }

// hostileLanguages are the languages in which the hostile site says something: as many as the texts need places.
const hostileLanguages = "en de fr es it nl pt pl cs da sv nb fi et lv lt hu ro bg el tr uk ru hr sl sk ca eu gl cy ga is sq mk hy ka az kk uz mn ja ko th vi id ms fil sw zu xh af am hi bn ta te ml kn ur fa he ar"

// saysHostile gives the demo's site texts of its own that want to be more than text: in each language others, so that a walk through the languages shows
// them all. The bubble comes as soon as it may.
func saysHostile(t *testing.T, s *serving, texts []string) chat.OwnTexts {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Database: filepath.Join(s.data, "dragoman.db"), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	places := map[chat.TextName][]string{}
	for _, name := range []chat.TextName{chat.TextGreeting, chat.TextSubtitle, chat.TextBubble, chat.TextRating} {
		places[name] = packed(t, texts, name.Limit())
	}
	starts := packed(t, texts, chat.MaxStart)
	site, err := db.ChangeSite(t.Context(), demoKey, func(site *chat.Site) error {
		site.Texts = chat.OwnTexts{NoDrafts: true, BubbleAfterS: 1, Texts: map[chat.TextName]map[language.Tag]chat.TextVariant{}}
		put := func(name chat.TextName, tag language.Tag, all []string, at int) {
			if site.Texts.Texts[name] == nil {
				site.Texts.Texts[name] = map[language.Tag]chat.TextVariant{}
			}
			site.Texts.Texts[name][tag] = chat.TextVariant{Text: all[at%len(all)], State: chat.TextApproved}
		}
		for i, code := range strings.Fields(hostileLanguages) {
			tag := language.Make(code)
			for name, all := range places {
				put(name, tag, all, i)
			}
			for n := range chat.MaxStarts {
				put(chat.StartName(n+1), tag, starts, i*chat.MaxStarts+n)
			}
		}
		return site.Texts.Check()
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	last := places[chat.TextBubble][0]
	soon(t, browsertest.Patience, "the loader has the hostile bubble", func() bool {
		_, _, js := get(t, s.Public+"/widget/"+demoKey+".js", "")
		b, err := json.Marshal(last)
		return err == nil && strings.Contains(js, string(b))
	})
	return site.Texts
}

// beside shows every bubble beside the launcher, by taking the widget out of the page and putting its tag in again in another language. The page of the test
// opens shadow roots that are closed, so that one can look into them, and does not wait the bubble's second.
func beside(t *testing.T, page *browsertest.Tab, server string, own chat.OwnTexts) {
	t.Helper()
	for _, code := range strings.Fields(hostileLanguages) {
		bubble := own.Texts[chat.TextBubble][language.Make(code)].Text
		page.Do(fmt.Sprintf(`(tag => {
			window.dragoman?.('destroy')
			tag.src = '%s/widget/%s.js', tag.dataset.lang = %q
			document.body.append(tag)
		})(document.createElement('script'))`, server, demoKey, code))
		page.Wait(fmt.Sprintf("document.querySelector('dragoman-chat').shadowRoot.querySelector('.hi button').textContent === %s", quoted(t, bubble)))
		harmlessIn(t, page, "launcher, "+code, "document.querySelector('dragoman-chat').shadowRoot")
	}
}

// greets walks a new visitor's first screen, and one whose talk is over, through the languages.
func greets(t *testing.T, s *serving, page, frame *browsertest.Tab, own chat.OwnTexts) {
	t.Helper()
	text := func(name chat.TextName, code string) string { return own.Texts[name][language.Make(code)].Text }
	for _, code := range strings.Fields(hostileLanguages) {
		want := []string{text(chat.TextGreeting, code), text(chat.TextSubtitle, code)}
		for n := range chat.MaxStarts {
			want = append(want, text(chat.StartName(n+1), code))
		}
		page.Do(fmt.Sprintf("dragoman('language', %q)", code))
		frame.Wait(fmt.Sprintf("JSON.stringify([...document.querySelectorAll('.hello h2, .hello h2 + p, .quick button span')].map(e => e.textContent)) === JSON.stringify(%s)", quoted(t, want)))
	}
	harmless(t, frame, "first screen")
	says(frame, "Hello?")
	emma := sitDown(t, s, "emma@demo.localhost")
	emma.says("Hello!", nil)
	frame.WaitText("Hello!")
	emma.call(chat.CallState, chat.SetState{Conversation: emma.conversation, State: chat.StateResolved}, nil)
	for _, code := range strings.Fields(hostileLanguages) {
		page.Do(fmt.Sprintf("dragoman('language', %q)", code))
		frame.Wait(fmt.Sprintf("document.querySelector('.rating h3').textContent === %s", quoted(t, text(chat.TextRating, code))))
	}
	harmless(t, frame, "question at the end")
}

// crowd is how many hostile visitors there are at once: no more than an inbox shows without asking for the next page.
const crowd = 40

// areCalled lets a crowd of visitors have every name, and their pages every title, some at a time, while an agent looks at the inbox and opens one after the other.
func areCalled(t *testing.T, s *serving, console *browsertest.Tab, texts []string) {
	t.Helper()
	names, titles := packed(t, texts, chat.MaxName), packed(t, texts, chat.MaxPageTitle)
	visitors := make([]*client.Conn, crowd)
	for i := range visitors {
		visitors[i] = walksIn(t, s, "en", "Hello")
	}
	console.On(browsertest.Device{Width: 1280, Height: 100 * crowd}) // high enough for all rows
	console.Click("#tab-unassigned")
	for from := 0; from < len(names); from += crowd {
		now := names[from:min(from+crowd, len(names))]
		for i, name := range now {
			for call, fields := range map[chat.CallName]any{
				chat.CallAbout: chat.About{Name: &name}, chat.CallPage: chat.Page{URL: "https://shop.example/", Title: titles[(from+i)%len(titles)]},
			} {
				if err := visitors[i].Call(t.Context(), call, fields, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		console.Wait(fmt.Sprintf("(rows => %s.every(name => rows.some(r => r.includes(name))))([...document.querySelectorAll('[role=option]')].map(r => r.textContent))", quoted(t, now)))
		for i, name := range now[:max(0, min(len(now), len(titles)-from))] {
			console.Do(fmt.Sprintf("[...document.querySelectorAll('[role=option]')].find(r => r.textContent.includes(%s)).click()", quoted(t, name)))
			console.Wait(fmt.Sprintf("%s.every(text => document.querySelector('.context').textContent.includes(text))", quoted(t, []string{name, titles[from+i]})))
		}
		harmless(t, console, "console, names and titles")
	}
	console.On(browsertest.Desktop)
}

// quoted is a value as JavaScript writes it.
func quoted(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
