package chat

// EventType names an event on the wire.
type EventType string

// The events of the wire (protocol.md, section 3.2).
const (
	EvMessage      EventType = "message"
	EvConversation EventType = "conversation"
	EvRows         EventType = "rows"
	EvInbox        EventType = "inbox"
	EvRead         EventType = "read"
	EvDelivered    EventType = "delivered"
	EvTyping       EventType = "typing"
	EvPresence     EventType = "presence"
	EvAgents       EventType = "agents"
	EvGone         EventType = "gone"
	EvGoingAway    EventType = "going_away"
	EvBudget       EventType = "budget"
)

// Event is what one node tells the others, and itself, about a topic. It carries whole rows: twice is harmless,
// an old one is refused by its Rev. A broker may lose, repeat and reorder events.
type Event struct {
	Type EventType `json:"event"`
	Site string    `json:"site,omitempty"`
	// Conversation is the id; Rev is the rev of the row below, 0 for what is not stored.
	Conversation string        `json:"conversation,omitempty"`
	Rev          int64         `json:"rev,omitempty"`
	Message      *Message      `json:"message,omitempty"`
	Row          *Conversation `json:"row,omitempty"`

	Participant *Participant `json:"participant,omitempty"`
	Seq         int64        `json:"seq,omitempty"`
	On          bool         `json:"on,omitempty"`
	// Text is what a visitor is typing.
	Text string `json:"text,omitempty"`
	// Session and Node are where it came from: nobody is sent his own session's typing.
	Session string `json:"session,omitempty"`
	Node    string `json:"node,omitempty"`
	// Told is when the row was told after its commit, in microseconds since 1970 by the clock of who told it. It is measured with and
	// decides nothing.
	Told int64 `json:"told,omitempty"`
}

// The frames of events as sessions get them. wire.gen.ts is made from these.

// MessageFrame tells a message, new or changed, whole.
type MessageFrame struct {
	Event        EventType `json:"event"` // message
	Conversation string    `json:"conversation"`
	// Prev is the rev of the event before this one in the same view: a client whose place is below it has missed something and calls sync.
	Prev    int64   `json:"prev"`
	Rev     int64   `json:"rev"`
	Message Message `json:"message"`
	// Delivered is true on a line of the visitor's that an agent who has the conversation open was given in the same moment; else it is left out.
	Delivered bool `json:"delivered,omitempty"`
}

// ConversationFrame tells a conversation's own fields, whole, to sessions that follow it.
type ConversationFrame struct {
	Event        EventType    `json:"event"` // conversation
	Conversation string       `json:"conversation"`
	Prev         int64        `json:"prev"`
	Rev          int64        `json:"rev"`
	Row          Conversation `json:"row"`
}

// RowsFrame is a piece of what a session missed, after hello.
type RowsFrame struct {
	Event EventType `json:"event"` // rows
	Rows
}

// InboxFrame tells consoles rows of the inbox; the higher head replaces.
type InboxFrame struct {
	Event         EventType      `json:"event"` // inbox
	Conversations []Conversation `json:"conversations"`
}

// ReadFrame tells how far somebody has read.
type ReadFrame struct {
	Event        EventType   `json:"event"` // read
	Conversation string      `json:"conversation"`
	Participant  Participant `json:"participant"`
	Seq          int64       `json:"seq"`
}

// DeliveredFrame tells a visitor that his lines up to Seq have been given to the console of an agent of the site. It is not stored.
type DeliveredFrame struct {
	Event        EventType `json:"event"` // delivered
	Conversation string    `json:"conversation"`
	Seq          int64     `json:"seq"`
}

// TypingFrame tells that somebody types; repeated every 4 s, to be forgotten after 8.
type TypingFrame struct {
	Event        EventType   `json:"event"` // typing
	Conversation string      `json:"conversation"`
	Participant  Participant `json:"participant"`
	On           bool        `json:"on"`
	// Text is what the visitor has typed so far and not sent, for agents of sites that allow it, and Translation what it says: of what was
	// typed up to a second before.
	Text        string `json:"text,omitempty"`
	Translation string `json:"translation,omitempty"`
}

// PresenceFrame tells that somebody came or went.
type PresenceFrame struct {
	Event       EventType   `json:"event"` // presence
	Participant Participant `json:"participant"`
}

// GoneFrame tells that a conversation was erased.
type GoneFrame struct {
	Event        EventType `json:"event"` // gone
	Conversation string    `json:"conversation"`
}

// BudgetFrame tells consoles that a site stands otherwise with what it may spend on translations; hello's sites say how it stood before.
type BudgetFrame struct {
	Event EventType `json:"event"` // budget
	Site  string    `json:"site"`
	// Budget is empty if the site is within its budget again.
	Budget BudgetState `json:"budget"`
}

// GoingAwayFrame tells that the server is about to restart: reconnect after in_s seconds, with jitter.
type GoingAwayFrame struct {
	Event EventType `json:"event"` // going_away
	InS   int       `json:"in_s"`
}
