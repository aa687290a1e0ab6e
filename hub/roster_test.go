package hub

import (
	"context"
	"slices"
	"testing"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// colleagues are two agents of one shop, Ann on the first node and Ben on the second.
func (w *world) colleagues() (ann, ben *testClient, annID, benID string) {
	people := w.edges[0].people
	other := agentIdentity(language.German)
	people["ben"] = other
	for name, id := range map[string]Identity{"Ann": people["agent"], "Ben": other} {
		a := *id.Agent
		a.Name = name
		w.store.mu.Lock()
		w.store.agents[a.ID] = a
		w.store.mu.Unlock()
	}
	return w.client(0, "agent"), w.client(1, "ben"), people["agent"].Agent.ID, other.Agent.ID
}

// roster is what a client knows of the shop's agents: what the call answered, and what was told after it.
func (c *testClient) roster(answer chat.AgentsOK) map[string]chat.Colleague {
	known := map[string]chat.Colleague{}
	for _, a := range answer.Agents {
		known[a.ID] = a
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range c.events {
		if ev.Event != chat.EvAgents {
			continue
		}
		for _, a := range ev.Agents {
			known[a.ID] = a
		}
		for _, id := range ev.Gone {
			delete(known, id)
		}
	}
	return known
}

// TestRoster: who is there, how he has set himself, what is his and what he looks at is known on every node within two seconds; a visitor gets none of it.
func TestRoster(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(1, "es")
		id := visitor.line("hola", "")
		ann, ben, annID, benID := w.colleagues()
		later(2 * time.Second)
		answer := decode[chat.AgentsOK](ann.call(chat.CallAgents, map[string]any{"site": "shop"}).OK)
		if len(answer.Agents) != 2 || answer.Site != "shop" || !answer.Agents[0].Online || !answer.Agents[1].Online {
			t.Fatalf("the roster is %+v", answer)
		}
		now := func() chat.Colleague { return ann.roster(answer)[benID] }
		wait := func() { later(2 * time.Second) }

		ben.call(chat.CallTake, map[string]any{"conversation": id})
		ben.call(chat.CallViewing, map[string]any{"conversation": id})
		wait()
		if got := now(); got.Open != 1 || !slices.Equal(got.Viewing, []chat.Looking{{Conversation: id}}) {
			t.Errorf("he has taken it and looks at it: %+v", got)
		}
		ben.call(chat.CallTyping, map[string]any{"conversation": id, "on": true})
		wait()
		if got := now(); !slices.Equal(got.Viewing, []chat.Looking{{Conversation: id, Typing: true}}) {
			t.Errorf("he types: %+v", got)
		}
		later(chat.TypingForget)
		if got := now(); !slices.Equal(got.Viewing, []chat.Looking{{Conversation: id}}) {
			t.Errorf("he has stopped without a word: %+v", got)
		}
		later(2 * lease)
		if got := now(); len(got.Viewing) != 1 {
			t.Errorf("he still looks at it: %+v", got)
		}
		if r := ben.call(chat.CallStatus, map[string]any{"status": "away"}); r.Error != nil {
			t.Fatal(r.Error)
		}
		wait()
		if got := now(); got.Status != chat.StatusAway || !got.Online {
			t.Errorf("he is away: %+v", got)
		}
		// Who asks only now is told the same.
		later2 := w.client(0, "agent")
		late := decode[chat.AgentsOK](later2.call(chat.CallAgents, map[string]any{"site": "shop"}).OK)
		wait()
		if got := later2.roster(late)[benID]; got.Status != chat.StatusAway || len(got.Viewing) != 1 || got.Open != 1 {
			t.Errorf("one who asks late knows %+v", got)
		}
		ben.hangUp()
		wait()
		if got := now(); len(got.Viewing) != 0 {
			t.Errorf("his console is shut, and he looks at %+v", got)
		}
		later(offlineAfter + leaseEvery)
		if got := now(); got.Online {
			t.Errorf("he has gone: %+v", got)
		}
		w.store.mu.Lock()
		delete(w.store.agents, benID)
		w.store.mu.Unlock()
		later(leaseEvery + 2*time.Second)
		if known := ann.roster(answer); len(known) != 1 || known[annID].ID == "" {
			t.Errorf("of a shop of one she knows %+v", known)
		}
		if n := visitor.count(func(ev event) bool { return ev.Event == chat.EvAgents }); n != 0 {
			t.Errorf("the visitor was told of agents %d times", n)
		}
		for _, c := range []*testClient{visitor, ann, later2} {
			c.hangUp()
		}
		later(time.Second)
		for i, h := range w.hubs {
			if len(h.rosters) != 0 || len(h.viewings.of) != 0 {
				t.Errorf("node %d still keeps %d rosters and %d viewings", i, len(h.rosters), len(h.viewings.of))
			}
		}
	})
}

