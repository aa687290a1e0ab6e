package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"dragoman/chat"

	"github.com/redis/go-redis/v9"
)

// redisLink is what a node has with one server of Redis: a queue of what it publishes there and, once it follows something that the server
// has, one connection on which it listens.
type redisLink struct {
	broker *Redis
	addr   string
	// client publishes; listening has connections of its own. After a fault there is a new one: the library counts the faults of a pool, and
	// from a few on it waits a second before each try, in a goroutine that outlives the pool.
	client atomic.Pointer[redis.Client]
	ctx    context.Context
	cancel context.CancelFunc
	out    chan carried
	poke   chan struct{} // capacity 1: there are changes
	heard  atomic.Int64  // when this node last heard its heart here, Unix nanoseconds

	// Guarded by broker.mu.
	topics    map[string]struct{} // what is followed here
	changes   map[string]bool     // what to subscribe (true) or unsubscribe since the last flush
	dropped   map[string]bool     // what the server has unsubscribed by itself
	flushed   map[string][]string // what was subscribed to, by the ping that was sent after it
	pings     int
	listening bool
	beat      string // the channel of this node's own heart here
}

// carried is something on its way to Redis.
type carried struct {
	channel string
	payload []byte
}

// newLink makes a link that does nothing yet.
func (b *Redis) newLink(ctx context.Context, addr string) *redisLink {
	l := &redisLink{
		broker: b, addr: addr,
		out: make(chan carried, publishQueue), poke: make(chan struct{}, 1),
		topics: map[string]struct{}{}, changes: map[string]bool{}, dropped: map[string]bool{}, flushed: map[string][]string{},
	}
	l.client.Store(redis.NewClient(b.address.options(addr)))
	l.ctx, l.cancel = context.WithCancel(ctx)
	return l
}

// silence is how long this node has not heard its heart here.
func (l *redisLink) silence() time.Duration { return time.Since(time.Unix(0, l.heard.Load())) }

func (l *redisLink) beating() bool { return l.silence() < deafAfter }

// changeLocked notes what is to be heard here or not any more. broker.mu is held.
func (l *redisLink) changeLocked(topic string, follow bool) {
	if follow {
		l.topics[topic] = struct{}{}
	} else {
		delete(l.topics, topic)
	}
	l.changes[topic] = follow
	l.wake()
}

func (l *redisLink) wake() {
	select {
	case l.poke <- struct{}{}:
	default:
	}
}

// put queues something, or drops it.
func (l *redisLink) put(c carried) error {
	select {
	case l.out <- c:
		return nil
	default:
		l.broker.owes.Store(true)
		return errors.New("the queue to Redis is full")
	}
}

// run listens from the first topic on until the link ends, with one connection after the other.
func (l *redisLink) run(deliver func(topic string, evs []chat.Event), missed func(topics []string)) {
	select {
	case <-l.ctx.Done():
		return
	case <-l.poke:
	}
	l.broker.mu.Lock()
	l.listening = true
	l.broker.mu.Unlock()
	for first := true; ; first = false {
		err := l.listen(deliver, missed, first)
		if l.ctx.Err() != nil {
			return
		}
		l.heard.Store(0) // nothing is heard until the next connection has beaten
		l.broker.log.Warn().Err(err).Str("server", l.addr).Msg("lost Redis; reading the store instead until it is back")
		l.broker.refresh()
		pause(l.ctx, redialAfter)
	}
}

