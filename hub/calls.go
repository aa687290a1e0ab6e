package hub

import (
	"context"

	"dragoman/chat"
)

// Empty is the ok object of a call that has nothing to say.
type Empty struct{}

// RowsOK answers sync and open. The hub goes on with the following pieces, if there are more, once this one is written.
type RowsOK struct {
	chat.Rows
	then func()
}

// Send stores a line.
func (h *Hub) Send(ctx context.Context, s *Session, c chat.Send) (chat.SendOK, error) {
	return chat.SendOK{}, nil
}

// Sync answers what the client has missed.
func (h *Hub) Sync(ctx context.Context, s *Session, c chat.Sync) (RowsOK, error) { return RowsOK{}, nil }

// Open follows a conversation (agents).
func (h *Hub) Open(ctx context.Context, s *Session, c chat.Open) (RowsOK, error) { return RowsOK{}, nil }

// Unfollow answers close (agents).
func (h *Hub) Unfollow(ctx context.Context, s *Session, c chat.Close) (Empty, error) {
	return Empty{}, nil
}

// History answers older lines.
func (h *Hub) History(ctx context.Context, s *Session, c chat.History) (chat.HistoryOK, error) {
	return chat.HistoryOK{}, nil
}

// Inbox answers a page of the inbox and follows it (agents).
func (h *Hub) Inbox(ctx context.Context, s *Session, c chat.Inbox) (chat.InboxOK, error) {
	return chat.InboxOK{}, nil
}

// Typing tells the others that one types.
func (h *Hub) Typing(ctx context.Context, s *Session, c chat.Typing) (Empty, error) {
	return Empty{}, nil
}

// Read moves a read mark.
func (h *Hub) Read(ctx context.Context, s *Session, c chat.Read) (Empty, error) { return Empty{}, nil }

// Language sets languages: a visitor's, an agent's own, or those of a conversation's visitor.
func (h *Hub) Language(ctx context.Context, s *Session, c chat.Language) (Empty, error) {
	return Empty{}, nil
}

// Take assigns a conversation to oneself (agents).
func (h *Hub) Take(ctx context.Context, s *Session, c chat.Take) (chat.Conversation, error) {
	return chat.Conversation{}, nil
}

// Assign gives a conversation to an agent or to nobody (agents).
func (h *Hub) Assign(ctx context.Context, s *Session, c chat.Assign) (chat.Conversation, error) {
	return chat.Conversation{}, nil
}

// SetState opens, snoozes or resolves a conversation.
func (h *Hub) SetState(ctx context.Context, s *Session, c chat.SetState) (chat.Conversation, error) {
	return chat.Conversation{}, nil
}

// Preview answers what the visitor would read (agents).
func (h *Hub) Preview(ctx context.Context, s *Session, c chat.Preview) (chat.PreviewOK, error) {
	return chat.PreviewOK{}, nil
}

// Retry asks for a translation again (agents).
func (h *Hub) Retry(ctx context.Context, s *Session, c chat.Retry) (chat.Message, error) {
	return chat.Message{}, nil
}
