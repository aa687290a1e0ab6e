package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// Redis is a nudge, never the truth, and is not trusted to notice its own death: a half-open subscription stays silent for a
// minute without an error. So this node hears its own heart over Redis, and takes a new connection when it does not.
const (
	beatEvery = time.Second
	deafAfter = 3 * time.Second
	// redialAfter is the pause between two attempts to connect.
	redialAfter = 200 * time.Millisecond
	// userTimeout is how long the kernel may wait for an acknowledgement before it gives a connection up.
	userTimeout = 5 * time.Second

	publishQueue  = 8192
	publishBatch  = 256
	followBatch   = 500
	channelPrefix = "dragoman:"
	topicBeat     = "beat:"
)

// Redis carries events between nodes over pub/sub of one Redis.
type Redis struct {
	client *redis.Client
	log    zerolog.Logger
	// mark stands before everything that this node publishes: what comes back to it is dropped before it is decoded.
	mark string
	beat string // the channel of this node's own heart

	out   chan carried
	heard atomic.Int64 // when this node last heard its heart, Unix nanoseconds

	mu      sync.Mutex // guards the following; a leaf
	topics  map[string]struct{}
	changes map[string]bool // what to subscribe (true) or unsubscribe since the last flush
	poke    chan struct{}   // capacity 1
}

// carried is an event on its way.
type carried struct {
	channel string
	payload []byte
}

// parcel is an event as it travels between nodes: with what the visitor's side of a row knows, which the wire of clients leaves out.
type parcel struct {
	chat.Event
	VisitorLast   *chat.Message `json:"visitor_last,omitempty"`
	VisitorUnread int64         `json:"visitor_unread,omitempty"`
}

// silence keeps go-redis, which has one logger for the whole process, from writing its own lines between ours: what it says of lost
// connections is logged here.
var silence = sync.OnceFunc(func() { redis.SetLogger(silent{}) })

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// NewRedis makes a broker for an address such as redis://:password@host:6379/0. Run connects.
func NewRedis(address string, log zerolog.Logger) (*Redis, error) {
	silence()
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("cannot read the address of Redis: %w", err)
	}
	o.DialTimeout, o.WriteTimeout, o.ReadTimeout = 2*time.Second, 2*time.Second, 2*time.Second
	o.MaxRetries, o.DialerRetries = -1, 1 // an event that is late is no use: the others have read the store by then
	dialer := &net.Dialer{Timeout: o.DialTimeout, KeepAlive: 5 * time.Second, Control: controlSocket}
	if o.TLSConfig == nil {
		o.Dialer = dialer.DialContext
	}
	mark := chat.NewID()
	return &Redis{
		client: redis.NewClient(o), mark: mark, beat: channelPrefix + topicBeat + mark,
		log:    log.Sample(&zerolog.BurstSampler{Burst: 5, Period: 10 * time.Second}),
		out:    make(chan carried, publishQueue),
		topics: map[string]struct{}{}, changes: map[string]bool{}, poke: make(chan struct{}, 1),
	}, nil
}

// Ping tells whether Redis answers.
func (b *Redis) Ping(ctx context.Context) error { return b.client.Ping(ctx).Err() }

// Beating tells whether this node has heard itself over Redis lately.
func (b *Redis) Beating() bool {
	return time.Since(time.Unix(0, b.heard.Load())) < deafAfter
}

// Publish implements Broker. The event goes into a queue; if that is full it is dropped.
func (b *Redis) Publish(_ context.Context, topic string, ev chat.Event) error {
	p := parcel{Event: ev}
	if ev.Row != nil {
		p.VisitorLast, p.VisitorUnread = ev.Row.VisitorLast, ev.Row.VisitorUnread
	}
	payload, err := json.Marshal(p)
	if err != nil {
		return err
	}
	select {
	case b.out <- carried{channelPrefix + topic, append([]byte(b.mark), payload...)}:
		return nil
	default:
		return errors.New("the queue to Redis is full")
	}
}

// openParcel reads what came from Redis: a node's mark and an event. That is input, too: another version may have written it.
func openParcel(payload string) (chat.Event, error) {
	const markLength = 36
	if len(payload) < markLength {
		return chat.Event{}, errors.New("too short")
	}
	var p parcel
	if err := json.Unmarshal([]byte(payload[markLength:]), &p); err != nil {
		return chat.Event{}, err
	}
	if p.Row != nil {
		p.Row.VisitorLast, p.Row.VisitorUnread = p.VisitorLast, p.VisitorUnread
	}
	return p.Event, nil
}

// Follow implements Broker.
func (b *Redis) Follow(topic string) { b.change(topic, true) }

// Leave implements Broker.
func (b *Redis) Leave(topic string) { b.change(topic, false) }

