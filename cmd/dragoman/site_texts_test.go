package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store/storetest"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// textsOf lists a site's texts as "name language state text".
func textsOf(t *testing.T, data, key string) string {
	t.Helper()
	var rows []textRow
	decode(t, good(t, "", "site", "text", "list", key, "--data", data, "--json"), &rows)
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = strings.Join([]string{string(r.Name), r.Language.String(), string(r.State), r.Text}, " ")
	}
	return strings.Join(lines, "; ")
}

// A shop writes its texts, has others drafted by what it has for an engine, approves one, changes its mind, and takes all of it back.
func TestSiteTexts(t *testing.T) {
	engine := phrases{
		"Hello!":              {"es": "¡Hola!"},
		"Where is my parcel?": {"es": "¿Dónde está mi paquete?"},
	}
	data, key, _ := siteWith(t, "--greeting", "Hello!", "--bubble-after", "20")
	do := func(args ...string) string {
		t.Helper()
		return good(t, "", append(append([]string{"site", "text"}, args...), "--data", data)...)
	}
	want := func(what, texts string) {
		t.Helper()
		if got := textsOf(t, data, key); got != texts {
			t.Errorf("%s:\n%s, want\n%s", what, got, texts)
		}
	}
	do("set", key, "start1", "Where is my parcel?")
	do("set", key, "start1", "Wo ist mein Paket?", "--language", "de")
	want("written", "greeting en approved Hello!; start1 en approved Where is my parcel?; start1 de approved Wo ist mein Paket?")

	said := do(append([]string{"draft", key, "--language", "es", "--language", "de"}, engine.serve(t)...)...)
	for _, line := range []string{"greeting  es        libretranslate  ¡Hola!", "start1    es        libretranslate", "greeting  de        nobody          (the answer did not hold what must stay as it is)"} {
		if !strings.Contains(said, line) {
			t.Errorf("it does not say %q:\n%s", line, said)
		}
	}
	const drafted = "greeting en approved Hello!; greeting es draft ¡Hola!; " +
		"start1 en approved Where is my parcel?; start1 de approved Wo ist mein Paket?; start1 es draft ¿Dónde está mi paquete?"
	want("drafted", drafted)
	shown := good(t, "", "site", "show", key, "--data", data)
	for _, line := range []string{"greeting, start1 in its own words", "2 draft in es: dragoman site text list " + key, "after 20 seconds on a page"} {
		if !strings.Contains(shown, line) {
			t.Errorf("site show does not say %q:\n%s", line, shown)
		}
	}

	refused(t, exitUsage, "no start2 in es", "site", "text", "approve", key, "start1", "start2", "--language", "es", "--data", data)
	refused(t, exitUsage, "nothing to approve in fr", "site", "text", "approve", key, "--language", "fr", "--data", data)
	want("after what was refused", drafted)
	if said := do("approve", key, "start1", "--language", "es"); !strings.Contains(said, "¿Dónde está mi paquete?") {
		t.Errorf("it does not say what was approved: %s", said)
	}
	do("set", key, "greeting", "Welcome!")
	do("set", key, "start1", "Where is it?")
	want("changed", "greeting en approved Welcome!; start1 en approved Where is it?; start1 de outdated Wo ist mein Paket?; start1 es outdated ¿Dónde está mi paquete?")
	do("approve", key, "--language", "es")
	do("remove", key, "start1", "--language", "de")
	want("approved", "greeting en approved Welcome!; start1 en approved Where is it?; start1 es approved ¿Dónde está mi paquete?")
	do("remove", key, "start1")
	do("remove", key, "greeting")
	want("taken back", "")
}

