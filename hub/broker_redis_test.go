package hub

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

func TestRedisAddress(t *testing.T) {
	for address, want := range map[string]redisAddress{
		"redis://h":                   {hosts: []string{"h:6379"}},
		"redis://u:p%40ss@h:1/3":      {hosts: []string{"h:1"}, user: "u", password: "p@ss", db: 3},
		"redis://:p@[::1]:7":          {hosts: []string{"[::1]:7"}, password: "p"},
		"redis+cluster://:p@a,b:2":    {kind: redisCluster, hosts: []string{"a:6379", "b:2"}, password: "p"},
		"redis+sentinel://a,b:2/shop": {kind: redisSentinel, hosts: []string{"a:26379", "b:2"}, master: "shop"},
		"redis+sentinel://u:p@a/shop/2?sentinel_user=s&sentinel_password=%25": {kind: redisSentinel, hosts: []string{"a:26379"},
			master: "shop", user: "u", password: "p", db: 2, sentinelUser: "s", sentinelPassword: "%"},
	} {
		got, err := parseRedis(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if fmt.Sprint(*got) != fmt.Sprint(want) {
			t.Errorf("%s: %+v, want %+v", address, *got, want)
		}
		secure, err := parseRedis("rediss" + strings.TrimPrefix(address, "redis"))
		if err != nil || secure.tls == nil || secure.hosts[0] != got.hosts[0] {
			t.Errorf("%s with TLS: %+v, %v", address, secure, err)
		}
	}
	for _, address := range []string{
		"", "redis", "redis:h", "http://h", "redisss://h", "redis+x://h", "redis://", "redis://:1", "redis://h:", "redis://h:0", "redis://h:99999",
		"redis://h:x", "redis://h/x", "redis://h/-1", "redis://h,g", "redis://h?x=1", "redis://::1", "redis+cluster://h/1", "redis+cluster://h,",
		"redis+sentinel://h", "redis+sentinel://h/", "redis+sentinel://h/m/x", "redis+cluster://h?sentinel_user=s", "redis://u:hunter2%zz@h",
		"redis://u:hunter2@h:hunter2", "redis://u:1/hunter2@h", "redis://u:1?hunter2@h", "redis://u:1#hunter2@h", "redis+sentinel://u:1/hunter2@h/m",
		"redis+cluster://u:1/hunter2@h",
	} {
		if _, err := NewRedis(address, zerolog.Nop()); err == nil {
			t.Errorf("%q is accepted", address)
		} else if strings.Contains(err.Error(), "hunter2@") || strings.Contains(err.Error(), "hunter2%") {
			t.Errorf("%q: the error repeats the password: %v", address, err)
		}
	}
}

// TestSlots: topics spread over the buckets, and what a Cluster says of its slots is read with care. TestCluster holds the slots against a Cluster's own.
func TestSlots(t *testing.T) {
	if crc16("123456789") != 0x31c3 {
		t.Errorf("crc16 is %x", crc16("123456789"))
	}
	used := map[int]int{}
	for i := range 20000 {
		used[bucketOf("conversation:"+chat.NewID()+fmt.Sprint(i))]++
	}
	if len(used) < buckets*99/100 {
		t.Errorf("20,000 topics are in %d buckets", len(used))
	}
	if _, err := shardsOf([]redis.ClusterSlot{{Start: 0, End: 100, Nodes: []redis.ClusterNode{{Addr: "a:1"}}}}, "x:1"); err == nil {
		t.Error("a Cluster with holes is taken for whole")
	}
	shards, err := shardsOf([]redis.ClusterSlot{{Start: 0, End: 16383, Nodes: []redis.ClusterNode{{Addr: ":7"}, {Addr: "b:1"}}}, {Start: -1, End: 99999}}, "x:1")
	if err != nil || len(shards) != 1 || shards[0].addr != "x:7" {
		t.Errorf("%v, %v", shards, err)
	}
}

// ear is a broker that runs, and what it heard.
type ear struct {
	*Redis
	mu     sync.Mutex
	events []chat.Event
	missed []string // topics; "*" for all
	stop   func()   // ends the broker and waits for it
}

// listen runs a broker until the test ends.
func listenTo(t testing.TB, url string) *ear {
	t.Helper()
	e := &ear{Redis: newRedisBroker(t, url)}
	e.run(t)
	until(t, 20*time.Second, "the node hears itself", e.Beating)
	return e
}

// deaf tells whether a connection has been silent for so long that it is given up.
func (e *ear) deaf() bool {
	e.Redis.mu.Lock()
	defer e.Redis.mu.Unlock()
	for _, l := range e.links {
		if l.listening && !l.beating() {
			return true
		}
	}
	return false
}

func (e *ear) run(t testing.TB) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	e.Follow(topicAgents)
	go func() {
		defer close(done)
		e.Run(ctx, func(_ string, evs []chat.Event) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.events = append(e.events, evs...)
		}, func(topics []string) {
			e.mu.Lock()
			defer e.mu.Unlock()
			if e.missed = append(e.missed, topics...); topics == nil {
				e.missed = append(e.missed, "*")
			}
		})
	}()
	e.stop = func() {
		stop()
		<-done
	}
	t.Cleanup(e.stop)
}