func (b *Redis) change(topic string, follow bool) {
	channel := channelPrefix + topic
	b.mu.Lock()
	if follow {
		b.topics[channel] = struct{}{}
	} else {
		delete(b.topics, channel)
	}
	b.changes[channel] = follow
	b.mu.Unlock()
	select {
	case b.poke <- struct{}{}:
	default:
	}
}

// Run implements Broker.
func (b *Redis) Run(ctx context.Context, deliver func(topic string, ev chat.Event), lost func()) error {
	var workers tasks
	workers.run(func() { b.send(ctx) })
	workers.run(func() { b.pulse(ctx) })
	defer b.client.Close()
	defer workers.wait()
	for ctx.Err() == nil {
		if err := b.listen(ctx, deliver, lost); err != nil && ctx.Err() == nil {
			b.log.Warn().Err(err).Msg("lost Redis; reading the store instead until it is back")
			select {
			case <-ctx.Done():
			case <-time.After(redialAfter):
			}
		}
	}
	return ctx.Err()
}

// listen lives as long as one connection: it subscribes to everything that is followed, says that what was told meanwhile was not
// heard, and delivers.
func (b *Redis) listen(ctx context.Context, deliver func(topic string, ev chat.Event), lost func()) error {
	ctx, cancel := context.WithCancel(ctx)
	b.mu.Lock()
	all := append(slices.Collect(maps.Keys(b.topics)), b.beat)
	clear(b.changes)
	b.mu.Unlock()
	sub := b.client.Subscribe(ctx)
	var workers tasks
	// The order matters: the connection must be closed for a worker that writes to it to end.
	defer workers.wait()
	defer sub.Close()
	defer cancel()
	// A read does not end with its context; a closed connection ends it.
	defer context.AfterFunc(ctx, func() { sub.Close() })()
	for batch := range slices.Chunk(all, followBatch) {
		if err := sub.Subscribe(ctx, batch...); err != nil {
			return err
		}
	}
	workers.run(func() { b.follow(ctx, sub) })
	begun := time.Now()
	confirmed := false
	for {
		// This node's own heart beats every second on this connection, so silence is a fault.
		msg, err := sub.ReceiveTimeout(ctx, deafAfter)
		if err != nil {
			return err
		}
		m, ok := msg.(*redis.Message)
		switch {
		case ok && m.Channel == b.beat:
			b.heard.Store(time.Now().UnixNano())
			if !confirmed {
				// Redis deals with a connection's commands in their order: with the heart, everything before it is subscribed.
				confirmed = true
				lost()
			}
		case ok && strings.HasPrefix(m.Payload, b.mark):
			// Our own: this node was told directly.
		case ok:
			if ev, err := openParcel(m.Payload); err == nil {
				deliver(strings.TrimPrefix(m.Channel, channelPrefix), ev)
			} else {
				b.log.Warn().Err(err).Msg("cannot read an event of another node")
			}
		}
		if !b.Beating() && time.Since(begun) > deafAfter {
			return errors.New("Redis has fallen silent")
		}
	}
}

// follow tells Redis what this node wants to hear and what not any more, many at a time.
func (b *Redis) follow(ctx context.Context, sub *redis.PubSub) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.poke:
		}
		var on, off []string
		b.mu.Lock()
		for channel, follow := range b.changes {
			if follow {
				on = append(on, channel)
			} else {
				off = append(off, channel)
			}
		}
		clear(b.changes)
		b.mu.Unlock()
		for batch := range slices.Chunk(on, followBatch) {
			if sub.Subscribe(ctx, batch...) != nil {
				return // the reader sees the same fault and takes a new connection, which subscribes to everything
			}
		}
		for batch := range slices.Chunk(off, followBatch) {
			if sub.Unsubscribe(ctx, batch...) != nil {
				return
			}
		}
	}
}

// pulse beats this node's heart. It goes the way of all events.
func (b *Redis) pulse(ctx context.Context) {
	every(ctx, beatEvery, func() {
		select {
		case b.out <- carried{b.beat, nil}:
		default:
		}
	})
}

// send publishes what waits, many in one round trip.
func (b *Redis) send(ctx context.Context) {
	batch := make([]carried, 0, publishBatch)
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-b.out:
			batch = append(batch[:0], c)
		}
		for more := true; more && len(batch) < publishBatch; {
			select {
			case c := <-b.out:
				batch = append(batch, c)
			default:
				more = false
			}
		}
		_, err := b.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, c := range batch {
				p.Publish(ctx, c.channel, c.payload)
			}
			return nil
		})
		if err != nil && ctx.Err() == nil {
			b.log.Warn().Err(err).Msg("cannot publish to Redis; the other nodes read the store")
		}
	}
}
