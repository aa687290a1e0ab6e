package store_test

import (
	"reflect"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// by is a translation by a person.
func by(name, text string) chat.Translation {
	return chat.Translation{Text: text, State: chat.TranslationDone, By: chat.By{Kind: chat.ByAgent, Name: name}, Quality: chat.QualityFull, At: 1700000000456}
}

// entry returns what a line says in a language.
func (sh *shop) entry(t *testing.T, conversation string, seq int64, to language.Tag) chat.Translation {
	t.Helper()
	page, err := sh.History(t.Context(), conversation, seq+1, 1, false)
	must(t, err)
	return page[0].Translations[to]
}

// TestCorrect: a person's text takes the place of anything, and nothing but a person's takes its place.
func TestCorrect(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		p := sh.append(t, sh.says("", "¿Dónde está mi pedido?"))
		id := p.Conversation
		rough := done
		rough.Quality, rough.Flagged, rough.FlagComment = chat.QualityRough, true, "nonsense"
		for seq, before := range []chat.Translation{
			chat.PendingTranslation(5), done, rough, by("Bo", "Where is it?"),
			{State: chat.TranslationFailed, Reason: chat.ReasonEngine, By: chat.By{Kind: chat.ByEngine}, Quality: chat.QualityFull, At: 5},
			{State: chat.TranslationSame, By: chat.By{Kind: chat.ByEngine}, Quality: chat.QualityFull, At: 5},
		} {
			if seq > 0 {
				p = sh.append(t, sh.says(id, "¿Dónde está mi pedido?"))
			}
			line := p.Message.Seq
			if before.State != chat.TranslationPending {
				_, err := s.SetTranslation(t.Context(), id, line, language.English, before)
				must(t, err)
			}
			head := sh.get(t, id).Head
			want := by("Ann", "Where is my order?")
			c, err := s.Correct(t.Context(), id, line, language.English, want)
			if before.State != chat.TranslationPending {
				want.Was = &before
			}
			must(t, err)
			if len(c.Messages) != 1 || c.Row != nil || c.Head != head+1 || c.Messages[0].Rev != c.Head || !reflect.DeepEqual(c.Messages[0].Translations[language.English], want) {
				t.Fatalf("corrected %+v: %+v", before, c)
			}
			nothing := func(what string, c chat.Changed, err error) {
				t.Helper()
				must(t, err)
				if len(c.Messages) != 0 || c.Head != head+1 || !reflect.DeepEqual(sh.entry(t, id, line, language.English), want) {
					t.Fatalf("%s changed the correction of %+v: %+v", what, before, c)
				}
			}
			c, err = s.SetTranslation(t.Context(), id, line, language.English, done)
			nothing("an engine's late answer", c, err)
			c, err = s.Retranslate(t.Context(), id, line, language.English)
			nothing("trying again", c, err)
			c, err = s.Want(t.Context(), id, nil, chat.Reader{Language: language.English})
			nothing("wanting it", c, err)
			again := want
			again.Was = nil
			again.At += 1000
			c, err = s.Correct(t.Context(), id, line, language.English, again)
			nothing("the same once more", c, err)
			later := by("Bo", "Where's my order?")
			_, err = s.Correct(t.Context(), id, line, language.English, later)
			must(t, err)
			want.Was, later.Was = nil, &want
			if got := sh.entry(t, id, line, language.English); !reflect.DeepEqual(got, later) {
				t.Fatalf("the later correction lost: %+v", got)
			}
		}
		sh.checkRevs(t, id)
	})
}

