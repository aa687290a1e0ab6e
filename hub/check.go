package hub

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// How often the heads of all live rooms are compared with the store's: rarely while the broker is heard, often while it is not.
const (
	checkEvery     = 15 * time.Second
	checkDeafEvery = 500 * time.Millisecond
	// listenEvery is how often a look is taken whether the broker is still heard.
	listenEvery = 250 * time.Millisecond
	checkBatch  = 1000
)

// unheard are topics of which something may have been missed.
type unheard struct {
	poke chan struct{} // capacity 1

	mu     sync.Mutex // guards the following; a leaf
	topics map[string]bool
}

func (u *unheard) init() {
	u.poke = make(chan struct{}, 1)
	u.topics = map[string]bool{}
}

func (u *unheard) add(topics []string) {
	u.mu.Lock()
	for _, t := range topics {
		u.topics[t] = true
	}
	u.mu.Unlock()
	select {
	case u.poke <- struct{}{}:
	default:
	}
}

func (u *unheard) take() map[string]bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	topics := u.topics
	u.topics = map[string]bool{}
	return topics
}

// beating is what a broker can do that may fall silent: it tells whether it has heard itself lately.
type beating interface{ Beating() bool }

// peered is what a broker can do whose nodes hear each other's hearts: it tells how many others are heard.
type peered interface{ Peers() int }

// beating tells whether this node hears the others, as far as its broker and the database know.
func (h *Hub) beating() bool {
	b, ok := h.broker.(beating)
	return (!ok || b.Beating()) && !h.strangers.Load()
}

// lookForStrangers compares those who are heard with those who have the database open. A node that is cut off from Redis for long, or that has a Redis
// of its own behind a divided network, is forgotten by the broker, and its lines would wait for the slow check.
func (h *Hub) lookForStrangers(ctx context.Context) error {
	b, ok := h.broker.(peered)
	if !ok {
		return nil
	}
	n, err := h.store.Servers(ctx)
	if err == nil {
		h.strangers.Store(n > b.Peers()+1)
	}
	return err
}

// missed is called by the broker: what was told of these topics until now was not heard, or of any topic if there are none.
func (h *Hub) missed(topics []string) {
	if topics != nil {
		h.unheard.add(topics)
		return
	}
	h.lost()
}

// lost is what follows a lost connection: everything is compared with the store.
func (h *Hub) lost() {
	h.counts.lost.Add(1)
	select {
	case h.checks <- struct{}{}:
	default:
	}
}

// checkRooms compares all live rooms with the store now and then, and at once when the broker comes back.
func (h *Hub) checkRooms(ctx context.Context) error {
	t := time.NewTicker(listenEvery)
	defer t.Stop()
	_, has := h.broker.(peered)
	h.strangers.Store(has) // until it is known who is there
	last := time.Now()
	for {
		check := h.checkAll
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.checks:
		case <-h.unheard.poke:
			check = h.checkUnheard
		case <-t.C:
			if since := time.Since(last); since < checkDeafEvery || since < checkEvery && h.beating() {
				continue
			}
			last = time.Now()
		}
		if err := check(ctx); err != nil && ctx.Err() == nil {
			h.trouble.Warn().Err(err).Msg("cannot compare the live conversations with the store; trying again")
		}
	}
}

// checkAll compares everything that is followed here.
func (h *Hub) checkAll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	epoch, err := h.store.Epoch(ctx)
	if err != nil {
		return err
	}
	h.epoch.Store(&epoch)
	if err := h.lookForStrangers(ctx); err != nil {
		return err
	}

	h.mu.RLock()
	rooms, inboxes := slices.Collect(maps.Values(h.rooms)), slices.Collect(maps.Values(h.inboxes))
	var visitors []string
	for id, p := range h.people {
		if len(p.sessions) > 0 && p.agent == nil && !h.alone {
			visitors = append(visitors, id)
		}
	}
	h.mu.RUnlock()
	return h.compare(ctx, rooms, inboxes, visitors)
}

// checkUnheard compares what has only just been subscribed to: between a session's look into the store and the moment from which on the
// broker brings more, something may have been told.
func (h *Hub) checkUnheard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	topics := h.unheard.take()
	var rooms []*room
	var inboxes []*inbox
	var visitors []string
	h.mu.RLock()
	for topic := range topics {
		if r := h.rooms[strings.TrimPrefix(topic, topicConversation)]; r != nil {
			rooms = append(rooms, r)
		}
		if in := h.inboxes[strings.TrimPrefix(topic, topicInbox)]; in != nil {
			inboxes = append(inboxes, in)
		}
		if id, ok := strings.CutPrefix(topic, topicVisitor); ok {
			visitors = append(visitors, id)
		}
	}
	h.mu.RUnlock()
	err := h.compare(ctx, rooms, inboxes, visitors)
	if err != nil {
		// The next look at everything is up to a quarter of a minute away.
		time.AfterFunc(retryAfter, func() { h.unheard.add(slices.Collect(maps.Keys(topics))) })
	}
	return err
}

// compare asks the store for the heads of rooms, the newest page of inboxes, and for conversations that visitors have
// begun, and tokens that have ended, on other nodes.
func (h *Hub) compare(ctx context.Context, rooms []*room, inboxes []*inbox, visitors []string) error {
	for batch := range slices.Chunk(rooms, checkBatch) {
		ids := make([]string, len(batch))
		for i, r := range batch {
			ids[i] = r.id
		}
		now, err := h.store.Standings(ctx, ids)
		if err != nil {
			return err
		}
		for _, r := range batch {
			if s, ok := now[r.id]; ok {
				r.check(s)
			}
		}
	}
	for batch := range slices.Chunk(visitors, checkBatch) {
		begun, err := h.store.Unresolved(ctx, batch)
		if err != nil {
			return err
		}
		for visitor, conversations := range begun {
			for _, id := range conversations {
				h.newConversation(visitor, id)
			}
		}
		ended, err := h.store.EndedTokens(ctx, batch)
		if err != nil {
			return err
		}
		h.endTokens(ended)
	}
	for _, in := range inboxes {
		if err := in.check(ctx); err != nil {
			return err
		}
	}
	return nil
}

// currentEpoch returns which history of the database this is. It can only change while no server runs on it, so what the
// last check has read is good.
func (h *Hub) currentEpoch(ctx context.Context) (string, error) {
	if e := h.epoch.Load(); e != nil {
		return *e, nil
	}
	e, err := h.store.Epoch(ctx)
	if err != nil {
		return "", err
	}
	h.epoch.Store(&e)
	return e, nil
}
