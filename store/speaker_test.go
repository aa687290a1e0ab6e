package store_test

import (
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// TestSpeaker: what is known of a visitor's language, until a choice is made, which evidence cannot overrule.
func TestSpeaker(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		v, err := s.AddVisitor(t.Context(), chat.NewVisitor{Site: "shop", Token: [32]byte{9}, Language: language.English,
			Browser: []language.Tag{language.English, language.MustParse("es-MX")}})
		must(t, err)
		if v.LanguageReason != chat.LanguageBrowser {
			t.Errorf("a new visitor reads his language because it is %q", v.LanguageReason)
		}
		known, err := s.Speaker(t.Context(), v.ID)
		must(t, err)
		if len(known.Prior) != 3 || known.Prior[1].String() != "es-MX" || known.Prior[2] != language.English || known.Reason != chat.LanguageBrowser || known.Evidence != "" {
			t.Errorf("known of a new visitor: %+v", known)
		}
		known.Language, known.Reason, known.Evidence = language.MustParse("es-MX"), chat.LanguageWritten, `{"scores":[]}`
		if took, err := s.SetSpeaker(t.Context(), v.ID, known); err != nil || !took {
			t.Fatalf("%v, %v", took, err)
		}
		again, err := s.Speaker(t.Context(), v.ID)
		must(t, err)
		if again.Language.String() != "es-MX" || again.Reason != chat.LanguageWritten || again.Evidence != known.Evidence {
			t.Errorf("remembered: %+v", again)
		}
		byToken, err := s.VisitorByToken(t.Context(), "shop", [32]byte{9})
		must(t, err)
		posted := sh.append(t, chat.Post{Site: "shop", Author: v.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hola", Language: language.Spanish})
		rows, err := s.Conversations(t.Context(), []string{posted.Conversation})
		must(t, err)
		if byToken.LanguageReason != chat.LanguageWritten || rows[0].Visitor.LanguageReason != chat.LanguageWritten {
			t.Errorf("reasons %q and %q", byToken.LanguageReason, rows[0].Visitor.LanguageReason)
		}

		must(t, s.SetVisitorLanguage(t.Context(), v.ID, language.French))
		if took, err := s.SetSpeaker(t.Context(), v.ID, known); err != nil || took {
			t.Errorf("evidence overrules a choice: %v, %v", took, err)
		}
		chosen, err := s.Speaker(t.Context(), v.ID)
		must(t, err)
		if chosen.Language != language.French || chosen.Reason != chat.LanguageChosen {
			t.Errorf("after a choice: %+v", chosen)
		}
		chosen.Evidence = `{"rest":-3}`
		if took, err := s.SetSpeaker(t.Context(), v.ID, chosen); err != nil || !took {
			t.Errorf("what is written after a choice is not remembered: %v, %v", took, err)
		}
		_, err = s.Speaker(t.Context(), chat.NewID())
		wantCode(t, err, chat.NotFound)
	})
}

// TestSpeakerOfOlderProgram: a visitor whom an older program has made, and a list that nobody can read.
func TestSpeakerOfOlderProgram(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		newShop(t, s)
		v, err := s.AddVisitor(t.Context(), chat.NewVisitor{Site: "shop", Token: [32]byte{9}, Language: language.Spanish})
		must(t, err)
		for _, browser := range []string{"[]", "", "null", `["x-klingon","","de"]`, "{"} {
			must(t, s.Exec(t.Context(), `UPDATE visitors SET language_reason = '', browser_languages = $2 WHERE id = $1`, v.ID, browser))
			known, err := s.Speaker(t.Context(), v.ID)
			must(t, err)
			if known.Language != language.Spanish || known.Reason != chat.LanguageBrowser || known.Prior[len(known.Prior)-1] != language.English {
				t.Errorf("%q: %+v", browser, known)
			}
		}
	})
}