// TestUncorrect: what was corrected last stands there again, with its flag; one step, and only where something was.
func TestUncorrect(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "¿Dónde está mi pedido?")).Conversation
		_, err := s.Uncorrect(t.Context(), id, 1, language.English, "", chat.By{})
		wantCode(t, err, chat.BadState)
		rough := done
		rough.Flagged, rough.FlagComment = true, "nonsense"
		_, err = s.SetTranslation(t.Context(), id, 1, language.English, rough)
		must(t, err)
		for _, text := range []string{"Where is it?", "Where is my order?"} {
			_, err = s.Correct(t.Context(), id, 1, language.English, by("Ann", text))
			must(t, err)
		}
		c, err := s.Uncorrect(t.Context(), id, 1, language.English, "", chat.By{})
		must(t, err)
		if got := sh.entry(t, id, 1, language.English); !reflect.DeepEqual(got, by("Ann", "Where is it?")) || len(c.Messages) != 1 || c.Head != sh.get(t, id).Head {
			t.Fatalf("taken back: %+v of %+v", got, c)
		}
		_, err = s.Uncorrect(t.Context(), id, 1, language.English, "", chat.By{})
		wantCode(t, err, chat.BadState)
		id = sh.append(t, sh.says(id, "¿Y mi taza?")).Conversation
		_, err = s.SetTranslation(t.Context(), id, 2, language.English, rough)
		must(t, err)
		_, err = s.Correct(t.Context(), id, 2, language.English, by("Ann", "And my cup?"))
		must(t, err)
		_, err = s.Uncorrect(t.Context(), id, 2, language.English, "", chat.By{})
		must(t, err)
		if got := sh.entry(t, id, 2, language.English); !reflect.DeepEqual(got, rough) || sh.get(t, id).Flagged != 1 {
			t.Errorf("taken back: %+v, flagged %d", got, sh.get(t, id).Flagged)
		}
		sh.checkRevs(t, id)
	})
}

// TestCorrectionsAreKnownById: who is called otherwise by now is the same agent, two of one name are two, and what was said before ids were stored is known by its name.
func TestCorrectionsAreKnownById(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "¿Dónde está mi pedido?")).Conversation
		const text = "Where is it?"
		said := func(name, id string) chat.Translation {
			c := by(name, text)
			c.By.ID = id
			return c
		}
		for _, c := range []struct {
			name       string
			said, back chat.By
			code       chat.Code
		}{
			{"another name", said("Ann", "1").By, said("Anna", "1").By, ""},
			{"the same name", said("Ann", "1").By, said("Ann", "2").By, chat.Conflict},
			{"nobody's id", said("Ann", "").By, said("Ann", "1").By, ""},
			{"nobody's id, another name", said("Ann", "").By, said("Bo", "2").By, chat.Conflict},
		} {
			if _, err := s.Correct(t.Context(), id, 1, language.English, said("Cy", "3")); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Correct(t.Context(), id, 1, language.English, said(c.said.Name, c.said.ID)); err != nil {
				t.Fatal(err)
			}
			if got := sh.entry(t, id, 1, language.English).By; got != c.said {
				t.Fatalf("%s: stored as %+v", c.name, got)
			}
			if _, err := s.Uncorrect(t.Context(), id, 1, language.English, text, c.back); chat.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want %q", c.name, err, c.code)
			}
		}
	})
}

// TestUncorrectOnesOwn: who names what he takes back takes back that, said by him, and nothing that somebody has said since.
func TestUncorrectOnesOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "¿Dónde está mi pedido?")).Conversation
		_, err := s.SetTranslation(t.Context(), id, 1, language.English, done)
		must(t, err)
		anns, bos := by("Ann", "Where is it?"), by("Bo", "Where is my order?")
		correct := func(c chat.Translation) {
			t.Helper()
			_, err := s.Correct(t.Context(), id, 1, language.English, c)
			must(t, err)
		}
		refused := func(c chat.Translation) {
			t.Helper()
			before, head := sh.entry(t, id, 1, language.English), sh.get(t, id).Head
			_, err := s.Uncorrect(t.Context(), id, 1, language.English, c.Text, c.By)
			wantCode(t, err, chat.Conflict)
			if got := sh.entry(t, id, 1, language.English); !reflect.DeepEqual(got, before) || sh.get(t, id).Head != head {
				t.Fatalf("%+v became %+v", before, got)
			}
		}
		_, err = s.Uncorrect(t.Context(), id, 1, language.French, anns.Text, anns.By)
		wantCode(t, err, chat.Conflict) // nothing stands there
		correct(anns)
		for range 2 { // the second time because the answer was lost
			changed, err := s.Uncorrect(t.Context(), id, 1, language.English, anns.Text, anns.By)
			must(t, err)
			if got := sh.entry(t, id, 1, language.English); !reflect.DeepEqual(got, done) || changed.Head != sh.get(t, id).Head {
				t.Fatalf("taken back to %+v in %+v", got, changed)
			}
		}
		correct(anns)
		correct(bos)
		refused(anns)
		correct(by("Ann", bos.Text))
		refused(bos) // the same words, said by another
		_, err = s.Uncorrect(t.Context(), id, 1, language.English, bos.Text, anns.By)
		must(t, err)
		if got := sh.entry(t, id, 1, language.English); !reflect.DeepEqual(got, bos) {
			t.Fatalf("taken back to %+v", got)
		}
		refused(by("Ann", bos.Text)) // once: whose it is that stands there now cannot be told from one that came since
		sh.checkRevs(t, id)
	})
}

