package hub

import (
	"context"
	"unicode/utf8"

	"dragoman/chat"
)

// Rate stores what a visitor says of his conversation once it has ended, and tells it.
func (h *Hub) Rate(ctx context.Context, s *Session, c chat.Rate) (Empty, error) {
	if c.Score < chat.WorstScore || c.Score > chat.BestScore {
		return Empty{}, chat.Errorf(chat.BadRequest, "score must be a whole number from %d to %d.", chat.WorstScore, chat.BestScore)
	}
	comment := chat.CleanText(c.Comment)
	if utf8.RuneCountInString(comment) > chat.MaxRatingComment {
		return Empty{}, chat.Errorf(chat.TooLong, "At most %d characters.", chat.MaxRatingComment)
	}
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return Empty{}, err
	}
	by := s.Participant()
	by.Online = false
	changed, err := h.store.Rate(ctx, c.Conversation, by, chat.Rating{Score: c.Score, Comment: comment})
	if err != nil {
		return Empty{}, err
	}
	h.tell(changed)
	return Empty{}, nil
}
