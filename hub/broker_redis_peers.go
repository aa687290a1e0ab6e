package hub

import (
	"context"
	"sync"
	"time"

	"dragoman/chat"

	"github.com/redis/go-redis/v9"
)

const (
	// peerMemory is how long a node that has fallen silent is missed: it may be alive and tell of lines that nobody hears. One that has ended is
	// missed as long, unless it said goodbye, which costs a look at the heads every half second. Of one that lives on unheard the database knows.
	peerMemory = time.Minute
	// maxPeers bounds how many nodes are known; what comes from Redis is input.
	maxPeers = 1000
	// byeTimeout bounds the last word of a node.
	byeTimeout = 500 * time.Millisecond
)

// redisPeers are the other nodes, as they are heard over Redis.
type redisPeers struct {
	mu    sync.Mutex // guards the following; a leaf
	heard map[string]time.Time
}

// hear notes a sign of life. A node is known from its first beat on: one of an older version sends none, and is silent when it has nothing to say.
func (p *redisPeers) hear(mark string, beat bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.heard == nil {
		p.heard = map[string]time.Time{}
	}
	if _, known := p.heard[mark]; known || beat && len(p.heard) < maxPeers {
		p.heard[mark] = time.Now()
	}
}

// forget is for who has said goodbye.
func (p *redisPeers) forget(mark string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.heard, mark)
}

// silent tells whether a node has not been heard for longer than doubtAfter, and forgets those whose time is over.
func (p *redisPeers) silent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	silent := false
	for mark, at := range p.heard {
		switch since := time.Since(at); {
		case since > peerMemory:
			delete(p.heard, mark)
		case since > doubtAfter:
			silent = true
		}
	}
	return silent
}

// Peers counts the other nodes that were heard lately.
func (b *Redis) Peers() (n int) {
	b.peers.mu.Lock()
	defer b.peers.mu.Unlock()
	for _, at := range b.peers.heard {
		if time.Since(at) <= doubtAfter {
			n++
		}
	}
	return n
}

// greet lets the others hear that this node can be heard, and in time: while it hears itself late or not at all it is better missed.
func (b *Redis) greet(ctx context.Context) {
	every(ctx, beatEvery, func() {
		if b.Hearing() {
			// What cannot be published is not heard, which is what a beat is for.
			_ = b.Publish(ctx, topicAgents, chat.Event{Type: evBeat})
		}
	})
}

// bye tells the others that this node ends. The links end with it, so this takes a connection of its own, and not long.
func (b *Redis) bye() {
	b.mu.Lock()
	l := b.owners[bucketOf(topicAgents)]
	b.mu.Unlock()
	payload, err := seal(b.mark, []chat.Event{{Type: evBye}})
	if l == nil || err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), byeTimeout)
	defer cancel()
	c := redis.NewClient(b.address.options(l.addr))
	defer c.Close()
	if b.address.kind == redisCluster {
		err = c.SPublish(ctx, b.channel(topicAgents), payload).Err()
	} else {
		err = c.Publish(ctx, b.channel(topicAgents), payload).Err()
	}
	if err != nil {
		b.log.Debug().Err(err).Msg("cannot say goodbye; the others look for this server for a minute")
	}
}
