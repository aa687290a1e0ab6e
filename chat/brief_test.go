package chat

import (
	"strings"
	"testing"

	"golang.org/x/text/language"
)

// TestBriefTranslations: a brief row has no long text in any corner of its last line's translations, and its whole row is as it was.
func TestBriefTranslations(t *testing.T) {
	long := strings.Repeat("ü", DefaultTextLimit)
	was := Translation{Text: long, State: TranslationDone}
	c := Conversation{Last: &Message{Text: long, Translations: map[language.Tag]Translation{language.Spanish: {Text: long, FlagComment: long, Was: &was}}}}
	short := strings.Repeat("ü", MaxBriefText)
	if got := c.InBrief().Last.Translations[language.Spanish]; got.Text != short || got.FlagComment != short || got.Was != nil {
		t.Errorf("%d characters, %d of a comment, and what was corrected: %v", len([]rune(got.Text)), len([]rune(got.FlagComment)), got.Was != nil)
	}
	if whole := c.Last.Translations[language.Spanish]; whole.Text != long || whole.Was != &was {
		t.Error("the whole row has changed")
	}
}
