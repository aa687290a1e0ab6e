package hub

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// Redis is a nudge, never the truth, and is not trusted to notice its own death: a half-open subscription stays silent for a
// minute without an error. So this node hears its own heart over every connection that it listens on, and takes a new one when it does not.
const (
	beatEvery = time.Second
	deafAfter = 3 * time.Second
	// doubtAfter is the silence after which the store is read instead. Long before a connection is given up it costs nothing to look.
	doubtAfter = 1400 * time.Millisecond
	// redialAfter is the pause between two attempts to connect.
	redialAfter = 200 * time.Millisecond
	// userTimeout is how long the kernel may wait for an acknowledgement before it gives a connection up.
	userTimeout = 5 * time.Second
	// redisTimeout bounds connecting, and each write and read of a command.
	redisTimeout = 2 * time.Second
	// lookEvery is how often Sentinels and Clusters are asked who is in charge, if nothing else tells that it has changed.
	lookEvery = 10 * time.Second

	publishQueue = 8192
	publishBatch = 256
	followBatch  = 500
	// followPause is how long changes of what is followed are gathered. What is told meanwhile the store brings.
	followPause = 5 * time.Millisecond

	topicBeat = "beat:"
	// evMissed tells the other nodes that this one could not publish something: they hear well, and would not know that they have missed it.
	evMissed chat.EventType = "missed"
	// confessEvery is the least time between two of them: each has all others compare everything with the store.
	confessEvery = time.Second
	// evBeat is a node's heart for the others.
	evBeat chat.EventType = "beat"
	// evBye is the last that a node says when it ends in good order: nobody need miss it, but everybody looks once whether all of it was heard.
	evBye chat.EventType = "bye"
)

// Redis carries events between nodes over pub/sub of one Redis, of the master that Sentinels name, or of all masters of a Cluster. There
// is a link for each server; a single Redis is a Cluster of one.
type Redis struct {
	address *redisAddress
	log     zerolog.Logger
	born    time.Time
	// mark stands before everything that this node publishes: what comes back to it is dropped before it is decoded.
	mark string
	// stale is poked when a server says, or seems to say, that another one is in charge.
	stale chan struct{} // capacity 1
	// owes is true while something was not published that others wait for; confessed is when they were last told so.
	owes      atomic.Bool
	confessed atomic.Int64 // Unix nanoseconds
	peers     redisPeers

	mu     sync.Mutex // guards the following; a leaf
	topics map[string]struct{}
	links  map[string]*redisLink // by address
	owners [buckets]*redisLink   // who has which topics; nil until known
	known  bool
}

// silence keeps go-redis, which has one logger for the whole process, from writing its own lines between ours: what it says of lost
// connections is logged here.
var silence = sync.OnceFunc(func() { redis.SetLogger(silent{}) })

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// NewRedis makes a broker for an address, which has one of RedisForms. Run connects. The error never repeats the address.
func NewRedis(address string, log zerolog.Logger) (*Redis, error) {
	silence()
	a, err := parseRedis(address)
	if err != nil {
		return nil, err
	}
	return &Redis{
		address: a, mark: chat.NewID(), born: time.Now(),
		log:    log.Sample(&zerolog.BurstSampler{Burst: 5, Period: 10 * time.Second}),
		stale:  make(chan struct{}, 1),
		topics: map[string]struct{}{}, links: map[string]*redisLink{},
	}, nil
}

// Beating tells whether this node has heard itself lately over every connection that it listens on, and every other node that it knows:
// one that cannot publish is not heard, and those who hear only themselves would not know what they miss.
func (b *Redis) Beating() bool { return !b.peers.silent() && b.Hearing() }

// Hearing tells whether this node has heard itself lately over every connection that it listens on: then who is not heard is not there. What it hears
// must also have been said lately: behind a queue to a slow Redis hearts arrive late, one after the other, and so does all else.
func (b *Redis) Hearing() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.links {
		if l.listening && l.silence()+time.Duration(l.lag.Load()) > doubtAfter {
			return false
		}
	}
	return b.known
}

// clock is the time since the broker was made: that of the day may be set.
func (b *Redis) clock() time.Duration { return time.Since(b.born) }

// prefix stands before the names of all channels. Pub/sub knows no numbered databases; whoever gives two installations two of them means
// that they are apart.
func (b *Redis) prefix() string { return "dragoman:" + strconv.Itoa(b.address.db) + ":" }

