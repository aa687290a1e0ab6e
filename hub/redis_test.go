package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dragoman/chat"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// redisServer is a Redis of our own.
type redisServer struct {
	t        testing.TB
	port     string
	dir      string
	args     []string
	sentinel bool
	cmd      *exec.Cmd
}

func startRedis(t testing.TB) *redisServer {
	t.Helper()
	return startRedisWith(t, freePorts(t, 1)[0])
}

func (r *redisServer) url() string { return "redis://127.0.0.1:" + r.port }

func (r *redisServer) start() {
	r.t.Helper()
	if r.sentinel {
		if err := os.WriteFile(r.dir+"/sentinel.conf", nil, 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	r.cmd = r.command()
	if err := r.cmd.Start(); err != nil {
		r.t.Fatalf("cannot start redis-server, which scripts/setup installs: %v", err)
	}
	c := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + r.port, MaxRetries: -1})
	defer c.Close()
	until(r.t, 10*time.Second, "Redis answers", func() bool {
		err := c.Ping(context.Background()).Err()
		return err == nil || strings.HasPrefix(err.Error(), "NOAUTH")
	})
}

func (r *redisServer) signal(s os.Signal) {
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

func (r *redisServer) kill() {
	if r.cmd != nil {
		r.cmd.Process.Kill()
		r.cmd.Wait()
		r.cmd = nil
	}
}

// soon is what a line may take that something brings at once or within a second, on a machine that is busy with other tests. It lies below checkEvery,
// so it was not the check that comes anyhow. How long it does take is measured in internal/torture.
const soon = checkEvery * 2 / 3

// until waits for a condition. A machine may be busy with other tests, so most is a minute at least: what comes is not waited for.
func until(t testing.TB, most time.Duration, what string, is func() bool) {
	t.Helper()
	most = max(most, time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(most)
	defer end.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("waited %v in vain: %s", most, what)
		}
	}
}

