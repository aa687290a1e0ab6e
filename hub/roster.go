package hub

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"dragoman/chat"
)

// The roster of a site is read from the store, which knows everybody and whose conversations are whose; what somebody looks at is put in from memory
// (viewing.go). Between nodes there are nudges, as for the inboxes. Consoles are told rows that have changed, at most once a second or when an agent comes
// or goes, by the worker of presence.

// roster is the list of the agents of one site, as long as a console on this node follows it.
type roster struct {
	site string

	mu      sync.Mutex // guards the following; taken after Hub.mu, before Session.mu
	follows []*rosterFollow
	dirty   bool                      // the store must be read
	stirred bool                      // somebody looks at something else
	read    []chat.Colleague          // as the store had it
	told    map[string]chat.Colleague // as those consoles know it that are not fresh
}

// rosterFollow is what one console knows of a roster.
type rosterFollow struct {
	s *Session
	// answered is true once the call is: no event comes before. fresh means that the console may know other rows than told.
	answered, fresh bool
}

// RosterOK answers agents.
type RosterOK struct {
	chat.AgentsOK
	answered func()
}

// Agents answers the roster of a site and follows it from then on (agents).
func (h *Hub) Agents(ctx context.Context, s *Session, c chat.Agents) (RosterOK, error) {
	if !servedNow(s.Identity().Sites, c.Site) {
		return RosterOK{}, chat.Errorf(chat.NotFound, "There is no such site.")
	}
	// First follow, then read: what changes in between is told.
	r, f := h.followRoster(s, c.Site)
	if f == nil {
		return RosterOK{}, ended()
	}
	rows, err := h.store.Roster(ctx, c.Site)
	if err != nil {
		return RosterOK{}, err
	}
	ok := RosterOK{AgentsOK: chat.AgentsOK{Site: c.Site, Agents: h.lookingAt(c.Site, rows)}}
	ok.answered = func() {
		r.mu.Lock()
		f.answered, f.fresh, r.dirty = true, true, true
		r.mu.Unlock()
	}
	return ok, nil
}

// followRoster makes a console follow the roster of a site; nil if the session has ended.
func (h *Hub) followRoster(s *Session, site string) (*roster, *rosterFollow) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.isEnded() {
		return nil, nil
	}
	r := h.rosters[site]
	if r == nil {
		r = &roster{site: site, told: map[string]chat.Colleague{}}
		h.rosters[site] = r
		h.broker.Follow(topicRoster + site)
		h.chore(func(context.Context) { h.askWhoViews(site) })
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.follows {
		if f.s == s {
			return r, f
		}
	}
	f := &rosterFollow{s: s}
	r.follows = append(r.follows, f)
	return r, f
}

// leaveRosters takes a console out of its rosters, and forgets those that nobody follows any more.
func (h *Hub) leaveRosters(s *Session) {
	h.viewsNothing(s)
	h.mu.Lock()
	defer h.mu.Unlock()
	for site, r := range h.rosters {
		r.mu.Lock()
		r.follows = slices.DeleteFunc(r.follows, func(f *rosterFollow) bool { return f.s == s })
		if len(r.follows) == 0 {
			delete(h.rosters, site)
			h.broker.Leave(topicRoster + site)
		}
		r.mu.Unlock()
	}
}

// roster returns the roster of a site, or nil if no console here follows it.
func (h *Hub) roster(site string) *roster {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.rosters[site]
}

func (h *Hub) allRosters() []*roster {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Collect(maps.Values(h.rosters))
}

// rostersChanged makes all rosters be read again.
func (h *Hub) rostersChanged() {
	for _, r := range h.allRosters() {
		r.mu.Lock()
		r.dirty = true
		r.mu.Unlock()
	}
}

// rosterHeard takes what is told of a site's roster. It never blocks.
func (h *Hub) rosterHeard(site string, evs []chat.Event) {
	for i := range evs {
		if evs[i].Type == evViewing {
			h.viewingHeard(site, &evs[i])
			continue
		}
		if r := h.roster(site); r != nil && evs[i].Type == chat.EvAgents {
			r.mu.Lock()
			r.dirty = true
			r.mu.Unlock()
		}
	}
}

// stir notes that somebody looks at something else.
func (h *Hub) stir(site string) {
	if r := h.roster(site); r != nil {
		r.mu.Lock()
		r.stirred = true
		r.mu.Unlock()
	}
}

// tellRosters tells the consoles what has changed.
func (h *Hub) tellRosters(ctx context.Context, now time.Time) {
	h.forgetViewings(now)
	for _, r := range h.allRosters() {
		r.mu.Lock()
		dirty, stirred := r.dirty, r.stirred
		r.dirty, r.stirred = false, false
		r.mu.Unlock()
		if dirty {
			if !h.readRoster(ctx, r) {
				return // the next beat tries again
			}
		}
		if dirty || stirred {
			h.tellRoster(r)
		}
	}
}

func (h *Hub) readRoster(ctx context.Context, r *roster) bool {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	rows, err := h.store.Roster(ctx, r.site)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.dirty = true
		h.trouble.Warn().Err(err).Msg("cannot read who the agents of a site are; trying again")
		return false
	}
	r.read = rows
	return true
}

// tellRoster tells the consoles of a roster what they do not know.
func (h *Hub) tellRoster(r *roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read == nil {
		return
	}
	now := make(map[string]chat.Colleague, len(r.read))
	whole := chat.AgentsFrame{Event: chat.EvAgents, Site: r.site, Agents: h.lookingAt(r.site, r.read)}
	changed := chat.AgentsFrame{Event: chat.EvAgents, Site: r.site, Agents: []chat.Colleague{}}
	for _, c := range whole.Agents {
		now[c.ID] = c
		if old, known := r.told[c.ID]; !known || !reflect.DeepEqual(old, c) {
			changed.Agents = append(changed.Agents, c)
		}
	}
	for id := range r.told {
		if _, still := now[id]; !still {
			changed.Gone = append(changed.Gone, id)
		}
	}
	slices.Sort(changed.Gone)
	r.told = now
	r.sendLocked(h, &whole, &changed)
}

// sendLocked sends the whole roster to those who may know another, and to the others what has changed.
func (r *roster) sendLocked(h *Hub, whole, changed *chat.AgentsFrame) {
	var all, some []byte
	news := len(changed.Agents)+len(changed.Gone) > 0
	for _, f := range r.follows {
		switch {
		case !f.answered:
		case f.fresh:
			if all == nil {
				all = h.encode(whole)
			}
			f.fresh = false
			f.s.push(outgoing{frame: all, live: true})
		case news:
			if some == nil {
				some = h.encode(changed)
			}
			f.s.push(outgoing{frame: some, live: true})
		}
	}
}
