package hub

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"dragoman/chat"
)

// Presence is painted, never decided upon. An agent who is away counts as nobody who is here, whatever he has open; his colleagues see in the roster
// that he is (roster.go). Agents have a lease in the store for each node, so that a dead node's agents go
// out by themselves. Visitors, who are too many for that, are told of by the node where they are, and believed as long as that node lives: every
// node says so over the broker as often as it renews its agents' leases, and for as long. While the broker is away nobody is given up; when it is
// back, everybody is asked about.
const (
	// offlineAfter is how long somebody without a session still counts as here: a reload of the page must not flicker.
	offlineAfter = 5 * time.Second
	leaseEvery   = 10 * time.Second
	lease        = 30 * time.Second
	// askEvery is how often a node asks for the visitors of the conversations that agents have open on it, and believe how long an
	// answer holds.
	askEvery = 30 * time.Second
	believe  = 75 * time.Second
	// farewellTimeout bounds each of the things that a node does for the others when it goes.
	farewellTimeout = time.Second
	// maxNodes bounds how many nodes are known: what a broker brings is input.
	maxNodes = 1000
)

// hearing is what a broker can do that may be away: it tells whether it hears those that speak.
type hearing interface{ Hearing() bool }

type presence struct {
	pokes chan struct{} // capacity 1: an agent has come

	mu       sync.Mutex           // guards the following; a leaf
	agents   map[string]bool      // those with a lease on any node who are not away, as last read or heard
	visitors map[string]sighted   // those on other nodes
	nodes    map[string]time.Time // until when the other nodes are believed to live

	// The worker's own.
	leased         bool // the store holds leases of this node
	renewed, asked time.Time
	deaf           bool // the broker was away when it was last looked at
}

// sighted is a visitor of whom another node has told.
type sighted struct {
	node         string
	conversation string
	participant  chat.Participant
	until        time.Time
}

func (p *presence) init() {
	p.pokes = make(chan struct{}, 1)
	p.agents = map[string]bool{}
	p.visitors = map[string]sighted{}
	p.nodes = map[string]time.Time{}
}

func (p *presence) poke() {
	select {
	case p.pokes <- struct{}{}:
	default:
	}
}

// online tells whether a participant has a session and is not away, as far as is known here.
func (h *Hub) online(id string) bool {
	h.mu.RLock()
	p, here := h.people[id]
	available := here && p.available()
	h.mu.RUnlock()
	if here {
		return available
	}
	h.presence.mu.Lock()
	defer h.presence.mu.Unlock()
	return h.presence.agents[id] || time.Now().Before(h.presence.visitors[id].until)
}

// SiteOnline tells whether an agent of the site is online on any node, and not away. If the store cannot be asked, only this node counts.
func (h *Hub) SiteOnline(ctx context.Context, site string) bool {
	h.mu.RLock()
	for _, p := range h.people {
		if p.agent != nil && len(p.sessions) > 0 && p.available() && p.agent.Serves(site) {
			h.mu.RUnlock()
			return true
		}
	}
	h.mu.RUnlock()
	if h.alone {
		return false
	}
	online, err := h.store.SiteOnline(ctx, site)
	if err != nil {
		h.trouble.Warn().Err(err).Msg("cannot ask which agents are online")
	}
	return online
}

// SiteFaces returns the agents of the site who are online on any node, and not away, as visitors see them, by name and at most so many. If the store cannot be asked, only this
// node counts.
func (h *Hub) SiteFaces(ctx context.Context, site string, most int) []chat.Face {
	online := map[string]chat.Face{}
	h.mu.RLock()
	for id, p := range h.people {
		if p.agent != nil && len(p.sessions) > 0 && p.available() && p.agent.Serves(site) {
			online[id] = p.agent.Face()
		}
	}
	h.mu.RUnlock()
	if !h.alone {
		elsewhere, err := h.store.SiteAgents(ctx, site)
		if err != nil {
			h.trouble.Warn().Err(err).Msg("cannot ask which agents are online")
		}
		for _, a := range elsewhere {
			online[a.ID] = a.Face()
		}
	}
	faces := slices.DeleteFunc(slices.Collect(maps.Values(online)), func(f chat.Face) bool { return f.Name == "" })
	slices.SortFunc(faces, func(a, b chat.Face) int { return strings.Compare(a.Name, b.Name) })
	return faces[:min(len(faces), most)]
}

// runPresence tells of those who came and went, and renews the leases of the agents that are here.
func (h *Hub) runPresence(ctx context.Context) error {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		agents := false
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.presence.pokes:
			agents = true
		case <-t.C:
		}
		gone := h.seeOff()
		now := time.Now()
		if agents || len(gone) > 0 || now.Sub(h.presence.renewed) >= leaseEvery {
			h.presence.renewed = now
			h.sayAlive()
			h.renewLeases(ctx, gone)
			h.sayViewing()
			h.rostersChanged()
		}
		h.tellRosters(ctx, now)
		if now.Sub(h.presence.asked) >= askEvery {
			h.presence.asked = now
			h.askForVisitors()
		}
		h.doubt(now)
	}
}

