package hub

import (
	"context"
	"slices"
	"testing"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// several is a Translator that can be asked for several languages at once.
type several struct {
	echo
	asked  chan []string
	panics bool
}

func (s *several) TranslateAll(ctx context.Context, us []chat.Untranslated, done func(i int, t chat.Translation)) {
	var to []string
	for _, u := range us {
		to = append(to, u.To.String())
	}
	slices.Sort(to)
	s.asked <- to
	for i, u := range us {
		if s.panics && i > 0 {
			panic("a translator")
		}
		done(i, s.echo.Translate(ctx, u))
	}
}

// TestLanguagesOfALineTogether: all that is wanted of a line at the same moment goes to the translator in one call, and nothing is left queued or claimed behind it, whatever
// becomes of it.
func TestLanguagesOfALineTogether(t *testing.T) {
	for name, panics := range map[string]bool{"well": false, "panics": true} {
		tr := &several{asked: make(chan []string, 1), panics: panics}
		h := newHouse(t, Options{Translator: tr})
		pending := chat.Translation{State: chat.TranslationPending}
		h.hub.translate(chat.Changed{Site: "site", Conversation: "c1", Messages: []chat.Message{{
			ID: "m1", Seq: 1, Rev: 1, Kind: chat.MessageLine, Text: "hola", Language: language.Spanish,
			Translations: map[language.Tag]chat.Translation{language.English: pending, language.French: pending, language.German: {State: chat.TranslationDone, Text: "hallo"}},
		}}}, time.Now())
		if got := <-tr.asked; !slices.Equal(got, []string{"en", "fr"}) {
			t.Errorf("%s: asked for %q", name, got)
		}
		until(t, 20*time.Second, "nothing is left", func() bool {
			h.hub.translations.claims.mu.Lock()
			defer h.hub.translations.claims.mu.Unlock()
			return h.hub.translations.waiting() == 0 && len(h.hub.translations.claims.held) == 0
		})
	}
}
