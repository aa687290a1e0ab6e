package hub

import (
	"context"
	"time"
)

// How often the heads of all live rooms are compared with the store's: rarely while the broker is heard, often while it is not.
const (
	checkEvery     = 15 * time.Second
	checkDeafEvery = 500 * time.Millisecond
	checkBatch     = 1000
	// visitorsPerCheck is how many visitors are asked in one check whether they have begun a conversation on another node. The broker
	// tells that; this is for what it lost.
	visitorsPerCheck = 100
)

// beating is what a broker can do that may fall silent: it tells whether it has heard itself lately.
type beating interface{ Beating() bool }

// lost is called by the broker after a lost connection: whatever was published meanwhile was not heard.
func (h *Hub) lost() {
	h.counts.lost.Add(1)
	select {
	case h.checks <- struct{}{}:
	default:
	}
}

// checkRooms compares all live rooms with the store now and then, and at once when the broker comes back.
func (h *Hub) checkRooms(ctx context.Context) error {
	t := time.NewTicker(checkDeafEvery)
	defer t.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.checks:
		case <-t.C:
			if b, ok := h.broker.(beating); (!ok || b.Beating()) && time.Since(last) < checkEvery {
				continue
			}
		}
		last = time.Now()
		if err := h.checkAll(ctx); err != nil && ctx.Err() == nil {
			h.trouble.Warn().Err(err).Msg("cannot compare the live conversations with the store; trying again")
		}
	}
}

func (h *Hub) checkAll(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	epoch, err := h.store.Epoch(ctx)
	if err != nil {
		return err
	}
	h.epoch.Store(&epoch)

	h.mu.RLock()
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	inboxes := make([]*inbox, 0, len(h.inboxes))
	for _, in := range h.inboxes {
		inboxes = append(inboxes, in)
	}
	h.mu.RUnlock()

	for len(rooms) > 0 {
		batch := rooms[:min(len(rooms), checkBatch)]
		rooms = rooms[len(batch):]
		ids := make([]string, len(batch))
		for i, r := range batch {
			ids[i] = r.id
		}
		heads, err := h.store.Heads(ctx, ids)
		if err != nil {
			return err
		}
		for _, r := range batch {
			if head, ok := heads[r.id]; ok {
				r.check(head)
			}
		}
	}
	for _, in := range inboxes {
		if err := in.check(ctx); err != nil {
			return err
		}
	}
	return h.checkVisitors(ctx)
}

// checkVisitors asks for a few visitors, in turn, whether they have conversations that their sessions do not follow.
func (h *Hub) checkVisitors(ctx context.Context) error {
	if h.alone {
		return nil
	}
	h.mu.RLock()
	var ask []string
	for id, p := range h.people { // Go begins at a random place, so each has his turn sooner or later.
		if len(p.sessions) > 0 && p.agent == nil {
			if ask = append(ask, id); len(ask) == visitorsPerCheck {
				break
			}
		}
	}
	h.mu.RUnlock()
	for _, id := range ask {
		conversations, err := h.store.VisitorConversations(ctx, id, 1)
		if err != nil {
			return err
		}
		for _, c := range conversations {
			h.newConversation(id, c.ID)
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