// listen lives as long as one connection. It subscribes to everything that is followed here, says then what may have been missed,
// and delivers.
func (l *redisLink) listen(deliver func(topic string, evs []chat.Event), missed func(topics []string), first bool) error {
	ctx, cancel := context.WithCancel(l.ctx)
	l.begin()
	o := l.broker.address.options(l.addr)
	o.Dialer = l.broker.address.once()
	client := redis.NewClient(o)
	sub := client.Subscribe(ctx)
	var workers tasks
	// The order matters: the connection must be closed for a worker that writes to it to end.
	defer client.Close()
	defer workers.wait()
	defer sub.Close()
	defer cancel()
	// A read does not end with its context; a closed connection ends it.
	defer context.AfterFunc(ctx, func() { sub.Close() })()
	// What comes back is read from the start on: the answers to ten thousand subscriptions fit into no buffer.
	if err := l.subscribe(ctx, sub, []string{l.beat}); err != nil {
		return err
	}
	workers.start(func() { l.follow(ctx, sub) })
	begun := time.Now()
	for {
		// This node's own heart beats every second on this connection, so silence is a fault.
		msg, err := sub.ReceiveTimeout(ctx, deafAfter)
		if err != nil && !l.moved(err) {
			return err
		}
		switch m := msg.(type) {
		case *redis.Message:
			l.take(m, deliver, missed)
		case *redis.Pong:
			switch topics := l.confirmed(m.Payload); {
			case m.Payload == "1" && !first:
				missed(nil)
			case len(topics) > 0:
				missed(topics)
			}
		case *redis.Subscription:
			if m.Channel == l.beat && m.Kind == "sunsubscribe" {
				return errors.New("the server has given its slots away")
			}
			if m.Kind == "sunsubscribe" {
				l.drop(func(topic string) bool { return l.broker.channel(topic) == m.Channel })
			}
		}
		if !l.beating() && time.Since(begun) > deafAfter {
			return errors.New("Redis has fallen silent")
		}
	}
}

// begin makes everything that is followed something to subscribe to, and finds a channel for the heart that is this server's.
func (l *redisLink) begin() {
	b := l.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(l.changes)
	clear(l.flushed)
	l.pings = 0
	for topic := range l.topics {
		l.changes[topic] = true
	}
	l.beat = b.prefix() + topicBeat + b.mark
	if b.address.kind == redisCluster {
		bucket := slices.Index(b.owners[:], l)
		l.beat = b.inBucket(max(bucket, 0), topicBeat+b.mark)
	}
	l.wake()
}

// take deals with one message.
func (l *redisLink) take(m *redis.Message, deliver func(topic string, evs []chat.Event), missed func(topics []string)) {
	switch {
	case m.Channel == l.beat:
		l.heard.Store(time.Now().UnixNano())
	case strings.HasPrefix(m.Payload, l.broker.mark):
		// Our own: this node was told directly.
	default:
		evs, err := openParcel(m.Payload)
		if err != nil {
			// Another version may say what this one cannot read; the store has it in any case.
			l.broker.log.Warn().Err(err).Msg("cannot read an event of another node; reading the store instead")
			missed([]string{l.topicOf(m.Channel)})
		}
		if len(evs) == 0 {
			return
		}
		if len(evs) == 1 && evs[0].Type == evBye {
			l.broker.peers.forget(m.Payload[:markLength])
			return
		}
		beat := len(evs) == 1 && evs[0].Type == evBeat
		l.broker.peers.hear(m.Payload[:markLength], beat)
		if beat {
			return
		}
		if len(evs) == 1 && evs[0].Type == evMissed {
			missed(nil)
			return
		}
		deliver(l.topicOf(m.Channel), evs)
	}
}

// topicOf returns the topic of a channel.
func (l *redisLink) topicOf(channel string) string {
	topic := strings.TrimPrefix(channel, l.broker.prefix())
	if l.broker.address.kind == redisCluster {
		_, topic, _ = strings.Cut(topic, "}:")
	}
	return topic
}

// moved deals with the answer of a server that does not have a slot (any more): its topics wait until it is known who has.
func (l *redisLink) moved(err error) bool {
	text, ok := strings.CutPrefix(err.Error(), "MOVED ")
	if !ok {
		return false
	}
	slot, _, _ := strings.Cut(text, " ")
	l.drop(func(topic string) bool { return strconv.Itoa(bucketSlot(bucketOf(topic))) == slot })
	return true
}

// drop notes that the server has unsubscribed some of the topics, and has Run look where they are now.
func (l *redisLink) drop(which func(topic string) bool) {
	l.broker.mu.Lock()
	defer l.broker.mu.Unlock()
	for topic := range l.topics {
		if which(topic) {
			l.dropped[topic] = true
			l.broker.refresh()
		}
	}
}

// confirmed returns what was subscribed to before a ping. A server deals with a connection's commands in their order: with the answer to
// the ping all of it stands.
func (l *redisLink) confirmed(ping string) []string {
	if ping == "1" {
		l.put(carried{l.beat, nil}) // the first beat need not wait for its second
	}
	l.broker.mu.Lock()
	defer l.broker.mu.Unlock()
	topics := l.flushed[ping]
	delete(l.flushed, ping)
	return topics
}

