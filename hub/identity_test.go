package hub

import (
	"context"
	"sync"
	"testing"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// endedWith waits until a client's session has ended and returns the close code.
func (c *testClient) endedWith(t *testing.T) int {
	t.Helper()
	c.mu.Lock()
	w := c.wire
	c.mu.Unlock()
	select {
	case <-w.ended:
	case <-time.After(time.Minute):
		t.Fatal("the session is still open")
	}
	return int(w.code)
}

// TestIdentityOnTwoNodes: a visitor with a tab on each node is recognised on the first. Both tabs end; the agent on the second node and the person's other
// browser there see and follow what was the visitor's.
func TestIdentityOnTwoNodes(t *testing.T) {
	t.Parallel()
	w, one, two := twoNodes(t)
	signed := func(old *[32]byte, token byte) chat.Identify {
		return chat.Identify{Subject: "c-1", Profile: chat.Profile{Name: "Ana García"}, Old: old, New: chat.NewVisitor{Site: "shop", Token: [32]byte{token}, Language: language.Spanish}}
	}
	person, err := w.hubs[0].Identify(t.Context(), signed(nil, 100))
	if err != nil {
		t.Fatal(err)
	}
	people := w.edges[0].people
	people["person"] = Identity{Participant: person.Visitor.Participant, Site: "shop", Credential: TokenCredential([32]byte{100})}
	for name, token := range map[string]byte{"visitor0": 1, "visitor1": 2} {
		who := people[name]
		who.Credential = TokenCredential([32]byte{token})
		people[name] = who
	}
	agent, browser := w.client(1, "agent"), w.client(1, "person")
	agent.call(chat.CallInbox, nil)
	here, there := w.client(0, "visitor0"), w.client(1, "visitor0")
	id := here.line("¿Tienen esta taza?", "")
	until(t, 20*time.Second, "the other tab has it", there.has(id, "¿Tienen esta taza?"))
	agent.call(chat.CallOpen, map[string]any{"conversation": id})

	out, err := w.hubs[0].Identify(t.Context(), signed(&[32]byte{1}, 101))
	if err != nil {
		t.Fatal(err)
	}
	if out.Was != people["visitor0"].Participant.ID || out.Visitor.ID != person.Visitor.ID {
		t.Fatalf("%+v", out)
	}
	for _, c := range []*testClient{here, there} {
		if code := c.endedWith(t); code != int(statusRenew) {
			t.Errorf("a tab ended with %d", code)
		}
	}
	until(t, 20*time.Second, "the list shows the person", func() bool {
		agent.mu.Lock()
		defer agent.mu.Unlock()
		v := agent.inbox[id].Visitor
		return v.ID == person.Visitor.ID && v.Verified && v.Name == "Ana García"
	})
	until(t, 20*time.Second, "the agent holds what the store holds", func() bool { return agent.holdsStored(two, id) == nil })
	until(t, 20*time.Second, "the other browser has the line", browser.has(id, "¿Tienen esta taza?"))
	agent.line("Yes, in blue.", id)
	until(t, 20*time.Second, "the answer arrives", browser.has(id, "Yes, in blue."))
	until(t, 20*time.Second, "the other browser holds what the store holds", func() bool { return browser.holdsStored(one, id) == nil })

	// That a token has ended is told by nobody, as when Redis loses it: the next look into the store finds it.
	quiet := w.client(1, "visitor1")
	if _, err := one.Identify(context.Background(), signed(&[32]byte{2}, 102)); err != nil {
		t.Fatal(err)
	}
	w.hubs[1].missed(nil)
	if code := quiet.endedWith(t); code != int(statusRenew) {
		t.Errorf("the tab that nobody told ended with %d", code)
	}
	for _, c := range []*testClient{agent, browser} {
		if len(c.skipped) > 0 {
			t.Error(c.skipped)
		}
		c.hangUp()
	}
}

// A hello that has looked its token up before the token ended, and joins afterwards, does not stay.
func TestHelloWithATokenThatEndsMeanwhile(t *testing.T) {
	h := New(Options{Store: newMemStore(), Log: zerolog.Nop()})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { h.Run(ctx) })
	defer running.Wait()
	defer stop()
	who := Identity{Participant: chat.Participant{ID: chat.NewID(), Kind: chat.KindVisitor}, Site: "shop", Credential: TokenCredential([32]byte{1})}
	h.endTokens([]chat.EndedToken{{Visitor: who.Participant.ID, Hash: [32]byte{1}}})
	e := &testEdge{hub: h, store: h.store, people: map[string]Identity{"old": who, "other": {Participant: who.Participant, Site: "shop", Credential: "another"}}}
	if !newTestClient("other", false, 1).connect(h, e) {
		t.Error("another token of the same visitor is refused")
	}
	s := h.attach(newTestWire(func([]byte) {}), e)
	err := s.handle([]byte(`{"id":1,"call":"hello","token":"old"}`), &Request{})
	if ended, ok := err.(*closing); !ok || ended.code != statusRenew {
		t.Errorf("%v, want %d", err, statusRenew)
	}
}