// TestCorrectWhere: in a language that nobody has wanted, and of a note; not of what has no text, nor in the line's own language.
func TestCorrectWhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		note := sh.answers(sh.bo, id, "Der Kunde wartet.")
		note.Kind = chat.MessageNote
		for _, p := range []int64{1, sh.append(t, note).Message.Seq} {
			c, err := s.Correct(t.Context(), id, p, language.Italian, by("Ann", "ciao"))
			must(t, err)
			if len(c.Messages) != 1 || sh.entry(t, id, p, language.Italian).Text != "ciao" {
				t.Fatalf("line %d: %+v", p, c)
			}
		}
		resolved := chat.StateResolved
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: &resolved})
		event := sh.get(t, id).Seq
		for _, bad := range []struct {
			seq  int64
			to   language.Tag
			code chat.Code
		}{{event, language.English, chat.BadRequest}, {1, language.LatinAmericanSpanish, chat.BadLanguage}, {99, language.English, chat.NotFound}} {
			_, err := s.Correct(t.Context(), id, bad.seq, bad.to, by("Ann", "x"))
			wantCode(t, err, bad.code)
		}
		must(t, s.Exec(t.Context(), `UPDATE messages SET erased = TRUE WHERE conversation = $1 AND seq = 1`, id))
		_, err := s.Correct(t.Context(), id, 1, language.Italian, by("Ann", "x"))
		wantCode(t, err, chat.BadRequest)
		_, err = s.Correct(t.Context(), chat.NewID(), 1, language.Italian, by("Ann", "x"))
		wantCode(t, err, chat.NotFound)
		sh.checkRevs(t, id)
	})
}

// TestCorrectManyLanguages: a line has room for so many languages; those that are there can be corrected all the same.
func TestCorrectManyLanguages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		tags := []string{"en", "de", "fr", "it", "pt", "nl", "da", "sv", "fi", "pl", "cs", "hu", "ro", "bg", "el", "tr", "ru"}
		for i, tag := range tags {
			_, err := s.Correct(t.Context(), id, 1, language.Make(tag), by("Ann", tag))
			if i < chat.MaxTranslations {
				must(t, err)
			} else {
				wantCode(t, err, chat.BadRequest)
			}
		}
		_, err := s.Correct(t.Context(), id, 1, language.German, by("Ann", "hallo"))
		must(t, err)
	})
}

// TestCorrectedWhileOthersArePending: what is still to be translated stays claimed, and is found by who has the claim.
func TestCorrectedWhileOthersArePending(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		_, err := s.Want(t.Context(), id, nil, chat.Reader{Language: language.German})
		must(t, err)
		c, err := s.Correct(t.Context(), id, 1, language.English, by("Ann", "hello"))
		must(t, err)
		if len(c.Elsewhere) != 0 {
			t.Fatalf("it is our own claim: %+v", c)
		}
		tasks, err := s.RenewTranslations(t.Context(), []chat.Line{{Conversation: id, Seq: 1}})
		must(t, err)
		if len(tasks) != 1 || tasks[0].To != language.German {
			t.Fatalf("still to be done: %+v", tasks)
		}
		_, err = s.Correct(t.Context(), id, 1, language.German, by("Ann", "hallo"))
		must(t, err)
		if tasks, err = s.RenewTranslations(t.Context(), []chat.Line{{Conversation: id, Seq: 1}}); err != nil || len(tasks) != 0 {
			t.Fatalf("all is done, but %+v, %v", tasks, err)
		}
	})
}

