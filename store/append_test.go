package store_test

import (
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

func TestSameKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		p := sh.says("", "hola")
		first := sh.append(t, p)
		for _, conversation := range []string{"", first.Conversation} {
			p.Conversation = conversation
			again := sh.append(t, p)
			if !again.Dup || again.Opened || again.Message.ID != first.Message.ID || again.Message.Rev != first.Message.Rev ||
				len(again.Messages) != 0 || again.Row != nil || again.Head != first.Head || again.Site != "shop" {
				t.Fatalf("same key again in %q: %+v", conversation, again)
			}
			other := p
			other.Text = "adiós"
			_, err := s.Append(t.Context(), other)
			wantCode(t, err, chat.Conflict)
		}
		// The key is the author's own: another's same key is another line.
		answer := sh.answers(sh.ann, first.Conversation, "hello")
		answer.Key = p.Key
		if got := sh.append(t, answer); got.Dup {
			t.Fatal("an agent's line with a visitor's key was taken for the visitor's")
		}
		n, err := s.Int(t.Context(), "SELECT COUNT(*) FROM messages")
		must(t, err)
		if n != 2 {
			t.Fatalf("%d messages, want 2", n)
		}
	})
}

func TestRevsOfLines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		opened := sh.append(t, sh.says("", "uno"))
		id := opened.Conversation
		if m := sh.append(t, sh.says(id, "dos")); m.Message.Rev != 3 || m.Row != nil || m.Head != 3 || m.Message.Seq != 2 {
			t.Fatalf("a plain line: rev %d, row %v, head %d", m.Message.Rev, m.Row, m.Head)
		}
		// The first agent takes it.
		m := sh.append(t, sh.answers(sh.ann, id, "three"))
		if m.Message.Rev != 4 || m.Row == nil || m.Row.Rev != 5 || m.Head != 5 || m.Row.Assignee != sh.ann.ID || !has(m.Row.Participants, sh.ann.ID) {
			t.Fatalf("first agent's line: rev %d, head %d, row %+v", m.Message.Rev, m.Head, m.Row)
		}
		if m := sh.append(t, sh.answers(sh.ann, id, "four")); m.Row != nil || m.Head != 6 {
			t.Fatalf("second line of the same agent: row %v, head %d", m.Row, m.Head)
		}
		// A colleague only takes part.
		m = sh.append(t, sh.answers(sh.bo, id, "fünf"))
		if m.Row == nil || m.Row.Assignee != sh.ann.ID || !has(m.Row.Participants, sh.bo.ID) || m.Head != 8 {
			t.Fatalf("colleague's line: head %d, row %+v", m.Head, m.Row)
		}
		for _, state := range []chat.State{chat.StateSnoozed, chat.StateResolved} {
			sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: &state})
			m = sh.append(t, sh.says(id, "otra vez"))
			if m.Row == nil || m.Row.State != chat.StateOpen || m.Row.Rev != m.Message.Rev+1 || m.Head != m.Row.Rev || m.Row.Resolved != 0 {
				t.Fatalf("line into a %s conversation: %+v", state, m)
			}
		}
		// An agent's line leaves a resolved one as it is.
		resolved := chat.StateResolved
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: &resolved})
		if m = sh.append(t, sh.answers(sh.ann, id, "bye")); m.Row != nil {
			t.Fatalf("an agent's line changed %+v", m.Row)
		}
		sh.checkRevs(t, id)
	})
}

func TestBotTakesPartAndTakesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		bot := chat.Participant{ID: chat.NewID(), Kind: chat.KindBot, Name: "Helper", Language: language.English}
		m := sh.append(t, chat.Post{Site: "shop", Conversation: id, Author: bot, Key: chat.NewID(), Text: "One moment.", Language: language.English})
		if m.Row == nil || m.Row.Assignee != "" || !has(m.Row.Participants, bot.ID) || m.Row.WaitingSince != 0 {
			t.Fatalf("row %+v", m.Row)
		}
	})
}

func TestNoteIsForAgentsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		note := sh.answers(sh.bo, id, "Stammkundin")
		note.Kind = chat.MessageNote
		m := sh.append(t, note)
		if m.Row != nil {
			t.Fatalf("a note changed the row: %+v", m.Row)
		}
		if _, ok := m.Message.Translations[language.Spanish]; ok || m.Message.Translations[language.English].State != chat.TranslationPending {
			t.Fatalf("a note is wanted in %v, want English only", m.Message.Translations)
		}
		c := sh.get(t, id)
		if c.Last.Seq != m.Message.Seq || c.VisitorLast.Seq != 1 || c.VisitorUnread != 0 || c.Unread != 1 || c.WaitingSince == 0 || len(c.Participants) != 0 {
			t.Fatalf("after a note: last %d, visitor's last %d, unread %d/%d, waiting %v", c.Last.Seq, c.VisitorLast.Seq, c.Unread, c.VisitorUnread, c.WaitingSince)
		}
		for _, visitor := range []bool{true, false} {
			h, err := s.History(t.Context(), id, 0, 10, visitor)
			must(t, err)
			r, err := s.Since(t.Context(), id, 0, visitor)
			must(t, err)
			want := 2
			if visitor {
				want = 1
			}
			if len(h) != want || len(r.Messages) != want || r.Head != m.Head {
				t.Fatalf("visitor=%v: history of %d, since of %d with head %d, want %d rows, head %d", visitor, len(h), len(r.Messages), r.Head, want, m.Head)
			}
		}
	})
}

func TestWaitingAndUnread(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		first := sh.append(t, sh.says("", "uno"))
		id := first.Conversation
		sh.append(t, sh.says(id, "dos"))
		c := sh.get(t, id)
		if c.WaitingSince != first.Message.At || c.Unread != 2 || c.VisitorUnread != 0 {
			t.Fatalf("waiting %v (line at %v), unread %d/%d", c.WaitingSince, first.Message.At, c.Unread, c.VisitorUnread)
		}
		sh.append(t, sh.answers(sh.ann, id, "one"))
		sh.append(t, sh.answers(sh.ann, id, "two"))
		if c = sh.get(t, id); c.WaitingSince != 0 || c.Unread != 2 || c.VisitorUnread != 2 {
			t.Fatalf("answered: waiting %v, unread %d/%d", c.WaitingSince, c.Unread, c.VisitorUnread)
		}
		sh.mark(t, id, chat.KindAgent, 1, true)
		sh.mark(t, id, chat.KindVisitor, 3, true)
		if c = sh.get(t, id); c.Unread != 1 || c.VisitorUnread != 1 || c.Read != (chat.ReadMarks{Visitor: 3, Agents: 1}) {
			t.Fatalf("read a part: %+v, unread %d/%d", c.Read, c.Unread, c.VisitorUnread)
		}
		head := c.Head
		sh.mark(t, id, chat.KindAgent, 1, false)
		sh.mark(t, id, chat.KindAgent, 0, false)
		sh.mark(t, id, chat.KindAgent, 1000, true) // no further than the last line
		sh.mark(t, id, chat.KindAgent, 4, false)
		if c = sh.get(t, id); c.Unread != 0 || c.Read.Agents != 4 || c.Head != head {
			t.Fatalf("read all: %+v, unread %d, head %d was %d", c.Read, c.Unread, c.Head, head)
		}
		third := sh.append(t, sh.says(id, "tres"))
		if c = sh.get(t, id); c.WaitingSince != third.Message.At || c.Unread != 1 {
			t.Fatalf("waiting again since %v, unread %d", c.WaitingSince, c.Unread)
		}
		_, err := s.Mark(t.Context(), chat.NewID(), chat.Participant{Kind: chat.KindAgent}, 1)
		wantCode(t, err, chat.NotFound)
	})
}