// seeOff tells of the visitors whose last session ended a while ago, and returns the agents.
func (h *Hub) seeOff() (agents []chat.Participant) {
	now := time.Now()
	var gone []*person
	h.mu.Lock()
	for id, p := range h.people {
		if !p.left.IsZero() && now.Sub(p.left) >= offlineAfter {
			gone = append(gone, p)
			delete(h.people, id)
			if p.agent == nil {
				h.broker.Leave(topicVisitor + id)
			}
		}
	}
	h.mu.Unlock()
	for _, p := range gone {
		if p.agent != nil {
			agents = append(agents, p.participant)
			continue
		}
		h.tellPresence(p.participant, p.conversations, false)
	}
	return agents
}

// tellPresence tells who follows these conversations of a visitor that he came or went.
func (h *Hub) tellPresence(p chat.Participant, conversations []string, online bool) {
	p.Online = online
	for _, id := range conversations {
		h.publish(topicConversation+id, chat.Event{Type: chat.EvPresence, Conversation: id, Participant: &p})
	}
}

// renewLeases writes who of the agents is here and reads who is anywhere; what has changed is told. gone are those who
// were here.
func (h *Hub) renewLeases(ctx context.Context, gone []chat.Participant) {
	h.mu.RLock()
	here := map[string]chat.Participant{}
	for _, p := range gone {
		here[p.ID] = p
	}
	ids := []string{}
	for id, p := range h.people {
		if p.agent != nil {
			here[id] = p.participant
			ids = append(ids, id)
		}
	}
	h.mu.RUnlock()

	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if len(ids) > 0 || h.presence.leased {
		if err := h.store.SetOnline(ctx, h.node, ids, lease); err != nil {
			h.trouble.Warn().Err(err).Msg("cannot renew the leases of the agents that are online")
			return
		}
		h.presence.leased = len(ids) > 0
	}
	now, err := h.store.OnlineAgents(ctx)
	if err != nil {
		h.trouble.Warn().Err(err).Msg("cannot ask which agents are online")
		return
	}
	online := make(map[string]bool, len(now))
	for id, status := range now {
		if !status.Away() {
			online[id] = true
		}
	}
	h.setStatuses(now)
	// The differences are worked out under the lock: the maps go on changing, with what other nodes tell.
	var came, went []string
	h.presence.mu.Lock()
	for id := range online {
		if !h.presence.agents[id] {
			came = append(came, id)
		}
	}
	for id := range h.presence.agents {
		if !online[id] {
			went = append(went, id)
		}
	}
	h.presence.agents = online
	h.presence.mu.Unlock()
	for _, id := range came {
		h.agentChanged(id, true, here[id])
	}
	for _, id := range went {
		h.agentChanged(id, false, here[id])
	}
}

// setStatuses takes how those agents who are here have set themselves.
func (h *Hub) setStatuses(of map[string]chat.AgentStatus) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, status := range of {
		if p := h.people[id]; p != nil {
			p.status = status
		}
	}
}

// agentOnline takes what another node says of one of its agents, sooner than the store would be asked.
func (h *Hub) agentOnline(p chat.Participant) {
	h.presence.mu.Lock()
	if p.Online {
		h.presence.agents[p.ID] = true
	} else {
		delete(h.presence.agents, p.ID)
	}
	h.presence.mu.Unlock()
	h.tellAssigned(p)
}

// agentChanged tells that an agent came or went: the visitors here whose conversation is his, and the other nodes if he is or was on this one.
func (h *Hub) agentChanged(id string, online bool, p chat.Participant) {
	if p.ID != "" {
		p.Online = online
		if err := h.broker.Publish(h.ctx, topicAgents, chat.Event{Type: chat.EvPresence, Node: h.node, Participant: &p}); err != nil {
			h.trouble.Warn().Err(err).Msg("cannot tell the other nodes who is online")
		}
		h.tellAssigned(p)
		return
	}
	// Somebody whom only the store knows of: his name stands in the rows of his conversations.
	rooms := h.assignedRooms(id)
	if len(rooms) == 0 {
		return
	}
	h.chore(func(ctx context.Context) {
		rows, err := h.store.Conversations(ctx, []string{rooms[0].id})
		if err != nil || len(rows) == 0 {
			return
		}
		for _, p := range rows[0].Participants {
			if p.ID == id {
				p.Online = online
				h.tellAssigned(p)
			}
		}
	})
}

// tellAssigned tells the visitors whose conversation is assigned to an agent that he came or went.
func (h *Hub) tellAssigned(p chat.Participant) {
	for _, r := range h.assignedRooms(p.ID) {
		r.put(chat.Event{Type: chat.EvPresence, Conversation: r.id, Participant: &p})
	}
}

func (h *Hub) assignedRooms(agent string) []*room {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var rooms []*room
	for _, r := range h.rooms {
		r.mu.Lock()
		if r.assignee == agent {
			rooms = append(rooms, r)
		}
		r.mu.Unlock()
	}
	return rooms
}