// follow tells Redis what this node wants to hear and what not any more, many at a time.
func (l *redisLink) follow(ctx context.Context, sub *redis.PubSub) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.poke:
		}
		on, off, ping := l.flush()
		// After a fault the reader sees the same, and takes a new connection, which subscribes to everything.
		if l.subscribe(ctx, sub, on) != nil || l.unsubscribe(ctx, sub, off) != nil || sub.Ping(ctx, ping) != nil {
			return
		}
		pause(ctx, followPause)
	}
}

// flush takes the changes, as channels, and names the ping that is to follow them.
func (l *redisLink) flush() (on, off []string, ping string) {
	l.broker.mu.Lock()
	defer l.broker.mu.Unlock()
	l.pings++
	ping = strconv.Itoa(l.pings)
	for topic, follow := range l.changes {
		if follow {
			on = append(on, l.broker.channel(topic))
			l.flushed[ping] = append(l.flushed[ping], topic)
		} else {
			off = append(off, l.broker.channel(topic))
		}
	}
	clear(l.changes)
	return on, off, ping
}

func (l *redisLink) subscribe(ctx context.Context, sub *redis.PubSub, channels []string) error {
	command := sub.Subscribe
	if l.broker.address.kind == redisCluster {
		command = sub.SSubscribe
	}
	return l.batches(channels, func(batch []string) error { return command(ctx, batch...) })
}

func (l *redisLink) unsubscribe(ctx context.Context, sub *redis.PubSub, channels []string) error {
	command := sub.Unsubscribe
	if l.broker.address.kind == redisCluster {
		command = sub.SUnsubscribe
	}
	return l.batches(channels, func(batch []string) error { return command(ctx, batch...) })
}

// batches calls do with as many channels at a time as may stand in one command: in a Cluster those of one bucket.
func (l *redisLink) batches(channels []string, do func(batch []string) error) error {
	groups := map[string][]string{"": channels}
	if l.broker.address.kind == redisCluster {
		clear(groups)
		for _, c := range channels {
			bucket, _, _ := strings.Cut(c, "}")
			groups[bucket] = append(groups[bucket], c)
		}
	}
	for group := range maps.Values(groups) {
		for batch := range slices.Chunk(group, followBatch) {
			if err := do(batch); err != nil {
				return fmt.Errorf("cannot change what is heard: %w", err)
			}
		}
	}
	return nil
}

// pulse beats this node's heart. It goes the way of all events.
func (l *redisLink) pulse() {
	every(l.ctx, beatEvery, func() {
		l.broker.mu.Lock()
		beat := l.beat
		l.broker.mu.Unlock()
		if beat != "" {
			l.put(carried{beat, nil})
		}
	})
}

// send publishes what waits, many in one round trip.
func (l *redisLink) send() {
	defer func() { l.client.Load().Close() }()
	for l.ctx.Err() == nil {
		pipe := l.client.Load().Pipeline()
		publish := pipe.Publish
		if l.broker.address.kind == redisCluster {
			publish = pipe.SPublish
		}
		l.gather(publish, pipe.Len)
		_, err := pipe.Exec(l.ctx)
		if err == nil {
			l.broker.confess()
		} else if l.ctx.Err() == nil {
			l.broker.owes.Store(true)
			l.broker.log.Warn().Err(err).Str("server", l.addr).Msg("cannot publish to Redis; the other nodes read the store")
			l.broker.refresh()
			if answer := redis.Error(nil); !errors.As(err, &answer) {
				l.giveUp()
			}
		}
	}
}

// gather waits for something to publish, and takes what else waits.
func (l *redisLink) gather(publish func(ctx context.Context, channel string, message any) *redis.IntCmd, length func() int) {
	select {
	case <-l.ctx.Done():
		return
	case c := <-l.out:
		publish(l.ctx, c.channel, c.payload)
	}
	for length() < publishBatch {
		select {
		case c := <-l.out:
			publish(l.ctx, c.channel, c.payload)
		default:
			return
		}
	}
}

// giveUp takes a new client, and drops what waits for a server that does not answer: when it is back the others have read the store, and who
// typed then has stopped.
func (l *redisLink) giveUp() {
	l.client.Swap(redis.NewClient(l.broker.address.options(l.addr))).Close()
	pause(l.ctx, redialAfter/2)
	for range len(l.out) {
		<-l.out
	}
}
