package hub

import "dragoman/chat"

// A visitor learns that an agent's console has been given his line in one of two ways. Where an agent has the conversation open on the visitor's node,
// the frame of the line says so itself: it goes into both queues in one step, and costs nothing more. Everywhere else the consoles get the line with
// the row of their inbox, at most once a second for each conversation; whoever has sent them the row tells so, with an event. Nothing of it is stored:
// what a client has heard it keeps, and what it has not heard is simply sent.

// given tells whether a line goes to an agent's console as it goes to the visitor who has written it.
func given(m *chat.Message, live [views]bool) bool {
	return m != nil && live[agentView] && live[visitorView] && m.Kind == chat.MessageLine && m.Author.Kind == chat.KindVisitor
}

// passDeliveredLocked tells the visitor that his lines up to seq are at a console. Whoever has told it first, it is told once. It goes past the box, because it
// has no place among the rows: who is not live yet is reminded.
func (r *room) passDeliveredLocked(seq int64) {
	if seq <= r.delivered {
		return
	}
	r.delivered = seq
	r.passLocked(r.deliveredFrame(), func(f *follow) bool { return f.s.view == visitorView })
}

// remindLocked tells a session of the visitor's that has just gone live what it cannot have heard: what the others know, or what the inbox has seen before.
func (r *room) remindLocked(f *follow, before int64) {
	r.delivered = max(r.delivered, before)
	if r.delivered > 0 && f.s.view == visitorView {
		f.s.push(outgoing{live: true, frame: r.hub.encode(r.deliveredFrame())})
	}
}

// givenBefore returns up to which of the visitor's lines the inbox here has given a conversation to a console: perhaps before anybody followed it.
func (h *Hub) givenBefore(f *follow) int64 {
	if f.s.view != visitorView {
		return 0
	}
	in := h.inbox(f.s.Site())
	if in == nil {
		return 0
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.given[f.room.id]
}

func (r *room) deliveredFrame() chat.DeliveredFrame {
	return chat.DeliveredFrame{Event: chat.EvDelivered, Conversation: r.id, Seq: r.delivered}
}

// knows tells whether the visitor's sessions here have been told so already.
func (r *room) knows(seq int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return seq <= r.delivered
}

// givenRow tells the visitor of a conversation whose row has just gone to a console of the inbox, if his line is the last and nobody has read it yet.
func (in *inbox) givenRow(c *chat.Conversation) {
	last := c.VisitorLast
	if last == nil || last.Kind != chat.MessageLine || last.Author.Kind != chat.KindVisitor || last.Seq <= c.Read.Agents {
		return
	}
	if r := in.hub.room(c.ID); r != nil && r.knows(last.Seq) || !in.newlyGiven(c.ID, last.Seq) {
		return
	}
	in.hub.publish(topicConversation+c.ID, chat.Event{Type: chat.EvDelivered, Site: c.Site, Conversation: c.ID, Seq: last.Seq})
}

// newlyGiven notes up to which line a conversation's row has gone to a console, and tells whether that is news. What does not fit any more is
// forgotten, and told once more: twice is harmless.
func (in *inbox) newlyGiven(conversation string, seq int64) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if seq <= in.given[conversation] {
		return false
	}
	if len(in.given) >= inboxNudges {
		clear(in.given)
	}
	in.given[conversation] = seq
	return true
}

// givenPage does the same for a page that a console has asked for.
func (h *Hub) givenPage(page []chat.Conversation) {
	for i := range page {
		if in := h.inbox(page[i].Site); in != nil {
			in.givenRow(&page[i])
		}
	}
}
