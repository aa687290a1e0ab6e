package translate

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/language"
)

func TestBackground(t *testing.T) {
	got := (rules{}).background([]string{"first", "\x00two\n lines ", "card 4111 1111 1111 1111", "", "see https://example.com/x for 12,50 €"})
	if want := []string{"first", "two lines", "card …", "see … for …"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (rules{}).background(slices.Repeat([]string{"word"}, 20)); len(got) != ContextLines {
		t.Errorf("%d lines, want %d", len(got), ContextLines)
	}
	long := []string{"old", strings.Repeat("é", ContextCharacters-10), strings.Repeat("b", 10)}
	if got := (rules{}).background(long); len(got) != 2 || utf8.RuneCountInString(strings.Join(got, "")) != ContextCharacters {
		t.Errorf("%d lines of %d characters", len(got), utf8.RuneCountInString(strings.Join(got, "")))
	}
	if got := (rules{}).background([]string{strings.Repeat("b", ContextCharacters+1)}); got != nil {
		t.Errorf("a line that is too long as a whole is cut: %q", got)
	}
}

// TestHints: formality and context go to engines that use them, and only there are they part of the cache's key.
func TestHints(t *testing.T) {
	for _, c := range []struct {
		caps  Caps
		calls int64
	}{{Caps{}, 1}, {Caps{Formality: true}, 2}, {Caps{Context: true}, 2}, {Caps{Formality: true, Context: true}, 4}} {
		var asked []Request
		e := script("e", shout)
		c.caps.Pairs = e.caps.Pairs
		e.caps = &c.caps
		p := pipeline(t, Options{}, hinted{e, &asked})
		for _, l := range []chat.Untranslated{
			{}, {Formality: chat.FormalityMore}, {Before: chat.Said("before")}, {Formality: chat.FormalityMore, Before: chat.Said("before")}, {}, {Before: chat.Said("before")},
		} {
			l.Site, l.Text, l.From, l.To = "s", "hello", en, es
			if rep := p.Explain(t.Context(), l); rep.Translation.Text != "HELLO" {
				t.Errorf("%+v", rep)
			}
		}
		if int64(len(asked)) != c.calls {
			t.Errorf("%+v: %d calls, want %d", c.caps, len(asked), c.calls)
		}
		for _, r := range asked {
			if r.Formality != "" && !c.caps.Formality || r.Context != nil && !c.caps.Context {
				t.Errorf("%+v: asked %+v", c.caps, r)
			}
		}
	}
}

type hinted struct {
	*scripted
	asked *[]Request
}

func (h hinted) Translate(ctx context.Context, r *Request) (*Response, error) {
	*h.asked = append(*h.asked, *r)
	return h.scripted.Translate(ctx, r)
}

func TestCapsMatch(t *testing.T) {
	c := &Caps{
		Pairs:   pairsOf("it", "es"),
		Sources: tagsOf("en", "pt", "zh-Hans", "nb", "es"), Targets: tagsOf("en-US", "en-GB", "pt-BR", "pt-PT", "zh-Hans", "zh-Hant", "es", "es-419", "nb"),
	}
	for tags, want := range map[string]string{
		"en pt": "en > pt-BR", "en pt-PT": "en > pt-PT", "en pt-AO": "en > pt-PT", "pt-BR en": "pt > en-US", "pt en-AU": "pt > en-GB", "en zh-TW": "en > zh-Hant",
		"zh-TW en": "", "en es-MX": "en > es-419", "en es-ES": "en > es", "en no": "en > nb", "no en-GB": "nb > en-GB", "en de": "", "de en": "", "en en-GB": "", "it es": "it > es", "it en": "",
	} {
		from, to, _ := strings.Cut(tags, " ")
		p, ok := c.Match(tagsOf(from)[0], tagsOf(to)[0])
		got := ""
		if ok {
			got = p.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", tags, got, want)
		}
	}
	c.Pairs[0].Off = true
	c.Sources = append(c.Sources, tagsOf("it")...)
	if p, _ := c.Match(tagsOf("it")[0], tagsOf("es")[0]); p.Off {
		t.Error("a pair that is off is preferred to one that is on")
	}
}

func tagsOf(names ...string) []language.Tag {
	var tags []language.Tag
	for _, n := range names {
		tags = append(tags, language.MustParse(n))
	}
	return tags
}

func pairsOf(from, to string) []Pair { return []Pair{{From: tagsOf(from)[0], To: tagsOf(to)[0]}} }

// TestBeforeIsAskedForOnce: what was said before may cost a look into a database, so only engines that use it have it asked for, and all of them together once.
func TestBeforeIsAskedForOnce(t *testing.T) {
	plain, curious, second := script("plain", shout), script("curious", says("")), script("second", shout)
	curious.caps.Context, second.caps.Context = true, true
	asked := 0
	u := chat.Untranslated{Site: "s", Text: "hello", From: en, To: es, Before: func(context.Context) []string { asked++; return []string{"before"} }}
	if got := pipeline(t, Options{}, plain, curious).Translate(t.Context(), u); got.By.Name != "plain" || asked != 0 {
		t.Errorf("an engine that makes no use of it: %+v, asked for %d times", got, asked)
	}
	if got := pipeline(t, Options{}, curious, second).Translate(t.Context(), u); got.By.Name != "second" || asked != 1 {
		t.Errorf("two that do: %+v, asked for %d times", got, asked)
	}
}
