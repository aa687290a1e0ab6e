package hub

import (
	"context"

	"dragoman/chat"
)

// OwnConversations returns a visitor's conversations, newest first and at most limit, as the visitor may see them.
func (h *Hub) OwnConversations(ctx context.Context, visitor string, limit int) ([]chat.Conversation, error) {
	rows, err := h.store.VisitorConversations(ctx, visitor, limit)
	if err != nil {
		return nil, err
	}
	own := make([]chat.Conversation, len(rows))
	for i, c := range rows {
		own[i] = visitorView.conversation(c, h)
	}
	return own, nil
}