func newRedisBroker(t testing.TB, url string) *Redis {
	t.Helper()
	b, err := NewRedis(url, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// redisPair is two nodes over one Redis, a visitor on the first and an agent who has opened his conversation on the second.
func redisPair(t *testing.T, url string) (w *world, visitor, agent *testClient, id string) {
	t.Helper()
	return redisPairApart(t, url, url)
}

// redisPairApart is redisPair with a Redis for each node.
func redisPairApart(t *testing.T, urls ...string) (w *world, visitor, agent *testClient, id string) {
	t.Helper()
	w = &world{store: newMemStore()}
	w.store.servers = len(urls)
	ctx, stop := context.WithCancel(context.Background())
	people := map[string]Identity{"es": visitorIdentity(language.Spanish), "agent": agentIdentity(language.English)}
	var brokers []*Redis
	for i, url := range urls {
		b := newRedisBroker(t, url)
		brokers = append(brokers, b)
		h := New(Options{Store: w.store, Broker: b, Translator: echo{}, Log: zerolog.Nop(), Node: fmt.Sprint("node", i)})
		w.hubs = append(w.hubs, h)
		w.edges = append(w.edges, &testEdge{hub: h, store: w.store, people: people})
		w.running.Go(func() { h.Run(ctx) })
	}
	t.Cleanup(func() {
		stop()
		w.running.Wait()
	})
	for _, b := range brokers {
		until(t, 10*time.Second, "the node hears itself", b.Beating)
	}
	visitor = w.client(0, "es")
	id = visitor.line("hola", "")
	agent = w.client(1, "agent")
	agent.call(chat.CallOpen, map[string]any{"conversation": id})
	return w, visitor, agent, id
}

func (c *testClient) has(conversation, text string) func() bool {
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		if t := c.talks[conversation]; t != nil {
			for _, m := range t.rows {
				if m.Text == text {
					return true
				}
			}
		}
		return false
	}
}

func TestRedisCarries(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	_, visitor, agent, id := redisPair(t, r.url())
	// Until the subscription stands, the store check would bring a line; typing is in no store, so Redis brings it or nobody.
	visitor.line("one", id)
	until(t, 20*time.Second, "a line arrives", agent.has(id, "one"))
	visitor.call(chat.CallTyping, map[string]any{"conversation": id, "on": true})
	until(t, 5*time.Second, "typing arrives", func() bool { return agent.count(func(ev event) bool { return ev.Event == chat.EvTyping && ev.On }) > 0 })

	// Each node is subscribed to what its own sessions follow: the conversation on both, an inbox where a console has it open, the visitor where he is.
	agent.call(chat.CallInbox, nil)
	follows := func(conversation, inbox, visitors int64) func() bool {
		return func() bool {
			var people int64
			for _, c := range r.must("PUBSUB", "CHANNELS", r.channelOf(topicVisitor)+"*").([]any) {
				people += r.must("PUBSUB", "NUMSUB", c).([]any)[1].(int64)
			}
			n := r.must("PUBSUB", "NUMSUB", r.channelOf(topicConversation+id), r.channelOf(topicInbox+"shop")).([]any)
			return n[1] == conversation && n[3] == inbox && people == visitors
		}
	}
	until(t, 5*time.Second, "two nodes follow the conversation, one the inbox, one the visitor", follows(2, 1, 1))
	agent.hangUp()
	until(t, 5*time.Second, "the agent's node follows nothing any more", follows(1, 0, 1))
	visitor.hangUp()
	until(t, 20*time.Second, "nobody follows anything", follows(0, 0, 0))
}

// TestRedisDies: lines go on within one node untouched and between nodes by the store; when Redis is back it carries again. A Redis that
// is frozen gives no error: only the missing heartbeat tells.
func TestRedisDies(t *testing.T) {
	for name, fault := range map[string]struct{ begin, end func(r *redisServer) }{
		"killed": {(*redisServer).kill, (*redisServer).start},
		"frozen": {func(r *redisServer) { r.signal(syscall.SIGSTOP) }, func(r *redisServer) { r.signal(syscall.SIGCONT) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			w, visitor, agent, id := redisPair(t, r.url())
			visitor.line("before", id)
			until(t, 20*time.Second, "a line arrives", agent.has(id, "before"))
			fault.begin(r)
			begun := time.Now()
			visitor.line("meanwhile", id)
			if took := time.Since(begun); took > soon {
				t.Errorf("the acknowledgement took %v", took)
			}
			until(t, 20*time.Second, "the sender's own node delivers", visitor.has(id, "meanwhile"))
			until(t, 20*time.Second, "the other node reads the store", agent.has(id, "meanwhile"))
			if took := time.Since(begun); took > soon {
				t.Errorf("the line took %v", took)
			}
			begun = time.Now()
			visitor.line("later", id)
			until(t, 20*time.Second, "a later line arrives", agent.has(id, "later"))
			if took := time.Since(begun); took > soon {
				t.Errorf("a later line took %v", took)
			}
			fault.end(r)
			for _, h := range w.hubs {
				until(t, 20*time.Second, "the node hears itself again", h.broker.(beating).Beating)
			}
			visitor.line("after", id)
			until(t, 20*time.Second, "a line arrives afterwards", agent.has(id, "after"))
			for _, c := range []*testClient{visitor, agent} {
				until(t, 10*time.Second, "everybody holds what the store holds", func() bool { return c.holds(w.store, id) == nil })
				c.hangUp()
			}
		})
	}
}

// TestRedisAway: without Redis the store brings soon what has no line in a room that is followed: a conversation that is new in an inbox
// and in a visitor's other tab, a read mark, an assignment.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	w, visitor, agent, id := redisPair(t, r.url())
	agent.call(chat.CallInbox, nil)
	console := w.client(0, "agent")
	console.call(chat.CallOpen, map[string]any{"conversation": id})
	newcomer := visitorIdentity(language.French)
	for _, e := range w.edges {
		e.people["fr"] = newcomer
	}
	one, two := w.client(0, "fr"), w.client(1, "fr")
	visitor.line("before", id)
	until(t, 20*time.Second, "a line arrives", agent.has(id, "before"))
	r.kill()
	for _, h := range w.hubs {
		until(t, 20*time.Second, "the node notices", func() bool { return !h.broker.(beating).Beating() })
	}
	comes := func(what string, is func() bool) {
		t.Helper()
		begun := time.Now()
		until(t, 20*time.Second, what, is)
		if took := time.Since(begun); took > soon {
			t.Errorf("%s: it took %v", what, took)
		}
	}
	fresh := one.line("salut", "")
	comes("the inbox on the other node has the new conversation", func() bool {
		agent.mu.Lock()
		defer agent.mu.Unlock()
		return agent.inbox[fresh].ID == fresh
	})
	begun := one.line("encore", fresh)
	comes("the visitor's tab on the other node has it whole", two.has(begun, "encore"))
	agent.call(chat.CallRead, map[string]any{"conversation": id, "seq": 2})
	comes("the visitor is told that he was read", func() bool {
		return visitor.count(func(ev event) bool {
			return ev.Event == chat.EvRead && ev.Participant.Kind == chat.KindAgent && ev.Seq == 2
		}) > 0
	})
	agent.call(chat.CallTake, map[string]any{"conversation": id})
	comes("the console on the other node shows whose it is", func() bool {
		console.mu.Lock()
		defer console.mu.Unlock()
		return console.talks[id].row.Assignee != ""
	})
	for _, c := range []*testClient{visitor, agent, console, one, two} {
		c.hangUp()
	}
}

