package client

import (
	"bytes"
	"encoding/json"
	"fmt"

	"dragoman/chat"
)

// Event is any frame that comes by itself. Which fields are set follows from Type; Rows, which answers open and sync too,
// and all frames with a prev are the only ones that move a client's place.
type Event struct {
	Type         chat.EventType `json:"event"`
	Conversation string         `json:"conversation"`
	Prev         int64          `json:"prev"`
	Rev          int64          `json:"rev"`
	Message      *chat.Message  `json:"message"`
	// Row is the conversation's own fields: in conversation events, and in rows if they changed.
	Row *chat.Conversation `json:"row"`

	// Head, Reset, More and Messages are those of chat.Rows.
	Head     int64          `json:"head"`
	Reset    bool           `json:"reset"`
	More     bool           `json:"more"`
	Messages []chat.Message `json:"messages"`

	Conversations []chat.Conversation `json:"conversations"`
	Participant   *chat.Participant   `json:"participant"`
	Seq           int64               `json:"seq"`
	On            bool                `json:"on"`
	InS           int                 `json:"in_s"`
}

// known tells whether the fields of such an event mean what they mean here. A newer server may tell of other things.
func (e Event) known() bool {
	switch e.Type {
	case chat.EvMessage, chat.EvConversation, chat.EvRows, chat.EvInbox, chat.EvRead, chat.EvDelivered, chat.EvTyping, chat.EvPresence, chat.EvGone, chat.EvGoingAway:
		return true
	}
	return false
}

// Rows returns the piece of a catch-up that a rows event is.
func (e Event) Rows() chat.Rows {
	return chat.Rows{Conversation: e.Conversation, Head: e.Head, Reset: e.Reset, More: e.More, Row: e.Row, Messages: e.Messages}
}

// inbound is a frame before it is known whether it is a reply or an event.
type inbound struct {
	ID    *int64          `json:"id"`
	OK    json.RawMessage `json:"ok"`
	Error *chat.Error     `json:"error"`
	Event chat.EventType  `json:"event"`
}

// Frame makes the frame of a call: its fields stand beside id and call in one object. fields may be nil.
func Frame(id int64, name chat.CallName, fields any) ([]byte, error) {
	head, err := json.Marshal(chat.Call{ID: id, Call: name})
	if err != nil || fields == nil {
		return head, err
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	if len(body) < 2 || body[0] != '{' {
		return nil, fmt.Errorf("cannot make a %s frame: its fields must be an object, not %s", name, body)
	}
	if bytes.Equal(body, []byte("{}")) {
		return head, nil
	}
	return append(append(head[:len(head)-1], ','), body[1:]...), nil
}
