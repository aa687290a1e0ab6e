package chat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
)

func TestCannedNames(t *testing.T) {
	for in, want := range map[string]string{"/Thanks": "thanks", " gracias-2 ": "gracias-2", "Ñandú_1": "ñandú_1", "": "", "/": "", "a b": "", "-a": "", "a/b": "", strings.Repeat("a", MaxCannedName+1): ""} {
		got, err := ParseCannedName(in)
		if got != want && want != "" || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func TestCannedTexts(t *testing.T) {
	for text, code := range map[string]Code{
		"hello {name}, {agent} here about {order}": "", "hello": "", " ": Empty, "hello {nombre}": BadRequest, "hello {}": BadRequest, "a { b } c": BadRequest, "open { only": "",
		strings.Repeat("a", MaxMemoryText+1): TooLong,
	} {
		one := CannedText{Language: language.English, Text: text}
		if err := one.Check(); CodeOf(err) != code {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	if err := (&CannedText{Text: "a"}).Check(); CodeOf(err) != BadLanguage {
		t.Errorf("without a language: %v", err)
	}
	full := Canned{Name: "x"}
	for i := range MaxCannedLanguages {
		full.Texts = append(full.Texts, CannedText{Language: language.MustParse(fmt.Sprintf("q%c%c", 'a'+i/20%20, 'a'+i%20)), Text: "x"})
	}
	if err := full.Put(CannedText{Language: language.English, Text: "x"}); CodeOf(err) != Conflict {
		t.Errorf("one language too many: %v", err)
	}
}

// TestDraftCanned: a draft is an engine's translation of the approved text, or of the one that was asked for, with its variables; and else a sentence.
func TestDraftCanned(t *testing.T) {
	all := []Canned{{Name: "hello", Texts: []CannedText{
		{Language: language.German, Text: "Hallo {name}", State: CannedDraft}, {Language: language.English, Text: "Hello {name}", State: CannedApproved}, {Language: language.Spanish, Text: "Hola {name}", State: CannedDraft},
	}}}
	answers := Translation{State: TranslationDone, Text: "Salut {name}", By: By{Kind: ByEngine, Name: "deepl"}}
	var asked Untranslated
	translate := func(_ context.Context, u Untranslated) Translation { asked = u; return answers }
	for from, want := range map[language.Tag]string{language.Und: "Hello {name}", language.German: "Hallo {name}"} {
		got, err := DraftCanned(t.Context(), all, "shop", "hello", from, language.French, translate)
		if err != nil || got.Text != "Salut {name}" || got.By != "deepl" || got.Language != language.French || asked.Text != want || asked.Site != "shop" || !asked.ForVisitor {
			t.Errorf("from %v: %+v, %v, asked %+v", from, got, err, asked)
		}
	}
	for name, c := range map[string]struct {
		reply     string
		from      language.Tag
		answer    Translation
		translate func(context.Context, Untranslated) Translation
		code      Code
	}{
		"no such reply":   {"bye", language.Und, answers, translate, NotFound},
		"no such text":    {"hello", language.Italian, answers, translate, NotFound},
		"nobody":          {"hello", language.Und, answers, nil, Unavailable},
		"failed":          {"hello", language.Und, Translation{State: TranslationFailed, Reason: ReasonNoPair}, translate, BadState},
		"other variables": {"hello", language.Und, Translation{State: TranslationDone, Text: "Salut"}, translate, BadState},
	} {
		answers = c.answer
		if _, err := DraftCanned(t.Context(), all, "shop", c.reply, c.from, language.French, c.translate); CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDraftThatComesLate: a draft takes the place of what stood there when it was asked for, and of nothing that a person has done since.
func TestDraftThatComesLate(t *testing.T) {
	draft := CannedText{Language: language.Spanish, Text: "gracias", By: "deepl"}
	asked := []Canned{{Name: "thanks", Texts: []CannedText{{Language: language.Spanish, Text: "gracia", State: CannedApproved, By: "Ann", At: 1}}}}
	for name, c := range map[string]struct {
		texts []CannedText
		code  Code
	}{
		"as it was": {asked[0].Texts, ""},
		"written":   {[]CannedText{{Language: language.Spanish, Text: "muchas gracias", State: CannedDraft, By: "Bea", At: 2}}, Conflict},
		"approved":  {[]CannedText{{Language: language.Spanish, Text: "gracia", State: CannedApproved, By: "Bea", At: 2}}, Conflict},
		"removed":   {nil, Conflict},
	} {
		now := Canned{Name: "thanks", Texts: slices.Clone(c.texts)}
		if err := now.PutDraft(draft, asked); CodeOf(err) != c.code || (err == nil) != (len(now.Texts) == 1 && now.Texts[0].Text == "gracias") {
			t.Errorf("%s: %v, %+v", name, err, now)
		}
	}
	fresh := Canned{Name: "bye"}
	if err := fresh.PutDraft(draft, asked); err != nil || len(fresh.Texts) != 1 {
		t.Errorf("%v, %+v", err, fresh)
	}
}

// TestCannedEntries: each approved text with each other one, but for those of one language, drafts, and texts with variables.
func TestCannedEntries(t *testing.T) {
	c := Canned{Texts: []CannedText{
		{Language: language.German, Text: "danke", State: CannedDraft}, {Language: language.English, Text: "thanks", State: CannedApproved, By: "Ann"}, {Language: language.BritishEnglish, Text: "cheers", State: CannedApproved},
		{Language: language.Spanish, Text: "gracias", State: CannedApproved, By: "Bea"}, {Language: language.French, Text: "merci {name}", State: CannedApproved},
	}}
	var got []string
	for _, e := range c.Entries("shop") {
		got = append(got, fmt.Sprintf("%s>%s %s=%s", e.From, e.To, e.Source, e.Target))
	}
	slices.Sort(got)
	if want := []string{"en-GB>es cheers=gracias", "en>es thanks=gracias", "es>en gracias=thanks", "es>en-GB gracias=cheers"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
