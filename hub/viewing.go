package hub

import (
	"context"
	"slices"
	"sync"
	"time"

	"dragoman/chat"
)

// What stands in front on a console is told to the other agents of the site: it is painted and never stored. The node of the console says so, says it
// again as often as it renews its agents' leases, and is believed for as long as those. A console that only follows a conversation does not look at it.

// evViewing is what nodes tell each other of it: with a Session, what that one looks at; without, the question who looks at what.
const evViewing chat.EventType = "viewing"

// maxViewings bounds what is remembered: what a broker brings is input.
const maxViewings = 20000

type viewings struct {
	mu sync.Mutex // guards the following; taken before Session.mu
	of map[string]viewing
}

// viewing is what one console has in front.
type viewing struct {
	site, agent, conversation string
	// typing is until when he counts as writing; zero if he does not.
	typing time.Time
	// here is true for a session of this node; another one is believed until until.
	here  bool
	until time.Time
}

// View notes what stands in front on a console, and tells the other agents of the site (agents).
func (h *Hub) View(ctx context.Context, s *Session, c chat.Viewing) (Empty, error) {
	if c.Conversation == "" {
		h.viewsNothing(s)
		return Empty{}, nil
	}
	site, err := h.access(ctx, s, c.Conversation)
	if err != nil {
		return Empty{}, err
	}
	v := viewing{site: site, agent: s.Participant().ID, conversation: c.Conversation, here: true}
	h.viewings.mu.Lock()
	old := h.viewings.of[s.id]
	if s.isEnded() { // leave is over, or comes after this
		h.viewings.mu.Unlock()
		return Empty{}, ended()
	}
	h.viewings.of[s.id] = v
	h.viewings.mu.Unlock()
	if old.site != "" && old.site != site {
		h.tellViewing(s.id, viewing{site: old.site, agent: old.agent})
	}
	h.tellViewing(s.id, v)
	return Empty{}, nil
}

// views tells whether a conversation stands in front on a console.
func (h *Hub) views(s *Session, conversation string) bool {
	h.viewings.mu.Lock()
	defer h.viewings.mu.Unlock()
	v, known := h.viewings.of[s.id]
	return known && v.conversation == conversation
}

// viewsNothing notes that nothing stands in front on a console any more.
func (h *Hub) viewsNothing(s *Session) {
	h.viewings.mu.Lock()
	old, known := h.viewings.of[s.id]
	delete(h.viewings.of, s.id)
	h.viewings.mu.Unlock()
	if known {
		h.tellViewing(s.id, viewing{site: old.site, agent: old.agent})
	}
}

// typesIn notes that an agent writes in what he looks at, or has stopped.
func (h *Hub) typesIn(s *Session, conversation string, on bool) {
	h.viewings.mu.Lock()
	v, known := h.viewings.of[s.id]
	if !known || v.conversation != conversation {
		h.viewings.mu.Unlock()
		return
	}
	was := !v.typing.IsZero()
	v.typing = time.Time{}
	if on {
		v.typing = time.Now().Add(chat.TypingForget)
	}
	h.viewings.of[s.id] = v
	h.viewings.mu.Unlock()
	if on || was {
		h.tellViewing(s.id, v)
	}
}

// tellViewing tells this and the other nodes what a session looks at.
func (h *Hub) tellViewing(session string, v viewing) {
	h.publish(topicRoster+v.site, chat.Event{
		Type: evViewing, Site: v.site, Session: session, Conversation: v.conversation,
		Participant: &chat.Participant{ID: v.agent, Kind: chat.KindAgent}, On: !v.typing.IsZero(),
	})
}

// sayViewing says again what the consoles here look at.
func (h *Hub) sayViewing() {
	if h.alone {
		return
	}
	for session, v := range h.viewingsHere("") {
		h.tellViewing(session, v)
	}
}

// askWhoViews asks the other nodes what their consoles look at.
func (h *Hub) askWhoViews(site string) {
	if !h.alone {
		h.publish(topicRoster+site, chat.Event{Type: evViewing, Site: site})
	}
}

// viewingsHere are those of this node, of one site or of all.
func (h *Hub) viewingsHere(site string) map[string]viewing {
	h.viewings.mu.Lock()
	defer h.viewings.mu.Unlock()
	here := map[string]viewing{}
	for session, v := range h.viewings.of {
		if v.here && (site == "" || v.site == site) {
			here[session] = v
		}
	}
	return here
}

// viewingHeard takes what a node says of a site, this one too.
func (h *Hub) viewingHeard(site string, ev *chat.Event) {
	switch {
	case ev.Node == h.node:
	case ev.Session == "":
		h.chore(func(context.Context) {
			for session, v := range h.viewingsHere(site) {
				h.tellViewing(session, v)
			}
		})
		return
	case ev.Participant != nil:
		h.viewings.take(site, ev, time.Now())
	}
	h.stir(site)
}

// take notes what a session of another node looks at.
func (w *viewings) take(site string, ev *chat.Event, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	old, known := w.of[ev.Session]
	switch {
	case old.here:
	case ev.Conversation == "":
		if old.site == site { // else it has gone over to another site
			delete(w.of, ev.Session)
		}
	case known || len(w.of) < maxViewings:
		v := viewing{site: site, agent: ev.Participant.ID, conversation: ev.Conversation, until: now.Add(lease)}
		if ev.On {
			v.typing = now.Add(chat.TypingForget)
		}
		w.of[ev.Session] = v
	}
}

// forgetViewings gives up what nobody has said again for too long, and tells who has stopped writing here without a word.
func (h *Hub) forgetViewings(now time.Time) {
	h.viewings.mu.Lock()
	stopped, sites := map[string]viewing{}, map[string]bool{}
	for session, v := range h.viewings.of {
		switch {
		case !v.here && now.After(v.until):
			delete(h.viewings.of, session)
		case !v.typing.IsZero() && now.After(v.typing):
			v.typing = time.Time{}
			h.viewings.of[session] = v
			if v.here {
				stopped[session] = v
			}
		default:
			continue
		}
		sites[v.site] = true
	}
	h.viewings.mu.Unlock()
	for session, v := range stopped {
		h.tellViewing(session, v)
	}
	for site := range sites {
		h.stir(site)
	}
}

// lookingAt returns the rows of a site's roster with what each agent looks at.
func (h *Hub) lookingAt(site string, rows []chat.Colleague) []chat.Colleague {
	h.viewings.mu.Lock()
	looks := map[string]map[string]bool{}
	for _, v := range h.viewings.of {
		if v.site != site {
			continue
		}
		if looks[v.agent] == nil {
			looks[v.agent] = map[string]bool{}
		}
		looks[v.agent][v.conversation] = looks[v.agent][v.conversation] || !v.typing.IsZero()
	}
	h.viewings.mu.Unlock()
	all := slices.Clone(rows)
	for i := range all {
		all[i].AgentStatus = all[i].AgentStatus.Now()
		all[i].Viewing = []chat.Looking{}
		for conversation, typing := range looks[all[i].ID] {
			all[i].Viewing = append(all[i].Viewing, chat.Looking{Conversation: conversation, Typing: typing})
		}
		slices.SortFunc(all[i].Viewing, byConversation)
	}
	return all
}

func byConversation(a, b chat.Looking) int {
	switch {
	case a.Conversation < b.Conversation:
		return -1
	case a.Conversation > b.Conversation:
		return 1
	}
	return 0
}
