package store_test

import (
	"slices"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

// TestFirstReplies: the first answer of a person to a visitor who began, given within the time; nothing else counts.
func TestFirstReplies(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		const minute = 60_000
		now := time.Now().UnixMilli()
		// Each conversation by its lines: who, and how many minutes ago. The first is the visitor's.
		n := 0
		talk := func(state chat.State, lines ...any) {
			t.Helper()
			n++
			id := sh.talk(t, "shop", n, "Hola")
			seq := 1
			for i := 0; i < len(lines); i += 2 {
				kind := "message"
				who := lines[i].(string)
				if who == "note" {
					who, kind = "agent", "note"
				}
				must(t, s.Exec(t.Context(), `DELETE FROM messages WHERE conversation = $1 AND seq = $2`, id, seq))
				must(t, s.Exec(t.Context(), `INSERT INTO messages (conversation, seq, rev, id, kind, author, author_kind, author_name, author_avatar, author_language, at, text, language, hidden, translations, claimed_until)
VALUES ($1, $2, $3, $4, $5, 'x', $6, 'X', '', 'en', $7, 'x', 'en', FALSE, '', 0)`, id, seq, seq, chat.NewID(), kind, who, now-int64(lines[i+1].(int))*minute))
				seq++
			}
			must(t, s.Exec(t.Context(), `UPDATE conversations SET state = $2, updated_at = $3 WHERE id = $1`, id, string(state), now-int64(lines[len(lines)-1].(int))*minute))
		}
		talk(chat.StateOpen, "visitor", 10, "visitor", 9, "agent", 8, "agent", 1)
		talk(chat.StateResolved, "visitor", 300, "note", 200, "bot", 100, "agent", 50)
		talk(chat.StateSnoozed, "visitor", 20, "agent", 20)
		talk(chat.StateOpen, "visitor", 100, "agent", 90, "visitor", 1) // answered before the hour
		talk(chat.StateOpen, "agent", 20, "visitor", 10, "agent", 5)    // an agent has begun
		talk(chat.StateOpen, "visitor", 3, "bot", 3)                    // no person yet
		talk(chat.StateResolved, "visitor", 500, "agent", 400)          // long over
		got, err := s.FirstReplies(t.Context(), "shop", time.Hour)
		must(t, err)
		slices.Sort(got)
		if want := []time.Duration{0, 2 * time.Minute, 250 * time.Minute}; !slices.Equal(got, want) {
			t.Errorf("first replies %v, want %v", got, want)
		}
		if got, err := s.FirstReplies(t.Context(), "nowhere", time.Hour); err != nil || len(got) > 0 {
			t.Errorf("of a site that is not there: %v, %v", got, err)
		}
	})
}
