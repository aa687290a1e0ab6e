package chat

import (
	"strings"
	"testing"

	"golang.org/x/text/language"
)

var (
	german, austrian = language.German, language.MustParse("de-AT")
	spanish, mexican = language.Spanish, language.MustParse("es-MX")
	canadian         = language.MustParse("fr-CA")
)

// written is a shop of a German speaker, with a greeting, a quick start, and what others made of them.
func written(t *testing.T) *OwnTexts {
	t.Helper()
	var o OwnTexts
	for _, w := range []struct {
		name TextName
		in   language.Tag
		text string
	}{
		{TextGreeting, german, "  Guten \n Tag! "}, {TextGreeting, spanish, "¡Buenos días!"}, {StartName(2), german, "Wo ist mein Paket?"},
		{SendsName(2), german, "Guten Tag!\nWo ist mein Paket?"},
	} {
		if err := o.Write(w.name, w.in, german, w.text, 1); err != nil {
			t.Fatal(err)
		}
	}
	return &o
}

func stateOf(o *OwnTexts, name TextName, in language.Tag) TextState { return o.Texts[name][in].State }

// What an engine makes is a draft until a person has approved it, and never takes a person's place.
func TestDraftsOfTexts(t *testing.T) {
	o := written(t)
	missing := o.Undrafted(german, spanish)
	if len(missing) != 2 || missing[StartName(2)] != "Wo ist mein Paket?" || missing[SendsName(2)] == "" {
		t.Fatalf("missing in Spanish: %v", missing)
	}
	if got := o.Undrafted(german, austrian); len(got) > 0 {
		t.Errorf("missing in the shop's own language: %v", got)
	}
	draft := func(name TextName, to language.Tag, source, text string) bool {
		return o.Draft(name, to, german, source, TextVariant{Text: text, By: "deepl", At: 2})
	}
	if draft(TextGreeting, spanish, "Guten Tag!", "¡Hola!") {
		t.Error("a draft has taken a person's place")
	}
	if draft(StartName(2), spanish, "Wo war mein Paket?", "¿Dónde estaba mi paquete?") || draft(StartName(2), spanish, "Wo ist mein Paket?", strings.Repeat("x", MaxStart+1)) {
		t.Error("a draft of another text, or one that is too long, is kept")
	}
	if !draft(StartName(2), spanish, "Wo ist mein Paket?", "¿Dónde está mi paquete?") || stateOf(o, StartName(2), spanish) != TextDraft {
		t.Error("the draft is not there")
	}
	if draft(StartName(2), mexican, "Wo ist mein Paket?", "¿Y mi paquete?") {
		t.Error("there is one in this language already")
	}
	if got := o.For(mexican); got.Greeting != "¡Buenos días!" || !got.Draft || len(got.Starts) != 1 || got.Starts[0] != (QuickStart{"¿Dónde está mi paquete?", "¿Dónde está mi paquete?"}) || got.Language != spanish {
		t.Errorf("in Mexico one reads %+v", got)
	}
	o.NoDrafts = true
	if got := o.For(spanish); got.Greeting != "¡Buenos días!" || got.Draft || got.Starts != nil {
		t.Errorf("without drafts: %+v", got)
	}
	o.NoDrafts = false
	if err := o.Approve(StartName(2), spanish, 3); err != nil || stateOf(o, StartName(2), spanish) != TextApproved || o.For(spanish).Draft {
		t.Errorf("approved: %v, %+v", err, o.For(spanish))
	}
	if err := o.Approve(StartName(1), spanish, 3); CodeOf(err) != NotFound {
		t.Errorf("approved what is not there: %v", err)
	}
}

// When the shop changes its text, drafts of the old one go, and people's texts stay and are to be looked at.
func TestChangedSource(t *testing.T) {
	o := written(t)
	o.Draft(StartName(2), spanish, german, "Wo ist mein Paket?", TextVariant{Text: "¿Dónde está mi paquete?"})
	write := func(name TextName, in language.Tag, text string) {
		t.Helper()
		if err := o.Write(name, in, german, text, 5); err != nil {
			t.Fatal(err)
		}
	}
	write(TextGreeting, german, "Guten Tag!") // the same
	if stateOf(o, TextGreeting, spanish) != TextApproved {
		t.Error("the same text makes others outdated")
	}
	write(TextGreeting, german, "Willkommen!")
	write(StartName(2), german, "Wo bleibt mein Paket?")
	if stateOf(o, TextGreeting, spanish) != TextOutdated || o.For(spanish).Greeting != "¡Buenos días!" {
		t.Errorf("a person's text is %q", stateOf(o, TextGreeting, spanish))
	}
	if _, there := o.Texts[StartName(2)][spanish]; there {
		t.Error("the draft of what the shop does not say any more is there")
	}
	if o.Draft(StartName(2), spanish, german, "Wo ist mein Paket?", TextVariant{Text: "¿Dónde está mi paquete?"}) {
		t.Error("a draft that comes late is kept")
	}
	if o.Draft(TextGreeting, spanish, german, "Willkommen!", TextVariant{Text: "¡Bienvenidos!"}) {
		t.Error("an engine replaces what a person has approved")
	}
	write(TextGreeting, spanish, "¡Bienvenidos!")
	if stateOf(o, TextGreeting, spanish) != TextApproved {
		t.Error("written anew, and still outdated")
	}
	write(TextGreeting, german, "")
	if stateOf(o, TextGreeting, spanish) != TextOutdated || o.For(german).Greeting != "" {
		t.Error("the source is gone, and what was made from it is not marked")
	}
	write(TextGreeting, spanish, "")
	if _, there := o.Texts[TextGreeting]; there {
		t.Error("an empty entry is left")
	}
}