// TestRedisesApart: two nodes that do not hear each other, and never will, though each hears itself: a Redis for each half of a divided network, or a
// node that has been cut off for longer than it is missed. The database knows that there is another.
func TestRedisesApart(t *testing.T) {
	t.Parallel()
	_, visitor, agent, id := redisPairApart(t, startRedis(t).url(), startRedis(t).url())
	visitor.line("first", id)
	until(t, 20*time.Second, "a line arrives", agent.has(id, "first"))
	for i := range 3 {
		text := fmt.Sprint("line ", i)
		begun := time.Now()
		visitor.line(text, id)
		until(t, 20*time.Second, "a line arrives", agent.has(id, text))
		if took := time.Since(begun); took > soon {
			t.Errorf("it took %v", took)
		}
	}
	visitor.hangUp()
	agent.hangUp()
}

// TestConvergenceOverRedis is the convergence test over a real Redis that is rude on top.
func TestConvergenceOverRedis(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	w := newWorld(1, 3, func() Broker { return newRedisBroker(t, r.url()) }, fault{})
	var lives sync.WaitGroup
	for _, c := range w.clients {
		lives.Go(func() { w.live(c, 4) })
	}
	lives.Wait()
	// Then the rudeness ends with a check of everything, as it comes every 15 s.
	var err error
	until(t, 60*time.Second, "everybody holds what the store holds", func() bool {
		for _, c := range w.clients {
			c.slowDown(func() {})
			c.mu.Lock()
			wire := c.wire
			c.mu.Unlock()
			select {
			case <-wire.ended:
				w.connect(c)
			default:
			}
			if c.agent {
				c.openAll()
			}
			c.sync()
		}
		for _, h := range w.hubs {
			h.lost()
		}
		err = w.verdict()
		return err == nil
	})
	w.close()
}

func FuzzParcel(f *testing.F) {
	whole, err := seal(chat.NewID(), []chat.Event{
		{Type: chat.EvMessage, Conversation: "c", Rev: 1, Message: &chat.Message{}},
		{Type: chat.EvConversation, Conversation: "c", Rev: 2, Row: &chat.Conversation{}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(whole[markLength:]))
	f.Add(`[{"event":"presence"}]`)
	f.Add(`[{"event":"conversation","rev":1,"row":null}]`)
	f.Add(`[{"event":"typing","rev":0},null,{}]`)
	f.Add(`[{"event":"message","conversation":"c","rev":9223372036854775807,"message":{"rev":-1,"translations":{"xx":null}}}]`)
	f.Add(`[{"event":"tomorrow","conversation":"c","rev":3,"news":{"a":[1]}}]`)
	f.Add(`[{"event":"message","conversation":"other","rev":1,"message":{}}]`)
	f.Add(`{"event":"typing"}`)
	h := New(Options{Store: newMemStore(), Log: zerolog.Nop()})
	room := &room{hub: h, id: "c"}
	h.rooms["c"] = room
	s := h.attach(newTestWire(func([]byte) {}), nil)
	room.follows = []*follow{{s: s, room: room, live: true}}
	room.awake = true
	mark := chat.NewID()
	f.Fuzz(func(t *testing.T, payload string) {
		openParcel(payload)
		evs, err := openParcel(mark + payload)
		if err != nil {
			return
		}
		for _, topic := range []string{topicConversation + "c", topicInbox + "s", topicVisitor + "v", topicAgents, "x"} {
			h.deliver(topic, evs)
		}
		h.tasks.wait()
		if h.counts.panics.Load() > 0 {
			t.Errorf("%q causes a panic", payload)
		}
	})
}

func FuzzFrame(f *testing.F) {
	for _, s := range []string{`{"id":1,"call":"ping"}`, `{"id":1,"call":"hello","token":"x","since":{"a":1}}`, `[]`, `{"id":-1}`, `{"id":1e3,"call":""}`, "{\"id\":1,\"call\":\"\xff\"}", `{"id":1,"call":"send","text":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		c, err := decodeCall(frame)
		if err != nil {
			if _, ok := err.(*closing); !ok {
				t.Errorf("%q: %v does not say how to close", frame, err)
			}
			return
		}
		// What is accepted is an object with an id, and stays the same when it is written again.
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if c2, err := decodeCall(again); err != nil || c2 != c {
			t.Errorf("%q: %+v became %+v (%v)", frame, c, c2, err)
		}
	})
}
