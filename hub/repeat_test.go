package hub

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// TestEveryCatchUpOnce: a catch-up that is asked for while the one before is just ending is neither lost nor done by two.
func TestEveryCatchUpOnce(t *testing.T) {
	st := newMemStore()
	h := New(Options{Store: st, Log: zerolog.Nop()})
	defer h.cancel()
	visitor := visitorIdentity(language.Spanish)
	line, err := st.Append(t.Context(), chat.Post{Site: "shop", Author: visitor.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hola"})
	if err != nil {
		t.Fatal(err)
	}
	s := h.attach(newTestWire(func([]byte) {}), nil)
	f := h.follow(s, line.Conversation, nil)
	turn := f.begin()
	waiting := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.pieces)
	}
	before := st.queries
	const pieces = 2000
	for range pieces {
		for waiting() > 0 {
			for range 20 { // without a pause nobody else would get the lock
				runtime.Gosched()
			}
		}
		s.catchUp(piece{f: f, turn: turn})
	}
	for waiting() > 0 {
		runtime.Gosched()
	}
	s.End(0, "")
	h.cancel()
	h.tasks.wait()
	if n := st.queries - before; n != pieces {
		t.Errorf("%d catch-ups were asked for and %d done", pieces, n)
	}
}

// TestCatchUpsWaitForTheReader: who comes back with many conversations is sent one piece at a time, as fast as he reads.
func TestCatchUpsWaitForTheReader(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		const conversations = 40
		since := map[string]int64{}
		for range conversations {
			p, err := w.store.Append(t.Context(), chat.Post{Site: "shop", Author: visitorIdentity(language.Spanish).Participant, Key: chat.NewID(),
				Kind: chat.MessageLine, Text: strings.Repeat("x", 4000)})
			if err != nil {
				t.Fatal(err)
			}
			since[p.Conversation] = 0
		}
		stuck, got := make(chan struct{}), 0
		wire := newTestWire(func(frame []byte) {
			if got++; got > 1 { // the answer to hello is read
				<-stuck
			}
		})
		s := w.hubs[0].attach(wire, w.edges[0])
		hello := fmt.Appendf(nil, `{"id":1,"call":"hello","token":"agent","since":%s}`, w.hubs[0].encode(since))
		if err := s.handle(hello, &Request{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s.mu.Lock()
		owed := s.owed
		s.mu.Unlock()
		if owed > chat.PageBytes {
			t.Errorf("%d bytes of catch-ups wait for a reader who has read none", owed)
		}
		close(stuck)
		synctest.Wait()
		if got != 1+conversations {
			t.Errorf("%d frames after hello, for %d conversations", got-1, conversations)
		}
		s.End(0, "")
	})
}

// TestPresenceWhileLeasesAreRead: other nodes tell of their agents at any moment.
func TestPresenceWhileLeasesAreRead(t *testing.T) {
	st := newMemStore()
	h := New(Options{Store: st, Log: zerolog.Nop(), Broker: NewMemory().Join()})
	defer h.cancel()
	var agents []string
	for range 200 {
		a := agentIdentity(language.English)
		st.agents[a.Participant.ID] = *a.Agent
		agents = append(agents, a.Participant.ID)
	}
	if err := st.SetOnline(t.Context(), "other", agents, lease); err != nil {
		t.Fatal(err)
	}
	var done atomic.Bool
	var other sync.WaitGroup
	other.Go(func() {
		for i := 0; !done.Load(); i++ {
			h.agentOnline(chat.Participant{ID: fmt.Sprint(i % 100), Kind: chat.KindAgent, Online: i%2 == 0})
		}
	})
	for range 50 {
		h.renewLeases(t.Context(), nil)
	}
	done.Store(true)
	other.Wait()
	if !h.online(agents[0]) {
		t.Error("an agent on another node is not shown as online")
	}
}

// unsure is a store that stores a line and does not know it: the connection breaks between commit and answer.
type unsure struct {
	*memStore
	breaks atomic.Bool
}

func (u *unsure) Append(ctx context.Context, p chat.Post) (chat.Posted, error) {
	posted, err := u.memStore.Append(ctx, p)
	if err == nil && u.breaks.CompareAndSwap(true, false) {
		return chat.Posted{}, chat.Errorf(chat.Unavailable, "The database cannot be reached.")
	}
	return posted, err
}

// TestUnsureLineIsTold: a line of which nobody knew whether it was stored is told when it is sent again, and its conversation to the visitor's other tab.
func TestUnsureLineIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &unsure{memStore: newMemStore()}
		h := New(Options{Store: st, Log: zerolog.Nop()})
		e := &testEdge{hub: h, store: st, people: map[string]Identity{"es": visitorIdentity(language.Spanish), "agent": agentIdentity(language.English)}}
		ctx, stop := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { h.Run(ctx) })
		synctest.Wait()
		tab, other, agent := newTestClient("es", false, 1), newTestClient("es", false, 2), newTestClient("agent", true, 3)
		for _, c := range []*testClient{tab, other, agent} {
			if !c.connect(h, e) {
				t.Fatal("hello refused")
			}
		}
		twice := func(line map[string]any) chat.SendOK {
			st.breaks.Store(true)
			line["key"], line["language"] = chat.NewID(), "es"
			if r := tab.call(chat.CallSend, line); r.Error == nil || r.Error.Code != chat.Unavailable {
				t.Fatalf("the first try is answered with %s", r.OK)
			}
			r := tab.call(chat.CallSend, line)
			if r.Error != nil {
				t.Fatal(r.Error)
			}
			later(100 * time.Millisecond)
			return decode[chat.SendOK](r.OK)
		}
		id := twice(map[string]any{"text": "hola"}).Conversation
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		twice(map[string]any{"text": "otra", "conversation": id})
		for name, c := range map[string]*testClient{"tab": tab, "other tab": other, "agent": agent} {
			if !c.has(id, "hola")() || !c.has(id, "otra")() {
				t.Errorf("the %s lacks a line", name)
			}
		}
		stop()
		running.Wait()
	})
}

// TestMarkIsNotForgotten: a mark that could not be written is written later, and the same mark again is not answered with ok for nothing.
func TestMarkIsNotForgotten(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		visitor.line("otra", id)
		agent := w.client(1, "agent")
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		synctest.Wait()
		away := func(down bool) {
			w.store.mu.Lock()
			w.store.down = down
			w.store.mu.Unlock()
		}
		stands := func() int64 {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			return w.store.conversations[id].row.Read.Agents
		}
		away(true)
		if r := agent.call(chat.CallRead, map[string]any{"conversation": id, "seq": 1}); r.Error == nil {
			t.Error("a mark was taken without a database")
		}
		away(false)
		if r := agent.call(chat.CallRead, map[string]any{"conversation": id, "seq": 1}); r.Error != nil {
			t.Fatal(r.Error)
		}
		later(2 * markEvery)
		if n := stands(); n != 1 {
			t.Errorf("the mark stands at %d after it was confirmed at 1", n)
		}
		agent.call(chat.CallRead, map[string]any{"conversation": id, "seq": 1})
		agent.call(chat.CallRead, map[string]any{"conversation": id, "seq": 2}) // waits its second, and meets no database
		away(true)
		later(2 * markEvery)
		away(false)
		later(2 * markEvery)
		if n := stands(); n != 2 {
			t.Errorf("the mark stands at %d after it was confirmed at 2", n)
		}
		visitor.hangUp()
		agent.hangUp()
	})
}
