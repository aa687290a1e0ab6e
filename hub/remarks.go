package hub

import (
	"context"

	"dragoman/chat"
)

// Remark reads or changes what agents have written down about the visitor of a conversation (agents). Consoles learn of a change by the rows of his conversations.
func (h *Hub) Remark(ctx context.Context, s *Session, c chat.Remark) (chat.RemarkOK, error) {
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return chat.RemarkOK{}, err
	}
	if c.Text == nil {
		return h.store.Remark(ctx, c.Conversation)
	}
	text, err := chat.CheckRemark(*c.Text)
	if err != nil {
		return chat.RemarkOK{}, err
	}
	r, err := h.store.SetRemark(ctx, c.Conversation, s.Participant().ID, text, c.Rev)
	if err != nil {
		return chat.RemarkOK{}, err
	}
	for _, t := range r.Touched {
		h.hasChanged(t.Conversation)
		h.nudge(t.Site, t.Conversation, t.Head)
	}
	return r.RemarkOK, nil
}

// Earlier answers the other conversations of a conversation's visitor (agents).
func (h *Hub) Earlier(ctx context.Context, s *Session, c chat.Earlier) (chat.EarlierOK, error) {
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return chat.EarlierOK{}, err
	}
	limit := c.Limit
	if limit <= 0 || limit > chat.EarlierRows {
		limit = chat.EarlierRows
	}
	page, next, err := h.store.Earlier(ctx, c.Conversation, c.After, limit)
	if err != nil {
		return chat.EarlierOK{}, err
	}
	ok := chat.EarlierOK{Conversations: make([]chat.Conversation, len(page)), Next: next}
	for i := range page {
		ok.Conversations[i] = agentView.conversation(page[i], h)
	}
	return ok, nil
}