// channel is the name under which a topic is published. In a Cluster the braces say by what its server is found.
func (b *Redis) channel(topic string) string {
	if b.address.kind == redisCluster {
		return b.inBucket(bucketOf(topic), topic)
	}
	return b.prefix() + topic
}

func (b *Redis) inBucket(bucket int, name string) string {
	return b.prefix() + "{" + strconv.Itoa(bucket) + "}:" + name
}

// Publish implements Broker. The events go into a queue; if that is full they are dropped.
func (b *Redis) Publish(_ context.Context, topic string, evs ...chat.Event) error {
	payload, err := seal(b.mark, evs)
	if err != nil {
		return err
	}
	b.mu.Lock()
	l := b.owners[bucketOf(topic)]
	b.mu.Unlock()
	if l == nil {
		b.owes.Store(true)
		return errors.New("no server of Redis is known")
	}
	return l.put(carried{b.channel(topic), payload})
}

// confess tells the others of what could not be published, now that something can be.
func (b *Redis) confess() {
	now := time.Now().UnixNano()
	if last := b.confessed.Load(); now-last < int64(confessEvery) || !b.owes.Load() || !b.confessed.CompareAndSwap(last, now) {
		return
	}
	b.owes.Store(false)
	if err := b.Publish(context.Background(), topicAgents, chat.Event{Type: evMissed}); err != nil {
		b.owes.Store(true)
	}
}

// Follow implements Broker.
func (b *Redis) Follow(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.topics[topic] = struct{}{}
	if l := b.owners[bucketOf(topic)]; l != nil {
		l.changeLocked(topic, true)
	}
}

// Leave implements Broker.
func (b *Redis) Leave(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.topics, topic)
	if l := b.owners[bucketOf(topic)]; l != nil {
		l.changeLocked(topic, false)
	}
}

// refresh has Run look who is in charge.
func (b *Redis) refresh() {
	select {
	case b.stale <- struct{}{}:
	default:
	}
}

// Run implements Broker.
func (b *Redis) Run(ctx context.Context, deliver func(topic string, evs []chat.Event), missed func(topics []string)) error {
	var workers tasks
	defer workers.wait()
	workers.start(func() { b.greet(ctx) })
	defer b.bye()
	find := finder{address: b.address}
	for ctx.Err() == nil {
		shards, err := find.find(ctx)
		if err == nil {
			for _, l := range b.arrange(ctx, shards) {
				workers.start(l.send)
				workers.start(l.pulse)
				workers.start(func() { l.run(deliver, missed) })
			}
		} else if ctx.Err() == nil {
			b.log.Warn().Err(err).Msg("cannot find out which Redis is in charge; reading the store instead")
			b.refresh()
		}
		// However often it is said that things have changed, the others are asked only so often.
		pause(ctx, redialAfter)
		select {
		case <-ctx.Done():
		case <-b.stale:
		case <-time.After(lookEvery):
		}
	}
	return ctx.Err()
}

// arrange gives each topic to the link of the server that has it now, and returns the links that are new.
func (b *Redis) arrange(ctx context.Context, shards []shard) (added []*redisLink) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := map[string]*redisLink{}
	for _, s := range shards {
		l := b.links[s.addr]
		if l == nil {
			l = b.newLink(ctx, s.addr)
			added = append(added, l)
		}
		now[s.addr] = l
		for bucket, has := range s.has {
			if has {
				b.owners[bucket] = l
			}
		}
	}
	for addr, l := range b.links {
		if now[addr] == nil {
			l.cancel()
			b.owes.Store(true) // what waits in its queue
		}
		for topic := range l.topics {
			if b.owners[bucketOf(topic)] != l {
				// Its server has dropped the subscription itself, and would refuse to be told so.
				delete(l.topics, topic)
				delete(l.changes, topic)
			}
		}
	}
	b.links, b.known = now, true
	for topic := range b.topics {
		l := b.owners[bucketOf(topic)]
		if _, has := l.topics[topic]; !has || l.dropped[topic] {
			l.changeLocked(topic, true)
		}
	}
	for _, l := range b.links {
		clear(l.dropped)
	}
	return added
}

// pause waits, or ends with ctx.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
