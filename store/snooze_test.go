package store_test

import (
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

func TestWakeSnoozed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		snoozed := chat.StateSnoozed
		id := sh.append(t, sh.says("", "hola")).Conversation
		snooze := func(until time.Time) chat.Conversation {
			t.Helper()
			c, err := s.Change(t.Context(), id, chat.Change{By: sh.ann.Participant(), State: &snoozed, Until: chat.TimeOf(until)})
			if err != nil {
				t.Fatal(err)
			}
			return *c.Row
		}
		wake := func() []chat.Changed {
			t.Helper()
			woken, err := s.WakeSnoozed(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return woken
		}
		snooze(time.Now().Add(time.Hour))
		if woken := wake(); len(woken) != 0 {
			t.Fatalf("woke %d before their time", len(woken))
		}
		before := snooze(time.Now().Add(-time.Minute))
		woken := wake()
		if len(woken) != 1 || woken[0].Conversation != id || woken[0].Row.State != chat.StateOpen || woken[0].Row.SnoozedUntil != 0 || woken[0].Row.Rev != before.Rev+1 || len(woken[0].Messages) != 0 {
			t.Fatalf("woke %+v, want the row alone, open, with the next rev after %d", woken, before.Rev)
		}
		if again := wake(); len(again) != 0 {
			t.Errorf("woke it twice: %+v", again)
		}
	})
}