// askForVisitors asks the other nodes who is there, of the conversations that agents have open here.
func (h *Hub) askForVisitors() {
	if h.alone {
		return
	}
	h.mu.RLock()
	var ask []string
	for id, r := range h.rooms {
		r.mu.Lock()
		for _, f := range r.follows {
			if f.s.view == agentView {
				ask = append(ask, id)
				break
			}
		}
		r.mu.Unlock()
	}
	h.mu.RUnlock()
	for _, id := range ask {
		h.askFor(id)
	}
}

// askFor asks the other nodes for the visitor of a conversation.
func (h *Hub) askFor(conversation string) {
	if !h.alone {
		h.publish(topicConversation+conversation, chat.Event{Type: chat.EvPresence, Conversation: conversation})
	}
}

// heardOf deals with what presence events mean for this node; true means that nobody here need be told.
func (h *Hub) heardOf(r *room, ev *chat.Event) bool {
	if ev.Type != chat.EvPresence {
		return false
	}
	if ev.Node == h.node {
		return ev.Participant == nil
	}
	if ev.Participant == nil || !ev.Participant.Online {
		if p, here := h.visitorHere(r); here && (ev.Participant == nil || ev.Participant.ID == p.ID) {
			// Somebody asks; or says that he has gone, while he is here with another session.
			h.tellPresence(p, []string{r.id}, true)
			return true
		}
	}
	if ev.Participant == nil {
		return true
	}
	h.presence.mu.Lock()
	defer h.presence.mu.Unlock()
	_, known := h.presence.visitors[ev.Participant.ID]
	if !ev.Participant.Online {
		delete(h.presence.visitors, ev.Participant.ID)
		return false
	}
	now := time.Now()
	h.presence.visitors[ev.Participant.ID] = sighted{ev.Node, r.id, *ev.Participant, now.Add(believe)}
	h.presence.liveLocked(ev.Node, now)
	return known
}

// visitorHere returns the visitor of a room if he has a session on this node.
func (h *Hub) visitorHere(r *room) (chat.Participant, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.follows {
		if f.s.view == visitorView {
			return f.s.Participant(), true
		}
	}
	return chat.Participant{}, false
}

// doubt gives up those of whom nobody has told for too long, and those of a node that has not been heard for as long as a lease.
func (h *Hub) doubt(now time.Time) {
	b, can := h.broker.(hearing)
	was := h.presence.deaf
	h.presence.deaf = can && !b.Hearing()
	if was && !h.presence.deaf {
		h.askForVisitors()
	}
	h.presence.mu.Lock()
	var gone []sighted
	if h.presence.deaf {
		h.presence.graceLocked(now.Add(lease / 2))
	}
	for id, v := range h.presence.visitors {
		if now.After(v.until) || now.After(h.presence.nodes[v.node]) {
			gone = append(gone, v)
			delete(h.presence.visitors, id)
		}
	}
	for node, until := range h.presence.nodes {
		if now.After(until) {
			delete(h.presence.nodes, node)
		}
	}
	h.presence.mu.Unlock()
	for _, v := range gone {
		v.participant.Online = false
		if r := h.room(v.conversation); r != nil {
			r.put(chat.Event{Type: chat.EvPresence, Conversation: v.conversation, Participant: &v.participant})
		}
	}
}

// graceLocked puts off every doubt: nobody can be heard.
func (p *presence) graceLocked(until time.Time) {
	for id, v := range p.visitors {
		if v.until.Before(until) {
			v.until = until
			p.visitors[id] = v
		}
	}
	for node, at := range p.nodes {
		if at.Before(until) {
			p.nodes[node] = until
		}
	}
}

// liveLocked notes a sign of life of a node, and tells whether it is news.
func (p *presence) liveLocked(node string, now time.Time) bool {
	_, known := p.nodes[node]
	if known || len(p.nodes) < maxNodes {
		p.nodes[node] = now.Add(lease)
	}
	return !known
}

// sayAlive renews what the other nodes believe of this one.
func (h *Hub) sayAlive() {
	if !h.alone {
		h.publish(topicAgents, chat.Event{Type: chat.EvPresence})
	}
}

// nodeAlive takes another node's sign of life. Who comes, or comes back from the dead, is asked at once for the visitors that he has.
func (h *Hub) nodeAlive(node string) {
	h.presence.mu.Lock()
	news := h.presence.liveLocked(node, time.Now())
	h.presence.mu.Unlock()
	if news {
		h.chore(func(context.Context) { h.askForVisitors() })
	}
}

// sayFarewell ends this node's leases: it is about to end.
func (h *Hub) sayFarewell() {
	if !h.presence.leased {
		return
	}
	ctx, cancel := h.within(farewellTimeout)
	defer cancel()
	if err := h.store.SetOnline(ctx, h.node, nil, lease); err != nil {
		h.log.Warn().Err(err).Msg("cannot end the leases of this node's agents; they run out by themselves")
	}
}