func TestTextsForWhoReadsWhat(t *testing.T) {
	o := written(t)
	put := func(in language.Tag, v TextVariant) { o.put(TextGreeting, in, v) }
	put(language.French, TextVariant{Text: "Bonjour", State: TextApproved})
	put(language.MustParse("fr-BE"), TextVariant{Text: "Bonjour, Belgique", State: TextApproved})
	put(canadian, TextVariant{Text: "Allô", State: TextDraft})
	put(language.MustParse("pt-BR"), TextVariant{Text: "Olá", State: TextOutdated})
	put(language.MustParse("zh-Hans"), TextVariant{Text: "你好", State: TextApproved})
	put(language.Italian, TextVariant{Text: "Ciao", State: TextDraft, Rough: true})
	for _, c := range []struct {
		wishes string
		want   string
		in     string
	}{
		{"fr-CA", "Bonjour", "fr"}, // a person's before a draft
		{"fr-BE", "Bonjour, Belgique", "fr-BE"},
		{"fr-CH", "Bonjour", "fr"},
		{"pt-PT", "Olá", "pt-BR"},
		{"de-AT", "Guten Tag!", "de"},
		{"zh-Hant", "", "und"}, // another script is another language to a reader
		{"zh-TW en", "", "und"},
		{"it", "", "und"}, // rough: a person has to look at it first
		{"ja es-MX de", "¡Buenos días!", "es"},
		{"und", "", "und"},
	} {
		var wishes []language.Tag
		for w := range strings.FieldsSeq(c.wishes) {
			wishes = append(wishes, language.MustParse(w))
		}
		if got := o.For(wishes...); got.Greeting != c.want || got.Language.String() != c.in {
			t.Errorf("%s: %q in %s, want %q in %s", c.wishes, got.Greeting, got.Language, c.want, c.in)
		}
	}
	if err := o.Approve(TextGreeting, language.Italian, 1); err != nil || o.For(language.Italian).Greeting != "Ciao" {
		t.Errorf("approved, and not shown: %v", err)
	}
	o.put(TextBubble, german, TextVariant{Text: "Fragen?", State: TextApproved})
	o.put(TextBubble, spanish, TextVariant{Text: "¿Preguntas?", State: TextDraft})
	if got := o.Bubbles(); len(got) != 1 || got[german] != "Fragen?" {
		t.Errorf("bubbles %v", got)
	}
}

// Each limit is met exactly, and one more is refused in a sentence that names it.
func TestLimitsOfTexts(t *testing.T) {
	limits := map[TextName]int{TextGreeting: 80, TextSubtitle: 200, TextBubble: 140, TextRating: 120, StartName(1): 80, StartName(MaxStarts): 80, SendsName(1): 400, SendsName(MaxStarts): 400}
	for name, limit := range limits {
		var o OwnTexts
		if err := o.Write(name, german, german, strings.Repeat("ü", limit), 1); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := o.Write(name, german, german, strings.Repeat("ü", limit+1), 1); CodeOf(err) != TooLong || !strings.Contains(err.Error(), string(name)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(TextNames()); n != 4+2*MaxStarts {
		t.Errorf("%d names", n)
	}
	for _, name := range []TextName{"", "greetings", StartName(0), StartName(MaxStarts + 1), "sends", "Greeting"} {
		var o OwnTexts
		if err := o.Write(name, german, german, "x", 1); CodeOf(err) != BadRequest || !strings.Contains(err.Error(), "greeting, subtitle") {
			t.Errorf("%q: %v", name, err)
		}
	}
	for after, want := range map[int]Code{-1: BadRequest, 0: "", MaxBubbleAfter: "", MaxBubbleAfter + 1: BadRequest} {
		if err := (&OwnTexts{BubbleAfterS: after}).Check(); CodeOf(err) != want {
			t.Errorf("after %d seconds: %v", after, err)
		}
	}
	var o OwnTexts
	n := 0
	for a := 'a'; a <= 'z' && n <= MaxTextLanguages; a++ {
		for b := 'a'; b <= 'z' && n <= MaxTextLanguages; b++ {
			tag, err := ParseLanguage(string([]rune{a, b}))
			if err != nil || o.Texts[TextGreeting][tag] != (TextVariant{}) {
				continue
			}
			n++
			if err := o.Write(TextGreeting, tag, german, "x", 1); (CodeOf(err) == TooLong) != (n > MaxTextLanguages) {
				t.Fatalf("language %d: %v", n, err)
			}
		}
	}
	if n <= MaxTextLanguages {
		t.Fatalf("only %d languages were tried", n)
	}
	// A newer program's text stays, and keeps nobody from changing others.
	o = OwnTexts{Texts: map[TextName]map[language.Tag]TextVariant{"farewell": {german: {Text: strings.Repeat("x", 1000)}}}}
	if err := o.Write(TextGreeting, german, german, "Hallo", 1); err != nil || len(o.Undrafted(german, spanish)) != 1 {
		t.Errorf("beside a text of a newer program: %v, %v", err, o.Undrafted(german, spanish))
	}
}
