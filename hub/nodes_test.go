package hub

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store/storetest"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// twoNodes are two nodes over PostgreSQL and Redis, with an agent and three visitors of one shop. Each node has a store of its own.
func twoNodes(t *testing.T) (w *world, one, two Store) {
	t.Helper()
	first := storetest.Postgres(t)
	one, two = first, storetest.Reopen(t, first)
	r := startRedis(t)
	ctx := context.Background()
	if err := first.AddSite(ctx, chat.Site{Key: "shop", Name: "Shop", Language: language.English, Origins: []string{"https://shop.example"}, IdentitySecret: "s"}); err != nil {
		t.Fatal(err)
	}
	a := chat.Agent{ID: chat.NewID(), Name: "Ada", Email: "ada@shop.example", Role: chat.RoleAgent, Languages: []language.Tag{language.English}}
	if err := first.AddAgent(ctx, a, "-"); err != nil {
		t.Fatal(err)
	}
	people := map[string]Identity{"agent": {Participant: a.Participant(), Agent: &a, Credential: "a", Sites: []chat.SiteInfo{{Key: "shop", Name: "Shop", Language: language.English}}}}
	for i, tag := range []language.Tag{language.Spanish, language.French, language.German} {
		v, err := first.AddVisitor(ctx, chat.NewVisitor{Site: "shop", Token: [32]byte{byte(i + 1)}, Language: tag})
		if err != nil {
			t.Fatal(err)
		}
		people[fmt.Sprint("visitor", i)] = Identity{Participant: v.Participant, Site: "shop", Credential: v.ID}
	}
	w = &world{}
	running, stop := context.WithCancel(ctx)
	t.Cleanup(func() {
		stop()
		w.running.Wait()
	})
	for i, st := range []Store{one, two} {
		b := newRedisBroker(t, r.url())
		h := New(Options{Store: st, Broker: b, Translator: echo{}, Log: zerolog.Nop(), Node: fmt.Sprint("node", i)})
		w.hubs = append(w.hubs, h)
		w.edges = append(w.edges, &testEdge{hub: h, store: st, people: people})
		w.running.Go(func() { h.Run(running) })
		until(t, 10*time.Second, "the node hears itself", b.Beating)
	}
	return w, one, two
}

// TestTwoNodes: the shopper on the first node, the agent on the second.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	w, one, two := twoNodes(t)
	agent := w.client(1, "agent")
	page := agent.call(chat.CallInbox, nil)
	if page.Error != nil {
		t.Fatal(page.Error)
	}
	visitor := w.client(0, "visitor0")
	id := visitor.line("¿Tienen esta taza?", "")
	shown := func() bool {
		agent.mu.Lock()
		defer agent.mu.Unlock()
		return agent.inbox[id].Unread == 1
	}
	until(t, 20*time.Second, "the console shows the conversation", shown)
	agent.call(chat.CallOpen, map[string]any{"conversation": id})
	until(t, 10*time.Second, "the line is translated for the agent", func() bool {
		agent.mu.Lock()
		defer agent.mu.Unlock()
		return agent.talks[id].rows[1].Translations[language.English].Text == "en: ¿Tienen esta taza?"
	})
	agent.call(chat.CallSend, map[string]any{"key": chat.NewID(), "conversation": id, "text": "who is this?", "note": true})
	agent.line("Yes, in blue.", id)
	until(t, 10*time.Second, "the answer arrives", visitor.has(id, "Yes, in blue."))
	if visitor.has(id, "who is this?")() {
		t.Error("the visitor was told a note")
	}

	// Everybody talks at once, on both nodes; the first visitor has a second tab on the other node.
	clients := []*testClient{visitor, w.client(1, "visitor0"), w.client(0, "visitor1"), w.client(1, "visitor2")}
	ids := []string{id, id, clients[2].line("salut", ""), clients[3].line("hallo", "")}
	for _, conversation := range ids[2:] {
		agent.call(chat.CallOpen, map[string]any{"conversation": conversation})
	}
	var talking sync.WaitGroup
	for i, c := range clients {
		talking.Go(func() {
			for n := range 20 {
				c.line(fmt.Sprint(c.token, " ", n), ids[i])
			}
		})
	}
	talking.Go(func() {
		for n := range 20 {
			agent.line(fmt.Sprint("agent ", n), ids[n%4])
		}
	})
	talking.Wait()
	for i, c := range clients {
		until(t, 30*time.Second, "everybody holds what the store holds", func() bool { return c.holdsStored(one, ids[i]) == nil })
	}
	for _, conversation := range ids {
		until(t, 30*time.Second, "the agent holds what the store holds", func() bool { return agent.holdsStored(two, conversation) == nil })
	}
	for _, c := range append(clients, agent) {
		if len(c.skipped) > 0 {
			t.Error(c.skipped)
		}
		c.hangUp()
	}
}

