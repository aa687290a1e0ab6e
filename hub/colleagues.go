package hub

import (
	"context"

	"dragoman/chat"
)

// Assign gives a conversation to an agent or to nobody, with a note for him if one is wanted (agents).
func (h *Hub) Assign(ctx context.Context, s *Session, c chat.Assign) (chat.Conversation, error) {
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return chat.Conversation{}, err
	}
	to := ""
	if c.Agent != nil {
		if to = *c.Agent; !chat.ValidKey(to) {
			return chat.Conversation{}, noSuchAgent()
		}
	}
	note, err := h.noteOf(ctx, s, c)
	if err != nil {
		return chat.Conversation{}, err
	}
	return h.change(ctx, s, c.Conversation, chat.Change{Assignee: &to, Note: note})
}

func noSuchAgent() error { return chat.Errorf(chat.NotFound, "There is no such agent on this site.") }

// noteOf checks the note that comes with an assignment; nil if there is none.
func (h *Hub) noteOf(ctx context.Context, s *Session, c chat.Assign) (*chat.Note, error) {
	if c.Note == "" {
		return nil, nil
	}
	if !chat.ValidKey(c.Key) {
		return nil, chat.Errorf(chat.BadRequest, "A note needs a key: a UUID, the same one whenever this call is made again.")
	}
	text, err := chat.CheckText(c.Note, h.options.TextLimit)
	if err != nil {
		return nil, err
	}
	n := &chat.Note{Key: c.Key, Text: text}
	n.Language, _ = h.listen(ctx, s, text)
	if r := h.room(c.Conversation); r != nil {
		n.Readers = r.watchers()
	}
	return n, nil
}

// Invite adds an agent to a conversation without giving it to him (agents).
func (h *Hub) Invite(ctx context.Context, s *Session, c chat.Invite) (chat.Conversation, error) {
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return chat.Conversation{}, err
	}
	if !chat.ValidKey(c.Agent) {
		return chat.Conversation{}, noSuchAgent()
	}
	return h.change(ctx, s, c.Conversation, chat.Change{Invite: c.Agent})
}

// Leave takes the agent out of a conversation that is not his (agents).
func (h *Hub) Leave(ctx context.Context, s *Session, c chat.Leave) (chat.Conversation, error) {
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return chat.Conversation{}, err
	}
	return h.change(ctx, s, c.Conversation, chat.Change{Leave: true})
}

// SetStatus remembers how an agent has set himself, for all his consoles, and tells everybody whom that concerns (agents). His sessions stay as they are.
func (h *Hub) SetStatus(ctx context.Context, s *Session, c chat.SetStatus) (chat.AgentStatus, error) {
	me := s.Participant().ID
	status, err := chat.CheckStatus(c)
	if err != nil {
		return chat.AgentStatus{}, err
	}
	if err := h.store.SetStatus(ctx, me, status); err != nil {
		return chat.AgentStatus{}, err
	}
	h.setStatuses(map[string]chat.AgentStatus{me: status})
	h.agentsChanged()
	return status, nil
}

// agentsChanged makes this and the other nodes read again how the agents have set themselves.
func (h *Hub) agentsChanged() {
	h.publish(topicAgents, chat.Event{Type: chat.EvAgents})
}
