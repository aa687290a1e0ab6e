package widget

import (
	"context"

	"dragoman/chat"
)

// own returns a visitor's own conversations as the visitor may see them.
func (e *Edge) own(ctx context.Context, v chat.Visitor) ([]chat.Conversation, error) {
	rows, err := e.store.VisitorConversations(ctx, v.ID, ownConversations)
	if err != nil {
		return nil, err
	}
	return rows, nil
}