// hears tells whether an event of a conversation has come.
func (e *ear) hears(conversation string) func() bool {
	return func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return slices.ContainsFunc(e.events, func(ev chat.Event) bool { return ev.Conversation == conversation })
	}
}

// checks counts how often a topic ("*": everything) was to be compared with the store.
func (e *ear) checks(topic string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, m := range e.missed {
		if m == topic {
			n++
		}
	}
	return n
}

// says publishes an event of a conversation.
func (e *ear) says(t testing.TB, conversation string) {
	t.Helper()
	if err := e.Publish(t.Context(), topicConversation+conversation, chat.Event{Type: chat.EvTyping, Conversation: conversation}); err != nil {
		t.Error(err)
	}
}

// TestRedisFollows: a node subscribes to what it follows and to nothing else, and checks it against the store as soon as it is subscribed.
func TestRedisFollows(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	one, two := listenTo(t, r.url()+"/3"), listenTo(t, r.url()+"/3")
	other := listenTo(t, r.url()+"/4") // another installation
	one.Follow(topicConversation + "a")
	two.Follow(topicConversation + "a")
	two.Follow(topicConversation + "b")
	two.Leave(topicConversation + "a")
	other.Follow(topicConversation + "b")
	until(t, 5*time.Second, "what was subscribed to is checked", func() bool {
		return one.checks(topicConversation+"a") == 1 && two.checks(topicConversation+"b") == 1 && other.checks(topicConversation+"b") == 1
	})
	var channels []string
	for _, c := range r.must("PUBSUB", "CHANNELS").([]any) {
		if !strings.Contains(c.(string), topicBeat) {
			channels = append(channels, c.(string))
		}
	}
	slices.Sort(channels)
	want := []string{"dragoman:3:agents", "dragoman:3:conversation:a", "dragoman:3:conversation:b", "dragoman:4:agents", "dragoman:4:conversation:b"}
	if !slices.Equal(channels, want) {
		t.Errorf("subscribed to %v, want %v", channels, want)
	}
	if n := r.must("PUBSUB", "NUMSUB", "dragoman:3:conversation:a").([]any)[1]; n != int64(1) {
		t.Errorf("%v nodes hear a", n)
	}
	two.says(t, "a")
	one.says(t, "b")
	until(t, 5*time.Second, "each hears the other", func() bool { return one.hears("a")() && two.hears("b")() })
	if other.hears("b")() {
		t.Error("another installation hears")
	}
	if one.checks("*")+two.checks("*") != 0 {
		t.Error("everything was checked without a lost connection")
	}
}

// TestRedisClientKill: a cut connection is noticed at once, and everything is checked once it stands again.
func TestRedisClientKill(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	e, other := listenTo(t, r.url()), listenTo(t, r.url())
	e.Follow(topicConversation + "a")
	until(t, 5*time.Second, "it is subscribed", func() bool { return e.checks(topicConversation+"a") > 0 })
	for range 3 {
		before := e.checks("*")
		r.must("CLIENT", "KILL", "TYPE", "pubsub")
		begun := time.Now()
		until(t, 5*time.Second, "everything is checked", func() bool { return e.checks("*") > before })
		if took := time.Since(begun); took > soon {
			t.Errorf("it took %v", took)
		}
	}
	other.says(t, "a")
	until(t, 5*time.Second, "it hears again", e.hears("a"))
}

// TestRedisManyTopics: the answers to twenty thousand subscriptions, after a lost connection too, fit into no buffer.
func TestRedisManyTopics(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	e, other := listenTo(t, r.url()), listenTo(t, r.url())
	const n = 20000
	for i := range n {
		e.Follow(topicConversation + fmt.Sprint(i))
	}
	last := topicConversation + fmt.Sprint(n-1)
	subscribed := func() bool { return r.must("PUBSUB", "NUMSUB", r.channelOf(last)).([]any)[1] == int64(1) }
	until(t, 20*time.Second, "they are subscribed to", subscribed)
	before := e.checks("*")
	r.must("CLIENT", "KILL", "TYPE", "pubsub")
	until(t, 20*time.Second, "and again", func() bool { return e.checks("*") > before && subscribed() })
	other.says(t, fmt.Sprint(n-1))
	until(t, 5*time.Second, "it hears", e.hears(fmt.Sprint(n-1)))
}