func TestWantedLanguages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		langs := func(m chat.Message) string {
			var names []string
			for l, tr := range m.Translations {
				names = append(names, l.String()+":"+string(tr.State))
				if tr.At == 0 {
					t.Errorf("the entry for %s has no time", l)
				}
			}
			slices.Sort(names)
			return join(names)
		}
		assign := sh.bo.ID
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), Assignee: &assign})
		for _, c := range []struct {
			name string
			post chat.Post
			want string
		}{
			{"visitor to site and assignee", sh.says(id, "¿cuándo?"), "de:pending,en:pending"},
			{"assignee writes in German, himself left out", sh.answers(sh.bo, id, "morgen"), "en:pending,es:pending"},
			{"colleague in English: assignee understands", sh.answers(sh.ann, id, "tomorrow"), "es:pending"},
			{"visitor's English for nobody", in(sh.says(id, "hello"), language.English), ""},
			{"another Spanish", in(sh.answers(sh.ann, id, "hola"), language.MustParse("es-MX")), "de:pending,en:pending"},
			{"who has it open", reading(sh.says(id, "sí"), chat.Reader{Language: language.French}), "de:pending,en:pending,fr:pending"},
			{"approved", reviewed(sh.answers(sh.ann, id, "yes"), language.Spanish, "sí"), "es:done"},
			{"approved in a near language", reviewed(sh.answers(sh.ann, id, "no"), language.MustParse("es-MX"), "no"), "es:done"},
			{"approved in a language that nobody needs", reviewed(sh.answers(sh.ann, id, "ok"), language.Italian, "va bene"), "es:pending,it:done"},
		} {
			m := sh.append(t, c.post).Message
			if got := langs(m); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
			stored, err := s.History(t.Context(), id, m.Seq+1, 1, false)
			must(t, err)
			if got := langs(stored[0]); got != c.want {
				t.Errorf("%s: stored %s, want %s", c.name, got, c.want)
			}
		}
	})
}

func TestWhichConversation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		first := sh.append(t, sh.says("", "uno")).Conversation
		if again := sh.append(t, sh.says("", "dos")); again.Conversation != first || again.Opened {
			t.Fatalf("went to %s, want the open one", again.Conversation)
		}
		resolved := chat.StateResolved
		sh.change(t, first, chat.Change{By: sh.ann.Participant(), State: &resolved})
		third := sh.says("", "tres")
		third.Author.Language = language.French // chosen since the conversation ended
		if again := sh.append(t, third); again.Conversation != first || again.Row == nil || again.Row.State != chat.StateOpen || again.Row.Language != language.French {
			t.Fatalf("went to %s (%+v), want the one resolved lately, open, in the language of today", again.Conversation, again.Row)
		}
		sh.change(t, first, chat.Change{By: sh.ann.Participant(), State: &resolved})
		must(t, s.Exec(t.Context(), `UPDATE conversations SET resolved_at = resolved_at - $2 WHERE id = $1`, first, chat.ReopenWithin.Milliseconds()+1))
		second := sh.append(t, sh.says("", "cuatro"))
		if second.Conversation == first || !second.Opened {
			t.Fatal("a line after ReopenWithin went to the old conversation")
		}
		// A line from an old outbox that names the resolved one must not make a second unresolved one.
		if late := sh.append(t, sh.says(first, "cinco")); late.Conversation != second.Conversation {
			t.Fatalf("went to %s, want the unresolved one", late.Conversation)
		}
		open := chat.StateOpen
		_, err := s.Change(t.Context(), first, chat.Change{By: sh.ann.Participant(), State: &open})
		wantCode(t, err, chat.BadState)
		all, err := s.VisitorConversations(t.Context(), sh.visitor.ID, 10)
		must(t, err)
		if len(all) != 2 || all[0].ID != second.Conversation || all[1].ID != first {
			t.Fatalf("conversations of the visitor: %+v", all)
		}
		follows, err := s.VisitorFollows(t.Context(), sh.visitor.ID, 10)
		must(t, err)
		if want := []chat.Followed{{ID: all[0].ID, Assignee: all[0].Assignee, Language: all[0].Language}, {ID: first, Assignee: all[1].Assignee}}; !reflect.DeepEqual(follows, want) {
			t.Fatalf("the visitor follows %+v, want %+v", follows, want)
		}
		if follows, err = s.VisitorFollows(t.Context(), sh.visitor.ID, 1); err != nil || len(follows) != 1 || follows[0].ID != second.Conversation {
			t.Fatalf("of one the visitor follows %+v, %v", follows, err)
		}
		nobody := sh.newVisitor(t, language.Spanish).ID
		unresolved, err := s.Unresolved(t.Context(), []string{sh.visitor.ID, nobody, "unknown"})
		must(t, err)
		if want := map[string][]string{sh.visitor.ID: {second.Conversation}}; !reflect.DeepEqual(unresolved, want) {
			t.Fatalf("unresolved conversations: %v, want %v", unresolved, want)
		}
	})
}

