package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// gateStore holds lines up that say so, until the test lets them through.
type gateStore struct {
	*memStore
	begun, open chan struct{}
	letGo       func() // opens, once
}

func (g *gateStore) Append(ctx context.Context, p chat.Post) (chat.Posted, error) {
	if strings.HasPrefix(p.Text, "slow") {
		g.begun <- struct{}{}
		<-g.open
	}
	return g.memStore.Append(ctx, p)
}

func newGatedHouse(t *testing.T) (*house, *gateStore) {
	g := &gateStore{memStore: newMemStore(), begun: make(chan struct{}), open: make(chan struct{})}
	g.letGo = sync.OnceFunc(func() { close(g.open) })
	h := newHouse(t, Options{Store: g})
	t.Cleanup(g.letGo)
	h.store, h.edge.store = g.memStore, g.memStore
	return h, g
}

// drain drains in the background; the returned function waits for it.
func (h *house) drain(ctx context.Context, in time.Duration) (wait func()) {
	var draining sync.WaitGroup
	draining.Go(func() { h.hub.Drain(ctx, in) })
	return draining.Wait
}

// dismissed tells whether a hub's only session is waiting for its last answers.
func (h *house) dismissed() bool {
	all := h.hub.allSessions()
	if len(all) != 1 {
		return false
	}
	all[0].mu.Lock()
	defer all[0].mu.Unlock()
	return all[0].leaving != nil
}

// lines returns the texts that are stored.
func (h *house) lines() (all []string) {
	h.store.mu.Lock()
	defer h.store.mu.Unlock()
	for _, c := range h.store.conversations {
		for _, m := range c.messages {
			all = append(all, m.Text)
		}
	}
	return all
}

// TestDrain: everybody is told in how many seconds to come back, is served until the end, and the door is closed. The first window is too long for
// anybody's turn to come while the test speaks, however busy the machine is; the second one ends them.
func TestDrain(t *testing.T) {
	h := newHouse(t, Options{})
	p := h.hello(t, "es")
	early := h.dial(t) // it has not said hello yet
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	wait := h.drain(ctx, time.Hour-time.Second/2)
	if ev := p.event(func(ev event) bool { return ev.Event == chat.EvGoingAway }); ev.InS != 3600 {
		t.Errorf("in_s %d, want the window rounded up", ev.InS)
	}
	if r := p.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "todavía"}); r.Error != nil || len(h.lines()) != 1 {
		t.Errorf("after going_away a line is answered %+v", r)
	}
	_, resp, err := websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(h.http.URL, "http"), nil)
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a draining node answers a handshake with %v, %v", resp, err)
	}
	early.id++
	early.send(fmt.Sprintf(`{"id":%d,"call":"hello","token":"fr"}`, early.id))
	early.event(func(ev event) bool { return ev.Event == chat.EvGoingAway })
	enough()
	wait()
	wait = h.drain(t.Context(), time.Millisecond)
	for _, p := range []*peer{p, early} {
		if code := p.closing(); code != websocket.StatusServiceRestart {
			t.Errorf("closed with %d", code)
		}
	}
	wait()
}

// TestDrainAnswersWhatWasRead: a line that was read before its session's turn came is answered before the socket is closed, however long it takes;
// what comes later is neither answered nor stored.
func TestDrainAnswersWhatWasRead(t *testing.T) {
	h, g := newGatedHouse(t)
	p := h.hello(t, "es")
	p.id++
	p.send(fmt.Sprintf(`{"id":%d,"call":"send","key":"%s","text":"slow line"}`, p.id, chat.NewID()))
	<-g.begun
	wait := h.drain(t.Context(), 10*time.Millisecond)
	until(t, 20*time.Second, "the session's turn", h.dismissed)
	p.send(fmt.Sprintf(`{"id":%d,"call":"send","key":"%s","text":"too late"}`, p.id+1, chat.NewID()))
	g.letGo()
	var answered []int64
	for {
		ctx, cancel := within()
		_, b, err := p.conn.Read(ctx)
		cancel()
		if err != nil {
			if code := websocket.CloseStatus(err); code != websocket.StatusServiceRestart {
				t.Errorf("closed with %v", err)
			}
			break
		}
		if ev := decode[event](b); ev.ID != nil {
			answered = append(answered, *ev.ID)
		}
	}
	wait()
	if !slices.Equal(answered, []int64{p.id}) || !slices.Equal(h.lines(), []string{"slow line"}) {
		t.Errorf("answered %v of %d, stored %q", answered, p.id, h.lines())
	}
}

// TestDrainIsPatientForAWhile: who is not answered within DrainPatience is closed all the same.
func TestDrainIsPatientForAWhile(t *testing.T) {
	h, g := newGatedHouse(t)
	p := h.hello(t, "es")
	p.id++
	p.send(fmt.Sprintf(`{"id":%d,"call":"send","key":"%s","text":"slow line"}`, p.id, chat.NewID()))
	<-g.begun
	begun := time.Now()
	wait := h.drain(t.Context(), 10*time.Millisecond)
	if code := p.closing(); code != websocket.StatusServiceRestart || time.Since(begun) < DrainPatience {
		t.Errorf("closed with %d after %v", code, time.Since(begun))
	}
	wait()
	g.letGo()
}

