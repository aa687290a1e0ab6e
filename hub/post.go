package hub

import (
	"context"
	"slices"
	"strings"
	"time"

	"dragoman/chat"
)

// Topics of the broker.
const (
	topicConversation = "conversation:" // and its id: rows, typing, read marks, presence
	topicInbox        = "inbox:"        // and the key of a site: which conversation has changed
	topicVisitor      = "visitor:"      // and an id: which conversation is new
	topicAgents       = "agents"        // who of them came or went, or set himself otherwise
	topicRoster       = "roster:"       // and the key of a site: what its agents look at, and that one has more or fewer conversations
)

// Post is the one door: whoever says something, from wherever, says it here. It returns after the commit; then everybody who
// follows is told, and nobody is waited for. An error with the code unavailable means that nobody knows whether the line was
// stored: the same key again finds out.
func (h *Hub) Post(ctx context.Context, p chat.Post) (chat.Posted, error) {
	if p.Conversation != "" {
		if r := h.room(p.Conversation); r != nil {
			p.Readers = append(p.Readers, r.watchers()...)
		}
	}
	begun := time.Now()
	h.log.Debug().Str("key", p.Key).Str("author", p.Author.ID).Str(traceConversation, p.Conversation).Msg("line received")
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	posted, err := h.store.Append(within, p)
	cancel()
	if err != nil {
		return chat.Posted{}, err
	}
	h.line(posted.Conversation, &posted.Message).Str("key", p.Key).Bool("dup", posted.Dup).Dur("took", time.Since(begun)).Msg("line stored")
	if posted.Dup {
		// The first time nobody may have known that it was stored, and then it was not told. Told twice it is refused by its rev.
		h.tellAgain(chat.Changed{Conversation: posted.Conversation, Site: posted.Site, Head: posted.Head, Messages: []chat.Message{posted.Message}})
	} else {
		h.tell(posted.Changed)
	}
	if p.Author.Kind == chat.KindVisitor && (posted.Opened || posted.Dup) {
		h.publish(topicVisitor+p.Author.ID, chat.Event{Type: chat.EvConversation, Site: posted.Site, Conversation: posted.Conversation})
	}
	h.translate(posted.Changed, begun) // of a Dup nothing: what is pending is somebody's, or the sweep takes it up
	h.learnReviewed(p, posted)
	return posted, nil
}

// tell tells what a transaction has changed: this node's rooms directly, the other nodes through the broker.
func (h *Hub) tell(c chat.Changed) {
	h.suspect(c)
	h.tellAgain(c)
}

// tellAgain tells what may have been told before.
func (h *Hub) tellAgain(c chat.Changed) {
	evs := eventsOf(c)
	if len(evs) == 0 {
		return
	}
	h.hasChanged(c.Conversation)
	if h.options.Delivered != nil {
		now := time.Now().UnixMicro()
		for i := range evs {
			evs[i].Told = now
		}
	}
	h.publish(topicConversation+c.Conversation, evs...)
	h.traceEvents(evs, "", "line published")
	h.nudge(c.Site, c.Conversation, c.Head)
	if c.Row != nil {
		h.publish(topicRoster+c.Site, chat.Event{Type: chat.EvAgents, Site: c.Site})
	}
}

// hasChanged tells whoever wants to know that a conversation is not what it was.
func (h *Hub) hasChanged(conversation string) {
	if h.options.Changed != nil {
		h.options.Changed(conversation)
	}
}

// nudge tells the inboxes of a site that a conversation's row has changed.
func (h *Hub) nudge(site, conversation string, head int64) {
	if site != "" {
		h.publish(topicInbox+site, chat.Event{Type: chat.EvInbox, Site: site, Conversation: conversation, Rev: head})
	}
}