func TestForeignConversation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		other := sh.says(id, "intruso")
		other.Author = sh.newVisitor(t, language.Spanish).Participant
		_, err := s.Append(t.Context(), other)
		wantCode(t, err, chat.NotFound)
		elsewhere := sh.answers(sh.ann, id, "hello")
		elsewhere.Site = "another"
		_, err = s.Append(t.Context(), elsewhere)
		wantCode(t, err, chat.NotFound)
		_, err = s.Append(t.Context(), sh.answers(sh.ann, "", "hello"))
		wantCode(t, err, chat.BadRequest)
		stranger := sh.says("", "hola")
		stranger.Author.ID = chat.NewID()
		_, err = s.Append(t.Context(), stranger)
		wantCode(t, err, chat.NotFound)
		if c := sh.get(t, id); c.Seq != 1 || c.Head != 2 {
			t.Fatalf("refused lines left seq %d, head %d", c.Seq, c.Head)
		}
	})
}

func TestTwoTabsBeginAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		for range 10 {
			v := sh.newVisitor(t, language.Spanish)
			const tabs = 6
			went := make([]chat.Posted, tabs)
			together(t, tabs, func(i int) error {
				p := sh.says("", "hola")
				p.Author = v.Participant
				var err error
				went[i], err = s.Append(t.Context(), p)
				return err
			})
			opened := 0
			for _, p := range went {
				if p.Conversation != went[0].Conversation {
					t.Fatal("two tabs ended in two conversations")
				}
				if p.Opened {
					opened++
				}
			}
			if opened != 1 {
				t.Fatalf("%d tabs opened the conversation", opened)
			}
			sh.checkRevs(t, went[0].Conversation)
		}
	})
}

func TestSameKeyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		for range 10 {
			p := sh.says(id, "otra")
			const tries = 6
			got := make([]chat.Posted, tries)
			together(t, tries, func(i int) error {
				var err error
				got[i], err = s.Append(t.Context(), p)
				return err
			})
			fresh := 0
			for _, g := range got {
				if g.Message.ID != got[0].Message.ID || g.Message.Seq != got[0].Message.Seq {
					t.Fatal("one key gave two lines")
				}
				if !g.Dup {
					fresh++
				}
			}
			if fresh != 1 {
				t.Fatalf("%d tries stored the line", fresh)
			}
		}
		sh.checkRevs(t, id)
	})
}

func TestParallelLinesHaveNoGap(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		const writers, lines = 8, 25
		var mu sync.Mutex
		revs := map[int64]bool{}
		together(t, writers, func(i int) error {
			for n := range lines {
				p := sh.says(id, "línea")
				if i%2 == 1 {
					p = sh.answers(sh.ann, id, "line")
				}
				var m chat.Posted
				err := patiently(func() (err error) {
					m, err = s.Append(t.Context(), p)
					return err
				})
				if err == nil && n%5 == 0 {
					err = patiently(func() error {
						_, err := s.Mark(t.Context(), id, chat.Participant{Kind: chat.KindAgent}, m.Message.Seq)
						return err
					})
				}
				if err != nil {
					return err
				}
				mu.Lock()
				revs[m.Message.Rev] = true
				mu.Unlock()
			}
			return nil
		})
		if len(revs) != writers*lines {
			t.Fatalf("%d different revs for %d lines", len(revs), writers*lines)
		}
		sh.checkRevs(t, id)
		sh.checkUnread(t, id)
	})
}

// patiently does again what a database is too busy for, as every client does: PostgreSQL gives up after a second in which others hold the conversation. What is done
// must be the same when it is done twice.
func patiently(do func() error) error {
	end := time.Now().Add(time.Minute)
	for {
		if err := do(); chat.CodeOf(err) != chat.Unavailable || time.Now().After(end) {
			return err
		}
	}
}

func has(all []chat.Participant, id string) bool {
	return slices.ContainsFunc(all, func(p chat.Participant) bool { return p.ID == id })
}

func in(p chat.Post, l language.Tag) chat.Post {
	p.Language = l
	return p
}

func reading(p chat.Post, r chat.Reader) chat.Post {
	p.Readers = []chat.Reader{r}
	return p
}

func reviewed(p chat.Post, l language.Tag, text string) chat.Post {
	p.Reviewed = &chat.Reviewed{Language: l, Text: text}
	return p
}
