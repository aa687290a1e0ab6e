package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// bubble runs f with a hub and an edge under a clock that only moves when nobody has anything to do.
func bubble(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory()
		w := &world{store: newMemStore()}
		ctx, stop := context.WithCancel(context.Background())
		people := map[string]Identity{"es": visitorIdentity(language.Spanish), "agent": agentIdentity(language.English)}
		for i := range 2 {
			h := New(Options{Store: w.store, Broker: &mute{Broker: m.Join()}, Translator: echo{}, Log: zerolog.Nop(), Node: fmt.Sprint("node", i)})
			w.hubs = append(w.hubs, h)
			w.edges = append(w.edges, &testEdge{hub: h, store: w.store, people: people})
			w.running.Go(func() { h.Run(ctx) })
		}
		synctest.Wait()
		f(t, w)
		stop()
		w.running.Wait()
	})
}

// later returns when so much time has passed by the test's clock and what fell on the same instant is over: timers of one instant fire in any order.
func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (w *world) client(node int, token string) *testClient {
	c := newTestClient(token, token == "agent", 1)
	if !c.connect(w.hubs[node], w.edges[node]) {
		panic("hello refused")
	}
	return c
}

// line has the visitor say something, and returns the conversation.
func (c *testClient) line(text, conversation string) string {
	f := map[string]any{"key": chat.NewID(), "text": text}
	if conversation != "" {
		f["conversation"] = conversation
	}
	return decode[chat.SendOK](c.call(chat.CallSend, f).OK).Conversation
}

// count returns how many events of a type have come that fit.
func (c *testClient) count(fits func(event) bool) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range c.events {
		if fits(ev) {
			n++
		}
	}
	return n
}

func TestNoHello(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		wire := newTestWire(func([]byte) {})
		begun := time.Now()
		w.hubs[0].attach(wire, w.edges[0])
		<-wire.ended
		if took := time.Since(begun); wire.code != statusNoHello || took < chat.HelloTimeout || took > chat.HelloTimeout+2*time.Second {
			t.Errorf("ended with %d after %v", wire.code, took)
		}
	})
}

func TestHeartbeat(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		well, dead := w.client(0, "es"), w.client(0, "agent")
		dead.wire.silent.Store(true)
		begun := time.Now()
		<-dead.wire.ended
		if took := time.Since(begun); dead.wire.code != statusNoHeartbeat || took > chat.PingEvery+chat.PongTimeout+2*time.Second {
			t.Errorf("a silent socket ended with %d after %v", dead.wire.code, took)
		}
		later(time.Hour)
		select {
		case <-well.wire.ended:
			t.Errorf("a socket that answers was ended with %d", well.wire.code)
		default:
		}
		well.hangUp()
	})
}

// comesToHold is holds, but waits a minute of the test's clock: sweeps may take up several times what many lines have left.
func (c *testClient) comesToHold(st *memStore, id string) (err error) {
	for range 60 {
		if err = c.holds(st, id); err == nil {
			return nil
		}
		later(time.Second)
	}
	return err
}

// TestTooSlow: a session that does not read is ended with 4000 once its queue is full, nothing more is sent to it, and nobody else notices.
func TestTooSlow(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		slow, quick := w.client(0, "agent"), w.client(1, "agent")
		for _, c := range []*testClient{slow, quick} {
			c.call(chat.CallOpen, map[string]any{"conversation": id})
		}
		synctest.Wait()
		stuck := make(chan struct{})
		slow.slowDown(func() { <-stuck })
		for i := range chat.QueueEvents + 10 {
			visitor.line(fmt.Sprint(i), id)
			synctest.Wait()
		}
		<-slow.wire.ended
		if slow.wire.code != statusTooSlow {
			t.Errorf("ended with %d", slow.wire.code)
		}
		close(stuck)
		synctest.Wait()
		slow.mu.Lock()
		if have := slow.talks[id].have; have > 6 {
			t.Errorf("was sent up to %d after it was ended", have)
		}
		slow.mu.Unlock()
		later(5*time.Second + 500*time.Millisecond) // a sweep takes up what could not be translated at once, and it is told
		if err := quick.comesToHold(w.store, id); err != nil {
			t.Error(err)
		}
		slow.slowDown(func() {})
		if !slow.connect(w.hubs[1], w.edges[1]) {
			t.Fatal("cannot come back")
		}
		later(time.Second)
		if err := slow.comesToHold(w.store, id); err != nil {
			t.Error(err)
		}
		for _, c := range []*testClient{visitor, slow, quick} {
			c.hangUp()
		}
	})
}