// publish delivers here and asks the broker to carry the events to the others. What it loses the others find in the store.
func (h *Hub) publish(topic string, evs ...chat.Event) {
	for i := range evs {
		evs[i].Node = h.node
	}
	h.hand(topic, evs...)
	if err := h.broker.Publish(h.ctx, topic, evs...); err != nil {
		h.trouble.Warn().Err(err).Str("topic", topic).Msg("cannot tell the other nodes; they will read the store")
	}
}

// deliver takes what the broker brings, which is input. It never blocks. What this node said itself was handed out before.
func (h *Hub) deliver(topic string, evs []chat.Event) {
	switch {
	case len(evs) == 0 || evs[0].Node == h.node:
	case strings.HasPrefix(topic, topicVisitor):
		// Whose a conversation is only the store says.
		h.unheard.add([]string{topic})
	default:
		h.traceEvents(evs, evs[0].Node, "line heard")
		h.hand(topic, evs...)
	}
}

// hand gives events of a topic to whom they are for on this node.
func (h *Hub) hand(topic string, evs ...chat.Event) {
	switch {
	case strings.HasPrefix(topic, topicConversation):
		id := topic[len(topicConversation):]
		r := h.room(id)
		if r == nil {
			return
		}
		evs = slices.DeleteFunc(slices.Clone(evs), func(ev chat.Event) bool {
			if ev.Row != nil {
				h.speakers.changed(ev.Row)
			}
			return ev.Conversation != id || !h.wellFormed(&ev) || h.heardOf(r, &ev)
		})
		r.put(evs...)
	case strings.HasPrefix(topic, topicInbox):
		h.inboxChanged(topic[len(topicInbox):], evs)
	case strings.HasPrefix(topic, topicRoster):
		h.rosterHeard(topic[len(topicRoster):], evs)
	case strings.HasPrefix(topic, topicVisitor):
		for _, ev := range evs {
			h.newConversation(topic[len(topicVisitor):], ev.Conversation)
		}
	case topic == topicAgents:
		for _, ev := range evs {
			switch {
			case ev.Type == evOlder:
				h.lost()
			case ev.Type == chat.EvAgents:
				h.rostersChanged()
				h.presence.poke()
			case ev.Type != chat.EvPresence || ev.Node == h.node:
			case ev.Participant != nil:
				h.agentOnline(*ev.Participant)
				h.rostersChanged()
			default:
				h.nodeAlive(ev.Node)
			}
		}
	}
}

// wellFormed tells whether an event carries what its type needs: what comes from a broker is input, too.
func (h *Hub) wellFormed(ev *chat.Event) bool {
	switch ev.Type {
	case chat.EvMessage:
		return ev.Rev > 0 && ev.Message != nil && ev.Message.Rev == ev.Rev
	case chat.EvConversation:
		return ev.Rev > 0 && ev.Row != nil && ev.Row.Rev == ev.Rev && ev.Row.ID == ev.Conversation
	case chat.EvTyping, chat.EvRead:
		return ev.Rev == 0 && ev.Participant != nil
	case chat.EvDelivered:
		return ev.Rev == 0 && ev.Seq > 0
	case chat.EvPresence:
		return ev.Rev == 0
	case chat.EvGone:
		return ev.Rev == 0
	}
	return false
}

// eventsOf returns a transaction's rows as events, in the order of their revs.
func eventsOf(c chat.Changed) []chat.Event {
	evs := make([]chat.Event, 0, len(c.Messages)+1)
	for i := range c.Messages {
		m := &c.Messages[i]
		evs = append(evs, chat.Event{Type: chat.EvMessage, Site: c.Site, Conversation: c.Conversation, Rev: m.Rev, Message: m})
	}
	if c.Row != nil {
		evs = append(evs, chat.Event{Type: chat.EvConversation, Site: c.Site, Conversation: c.Conversation, Rev: c.Row.Rev, Row: c.Row})
	}
	slices.SortFunc(evs, func(a, b chat.Event) int { return int(a.Rev - b.Rev) })
	return evs
}
