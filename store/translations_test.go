package store_test

import (
	"reflect"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

var done = chat.Translation{Text: "Where is my order?", State: chat.TranslationDone, By: chat.By{Kind: chat.ByEngine, Name: "apertium"}, Quality: chat.QualityFull, At: 1700000000123}

func TestSetTranslation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		p := sh.append(t, sh.says("", "¿Dónde está mi pedido?"))
		c, err := s.SetTranslation(t.Context(), p.Conversation, 1, language.English, done)
		must(t, err)
		if len(c.Messages) != 1 || c.Messages[0].Rev != p.Head+1 || c.Head != p.Head+1 || c.Site != "shop" || c.Row != nil ||
			!reflect.DeepEqual(c.Messages[0].Translations[language.English], done) {
			t.Fatalf("changed %+v", c)
		}
		if got := sh.get(t, p.Conversation).Last.Translations[language.English]; !reflect.DeepEqual(got, done) {
			t.Fatalf("stored %+v", got)
		}
		// What is done is not replaced, by nobody's late result and not for a language that was never wanted.
		for _, to := range []language.Tag{language.English, language.French} {
			other := done
			other.Text = "Something else"
			c, err = s.SetTranslation(t.Context(), p.Conversation, 1, to, other)
			must(t, err)
			if len(c.Messages) != 0 {
				t.Fatalf("a result for %s that nobody waits for was stored: %+v", to, c)
			}
		}
		approved := sh.append(t, reviewed(sh.answers(sh.ann, p.Conversation, "It comes tomorrow."), language.Spanish, "Llega mañana."))
		c, err = s.SetTranslation(t.Context(), p.Conversation, approved.Message.Seq, language.Spanish, done)
		must(t, err)
		if len(c.Messages) != 0 || sh.get(t, p.Conversation).Last.Translations[language.Spanish].Text != "Llega mañana." {
			t.Fatal("an engine's text replaced a person's")
		}
		_, err = s.SetTranslation(t.Context(), p.Conversation, 99, language.English, done)
		wantCode(t, err, chat.NotFound)
		_, err = s.SetTranslation(t.Context(), chat.NewID(), 1, language.English, done)
		wantCode(t, err, chat.NotFound)
		sh.checkRevs(t, p.Conversation)
	})
}

func TestClaimAndRetry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		p := sh.append(t, sh.says("", "hola"))
		claim := func(want int) []chat.TranslationTask {
			t.Helper()
			tasks, err := s.ClaimTranslations(t.Context(), 10)
			must(t, err)
			if len(tasks) != want {
				t.Fatalf("claimed %+v, want %d", tasks, want)
			}
			return tasks
		}
		expire := func() {
			t.Helper()
			must(t, s.Exec(t.Context(), `UPDATE messages SET claimed_until = 1 WHERE claimed_until > 0`))
		}
		claim(0) // it is leased to whoever appended
		expire()
		want := chat.TranslationTask{Line: chat.Line{Conversation: p.Conversation, Seq: 1}, Message: p.Message.ID, Site: "shop", Text: "hola", From: language.Spanish, To: language.English, Author: p.Message.Author.Name}
		if got := claim(1)[0]; got != want {
			t.Fatalf("task %+v, want %+v", got, want)
		}
		claim(0) // and now to whoever claimed

		failed := chat.Translation{State: chat.TranslationFailed, Reason: chat.ReasonEngine, At: 5}
		_, err := s.SetTranslation(t.Context(), p.Conversation, 1, language.English, failed)
		must(t, err)
		expire()
		claim(0)
		c, err := s.Retranslate(t.Context(), p.Conversation, 1, language.English)
		must(t, err)
		if len(c.Messages) != 1 || c.Messages[0].Translations[language.English].State != chat.TranslationPending || c.Messages[0].Rev != c.Head {
			t.Fatalf("failed, tried again: %+v", c)
		}
		if c, err = s.Retranslate(t.Context(), p.Conversation, 1, language.English); err != nil || len(c.Messages) != 0 {
			t.Fatalf("pending, tried again: %+v, %v", c, err)
		}
		claim(0)
		if c, err = s.Retranslate(t.Context(), p.Conversation, 1, language.Italian); err != nil || len(c.Messages) != 1 {
			t.Fatalf("a language that was not there: %+v, %v", c, err)
		}
		expire()
		claim(2)
		_, err = s.SetTranslation(t.Context(), p.Conversation, 1, language.English, done)
		must(t, err)
		if c, err = s.Retranslate(t.Context(), p.Conversation, 1, language.English); err != nil || len(c.Messages) != 0 {
			t.Fatalf("done, tried again: %+v, %v", c, err)
		}
		_, err = s.Retranslate(t.Context(), p.Conversation, 7, language.English)
		wantCode(t, err, chat.NotFound)
		sh.checkRevs(t, p.Conversation)
	})
}

func TestClaimedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		const lines, nodes = 20, 4
		for range lines - 1 {
			sh.append(t, sh.says(id, "hola"))
		}
		must(t, s.Exec(t.Context(), `UPDATE messages SET claimed_until = 1 WHERE claimed_until > 0`))
		claimed := make([][]chat.TranslationTask, nodes)
		together(t, nodes, func(i int) error {
			for {
				tasks, err := s.ClaimTranslations(t.Context(), 3)
				if err != nil || len(tasks) == 0 {
					return err
				}
				claimed[i] = append(claimed[i], tasks...)
			}
		})
		seen := map[int64]bool{}
		for _, tasks := range claimed {
			for _, task := range tasks {
				if seen[task.Seq] {
					t.Fatalf("line %d was claimed twice", task.Seq)
				}
				seen[task.Seq] = true
			}
		}
		if len(seen) != lines {
			t.Fatalf("%d lines claimed, want %d", len(seen), lines)
		}
	})
}

func TestWant(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "uno")).Conversation
		sh.append(t, sh.says(id, "dos"))
		sh.append(t, sh.answers(sh.ann, id, "three"))
		french := language.French
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), Language: &french})
		head := sh.get(t, id).Head

		c, err := s.Want(t.Context(), id, []int64{2, 3, 99}, chat.Reader{Language: language.German, Understood: []language.Tag{language.English}})
		must(t, err)
		if len(c.Messages) != 1 || c.Messages[0].Seq != 2 || c.Head != head+1 || c.Messages[0].Rev != head+1 || c.Site != "shop" {
			t.Fatalf("two lines for a German who understands English: %+v", c)
		}
		c, err = s.Want(t.Context(), id, nil, chat.Reader{Language: language.German})
		must(t, err)
		if len(c.Messages) != 2 || c.Messages[0].Seq != 1 || c.Messages[1].Seq != 3 || c.Messages[0].Rev != head+2 || c.Messages[1].Rev != head+3 || c.Head != head+3 {
			t.Fatalf("the newest for a German: %+v", c)
		}
		for _, m := range c.Messages {
			if m.Translations[language.German].State != chat.TranslationPending {
				t.Fatalf("entry %+v", m.Translations)
			}
		}
		for _, r := range []chat.Reader{{Language: language.German}, {}, {Language: language.Spanish, Understood: []language.Tag{language.English}}} {
			if c, err = s.Want(t.Context(), id, nil, r); err != nil || len(c.Messages) != 0 {
				t.Fatalf("nothing is missing for %+v, changed %+v, %v", r, c, err)
			}
		}
		note := sh.answers(sh.ann, id, "a note")
		note.Kind = chat.MessageNote
		sh.append(t, note)
		answer := sh.append(t, sh.answers(sh.ann, id, "tomorrow"))
		c, err = s.Want(t.Context(), id, nil, chat.Reader{Language: language.Italian, Visitor: true})
		must(t, err)
		if len(c.Messages) != 2 || c.Messages[0].Seq != 3 || c.Messages[1].Seq != answer.Message.Seq {
			t.Fatalf("the visitor wants his own lines or notes: %+v", c.Messages)
		}
		// Whoever comes when there are enough of them reads the original: rows do not grow for ever.
		for _, tag := range strings.Fields("af bg ca cs da el et fi hr hu is lt lv nl pl ro sk sl sv tr uk") {
			_, err := s.Want(t.Context(), id, nil, chat.Reader{Language: language.MustParse(tag)})
			must(t, err)
		}
		lines, err := s.History(t.Context(), id, 0, 10, false)
		must(t, err)
		for _, m := range lines {
			if n := len(m.Translations); m.Kind != chat.MessageEvent && n != chat.MaxTranslations {
				t.Errorf("line %d is there in %d languages", m.Seq, n)
			}
		}
		_, err = s.Retranslate(t.Context(), id, 1, language.Vietnamese)
		wantCode(t, err, chat.BadRequest)
		_, err = s.Want(t.Context(), chat.NewID(), nil, chat.Reader{Language: language.German})
		wantCode(t, err, chat.NotFound)
		sh.checkRevs(t, id)
	})
}
