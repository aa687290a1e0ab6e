package hub

import (
	"dragoman/chat"

	"github.com/rs/zerolog"
)

// At level debug the log follows every line through the nodes: received, stored, published, heard by another node, sent to which sessions,
// translated. Each of them names the message, and none what it says. While the level is higher, they cost a comparison.

// The fields by which one searches.
const (
	traceMessage      = "message_id"
	traceConversation = "conversation"
	traceRev          = "rev"
)

// line begins a log line about a stored message, or returns nil.
func (h *Hub) line(conversation string, m *chat.Message) *zerolog.Event {
	e := h.log.Debug()
	if e == nil {
		return nil
	}
	return e.Str(traceMessage, m.ID).Str(traceConversation, conversation).Int64(traceRev, m.Rev)
}

// traceEvents tells of the messages among events. node is where they come from, or empty if that is here.
func (h *Hub) traceEvents(evs []chat.Event, node, what string) {
	if h.log.GetLevel() > zerolog.DebugLevel {
		return
	}
	for i := range evs {
		if m := evs[i].Message; m != nil {
			e := h.line(evs[i].Conversation, m)
			if node != "" {
				e.Str("from", node)
			}
			e.Msg(what)
		}
	}
}

// traceSent tells to which sessions a message was sent. r.mu is held.
func (r *room) traceSent(m *chat.Message, frames *[views][]byte) {
	if m == nil {
		return
	}
	e := r.hub.line(r.id, m)
	if e == nil {
		return
	}
	var sessions []string
	for _, f := range r.follows {
		if f.live && frames[f.s.view] != nil {
			sessions = append(sessions, f.s.id)
		}
	}
	e.Strs("sessions", sessions).Msg("line sent")
}

// tracePiece tells what a catch-up has brought to a session.
func (s *Session) tracePiece(rows *chat.Rows) {
	e := s.hub.log.Debug()
	if e == nil {
		return
	}
	ids := make([]string, len(rows.Messages))
	for i := range rows.Messages {
		ids[i] = rows.Messages[i].ID
	}
	e.Str("session", s.id).Str(traceConversation, rows.Conversation).Int64(traceRev, rows.Head).Strs("message_ids", ids).Msg("lines caught up")
}
