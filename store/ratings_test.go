package store_test

import (
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

// rates stores a rating; the row and the system line come back.
func (sh *shop) rates(t *testing.T, conversation string, score int, comment string) (chat.Changed, error) {
	t.Helper()
	return sh.Rate(t.Context(), conversation, sh.visitor.Participant, chat.Rating{Score: score, Comment: comment})
}

// ends resolves a conversation.
func (sh *shop) ends(t *testing.T, conversation string) {
	t.Helper()
	resolved := chat.StateResolved
	sh.change(t, conversation, chat.Change{By: sh.ann.Participant(), State: &resolved})
}

// TestRate: the first rating writes a system line that the visitor does not see, another score changes it, a comment only the row; each takes its revs.
func TestRate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		sh.append(t, sh.answers(sh.ann, id, "hello"))
		_, err := sh.rates(t, id, 5, "")
		wantCode(t, err, chat.BadState)
		sh.ends(t, id)
		before := sh.get(t, id)
		if before.Rating != nil {
			t.Fatalf("rated before anybody has: %+v", before.Rating)
		}
		for _, step := range []struct {
			score   int
			comment string
			rows    int64 // how many revs it takes
			want    string
			line    bool
		}{
			{4, "", 2, "", true},
			{4, "", 0, "", false},
			{4, "muy\x00 bien", 1, "muy bien", false},
			{2, "", 2, "muy bien", true},
			{2, "muy bien", 0, "muy bien", false},
		} {
			was := sh.get(t, id)
			c, err := sh.rates(t, id, step.score, step.comment)
			must(t, err)
			now := sh.get(t, id)
			if c.Head != was.Head+step.rows || now.Head != c.Head || len(c.Messages) > 0 != step.line || c.Row != nil != (step.rows > 0) {
				t.Fatalf("%+v: %+v", step, c)
			}
			if step.line {
				m := c.Messages[0]
				if m.Seq != before.Seq+1 || m.Rev != c.Head-1 || m.Event.Type != chat.EventRated || m.Event.To != string(rune('0'+step.score)) || m.Event.By != sh.visitor.ID {
					t.Fatalf("%+v: the line is %+v", step, m)
				}
			}
			if r := now.Rating; r == nil || r.Score != step.score || r.Comment != step.want || r.At == 0 || now.Unread != was.Unread || now.VisitorUnread != was.VisitorUnread {
				t.Fatalf("%+v: %+v, %+v", step, now, r)
			}
		}
		for _, visitor := range []bool{true, false} {
			rows, err := s.Since(t.Context(), id, before.Head, visitor)
			must(t, err)
			want := 1
			if visitor {
				want = 0
			}
			if len(rows.Messages) != want || rows.Row == nil || rows.Row.Rating.Score != 2 {
				t.Fatalf("visitor %v: %+v", visitor, rows)
			}
		}
		sh.checkRevs(t, id)
	})
}

// TestRateOnce: with the next line a rating stands for good, whatever follows; nobody rates what is not his.
func TestRateOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		sh.ends(t, id)
		_, err := sh.rates(t, id, 3, "")
		must(t, err)
		note := sh.answers(sh.bo, id, "intern")
		note.Kind = chat.MessageNote
		sh.append(t, note)
		_, err = sh.rates(t, id, 5, "")
		must(t, err)
		open := chat.StateOpen
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: &open})
		_, err = sh.rates(t, id, 1, "")
		wantCode(t, err, chat.BadState)
		sh.append(t, sh.says(id, "otra cosa"))
		sh.ends(t, id)
		_, err = sh.rates(t, id, 1, "")
		wantCode(t, err, chat.BadState)
		if r := sh.get(t, id).Rating; r.Score != 5 {
			t.Fatalf("the rating is %+v", r)
		}
		_, err = s.Rate(t.Context(), id, sh.newVisitor(t, sh.visitor.Language).Participant, chat.Rating{Score: 1})
		wantCode(t, err, chat.NotFound)
		_, err = sh.rates(t, chat.NewID(), 1, "")
		wantCode(t, err, chat.NotFound)
		sh.checkRevs(t, id)
	})
}
