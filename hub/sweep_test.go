package hub

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TestSnoozedWakes: a snoozed conversation opens when its time has come, and whoever follows it on any node is told, as are the inboxes.
func TestSnoozedWakes(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor, agent := w.client(0, "es"), w.client(1, "agent")
		id := visitor.line("hola", "")
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		agent.call(chat.CallInbox, map[string]any{"filter": map[string]any{"state": "open"}})
		until := chat.TimeOf(time.Now().Add(time.Minute))
		agent.call(chat.CallState, map[string]any{"conversation": id, "state": "snoozed", "until": until})
		state := func() chat.State {
			agent.mu.Lock()
			defer agent.mu.Unlock()
			return agent.talk(id).row.State
		}
		later(55 * time.Second)
		if got := state(); got != chat.StateSnoozed {
			t.Errorf("it is %s before its time", got)
		}
		later(10 * time.Second)
		if got := state(); got != chat.StateOpen {
			t.Errorf("it is %s after its time", got)
		}
		if agent.inbox[id].State != chat.StateOpen {
			t.Errorf("the inbox shows it as %q", agent.inbox[id].State)
		}
		for _, c := range []*testClient{visitor, agent} {
			if err := c.holds(w.store, id); err != nil {
				t.Error(err)
			}
			c.hangUp()
		}
	})
}

// TestStateIsTakenBack: state answers what was before to an agent, and to him alone; and with the row's rev it holds only for that row.
func TestStateIsTakenBack(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor, agent := w.client(0, "es"), w.client(1, "agent")
		id := visitor.line("hola", "")
		state := func(c *testClient, fields map[string]any) chat.StateOK {
			t.Helper()
			fields["conversation"] = id
			return decode[chat.StateOK](c.call(chat.CallState, fields).OK)
		}
		until := chat.TimeOf(time.Now().Add(time.Hour))
		if ok := state(agent, map[string]any{"state": "snoozed", "until": until}); ok.Was == nil || *ok.Was != (chat.StateBefore{State: chat.StateOpen}) || ok.State != chat.StateSnoozed {
			t.Errorf("put to sleep: %s, was %+v", ok.State, ok.Was)
		}
		ended := state(visitor, map[string]any{"state": "resolved"})
		if ended.Was != nil {
			t.Errorf("a visitor is told that it was %+v", ended.Was)
		}
		if r := agent.call(chat.CallState, map[string]any{"conversation": id, "state": "snoozed", "until": until}); r.Error == nil || r.Error.Code != chat.BadState {
			t.Errorf("a resolved one is put to sleep by who has not seen it: %+v", r)
		}
		back := state(agent, map[string]any{"state": "snoozed", "until": until, "rev": ended.Rev})
		if back.State != chat.StateSnoozed || back.SnoozedUntil != until || back.Was == nil || back.Was.State != chat.StateResolved {
			t.Errorf("back asleep: %s until %v, was %+v", back.State, back.SnoozedUntil, back.Was)
		}
		if r := agent.call(chat.CallState, map[string]any{"conversation": id, "state": "open", "rev": ended.Rev}); r.Error == nil || r.Error.Code != chat.Conflict {
			t.Errorf("a row that is not there any more: %+v", r)
		}
		visitor.hangUp()
		agent.hangUp()
	})
}

// TestVisitorWantsOthersLines: whoever sets a visitor's language, and however the visitor comes to lines that he cannot read, neither notes
// nor his own lines are translated for him.
func TestVisitorWantsOthersLines(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor, agent := w.client(0, "es"), w.client(1, "agent")
		id := visitor.line("hola", "")
		agent.call(chat.CallSend, map[string]any{"conversation": id, "key": chat.NewID(), "text": "a secret", "note": true})
		agent.call(chat.CallSend, map[string]any{"conversation": id, "key": chat.NewID(), "text": "hello"})
		for _, tag := range []string{"fr", "de"} {
			if tag == "fr" {
				visitor.call(chat.CallLanguage, map[string]any{"language": tag})
			} else {
				agent.call(chat.CallLanguage, map[string]any{"language": tag, "conversation": id})
			}
			visitor.call(chat.CallHistory, map[string]any{"conversation": id})
			later(time.Second)
			w.store.mu.Lock()
			for _, m := range w.store.conversations[id].messages {
				_, there := m.Translations[language.MustParse(tag)]
				if want := m.Text == "hello"; there != want {
					t.Errorf("%s: %q has an entry: %v", tag, m.Text, there)
				}
			}
			w.store.mu.Unlock()
		}
		visitor.hangUp()
		agent.hangUp()
	})
}

// TestSyncFollows: an agent who syncs a conversation that he does not follow is told what is said in it from then on.
func TestSyncFollows(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor, agent := w.client(0, "es"), w.client(1, "agent")
		id := visitor.line("hola", "")
		agent.call(chat.CallSync, map[string]any{"conversation": id, "since": 0})
		synctest.Wait()
		visitor.line("otra", id)
		later(time.Second)
		if err := agent.holds(w.store, id); err != nil {
			t.Error(err)
		}
		visitor.hangUp()
		agent.hangUp()
	})
}

// TestOpenIsBounded: one console follows no more than chat.MaxSince conversations, which is what one hello may name.
func TestOpenIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor, agent := w.client(0, "es"), w.client(1, "agent")
		id := visitor.line("hola", "")
		w.store.mu.Lock()
		for range chat.MaxSince {
			c := *w.store.conversations[id]
			c.row.ID = chat.NewID()
			w.store.conversations[c.row.ID] = &c
		}
		ids := slices.Collect(maps.Keys(w.store.conversations))
		w.store.mu.Unlock()
		refused := 0
		for _, id := range ids {
			if r := agent.call(chat.CallOpen, map[string]any{"conversation": id}); r.Error != nil && r.Error.Code == chat.BadRequest {
				refused++
			}
		}
		if refused != 1 {
			t.Errorf("%d of %d were refused, want 1", refused, len(ids))
		}
		agent.call(chat.CallClose, map[string]any{"conversation": ids[0]})
		if r := agent.call(chat.CallOpen, map[string]any{"conversation": ids[len(ids)-1]}); r.Error != nil {
			t.Errorf("after one was closed: %v", r.Error)
		}
		visitor.hangUp()
		agent.hangUp()
	})
}
