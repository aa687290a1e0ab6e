package hub

import (
	"math/rand/v2"
	"time"

	"dragoman/chat"
)

// person is somebody with sessions on this node, or who had some a moment ago.
type person struct {
	participant chat.Participant
	agent       *chat.Agent
	status      chat.AgentStatus // of an agent, as last read
	sessions    []*Session
	// left is when the last session ended; zero while there is one. conversations are those to tell of it.
	left          time.Time
	conversations []string
	// opened is the conversation of a visitor that began last: a session may have asked for its conversations before, and joined after.
	opened string
}

// available tells whether the person counts as here: an agent who is away does not.
func (p *person) available() bool { return !p.status.Away() }

// room returns the room of a conversation, or nil if nobody here follows it.
func (h *Hub) room(conversation string) *room {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.rooms[conversation]
}

// join makes a session one of the person's; joined is false if the session has ended meanwhile, first is true if he had
// none; opened is the conversation that began last, if one began while he was here.
func (h *Hub) join(s *Session, id Identity) (joined, first bool, opened string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return false, false, ""
	}
	id.Conversations = nil
	s.identity = id
	s.view = viewOf(id.Participant.Kind)
	s.greeted = true
	// Spread over the beat, so that those who came back together are not asked together for ever.
	s.due = h.clock() + rand.N(chat.PingEvery)
	s.mu.Unlock()

	p := h.people[id.Participant.ID]
	if p == nil {
		p = &person{}
		h.people[id.Participant.ID] = p
		if s.view == visitorView {
			h.broker.Follow(topicVisitor + id.Participant.ID)
		}
		first = true
		if id.Agent != nil {
			p.status = id.Agent.AgentStatus
			h.presence.poke()
		}
	}
	p.participant, p.agent = id.Participant, id.Agent
	p.sessions = append(p.sessions, s)
	p.left, p.conversations = time.Time{}, nil
	return true, first, p.opened
}

// leave takes a session out of everything.
func (h *Hub) leave(s *Session) {
	conversations := s.conversations()
	follows, inbox := s.take()
	for _, f := range follows {
		h.release(f)
	}
	if inbox != nil {
		h.leaveInboxes(inbox)
	}
	if s.Agent() != nil {
		h.leaveRosters(s)
	}
	h.sessionsMu.Lock()
	delete(h.sessions, s)
	h.sessionsMu.Unlock()

	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.people[s.Participant().ID]
	if p == nil {
		return
	}
	for i, o := range p.sessions {
		if o == s {
			p.sessions = append(p.sessions[:i], p.sessions[i+1:]...)
			break
		}
	}
	if len(p.sessions) == 0 && p.left.IsZero() {
		p.left, p.conversations = time.Now(), conversations
	}
}

// follow joins a session to a conversation's room; nil if the session has ended meanwhile. row is what is known of the conversation.
// An earlier follow of the same session is returned as it is.
func (h *Hub) follow(s *Session, conversation string, row *chat.Conversation) *follow {
	if f := s.following(conversation); f != nil {
		return f
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[conversation]
	if r == nil {
		r = &room{hub: h, id: conversation}
	}
	f := &follow{s: s, room: r}
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	for _, o := range s.follows {
		if o.room.id == conversation {
			s.mu.Unlock()
			return o
		}
	}
	s.follows = append(s.follows, f)
	s.mu.Unlock()
	if h.rooms[conversation] == nil {
		h.rooms[conversation] = r
		h.broker.Follow(topicConversation + conversation)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.follows = append(r.follows, f)
	r.learnLocked(row)
	if r.site == "" {
		r.site = s.Site()
	}
	if s.view == agentView {
		f.opened = time.Now()
	}
	return f
}

// unfollow ends a follow.
func (h *Hub) unfollow(f *follow) {
	f.s.forget(f)
	h.release(f)
}

// release takes a follow out of its room, and forgets a room that nobody follows any more.
func (h *Hub) release(f *follow) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := f.room
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, o := range r.follows {
		if o == f {
			r.follows = append(r.follows[:i], r.follows[i+1:]...)
			f.live = false
			f.turn++
			break
		}
	}
	if len(r.follows) == 0 && h.rooms[r.id] == r {
		delete(h.rooms, r.id)
		h.broker.Leave(topicConversation + r.id)
	}
}

// newConversation makes all sessions of a visitor follow a conversation that has just begun, whole.
func (h *Hub) newConversation(visitor, conversation string) {
	h.mu.Lock()
	var sessions []*Session
	if p := h.people[visitor]; p != nil {
		p.opened = conversation
		sessions = append(sessions, p.sessions...)
	}
	h.mu.Unlock()
	for _, s := range sessions {
		h.followWhole(s, conversation)
	}
}

// followWhole makes a visitor's session follow a conversation of his from its beginning, if it does not follow it already.
func (h *Hub) followWhole(s *Session, conversation string) {
	if s.following(conversation) != nil {
		return
	}
	if f := h.follow(s, conversation, nil); f != nil {
		s.catchUp(piece{f: f, turn: f.begin(), since: 0})
	}
}
