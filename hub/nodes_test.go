package hub

import (
	"context"
	"fmt"
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