// TestQueueBytes: 256 KiB of live events are too many, however few they are.
func TestQueueBytes(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		stuck := make(chan struct{})
		wire := newTestWire(func([]byte) { <-stuck })
		s := w.hubs[0].attach(wire, w.edges[0])
		n := 0
		for s.push(outgoing{frame: make([]byte, 60<<10), live: true}) {
			n++
		}
		synctest.Wait()
		if n != 4 || wire.code != statusTooSlow {
			t.Errorf("%d frames of 60 KiB were taken, ended with %d", n, wire.code)
		}
		close(stuck)
	})
}

// TestReadMarks: one write and one event a second at most for one reader, and the last mark wins.
func TestReadMarks(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		for i := range 40 {
			visitor.line(fmt.Sprint(i), id)
		}
		agent := w.client(1, "agent")
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		synctest.Wait()
		for i := range 30 {
			agent.call(chat.CallRead, map[string]any{"conversation": id, "seq": i + 1})
			later(100 * time.Millisecond)
		}
		agent.call(chat.CallRead, map[string]any{"conversation": id, "seq": 7}) // backwards
		later(3 * time.Second)
		read := func(ev event) bool { return ev.Event == chat.EvRead }
		if n := visitor.count(read); n < 3 || n > 5 {
			t.Errorf("%d events for 30 marks in 3 s", n)
		}
		if n := visitor.count(func(ev event) bool { return read(ev) && ev.Seq == 30 }); n != 1 {
			t.Errorf("the last mark was told %d times", n)
		}
		visitor.hangUp()
		agent.hangUp()
	})
}

// TestPresence: who reloads does not flicker; who goes is shown as gone on every node; an agent's presence goes to the visitors that
// are his.
func TestPresence(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		agent := w.client(1, "agent")
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		agent.call(chat.CallTake, map[string]any{"conversation": id})
		later(time.Second)
		if !w.hubs[1].online(w.edges[0].people["es"].Participant.ID) {
			t.Error("the other node was not told that the visitor is here when it asked")
		}
		gone := func(kind chat.ParticipantKind) func(event) bool {
			return func(ev event) bool {
				return ev.Event == chat.EvPresence && ev.Participant.Kind == kind && !ev.Participant.Online
			}
		}
		visitor.hangUp()
		later(2 * time.Second)
		visitor = w.client(0, "es")
		later(20 * time.Second)
		if n := agent.count(gone(chat.KindVisitor)); n != 0 {
			t.Errorf("a reload was told %d times", n)
		}
		visitor.hangUp()
		later(10 * time.Second)
		if n := agent.count(gone(chat.KindVisitor)); n != 1 {
			t.Errorf("that the visitor went was told %d times", n)
		}
		visitor = w.client(0, "es")
		later(time.Second)
		agent.hangUp()
		later(20 * time.Second)
		if n := visitor.count(gone(chat.KindAgent)); n != 1 {
			t.Errorf("that the agent went was told %d times", n)
		}
		agent = w.client(1, "agent")
		later(2 * time.Second)
		if n := visitor.count(func(ev event) bool {
			return ev.Event == chat.EvPresence && ev.Participant.Kind == chat.KindAgent && ev.Participant.Online
		}); n != 1 {
			t.Errorf("that the agent came back was told %d times", n)
		}
		if !w.hubs[0].SiteOnline(context.Background(), "shop") {
			t.Error("nobody seems to be online")
		}
		for i, h := range w.hubs[:2] {
			if got := h.SiteFaces(context.Background(), "shop", 3); len(got) != 1 || got[0].Name == "" {
				t.Errorf("on node %d the shop shows %+v", i, got)
			}
		}
		visitor.hangUp()
		agent.hangUp()
	})
}

