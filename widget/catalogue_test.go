package widget

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"dragoman/static"

	"golang.org/x/text/language"
)

func built(t *testing.T) *catalogues {
	t.Helper()
	c, err := loadCatalogues(static.Dist())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The table is held by src/shared/tags.test.ts too: server, loader and frame must choose alike.
func TestWhichCatalogueFits(t *testing.T) {
	b, err := os.ReadFile("testdata/matching.json")
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]string
	if err := json.Unmarshal(b, &table); err != nil {
		t.Fatal(err)
	}
	if len(table) < 60 {
		t.Fatalf("only %d tags", len(table))
	}
	c := built(t)
	for tag, want := range table {
		got := ""
		if i, ok := c.fits(language.Make(tag)); ok {
			got = c.tags[i].String()
		}
		if got != want {
			t.Errorf("%s gets %q, want %q", tag, got, want)
		}
	}
	for _, tag := range c.tags {
		if got, _ := c.pick(language.German, tag); tag != language.German && got != language.German {
			t.Errorf("the first wish of de, %s gets %s", tag, got)
		}
		if got, _ := c.pick(tag); got != tag {
			t.Errorf("%s gets %s", tag, got)
		}
	}
}

// The sources in their order: a wish that nothing fits makes way for the next, whatever is near to it.
func TestWhichWishCounts(t *testing.T) {
	c := built(t)
	for _, x := range []struct{ wishes, want string }{
		{"fr-CA de", "fr"}, {"gl de", "de"}, {"be uk de", "uk"}, {"af nl", "nl"}, {"xh zu", "en"}, {"", "en"}, {"und ja", "ja"}, {"pt-AO pt-BR", "pt-PT"},
	} {
		var wishes []language.Tag
		for _, w := range strings.Fields(x.wishes) {
			wishes = append(wishes, language.Make(w))
		}
		if got, _ := c.pick(wishes...); got.String() != x.want {
			t.Errorf("%q gets %s, want %s", x.wishes, got, x.want)
		}
	}
}

func TestLoweredLabels(t *testing.T) {
	for text, want := range map[string]string{
		"Chat with us": "Chat with us", "Écrivez-nous": "Écrivez-nous", "联系我们": "联系我们", "채팅": "채팅",
		// The letter that is counted from, then @ for it, A for the one after it.
		"АБ В": "А@A B", "ابت": "ا@AC",
	} {
		if got, err := lowered(text); err != nil || got != want {
			t.Errorf("%q: %q (%v), want %q", text, got, err, want)
		}
	}
	for _, mixed := range []string{"Чат AB", "чат…", "Чат עם"} {
		if got, err := lowered(mixed); err == nil {
			t.Errorf("%q: %q, and nobody could read it", mixed, got)
		}
	}
	// Lowering what is in the loader must not meet the signs that JSON or a script element know.
	for tag, label := range built(t).labels {
		if slices.ContainsFunc([]rune(label), func(r rune) bool { return r == '"' || r == '<' }) {
			t.Errorf("%s: %q", tag, label)
		}
	}
}

// The page brings what its first screen says, and only that; all of it, word for word, stands in the whole catalogue. A language for tests comes whole.
func TestOpening(t *testing.T) {
	c := built(t)
	if err := c.invent(); err != nil {
		t.Fatal(err)
	}
	for i, tag := range c.tags {
		got, texts, whole := c.opening(tag)
		var first, all map[string]json.RawMessage
		for b, into := range map[string]*map[string]json.RawMessage{string(texts): &first, string(c.texts[i]): &all} {
			if err := json.Unmarshal([]byte(b), into); err != nil {
				t.Fatal(err)
			}
		}
		if got != tag || whole || len(first) >= len(all) {
			t.Errorf("%s: %s with %d texts of %d, whole %t", tag, got, len(first), len(all), whole)
		}
		for key, s := range first {
			if string(all[key]) != string(s) {
				t.Errorf("%s: %s is %s on the first screen, %s later", tag, key, s, all[key])
			}
		}
		for _, key := range []string{"greeting", "composer.placeholder", "bar.busy", "part.failed", "launcher.unread"} {
			if first[key] == nil {
				t.Errorf("%s: the first screen cannot say %s", tag, key)
			}
		}
		for _, key := range []string{"rating.question", "privacy.device", "languages.title"} {
			if first[key] != nil || all[key] == nil {
				t.Errorf("%s: %s stands on the first screen, or nowhere", tag, key)
			}
		}
	}
	if tag, texts, whole := c.opening(accented); tag != accented || !whole || string(texts) != string(c.invented[accented]) {
		t.Errorf("%s: %s, whole %t", accented, tag, whole)
	}
}
