package hub

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

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
	heard  atomic.Int64  // when this node last heard its heart here, by the broker's clock; 0: not over this connection
	lag    atomic.Int64  // how long that beat had been on its way

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
func (l *redisLink) silence() time.Duration {
	if at := l.heard.Load(); at != 0 {
		return l.broker.clock() - time.Duration(at)
	}
	return time.Hour // whatever is more than enough
}

// beatNow puts a beat into the queue: it holds when it was put there.
func (l *redisLink) beatNow(beat string) {
	l.put(carried{beat, strconv.AppendInt(nil, int64(l.broker.clock()), 10)})
}

// felt takes in a beat that has come back.
func (l *redisLink) felt(beat string) {
	now := int64(l.broker.clock())
	if sent, err := strconv.ParseInt(beat, 10, 64); err == nil {
		l.heard.Store(now)
		l.lag.Store(now - sent)
	}
}

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

// pulse beats this node's heart. It goes the way of all events.
func (l *redisLink) pulse() {
	every(l.ctx, beatEvery, func() {
		l.broker.mu.Lock()
		beat := l.beat
		l.broker.mu.Unlock()
		if beat != "" {
			l.beatNow(beat)
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