// TestPresenceOfADeadNode: the visitors of a node that says nothing any more are gone within a lease, and not before; one that comes back is asked
// for them at once.
func TestPresenceOfADeadNode(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		who := w.edges[0].people["es"].Participant.ID
		id := visitor.line("hola", "")
		agent := w.client(1, "agent")
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		later(40 * time.Second)
		if !w.hubs[1].online(who) {
			t.Fatal("a visitor of a living node is not online")
		}
		// Nothing that the first node says is heard any more.
		dead := w.hubs[0].broker.(*mute)
		dead.on.Store(true)
		later(18 * time.Second)
		if !w.hubs[1].online(who) {
			t.Error("given up too soon")
		}
		later(14 * time.Second)
		if w.hubs[1].online(who) {
			t.Error("after a lease without a sign of life the visitor still counts as here")
		}
		dead.on.Store(false)
		later(leaseEvery + 2*time.Second)
		if !w.hubs[1].online(who) {
			t.Error("a node that is back was not asked for its visitors")
		}
		visitor.hangUp()
		agent.hangUp()
	})
}

// mute is a broker that can stop speaking.
type mute struct {
	Broker
	on atomic.Bool
}

func (b *mute) Publish(ctx context.Context, topic string, evs ...chat.Event) error {
	if b.on.Load() {
		return nil
	}
	return b.Broker.Publish(ctx, topic, evs...)
}

// TestPresenceWithoutBroker: while nothing can be heard, nobody is given up; when it can be, everybody is asked about.
func TestPresenceWithoutBroker(t *testing.T) {
	h := New(Options{Store: newMemStore(), Broker: &deafBroker{Broker: NewMemory().Join()}, Log: zerolog.Nop()})
	now := time.Now()
	h.presence.visitors["v"] = sighted{"n", "c", chat.Participant{ID: "v", Kind: chat.KindVisitor}, now.Add(time.Second)}
	h.presence.nodes["n"] = now.Add(time.Second)
	for i := range 100 {
		h.doubt(now.Add(time.Duration(i) * time.Second))
	}
	if len(h.presence.visitors) != 1 || len(h.presence.nodes) != 1 {
		t.Error("given up although nobody can be heard")
	}
	h.broker.(*deafBroker).hears = true
	h.doubt(now.Add(100 * time.Second))
	if len(h.presence.visitors) != 1 {
		t.Error("given up before anybody could answer")
	}
	h.doubt(now.Add(130 * time.Second))
	if len(h.presence.visitors) != 0 || len(h.presence.nodes) != 0 {
		t.Error("believed for ever")
	}
	for i := range 2 * maxNodes {
		h.nodeAlive(fmt.Sprint(i))
	}
	if len(h.presence.nodes) != maxNodes {
		t.Errorf("%d nodes are known", len(h.presence.nodes))
	}
}

// deafBroker is one that tells whether it hears.
type deafBroker struct {
	Broker
	hears bool
}

func (b *deafBroker) Hearing() bool { return b.hears }

// TestInboxOnceASecond: a conversation in which much is said is told to a console once a second, the first time at once.
func TestInboxOnceASecond(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		agent := w.client(1, "agent")
		frames := 0
		agent.call(chat.CallInbox, map[string]any{"filter": map[string]any{"assignee": "none"}})
		visitor := w.client(0, "es")
		agent.slowDown(func() { frames++ })
		id := visitor.line("hola", "")
		synctest.Wait()
		if frames != 1 {
			t.Errorf("%d frames at once, want 1", frames)
		}
		for range 29 {
			visitor.line("hola", id)
			later(100 * time.Millisecond)
		}
		later(3 * time.Second)
		if frames > 5 {
			t.Errorf("%d frames in 3 s", frames)
		}
		if got := agent.inbox[id]; got.Unread != 30 {
			t.Errorf("the console shows %d unread lines", got.Unread)
		}
		// A row that leaves the list is told once more.
		agent.call(chat.CallTake, map[string]any{"conversation": id})
		later(2 * time.Second)
		if agent.inbox[id].Assignee == "" {
			t.Error("a row that no longer matches was not told")
		}
		visitor.hangUp()
		agent.hangUp()
	})
}

// TestResumeIsOneQuery: however many conversations a session follows, coming back without news asks the store once for all of
// them.
func TestResumeIsOneQuery(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		visitor.line("hola", "")
		later(time.Second)
		visitor.hangUp()
		later(10*time.Second + 300*time.Millisecond) // at a time when no worker asks
		w.store.mu.Lock()
		before := w.store.queries
		w.store.mu.Unlock()
		visitor.connect(w.hubs[1], w.edges[1])
		synctest.Wait()
		w.store.mu.Lock()
		asked := w.store.queries - before
		w.store.mu.Unlock()
		// One is the edge's, who reads which conversations are his.
		if asked != 2 && asked != 3 { // the first hello of a node also asks for the epoch
			t.Errorf("%d queries", asked)
		}
		visitor.hangUp()
	})
}

