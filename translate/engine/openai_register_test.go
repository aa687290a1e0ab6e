package engine

import (
	"strings"
	"testing"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TestOpenAIRegister: a model is told how to address the reader in the reader's language's own words.
func TestOpenAIRegister(t *testing.T) {
	for _, c := range []struct {
		to   string
		f    chat.Formality
		want string
	}{
		{"de", "more", "Sie"}, {"de", "less", "du,"}, {"fr", "more", "vous"}, {"es", "less", "tú"}, {"es-AR", "less", "vos"}, {"es-419", "more", "usted"}, {"pt-BR", "less", "você"},
		{"pt-BR", "more", "o senhor"}, {"pt-PT", "less", "tu,"}, {"ja", "more", "です・ます"}, {"ko", "more", "존댓말"}, {"zh-Hant", "more", "您"}, {"fi", "more", "as far as the language"}, {"de", "", ""},
	} {
		messages, err := openaiPrompt(&ask{To: language.MustParse(c.to), goal: "X", texts: []string{"hello"}, formality: c.f}, "nonce")
		if err != nil {
			t.Fatal(err)
		}
		system := messages[0].Content
		if c.want != "" && !strings.Contains(system, c.want) || (c.f == "") == strings.Contains(system, "Address the reader") {
			t.Errorf("%s %s: %s", c.to, c.f, system)
		}
	}
}