// TestBlackHole: a server that takes connections and never answers costs whoever publishes nothing, and is not taken for alive.
func TestBlackHole(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	e := &ear{Redis: newRedisBroker(t, "redis://"+l.Addr().String())}
	e.run(t)
	until(t, 5*time.Second, "the server is known", func() bool { return e.Publish(t.Context(), topicAgents) == nil })
	const n = publishQueue + 2*publishBatch + 100
	refused, slow := 0, 0
	for range n {
		begun := time.Now()
		if e.Publish(t.Context(), topicAgents, chat.Event{Type: chat.EvTyping}) != nil {
			refused++
		}
		if time.Since(begun) > 100*time.Millisecond {
			slow++
		}
	}
	// A busy machine may hold up a few; whoever waited for the server would be held up with nearly everything.
	if slow > n/100 {
		t.Errorf("%d of %d events took more than 100 ms to publish", slow, n)
	}
	if refused == 0 {
		t.Error("the queue has no end")
	}
	until(t, 10*time.Second, "what is late is dropped", func() bool { return e.Publish(t.Context(), topicAgents, chat.Event{Type: chat.EvTyping}) == nil })
	if e.Beating() {
		t.Error("a server that never answers is taken for alive")
	}
}

// TestRedisConfesses: a node that could not publish tells the others, which heard their own hearts all the while.
func TestRedisConfesses(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	one, two := listenTo(t, r.url()), listenTo(t, r.url())
	r.must("ACL", "SETUSER", "default", "-publish")
	one.says(t, "a")
	until(t, 5*time.Second, "it is refused", one.owes.Load)
	r.must("ACL", "SETUSER", "default", "+publish")
	until(t, 10*time.Second, "the other node checks everything", func() bool { return two.checks("*") > 0 })
	if two.deaf() {
		t.Error("it lost Redis itself")
	}
}

// TestRedisMissesPeers: two nodes hear each other; one of which nothing is heard any more, because it cannot publish or has died, is missed by who
// hears itself all the while, and forgotten in the end.
func TestRedisMissesPeers(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	one, two := listenTo(t, r.url()), listenTo(t, r.url())
	hears := func(e *ear, mark string) func() bool {
		return func() bool {
			e.peers.mu.Lock()
			defer e.peers.mu.Unlock()
			return !e.peers.heard[mark].IsZero()
		}
	}
	until(t, 10*time.Second, "one hears two", hears(one, two.mark))
	until(t, 10*time.Second, "two hears one", hears(two, one.mark))
	until(t, 10*time.Second, "all is well", two.Beating)
	one.peers.hear("a third", true)
	until(t, 10*time.Second, "the third is missed", func() bool { return !one.Beating() })
	if hears(two, "a third")() {
		t.Error("who was never heard is known")
	}
	one.peers.mu.Lock()
	one.peers.heard["a third"] = time.Now().Add(-peerMemory - time.Second)
	one.peers.mu.Unlock()
	until(t, 10*time.Second, "it is forgotten", one.Beating)
	if hears(one, "a third")() {
		t.Error("it is still known")
	}
}

// TestRedisGoodbye: a node that ends in good order is not missed by the others.
func TestRedisGoodbye(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"single": startRedis(t).url(), "cluster": clusterURL(startCluster(t, false))} {
		one, two := listenTo(t, url), listenTo(t, url)
		known := func() bool {
			one.peers.mu.Lock()
			defer one.peers.mu.Unlock()
			return !one.peers.heard[two.mark].IsZero()
		}
		until(t, 10*time.Second, name+": one hears two", known)
		one.Follow("conversation:last")
		until(t, 10*time.Second, name+": one follows", func() bool { return one.checks("conversation:last") > 0 })
		asked := one.checks("*")
		for i := range 1000 {
			two.Publish(t.Context(), "conversation:last", chat.Event{Type: chat.EvGone, Conversation: fmt.Sprint("word ", i)})
		}
		two.stop()
		// What it told last may have stayed in its queue.
		until(t, 5*time.Second, name+": one has heard all, or looks", func() bool { return one.hears("word 999")() || one.checks("*") > asked })
		until(t, 5*time.Second, name+": one does not wait for two any more", func() bool { return !known() && one.Beating() })
	}
}

