package store_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// client holds what a client would hold that follows a conversation with Since alone.
type client struct {
	have int64
	rows map[int64]chat.Message
	row  *chat.Conversation
}

// catchUp asks until nothing more follows, and checks every piece.
func (c *client) catchUp(t *testing.T, s *store.Store, id string, visitor bool) {
	t.Helper()
	for {
		r, err := s.Since(t.Context(), id, c.have, visitor)
		must(t, err)
		if r.Reset {
			c.rows, c.row = map[int64]chat.Message{}, nil
		}
		if len(r.Messages) > chat.PageRows {
			t.Fatalf("a piece of %d messages", len(r.Messages))
		}
		if b, _ := json.Marshal(r.Messages); len(b) > chat.PageBytes*5/4 && len(r.Messages) > 1 {
			t.Fatalf("a piece of %d bytes", len(b))
		}
		last := c.have
		for _, m := range r.Messages {
			if !r.Reset && (m.Rev <= last || m.Rev > r.Head) {
				t.Fatalf("rev %d after %d, head %d", m.Rev, last, r.Head)
			}
			last = m.Rev
			c.rows[m.Seq] = m
		}
		if r.Row != nil {
			c.row = r.Row
		}
		c.have = r.Head
		if !r.More {
			return
		}
	}
}

func TestSinceGivesEveryRow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		clients := map[bool]*client{true: {rows: map[int64]chat.Message{}}, false: {rows: map[int64]chat.Message{}}}
		long := strings.Repeat("ñandú <b> ", 300)
		for step := range 12 {
			for range 11 {
				sh.append(t, sh.says(id, long))
			}
			note := sh.answers(sh.ann, id, "note")
			note.Kind = chat.MessageNote
			sh.append(t, note)
			state := []chat.State{chat.StateResolved, chat.StateOpen, chat.StateSnoozed}[step%3]
			sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: &state, Assignee: &[]string{sh.ann.ID, sh.bo.ID}[step%2]})
			_, err := s.SetTranslation(t.Context(), id, int64(step+1), language.English, done)
			must(t, err)
			if step%4 == 3 {
				for visitor, c := range clients {
					c.catchUp(t, s, id, visitor)
				}
			}
		}
		for visitor, c := range clients {
			c.catchUp(t, s, id, visitor)
			want := map[int64]chat.Message{}
			for _, m := range sh.everything(t, id, visitor) {
				want[m.Seq] = m
			}
			if !reflect.DeepEqual(c.rows, want) {
				t.Fatalf("visitor=%v: has %d rows, the store %d, or others", visitor, len(c.rows), len(want))
			}
			if now := sh.get(t, id); c.have != now.Head || c.row == nil || c.row.Rev != now.Rev {
				t.Fatalf("visitor=%v: at %d with row %v, store at %d with row rev %d", visitor, c.have, c.row, now.Head, now.Rev)
			}
			r, err := s.Since(t.Context(), id, c.have, visitor)
			must(t, err)
			if r.Row != nil || len(r.Messages) != 0 || r.Messages == nil || r.More || r.Reset || r.Head != c.have {
				t.Fatalf("no news: %+v", r)
			}
		}
		for m := range maps.Values(clients[true].rows) {
			if m.Kind == chat.MessageNote || m.Event != nil && (m.Event.Type == chat.EventAssigned || m.Event.Type == chat.EventRated) {
				t.Fatalf("a visitor got %+v", m)
			}
		}
	})
}

func TestSinceStartsAfresh(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "1")).Conversation
		for range chat.ResetRows - 1 {
			sh.append(t, sh.says(id, "más"))
		}
		// Rows: 500 lines with the revs 2 to 501, and the conversation's own with 1.
		for _, c := range []struct {
			since int64
			reset bool
		}{{-1, true}, {0, true}, {1, false}, {501, false}, {502, true}} {
			r, err := s.Since(t.Context(), id, c.since, false)
			must(t, err)
			if r.Reset != c.reset {
				t.Fatalf("since %d: reset %v, want %v", c.since, r.Reset, c.reset)
			}
			if !c.reset {
				continue
			}
			if len(r.Messages) != chat.NewestRows || r.Messages[0].Seq != chat.ResetRows-chat.NewestRows+1 || r.Row == nil || r.More || r.Head != 501 {
				t.Fatalf("afresh since %d: %d messages from %d, row %v, head %d", c.since, len(r.Messages), r.Messages[0].Seq, r.Row != nil, r.Head)
			}
		}
		// A revision counts once however often the row has changed since.
		must(t, s.Exec(t.Context(), `UPDATE conversations SET head = head + 1000 WHERE id = $1`, id))
		if r, err := s.Since(t.Context(), id, 400, false); err != nil || r.Reset {
			t.Fatalf("100 rows missing, %d revs: reset %v, %v", r.Head-400, r.Reset, err)
		}
		_, err := s.Since(t.Context(), chat.NewID(), 0, false)
		wantCode(t, err, chat.NotFound)
	})
}

func TestAfreshKeepsTheNewest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "1")).Conversation
		for range 40 {
			sh.append(t, sh.says(id, strings.Repeat("ñ", chat.DefaultTextLimit)))
		}
		r, err := s.Since(t.Context(), id, -1, true)
		must(t, err)
		b, _ := json.Marshal(r.Messages)
		if n := len(r.Messages); n == 0 || n >= 40 || len(b) > chat.PageBytes*5/4 || r.Messages[n-1].Seq != 41 {
			t.Fatalf("%d messages, %d bytes, newest %d", n, len(b), r.Messages[n-1].Seq)
		}
	})
}

func TestHistory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		first := sh.append(t, sh.says("", "1"))
		id := first.Conversation
		for range 9 {
			sh.append(t, sh.says(id, "más"))
		}
		h, err := s.History(t.Context(), id, 6, 3, true)
		must(t, err)
		if len(h) != 3 || h[0].Seq != 3 || h[2].Seq != 5 {
			t.Fatalf("history before 6: %+v", h)
		}
		if h, err = s.History(t.Context(), id, 2, 100, false); err != nil || len(h) != 1 {
			t.Fatalf("history before 2: %+v, %v", h, err)
		}
		if !reflect.DeepEqual(h[0], first.Message) {
			t.Fatalf("stored\n%+v, answered\n%+v", h[0], first.Message)
		}
		if h, err = s.History(t.Context(), chat.NewID(), 0, 100, false); err != nil || len(h) != 0 || h == nil {
			t.Fatalf("history of nothing: %v, %v", h, err)
		}
	})
}
