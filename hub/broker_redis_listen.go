package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"dragoman/chat"

	"github.com/redis/go-redis/v9"
)

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
		l.felt(m.Payload)
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
			missed(nil) // what it told last may have stayed in its queue
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
		l.beatNow(l.beat) // the first beat need not wait for its second
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