// TestRosterRefused: what is not for the one who asks is refused, and follows nothing.
func TestRosterRefused(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		ann, ben, _, benID := w.colleagues()
		refused := func(c *testClient, call chat.CallName, fields map[string]any, code chat.Code) {
			t.Helper()
			if r := c.call(call, fields); r.Error == nil || r.Error.Code != code {
				t.Errorf("%s %v: %+v, want %s", call, fields, r.Error, code)
			}
		}
		refused(visitor, chat.CallAgents, map[string]any{"site": "shop"}, chat.UnknownCall)
		refused(visitor, chat.CallStatus, map[string]any{"status": "away"}, chat.UnknownCall)
		refused(visitor, chat.CallViewing, map[string]any{"conversation": id}, chat.UnknownCall)
		refused(visitor, chat.CallInvite, map[string]any{"conversation": id, "agent": benID}, chat.UnknownCall)
		refused(visitor, chat.CallLeave, map[string]any{"conversation": id}, chat.UnknownCall)
		refused(ann, chat.CallAgents, map[string]any{"site": "elsewhere"}, chat.NotFound)
		refused(ann, chat.CallViewing, map[string]any{"conversation": chat.NewID()}, chat.NotFound)
		refused(ann, chat.CallStatus, map[string]any{"status": "asleep"}, chat.BadRequest)
		refused(ann, chat.CallStatus, map[string]any{"status": "away", "until": chat.TimeOf(time.Now().Add(-time.Second))}, chat.BadRequest)
		refused(ann, chat.CallInvite, map[string]any{"conversation": id, "agent": "ben"}, chat.NotFound)
		refused(ann, chat.CallAssign, map[string]any{"conversation": id, "agent": benID, "note": "yours"}, chat.BadRequest)
		if len(w.hubs[0].rosters) != 0 {
			t.Error("a refused call follows a roster")
		}
		for _, c := range []*testClient{visitor, ann, ben} {
			c.hangUp()
		}
	})
}

// TestAway: an agent who is away is nobody who is there, on any node, for the shop and for his visitor; when the time has come he is back by himself.
func TestAway(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		ann, ben, _, benID := w.colleagues()
		ben.call(chat.CallTake, map[string]any{"conversation": id})
		ann.hangUp()
		later(offlineAfter + leaseEvery)
		open := func(want bool) {
			t.Helper()
			for i, h := range w.hubs {
				if got := h.SiteOnline(context.Background(), "shop"); got != want {
					t.Errorf("on node %d the shop is open: %v, want %v", i, got, want)
				}
				if got := len(h.SiteFaces(context.Background(), "shop", 3)) > 0; got != want {
					t.Errorf("on node %d faces are shown: %v, want %v", i, got, want)
				}
				if got := h.online(benID); got != want {
					t.Errorf("on node %d he is there: %v, want %v", i, got, want)
				}
			}
		}
		told := func(online bool) int {
			return visitor.count(func(ev event) bool {
				return ev.Event == chat.EvPresence && ev.Participant.ID == benID && ev.Participant.Online == online
			})
		}
		open(true)
		ben.call(chat.CallStatus, map[string]any{"status": "away", "until": chat.TimeOf(time.Now().Add(time.Minute))})
		later(2 * time.Second)
		open(false)
		if told(false) != 1 {
			t.Errorf("his visitor was told %d times that he is away", told(false))
		}
		ben.hangUp() // and on again, in another tab: he is still away
		ben = w.client(1, "ben")
		later(leaseEvery + time.Second)
		open(false)
		later(time.Minute)
		open(true)
		ben.call(chat.CallStatus, map[string]any{"status": "away"})
		later(10 * time.Minute)
		open(false)
		before := told(true)
		ben.call(chat.CallStatus, map[string]any{"status": "available"})
		later(2 * time.Second)
		open(true)
		if told(true) != before+1 {
			t.Errorf("his visitor was told %d times that he is back", told(true)-before)
		}
		visitor.hangUp()
		ben.hangUp()
	})
}

// TestAssigneeFromCatchUp: who took a conversation while the visitor's session caught up is known to its room as if it had been told live; an older row
// that comes late changes nothing.
func TestAssigneeFromCatchUp(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		ann, ben, _, benID := w.colleagues()
		later(time.Second)
		h, s := w.hubs[0], visitor.session
		before, err := h.store.Conversations(context.Background(), []string{id})
		if err != nil || len(before) != 1 {
			t.Fatal(before, err)
		}
		h.unfollow(s.following(id))
		ben.call(chat.CallTake, map[string]any{"conversation": id})
		h.followWhole(s, id)
		later(time.Second)
		s.following(id).room.learn(&before[0])
		ben.call(chat.CallStatus, map[string]any{"status": "away"})
		later(2 * time.Second)
		if told := visitor.count(func(ev event) bool {
			return ev.Event == chat.EvPresence && ev.Participant.ID == benID && !ev.Participant.Online
		}); told != 1 {
			t.Errorf("his visitor was told %d times that he is away", told)
		}
		visitor.hangUp()
		ann.hangUp()
		ben.hangUp()
	})
}

// TestViewingsAreBounded: what a broker brings does not fill the memory.
func TestViewingsAreBounded(t *testing.T) {
	w := viewings{of: map[string]viewing{}}
	for range maxViewings + 10 {
		w.take("shop", &chat.Event{Session: chat.NewID(), Conversation: "c", Participant: &chat.Participant{ID: "a"}}, time.Now())
	}
	if len(w.of) != maxViewings {
		t.Errorf("%d viewings are kept", len(w.of))
	}
}