// TestDatabaseAway: sockets stay, sends are refused as unavailable, and everything goes on when the database is back.
func TestDatabaseAway(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		agent := w.client(1, "agent")
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		down := func(is bool) {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			w.store.down = is
		}
		down(true)
		key := chat.NewID()
		send := map[string]any{"key": key, "text": "¿hola?", "conversation": id}
		if r := visitor.call(chat.CallSend, send); r.Error == nil || r.Error.Code != chat.Unavailable {
			t.Errorf("%+v", r)
		}
		stranger := newTestClient("es", false, 2)
		if stranger.connect(w.hubs[0], w.edges[0]) {
			t.Error("a hello went through")
		}
		<-stranger.wire.ended
		if stranger.wire.code != websocket.StatusTryAgainLater {
			t.Errorf("ended with %d", stranger.wire.code)
		}
		later(time.Minute)
		down(false)
		if r := visitor.call(chat.CallSend, send); r.Error != nil {
			t.Error(r.Error)
		}
		later(5 * time.Second)
		for _, c := range []*testClient{visitor, agent} {
			if err := c.holds(w.store, id); err != nil {
				t.Error(err)
			}
			c.hangUp()
		}
	})
}

// TestLeftTranslations: what a dead node left pending is found by the sweep of another.
func TestLeftTranslations(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		a := w.edges[0].people["agent"].Participant
		posted, err := w.store.Append(context.Background(), chat.Post{Site: "shop", Conversation: id, Author: a, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hello", Language: language.English})
		if err != nil {
			t.Fatal(err)
		}
		w.store.mu.Lock()
		w.store.claims[id] = true // the lease of the node that wrote it has run out
		w.store.mu.Unlock()
		later(20 * time.Second)
		visitor.mu.Lock()
		got := visitor.talks[id].rows[posted.Message.Seq].Translations[language.Spanish]
		visitor.mu.Unlock()
		if got.Text != "es: hello" {
			t.Errorf("%+v", got)
		}
		visitor.hangUp()
	})
}

// TestReset: who was away for more than 500 rows, or comes with the epoch of another database, begins again with the newest 50.
func TestReset(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		later(time.Second)
		visitor.hangUp()
		writer := newTestClient("es", false, 3)
		writer.connect(w.hubs[1], w.edges[1])
		for i := range chat.ResetRows + 20 {
			writer.line(fmt.Sprint(i), id)
			synctest.Wait() // or the writer may be too slow for what is told of his own lines, and is ended in the middle
		}
		later(time.Second)
		check := func(c *testClient, node int) {
			if !c.connect(w.hubs[node], w.edges[node]) {
				t.Fatal("hello refused")
			}
			later(time.Second)
			if err := c.holds(w.store, id); err != nil {
				t.Error(err)
			}
			c.mu.Lock()
			n := len(c.talks[id].rows)
			c.mu.Unlock()
			if n != chat.NewestRows {
				t.Errorf("holds %d rows", n)
			}
			c.hangUp()
		}
		check(visitor, 0)
		writer.hangUp()
		writer.epoch = chat.NewID()
		check(writer, 1)
	})
}

// TestFramesEncode: everything that is sent can be encoded.
func TestFramesEncode(t *testing.T) {
	for _, v := range []any{
		chat.MessageFrame{}, chat.ConversationFrame{}, chat.RowsFrame{}, chat.InboxFrame{}, chat.ReadFrame{}, chat.TypingFrame{}, chat.PresenceFrame{},
		chat.GoneFrame{}, chat.GoingAwayFrame{}, chat.BudgetFrame{}, chat.HelloOK{}, chat.SendOK{}, chat.HistoryOK{}, chat.InboxOK{}, chat.PreviewOK{}, chat.PingOK{}, Empty{},
		RowsOK{then: func(<-chan struct{}) {}}, chat.Errorf(chat.Internal, "x"),
	} {
		b, err := json.Marshal(v)
		if err != nil || strings.Contains(string(b), "then") {
			t.Errorf("%T: %s %v", v, b, err)
		}
	}
}