func TestSiteTextsRefuse(t *testing.T) {
	data, key, _ := siteWith(t)
	for _, c := range []struct {
		want string
		args []string
	}{
		{"the names are greeting, subtitle", []string{"set", key, "welcome", "Hello"}},
		{"the names are greeting, subtitle", []string{"set", key, "start6", "Six"}},
		{"at most 80 characters; this text has 81", []string{"set", key, "greeting", strings.Repeat("x", 81)}},
		{"the text is empty", []string{"set", key, "greeting", " "}},
		{"BCP 47", []string{"set", key, "greeting", "Hello", "--language", "klingon-"}},
		{"no such text", []string{"remove", key, "greeting"}},
	} {
		refused(t, exitUsage, c.want, append(append([]string{"site", "text"}, c.args...), "--data", data)...)
	}
	refused(t, exitFailed, "there is no site", "site", "text", "set", "nowhere", "greeting", "Hello", "--data", data)
	refused(t, exitFailed, "there is no site", "site", "text", "list", "nowhere", "--data", data)
	refused(t, exitUsage, "from 0, which means never, to 600 seconds", "site", "set", key, "--bubble-after", "601", "--data", data)
	refused(t, exitUsage, "at most 80 characters", "site", "set", key, "--greeting", strings.Repeat("x", 81), "--data", data)
	if got := textsOf(t, data, key); got != "" {
		t.Errorf("what was refused is there: %s", got)
	}
}

// loud makes drafts of everything, and tells who asked.
type loud struct{ asked chan chat.Untranslated }

func (l loud) Translate(_ context.Context, u chat.Untranslated) chat.Translation {
	l.asked <- u
	return chat.Translation{Text: strings.ToUpper(u.Text), State: chat.TranslationDone, By: chat.By{Kind: chat.ByEngine, Name: "loud"}, Quality: chat.QualityRough}
}

// What a visitor wants is drafted once, also if it was tried in vain; what an admin wants is drafted anew each time.
func TestDrafter(t *testing.T) {
	s := storetest.SQLite(t)
	texts := chat.OwnTexts{}
	if err := texts.Write(chat.TextGreeting, language.English, language.English, "Hello", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.AddSite(t.Context(), chat.Site{Key: "shop", Name: "Shop", Language: language.English, Texts: texts}); err != nil {
		t.Fatal(err)
	}
	engine := loud{make(chan chat.Untranslated, 10)}
	d := newDrafter(s, engine, zerolog.Nop())
	for range 3 {
		d.want("shop", language.German)
	}
	d.want("nowhere", language.German)
	if n := len(d.wanted); n != 2 {
		t.Fatalf("%d languages wait, want 2", n)
	}
	for len(d.wanted) > 0 {
		d.draft(t.Context(), <-d.wanted)
	}
	if u := <-engine.asked; u.Site != "shop" || !u.ForVisitor || u.To != language.German || len(engine.asked) > 0 {
		t.Errorf("asked %+v, and %d more", u, len(engine.asked))
	}
	site, err := s.Site(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	v := site.Texts.Texts[chat.TextGreeting][language.German]
	if v.Text != "HELLO" || v.State != chat.TextDraft || v.By != "loud" || !v.Rough || v.At == 0 {
		t.Errorf("the draft is %+v", v)
	}
	d.draft(t.Context(), draftWish{"shop", language.German}) // it is there
	if len(engine.asked) > 0 {
		t.Error("what is there is drafted again")
	}
	for range draftsWaiting {
		if !d.ask("shop", language.French) {
			t.Fatal("there is no room for as many as may wait")
		}
	}
	if d.ask("shop", language.French) {
		t.Error("one more than may wait is taken")
	}
}

// After a while a language is tried again.
func TestDrafterTriesAgain(t *testing.T) {
	d := newDrafter(nil, nil, zerolog.Nop())
	german, french := draftWish{"shop", language.German}, draftWish{"shop", language.French}
	d.tried[german], d.tried[french] = time.Now().Add(-draftPause), time.Now()
	d.want("shop", language.German)
	d.want("shop", language.French)
	if len(d.wanted) != 1 || <-d.wanted != german || len(d.tried) != 2 {
		t.Errorf("wanted beside German: %d, tried %v", len(d.wanted), d.tried)
	}
}
