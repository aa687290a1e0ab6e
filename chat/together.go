package chat

import (
	"time"

	"golang.org/x/text/language"
)

// Status says whether an agent takes part. One who is away keeps his sockets, and counts as nobody who is there.
type Status string

// The statuses of an agent.
const (
	StatusAvailable Status = "available"
	StatusAway      Status = "away"
)

// AgentStatus is how an agent has set himself, for all his consoles and until he sets it otherwise.
type AgentStatus struct {
	Status Status `json:"status"`
	// Until is when one who is away wants to be back; from then on he counts as available. Left out: until he says so.
	Until Time `json:"until,omitempty"`
}

// Away tells whether the agent is away now.
func (s AgentStatus) Away() bool {
	return s.Status == StatusAway && (s.Until == 0 || s.Until > TimeOf(time.Now()))
}

// Now returns the status as it holds now: an absence that is over is none.
func (s AgentStatus) Now() AgentStatus {
	if s.Away() {
		return s
	}
	return AgentStatus{Status: StatusAvailable}
}

// Colleague is an agent as the other agents of a site see him.
type Colleague struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Languages holds at least one: the first is translated into.
	Languages []language.Tag `json:"languages"`
	AgentStatus
	// Online is true while one of his consoles is open on any node, whatever his status.
	Online bool `json:"online"`
	// Open counts the open conversations of the site that are his.
	Open int64 `json:"open"`
	// Viewing are the conversations of the site that stand in front on his consoles; never null.
	Viewing []Looking `json:"viewing"`
}

// Looking is a conversation that an agent has in front of him.
type Looking struct {
	Conversation string `json:"conversation"`
	// Typing is true while he writes in it.
	Typing bool `json:"typing,omitempty"`
}

// Agents asks for the roster of a site, and for what changes in it from then on (agents).
type Agents struct {
	Site string `json:"site"`
}

// AgentsOK answers agents: whoever may be given a conversation of the site, by name.
type AgentsOK struct {
	Site   string      `json:"site"`
	Agents []Colleague `json:"agents"`
}

// AgentsFrame tells what has changed in the roster of a site: whole rows, and who is no agent of it any more.
type AgentsFrame struct {
	Event  EventType   `json:"event"` // agents
	Site   string      `json:"site"`
	Agents []Colleague `json:"agents"`
	Gone   []string    `json:"gone,omitempty"`
}

// SetStatus says that the agent is available, or away, until a time or until he says otherwise. Answered with AgentStatus.
type SetStatus struct {
	Status Status `json:"status"`
	Until  Time   `json:"until,omitempty"`
}

// CheckStatus returns the status that a call asks for.
func CheckStatus(c SetStatus) (AgentStatus, error) {
	switch {
	case c.Status == StatusAvailable:
		return AgentStatus{Status: StatusAvailable}, nil
	case c.Status != StatusAway:
		return AgentStatus{}, Errorf(BadRequest, "There is no status %q: use available or away.", c.Status)
	case c.Until != 0 && c.Until <= TimeOf(time.Now()):
		return AgentStatus{}, Errorf(BadRequest, "Say until when: a time in the future, or none.")
	}
	return AgentStatus(c), nil
}

// Viewing says which conversation stands in front on this console; none if it is left out (agents).
type Viewing struct {
	Conversation string `json:"conversation,omitempty"`
}

// Invite adds an agent of the site to a conversation without giving it to him (agents). Answered with Conversation.
type Invite struct {
	Conversation string `json:"conversation"`
	Agent        string `json:"agent"`
}

// Leave takes oneself out of a conversation that is somebody else's or nobody's (agents). Answered with Conversation.
type Leave struct {
	Conversation string `json:"conversation"`
}