// TestRedisOwes: what could not be told because no server was known, or because the one that it waited for is in charge no more, is confessed to the
// others as soon as something can be told.
func TestRedisOwes(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	one := listenTo(t, r.url())
	for name, lose := range map[string]func(b *Redis){
		"before a server is known": func(b *Redis) {
			if err := b.Publish(t.Context(), topicAgents, chat.Event{Type: chat.EvGone}); err == nil {
				t.Error("published to nobody")
			}
		},
		"to a server that was replaced": func(b *Redis) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			b.arrange(ctx, []shard{whole("127.0.0.1:1")}) // no worker sends there
			if err := b.Publish(t.Context(), topicAgents, chat.Event{Type: chat.EvGone}); err != nil {
				t.Error(err)
			}
		},
	} {
		two := &ear{Redis: newRedisBroker(t, r.url())}
		lose(two.Redis)
		asked := one.checks("*")
		two.run(t)
		until(t, 10*time.Second, name+": the other looks", func() bool { return one.checks("*") > asked })
		two.stop()
		until(t, 10*time.Second, name+": the other looks at the goodbye", func() bool { return one.checks("*") > asked+1 })
	}
}

// TestRedisLags: hearts that come in time, but were all put into the queue long ago, are no sign that what is told arrives in time. The node looks into the
// store, and does not tell the others that it can be heard.
func TestRedisLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRedisBroker(t, "redis://127.0.0.1:1")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		l := b.arrange(ctx, []shard{whole("127.0.0.1:1")})[0]
		l.listening, l.beat = true, "beat"
		take := func() {
			beat := <-l.out
			l.take(&redis.Message{Channel: l.beat, Payload: string(beat.payload)}, nil, nil)
		}
		for range 3 {
			l.beatNow(l.beat)
			time.Sleep(beatEvery)
		}
		for range 5 {
			take()
			if b.Hearing() {
				t.Error("three seconds behind the node hears well")
			}
			l.beatNow(l.beat)
			time.Sleep(beatEvery)
		}
		for range 3 {
			take()
		}
		if !b.Hearing() {
			t.Error("it does not hear, although nothing waits any more")
		}
	})
}

func TestRedisPeersAreBounded(t *testing.T) {
	var p redisPeers
	p.hear("an older version", false)
	for i := range 2 * maxPeers {
		p.hear(fmt.Sprint(i), true)
	}
	if len(p.heard) != maxPeers || !p.heard["an older version"].IsZero() {
		t.Errorf("%d nodes are known", len(p.heard))
	}
}

// channelsOn returns what is subscribed to on a server of a Cluster, without beats.
func channelsOn(r *redisServer) []string {
	var all []string
	for _, c := range r.must("PUBSUB", "SHARDCHANNELS").([]any) {
		if !strings.Contains(c.(string), topicBeat) {
			all = append(all, c.(string))
		}
	}
	return all
}

// TestCluster: topics are spread over the masters, each node listens on each master that has topics of it, and only to those.
func TestCluster(t *testing.T) {
	t.Parallel()
	servers := startCluster(t, false)
	url := clusterURL(servers[:2]) // the third is found
	if found, err := checks(t, url); err != nil || !strings.Contains(found, "all 3 masters") {
		t.Errorf("check says %q, %v", found, err)
	}
	one, two := listenTo(t, url), listenTo(t, url)
	const n = 300
	last := ""
	for i := range n {
		last = topicConversation + fmt.Sprint(i)
		two.Follow(last)
	}
	if slot := servers[0].must("CLUSTER", "KEYSLOT", two.channel(last)); slot != int64(bucketSlot(bucketOf(last))) {
		t.Errorf("the Cluster has %s in slot %v, we in %d", two.channel(last), slot, bucketSlot(bucketOf(last)))
	}
	until(t, 10*time.Second, "all are subscribed to", func() bool {
		total := 0
		for _, r := range servers {
			total += len(channelsOn(r))
		}
		return total == n+1 // and the agents
	})
	for _, r := range servers {
		if len(channelsOn(r)) < n/10 {
			t.Errorf("one server has only %d topics", len(channelsOn(r)))
		}
	}
	for i := range n {
		one.says(t, fmt.Sprint(i))
	}
	for i := range n {
		until(t, 10*time.Second, "every event arrives", two.hears(fmt.Sprint(i)))
	}
	listens := 0
	one.Redis.mu.Lock()
	for _, l := range one.links {
		if l.listening {
			listens++
		}
	}
	one.Redis.mu.Unlock()
	if listens != 1 {
		t.Errorf("a node that follows one topic listens on %d servers", listens)
	}
	// A silent shard among healthy ones is noticed, and comes back with everything checked.
	servers[2].signal(syscall.SIGSTOP)
	for i := range n {
		one.says(t, fmt.Sprint(i))
	}
	until(t, 10*time.Second, "the silence is noticed", func() bool { return !two.Beating() })
	until(t, 10*time.Second, "the connection is given up", two.deaf)
	servers[2].signal(syscall.SIGCONT)
	until(t, 20*time.Second, "it beats again", two.Beating)
	until(t, 20*time.Second, "everything is checked", func() bool { return two.checks("*") > 0 })
}

