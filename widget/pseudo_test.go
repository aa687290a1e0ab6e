package widget

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Every text of both is turned, keeps what is put into it and what is bold, and en-XA is as much longer as it says.
func TestPseudo(t *testing.T) {
	c := built(t)
	if tag, _ := c.pick(accented); tag != language.English {
		t.Errorf("%s is there unasked", tag)
	}
	if err := c.invent(); err != nil {
		t.Fatal(err)
	}
	english := flat(t, c.texts[0])
	marks := regexp.MustCompile(`\{[a-z]+\}|\*`)
	for _, tag := range []language.Tag{accented, mirrored} {
		got, texts := c.pick(language.Make(tag.String()), language.German)
		if got != tag {
			t.Fatalf("%s gets %s", tag, got)
		}
		turned := flat(t, texts)
		if len(turned) != len(english) {
			t.Errorf("%s has %d texts of %d", tag, len(turned), len(english))
		}
		for key, s := range turned {
			was := english[key]
			if s == was || !slices.Equal(marks.FindAllString(s, -1), marks.FindAllString(was, -1)) {
				t.Errorf("%s: %s is %q", tag, key, s)
			}
			if strings.ContainsAny(marks.ReplaceAllString(s, ""), "{}") {
				t.Errorf("%s: %s is %q", tag, key, s)
			}
			if tag == accented && utf8.RuneCountInString(s)*100 < utf8.RuneCountInString(was)*(100+longer) {
				t.Errorf("%s: %q has only %d of %d letters", key, s, utf8.RuneCountInString(s), utf8.RuneCountInString(was))
			}
		}
	}
	for _, tag := range []string{"en", "en-US", "ar", "ar-EG"} {
		if got, _ := c.pick(language.Make(tag)); got == accented || got == mirrored {
			t.Errorf("%s gets %s, which nobody speaks", tag, got)
		}
	}
	if names := c.names(); slices.Contains(names, "en-XA") || slices.Contains(names, "ar-XB") || len(names) != 46 {
		t.Errorf("the languages are %q", names)
	}
}

func TestPseudoTexts(t *testing.T) {
	if got, want := accent("Hi *{name}*"), "[Ĥî *{name}* one]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := mirror("Hi *{name}*, you"), "\u202eHi\u202c *{name}*, \u202eyou\u202c"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// flat returns the texts of a catalogue, those with plural forms by key and category.
func flat(t *testing.T, texts json.RawMessage) map[string]string {
	t.Helper()
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(texts, &entries); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for key, e := range entries {
		var s string
		var forms map[string]string
		if json.Unmarshal(e, &s) == nil {
			out[key] = s
		} else if err := json.Unmarshal(e, &forms); err != nil {
			t.Fatal(err)
		}
		for category, s := range forms {
			out[key+"."+category] = s
		}
	}
	return out
}
