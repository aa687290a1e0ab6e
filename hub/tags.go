package hub

import (
	"context"

	"dragoman/chat"
)

// Tag changes what a conversation is tagged with (agents).
func (h *Hub) Tag(ctx context.Context, s *Session, c chat.Tag) (chat.Conversation, error) {
	none := chat.Conversation{}
	add, err := chat.CheckTags(c.Add)
	if err != nil {
		return none, err
	}
	remove, err := chat.CheckTags(c.Remove)
	if err != nil {
		return none, err
	}
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return none, err
	}
	changed, err := h.store.Tag(ctx, c.Conversation, add, remove)
	return h.changed(ctx, s, changed, err)
}

// Tags answers the tags that a site uses (agents).
func (h *Hub) Tags(ctx context.Context, s *Session, c chat.Tags) (chat.TagsOK, error) {
	if !servedNow(s.Identity().Sites, c.Site) {
		return chat.TagsOK{}, chat.Errorf(chat.NotFound, "There is no such site.")
	}
	all, err := h.store.Tags(ctx, c.Site)
	return chat.TagsOK{Tags: all}, err
}