// TestClusterMovesSlots: when slots go to another master, their topics follow, and are checked.
func TestClusterMovesSlots(t *testing.T) {
	t.Parallel()
	servers := startCluster(t, false)
	one, two := listenTo(t, clusterURL(servers)), listenTo(t, clusterURL(servers))
	// A conversation on the first master.
	id := ""
	for i := 0; id == ""; i++ {
		if bucketSlot(bucketOf(topicConversation+fmt.Sprint(i))) < clusterSlots/3 {
			id = fmt.Sprint(i)
		}
	}
	topic := topicConversation + id
	slot := bucketSlot(bucketOf(topic))
	two.Follow(topic)
	until(t, 5*time.Second, "it is subscribed to", func() bool { return two.checks(topic) == 1 })
	from, to := servers[0].must("CLUSTER", "MYID"), servers[1].must("CLUSTER", "MYID")
	servers[1].must("CLUSTER", "SETSLOT", slot, "IMPORTING", from)
	servers[0].must("CLUSTER", "SETSLOT", slot, "MIGRATING", to)
	for _, r := range []*redisServer{servers[1], servers[0], servers[2]} {
		r.must("CLUSTER", "SETSLOT", slot, "NODE", to)
	}
	begun := time.Now()
	until(t, 10*time.Second, "the topic is checked again", func() bool { return two.checks(topic) == 2 })
	if took := time.Since(begun); took > soon {
		t.Errorf("it took %v", took)
	}
	if !slices.Contains(channelsOn(servers[1]), two.channel(topic)) {
		t.Error("the new master does not have the subscription")
	}
	if two.checks("*") != 0 {
		t.Error("the connection was lost over it")
	}
	until(t, 10*time.Second, "and the other node publishes where it is heard", func() bool {
		one.says(t, id)
		return two.hears(id)()
	})
}

// TestClusterFailover: a master dies, its replica takes over, and lines go on all the while.
func TestClusterFailover(t *testing.T) {
	t.Parallel()
	servers := startCluster(t, true)
	failover(t, clusterURL(servers[1:]), servers[0])
}

// TestSentinelFailover is the same with Sentinels.
func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	master, replica, url := startSentinels(t)
	if found, err := checks(t, url); err != nil || !strings.Contains(found, "127.0.0.1:"+master.port) {
		t.Errorf("check says %q, %v", found, err)
	}
	if _, err := checks(t, strings.Replace(url, "/shop", "/stall", 1)); err == nil || !strings.Contains(err.Error(), "correct the name") {
		t.Errorf("a master that nobody knows: %v", err)
	}
	failover(t, url, master)
	if n := len(replica.must("PUBSUB", "CHANNELS").([]any)); n < 2 {
		t.Errorf("the new master has %d subscriptions", n)
	}
	// Yesterday's master comes back and is made a replica: nobody goes to it.
	master.start()
	e := listenTo(t, url)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.Redis.links["127.0.0.1:"+replica.port] == nil {
		t.Error("a new node takes another server than the master")
	}
}

// failover runs two nodes, kills a master, and wants every line soon, and Redis back in use at the end.
func failover(t *testing.T, url string, master *redisServer) {
	t.Helper()
	w, visitor, agent, id := redisPair(t, url)
	visitor.line("before", id)
	until(t, 20*time.Second, "a line arrives", agent.has(id, "before"))
	master.kill()
	for i := range 10 {
		text := fmt.Sprint("meanwhile ", i)
		begun := time.Now()
		visitor.line(text, id)
		until(t, 20*time.Second, "the line arrives", agent.has(id, text))
		if took := time.Since(begun); took > soon {
			t.Errorf("line %d took %v", i, took)
		}
	}
	for _, h := range w.hubs {
		until(t, 30*time.Second, "the node hears itself again", h.broker.(beating).Beating)
	}
	visitor.line("after", id)
	until(t, 20*time.Second, "a line arrives afterwards", agent.has(id, "after"))
	until(t, 10*time.Second, "the agent holds what the store holds", func() bool { return agent.holds(w.store, id) == nil })
	agent.hangUp()
	visitor.hangUp()
}