// TestFlag: a translation that is there is called wrong once, the row counts it, and a correction or another text ends it.
func TestFlag(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		for _, text := range []string{"Your parcel is late.", "It comes tomorrow."} {
			p := sh.append(t, sh.answers(sh.ann, id, text))
			_, err := s.Flag(t.Context(), id, p.Message.Seq, language.Spanish, "")
			wantCode(t, err, chat.BadState) // it is pending
			_, err = s.SetTranslation(t.Context(), id, p.Message.Seq, language.Spanish, done)
			must(t, err)
		}
		flag := func(seq int64, comment string, changes bool) {
			t.Helper()
			head := sh.get(t, id).Head
			c, err := s.Flag(t.Context(), id, seq, language.Spanish, comment)
			must(t, err)
			if changes != (len(c.Messages) == 1) || changes != (c.Head == head+1) {
				t.Fatalf("flagged with %q: %+v", comment, c)
			}
		}
		count := func(want int64) {
			t.Helper()
			if got := sh.get(t, id).Flagged; got != want {
				t.Fatalf("%d flagged, want %d", got, want)
			}
		}
		flag(2, "", true)
		flag(2, "", false)
		flag(2, "parcel?", true)
		flag(2, "parcel?", false)
		flag(2, "", false)
		if e := sh.entry(t, id, 2, language.Spanish); !e.Flagged || e.FlagComment != "parcel?" || e.Text != done.Text || e.By != done.By {
			t.Fatalf("flagged entry %+v", e)
		}
		flag(3, "no", true)
		count(2)

		other := done
		other.Text = "Llega mañana."
		for _, old := range []string{"something else", done.Text} {
			c, err := s.Replace(t.Context(), id, 3, language.Spanish, old, other)
			must(t, err)
			if (len(c.Messages) == 1) != (old == done.Text) {
				t.Fatalf("replaced %q: %+v", old, c)
			}
		}
		if e := sh.entry(t, id, 3, language.Spanish); !reflect.DeepEqual(e, other) {
			t.Fatalf("another text: %+v", e)
		}
		count(1)
		c, err := s.Replace(t.Context(), id, 3, language.Spanish, other.Text, done)
		must(t, err)
		if len(c.Messages) != 0 {
			t.Fatalf("replaced what is not flagged: %+v", c)
		}

		before, corrected := sh.entry(t, id, 2, language.Spanish), by("Ann", "Su paquete llega tarde.")
		_, err = s.Correct(t.Context(), id, 2, language.Spanish, corrected)
		must(t, err)
		corrected.Was = &before
		if e := sh.entry(t, id, 2, language.Spanish); !reflect.DeepEqual(e, corrected) {
			t.Fatalf("corrected entry %+v, was %+v", e, e.Was)
		}
		count(0)
		flag(2, "still wrong", true)
		count(1)
		c, err = s.Replace(t.Context(), id, 2, language.Spanish, "Su paquete llega tarde.", done)
		must(t, err)
		if len(c.Messages) != 0 {
			t.Fatalf("an engine's text replaced a person's: %+v", c)
		}
		sh.checkRevs(t, id)
	})
}

// TestFlagWhatIsHidden: what a visitor cannot see he cannot call wrong.
func TestFlagWhatIsHidden(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		note := sh.answers(sh.ann, id, "He is angry.")
		note.Kind = chat.MessageNote
		seq := sh.append(t, note).Message.Seq
		_, err := s.Correct(t.Context(), id, seq, language.Spanish, by("Ann", "Está enfadado."))
		must(t, err)
		for _, at := range []int64{seq, 99} {
			_, err = s.Flag(t.Context(), id, at, language.Spanish, "")
			wantCode(t, err, chat.NotFound)
		}
		if n := sh.get(t, id).Flagged; n != 0 {
			t.Fatalf("%d flagged", n)
		}
	})
}