// TestDrainUnderLoad: many talk all the time while a node goes away. Every line that it stored was acknowledged, and the other way round; and the
// sockets do not end all at once.
func TestDrainUnderLoad(t *testing.T) {
	h := newHouse(t, Options{})
	const talkers, window = 20, 600 * time.Millisecond
	var mu sync.Mutex
	var acked []string
	var ends []time.Time
	var talking sync.WaitGroup
	var started sync.WaitGroup
	for i := range talkers {
		// Each has a conversation of his own: in one that all share, who is slow on a busy machine is ended with 4000 before his turn.
		h.edge.people[fmt.Sprint(i)] = visitorIdentity(language.Spanish)
	}
	for i := range talkers {
		p := h.hello(t, fmt.Sprint(i))
		started.Add(1)
		talking.Go(func() {
			told := sync.OnceFunc(started.Done)
			defer told()
			for n := 1; ; n++ {
				text := fmt.Sprint(i, " says ", n)
				if !p.says(int64(n)+1, text) {
					break
				}
				mu.Lock()
				acked = append(acked, text)
				mu.Unlock()
				told()
			}
			mu.Lock()
			ends = append(ends, time.Now())
			mu.Unlock()
		})
	}
	started.Wait()
	begun := time.Now()
	h.hub.Drain(context.Background(), window)
	talking.Wait()
	stored := h.lines()
	slices.Sort(stored)
	slices.Sort(acked)
	if !slices.Equal(stored, acked) {
		t.Errorf("%d lines were stored, %d acknowledged", len(stored), len(acked))
	}
	// A busy machine sees an end later than it was, never sooner.
	slices.SortFunc(ends, time.Time.Compare)
	for i, end := range ends {
		if turn := window * time.Duration(i+1) / (talkers + 1); end.Sub(begun) < turn {
			t.Errorf("socket %d ended after %v of a window of %v; its turn is after %v", i+1, end.Sub(begun), window, turn)
		}
	}
}

// says sends a line and tells whether it was acknowledged before the socket ended.
func (p *peer) says(id int64, text string) bool {
	ctx, cancel := within()
	defer cancel()
	frame, _ := json.Marshal(map[string]any{"id": id, "call": "send", "key": chat.NewID(), "text": text})
	if p.conn.Write(ctx, websocket.MessageText, frame) != nil {
		return false
	}
	for {
		_, b, err := p.conn.Read(ctx)
		if err != nil {
			return false
		}
		if ev := decode[event](b); ev.ID != nil && *ev.ID == id {
			return ev.Error == nil
		}
	}
}

// TestLastWords: what an engine answers while its node is going is stored, and told to the other nodes before the broker is let go.
func TestLastWords(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	st := newMemStore()
	people := map[string]Identity{"es": visitorIdentity(language.Spanish), "agent": agentIdentity(language.Spanish)}
	asked, answer := make(chan struct{}), make(chan struct{})
	engines := []Translator{&paidEngine{hold: func(ctx context.Context, _ string) { close(asked); <-answer; wait(ctx, time.Second) }}, echo{}}
	w := &world{store: st}
	var ends []func()
	for i, e := range engines {
		b := newRedisBroker(t, r.url())
		h := New(Options{Store: st, Broker: b, Translator: e, Log: zerolog.Nop(), Node: fmt.Sprint("node", i)})
		w.hubs, w.edges = append(w.hubs, h), append(w.edges, &testEdge{hub: h, store: st, people: people})
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { h.Run(ctx) })
		ends = append(ends, cancel)
		t.Cleanup(func() { cancel(); running.Wait() })
		until(t, 10*time.Second, "the node hears itself", b.Beating)
	}
	visitor := w.client(1, "es")
	id := visitor.line("hola", "")
	agent := w.client(1, "agent")
	agent.call(chat.CallOpen, map[string]any{"conversation": id})
	_, err := w.hubs[0].Post(t.Context(), chat.Post{Site: "shop", Conversation: id, Author: people["es"].Participant, Key: chat.NewID(), Kind: chat.MessageLine,
		Text: "¿y ahora?", Language: language.Spanish, Readers: []chat.Reader{{Language: language.German}}})
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	until(t, 10*time.Second, "the line arrives", agent.has(id, "¿y ahora?"))
	ends[0]()
	close(answer)
	until(t, 5*time.Second, "the translation arrives", func() bool {
		agent.mu.Lock()
		defer agent.mu.Unlock()
		return agent.talks[id].rows[2].Translations[language.German].State == chat.TranslationDone
	})
	visitor.hangUp()
	agent.hangUp()
}