// TestThreeLanguages: a shopper in Spanish, Ada in English and Pia, who was added and has not opened it, in German: each can read every line. They are on two nodes, over
// PostgreSQL and Redis; the roster, too, is the same on both.
func TestThreeLanguages(t *testing.T) {
	t.Parallel()
	w, one, two := twoNodes(t)
	p := chat.Agent{ID: chat.NewID(), Name: "Pia", Email: "pia@shop.example", Role: chat.RoleAgent, Languages: []language.Tag{language.German}}
	if err := one.(interface {
		AddAgent(context.Context, chat.Agent, string) error
	}).AddAgent(t.Context(), p, "-"); err != nil {
		t.Fatal(err)
	}
	people := w.edges[0].people
	people["pia"] = Identity{Participant: p.Participant(), Agent: &p, Credential: "p", Sites: people["agent"].Sites}
	ada, pia, shopper := w.client(0, "agent"), w.client(1, "pia"), w.client(1, "visitor0")
	for _, c := range []*testClient{ada, pia} {
		if r := c.call(chat.CallInbox, nil); r.Error != nil {
			t.Fatal(r.Error)
		}
	}
	id := shopper.line("¿Tienen esta taza?", "")
	ada.call(chat.CallOpen, map[string]any{"conversation": id})
	ada.call(chat.CallTake, map[string]any{"conversation": id})
	shopper.line("en azul", id)
	if r := ada.call(chat.CallInvite, map[string]any{"conversation": id, "agent": p.ID}); r.Error != nil {
		t.Fatal(r.Error)
	}
	ada.line("Yes, in blue.", id)
	shopper.line("¿Y roja?", id)
	pia.line("Rot haben wir auch.", id)

	read := func(text string, in language.Tag) func() bool {
		return func() bool {
			page, err := two.History(t.Context(), id, 0, 50, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page {
				if m.Text == text {
					return m.Language == in || m.Translations[in].Text == in.String()+": "+text
				}
			}
			return false
		}
	}
	for _, text := range []string{"¿Tienen esta taza?", "en azul", "¿Y roja?", "Yes, in blue.", "Rot haben wir auch."} {
		for _, in := range []language.Tag{language.German, language.English, language.Spanish} {
			until(t, 30*time.Second, fmt.Sprintf("%q can be read in %s", text, in), read(text, in))
		}
	}
	until(t, 20*time.Second, "Pia's list has it, and says so", func() bool {
		pia.mu.Lock()
		defer pia.mu.Unlock()
		row := pia.inbox[id]
		return len(row.Invited) == 1 && row.Invited[0] == p.ID && row.Assignee == people["agent"].Agent.ID
	})
	until(t, 20*time.Second, "the shopper has the last word", shopper.has(id, "Rot haben wir auch."))
	shopper.mu.Lock()
	for _, m := range shopper.talks[id].rows {
		if m.Event != nil && m.Event.Type != chat.EventJoined {
			t.Errorf("the shopper was told of %s", m.Event.Type)
		}
	}
	if row := shopper.talks[id].row; row != nil && len(row.Invited) != 0 {
		t.Errorf("the shopper was told who was added: %v", row.Invited)
	}
	shopper.mu.Unlock()

	give := map[string]any{"conversation": id, "agent": p.ID, "note": "She wants two.", "key": chat.NewID()}
	for range 2 { // the answer was lost, and the call is made again
		if r := ada.call(chat.CallAssign, give); r.Error != nil {
			t.Fatal(r.Error)
		}
	}
	until(t, 30*time.Second, "the note can be read in de", read("She wants two.", language.German))
	page, err := one.History(t.Context(), id, 0, 50, false)
	if err != nil {
		t.Fatal(err)
	}
	notes := slices.DeleteFunc(page, func(m chat.Message) bool { return m.Kind != chat.MessageNote })
	if len(notes) != 1 {
		t.Errorf("there are %d notes", len(notes))
	}
	until(t, 20*time.Second, "it is Pia's", func() bool {
		pia.mu.Lock()
		defer pia.mu.Unlock()
		return pia.inbox[id].Assignee == p.ID && len(pia.inbox[id].Invited) == 0
	})
	if shopper.has(id, "She wants two.")() {
		t.Error("the shopper was told a note")
	}

	answer := decode[chat.AgentsOK](ada.call(chat.CallAgents, map[string]any{"site": "shop"}).OK)
	pia.call(chat.CallViewing, map[string]any{"conversation": id})
	pia.call(chat.CallStatus, map[string]any{"status": "away"})
	until(t, 30*time.Second, "the other node knows that Pia is away and what she looks at", func() bool {
		c := ada.roster(answer)[p.ID]
		return c.Online && c.Status == chat.StatusAway && len(c.Viewing) == 1 && c.Viewing[0].Conversation == id
	})
	for _, c := range []*testClient{ada, pia, shopper} {
		c.hangUp()
	}
}
