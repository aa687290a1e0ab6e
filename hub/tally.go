package hub

import (
	"context"
	"sync"
	"time"

	"dragoman/chat"
)

// tallyFor is how long the numbers of a site are given out again: however many consoles ask, the store counts a site once in this time. Who wants a change
// that he was told of to be in them asks that much later.
const tallyFor = time.Second

// tallies are how many conversations the sites have, as counted last.
type tallies struct {
	mu    sync.Mutex // guards the following; a leaf
	sites map[string]*tally
}

// tally is what was counted of one site. The rest may be read when done is closed.
type tally struct {
	begun  time.Time
	done   chan struct{}
	counts chat.SiteCounts
	err    error
}

// Counts answers how many unresolved conversations the agent's sites have (agents).
func (h *Hub) Counts(ctx context.Context, s *Session, _ struct{}) (chat.CountsOK, error) {
	me := s.Participant().ID
	sites := sitesOf(s.Identity(), "")
	tallies := h.tally(sites)
	calls, err := h.store.Mentions(ctx, me, sites)
	sum := chat.CountsOK{Mentions: calls}
	if err != nil {
		return sum, err
	}
	for _, t := range tallies {
		select {
		case <-t.done:
		case <-ctx.Done():
			return sum, ctx.Err()
		}
		if t.err != nil {
			return sum, t.err
		}
		sum.All += t.counts.Snoozed
		for assignee, n := range t.counts.Open {
			sum.All += n
			switch assignee {
			case "":
				sum.Unassigned += n
			case me:
				sum.Mine += n
			}
		}
	}
	return sum, nil
}

// tally returns the numbers of sites, and has those counted that are not known.
func (h *Hub) tally(sites []string) []*tally {
	all := make([]*tally, 0, len(sites))
	var missing []string
	fresh := map[string]*tally{}
	h.tallies.mu.Lock()
	for _, site := range sites {
		t := h.tallies.sites[site]
		if t == nil || time.Since(t.begun) >= tallyFor {
			t = &tally{begun: time.Now(), done: make(chan struct{})}
			h.tallies.sites[site], fresh[site] = t, t
			missing = append(missing, site)
		}
		all = append(all, t)
	}
	h.tallies.mu.Unlock()
	if len(missing) > 0 {
		h.tasks.run(func() { h.count(missing, fresh) })
	}
	return all
}

// count fills in what was not known. A fault is the answer for those who wait for it, and nobody else's.
func (h *Hub) count(sites []string, fresh map[string]*tally) {
	ctx, cancel := context.WithTimeout(h.ctx, storeTimeout)
	defer cancel()
	counts, err := h.store.Counts(ctx, sites)
	h.tallies.mu.Lock()
	defer h.tallies.mu.Unlock()
	for site, t := range fresh {
		t.counts, t.err = counts[site], err
		if err != nil && h.tallies.sites[site] == t {
			delete(h.tallies.sites, site)
		}
		close(t.done)
	}
}
