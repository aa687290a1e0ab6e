package chat

import "golang.org/x/text/language"

// State is how a conversation stands.
type State string

// The states of a conversation.
const (
	StateOpen     State = "open"
	StateSnoozed  State = "snoozed"
	StateResolved State = "resolved"
)

// Conversation is one visitor's talk with one site.
type Conversation struct {
	ID   string `json:"id"`
	Site string `json:"site"`
	// Rev is the rev of the last change of the fields that have a rev of their own: state, assignee, language,
	// invited, participants, tags, rating. Head is the highest rev of any row of the conversation, Seq the last message's place.
	Rev  int64 `json:"rev"`
	Head int64 `json:"head"`
	Seq  int64 `json:"seq"`

	State State `json:"state"`
	// SnoozedUntil is set while State is snoozed.
	SnoozedUntil Time    `json:"snoozed_until,omitempty"`
	Visitor      Visitor `json:"visitor"`
	// Language is what the visitor reads and writes.
	Language language.Tag `json:"language"`
	// Assignee is the id of the agent who has it.
	Assignee string `json:"assignee,omitempty"`
	// Invited are the ids of agents who were added without being given it, for agents only; left out: none.
	Invited []string `json:"invited,omitempty"`
	// Rating is what the visitor has said of the conversation after it ended; nil if nothing.
	Rating *Rating `json:"rating,omitempty"`
	// Participants are the agents and bots who have taken part, and the assignee; never null.
	Participants []Participant `json:"participants"`

	// What follows from messages and marks and takes no rev:

	// WaitingSince is the time of the first line of the visitor after the last line of an agent or bot.
	WaitingSince Time `json:"waiting_since,omitempty"`
	// Last is the newest message (for agents: or note).
	Last *Message `json:"last,omitempty"`
	// Unread counts, for agents, the visitor's lines after Read.Agents; for the visitor, the others' lines after Read.Visitor.
	Unread int64 `json:"unread"`
	// Flagged counts the translations that the visitor has called wrong and nobody has dealt with; for agents only.
	Flagged int64    `json:"flagged,omitempty"`
	Tags    []string `json:"tags"`
	// Mentioned are the ids of agents whom a note has called and who have not read it yet; for agents only.
	Mentioned []string  `json:"mentioned,omitempty"`
	Read      ReadMarks `json:"read"`
	// Brief says that this row is what a list shows: of the visitor without page, attributes and basket, and with no more of the last line, in any language,
	// than its first MaxBriefText characters, and nothing of what was corrected.
	Brief bool `json:"brief,omitempty"`

	// What a store knows of the visitor's side of this row; the view puts it in place of Last and Unread.
	VisitorLast   *Message `json:"-"`
	VisitorUnread int64    `json:"-"`
	// Resolved is when the conversation was resolved, 0 while it is not.
	Resolved Time `json:"-"`
}

// InBrief returns the row as a list shows it.
func (c Conversation) InBrief() Conversation {
	c.Brief = true
	c.Visitor.Page, c.Visitor.Cart, c.Visitor.Attributes, c.Visitor.Signed = nil, nil, map[string]string{}, nil
	if c.Last != nil {
		last := c.Last.inBrief()
		c.Last = &last
	}
	return c
}

// inBrief returns the message with no more text than a list shows.
func (m Message) inBrief() Message {
	m.Text = beginning(m.Text, MaxBriefText)
	if len(m.Translations) == 0 {
		return m
	}
	brief := make(map[language.Tag]Translation, len(m.Translations))
	for to, t := range m.Translations {
		t.Text, t.FlagComment, t.Was = beginning(t.Text, MaxBriefText), beginning(t.FlagComment, MaxBriefText), nil
		brief[to] = t
	}
	m.Translations = brief
	return m
}

// beginning returns the first n code points of a text, or all of it.
func beginning(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Rating is how a conversation was, as its visitor says.
type Rating struct {
	// Score is 1, the worst, to 5.
	Score   int    `json:"score"`
	Comment string `json:"comment,omitempty"`
	// At is when it was given, or last changed.
	At Time `json:"at"`
}

// Followed is what must be known of a conversation to follow it.
type Followed struct {
	ID, Assignee string
	// Language is the conversation's, und once it is resolved: then it follows the visitor's when he opens it again.
	Language language.Tag
}

// ReadMarks say up to which seq each side has read. All agents of a site share one mark, so that a row is the same for all consoles.
type ReadMarks struct {
	Visitor int64 `json:"visitor"`
	Agents  int64 `json:"agents"`
}

// Marked is what became of a read mark.
type Marked struct {
	// Moved is false if the side's mark stood there or further already.
	Moved bool
	// Seen is true if an agent has read with it a note that calls him.
	Seen bool
}

// Standing is what of a conversation has to be compared to know whether something was missed. Read marks take no rev, so the head alone does not tell.
type Standing struct {
	Head int64
	Read ReadMarks
}

// StateBefore is what a conversation was before a call has changed its state.
type StateBefore struct {
	State State `json:"state"`
	// Until is there for snoozed.
	Until Time `json:"until,omitempty"`
}

// CheckState tells whether a conversation may go from one state into another; who may put it there the policy says. Asking for the state
// that holds already is no error (two agents resolve at once) and changes nothing. back is true for who names the row that he has seen: he may put a resolved one to
// sleep again.
func CheckState(from, to State, back bool) error {
	switch to {
	case StateOpen, StateSnoozed, StateResolved:
	default:
		return Errorf(BadRequest, "There is no state %q: use open, snoozed or resolved.", to)
	}
	if from == StateResolved && to == StateSnoozed && !back {
		return Errorf(BadState, "A resolved conversation cannot be snoozed: open it first.")
	}
	return nil
}

// AfterLine returns the state after a new line of this kind of author: a visitor's line opens a resolved or snoozed
// conversation; an agent's leaves it as it is.
func AfterLine(kind ParticipantKind, s State) State {
	if kind == KindVisitor {
		return StateOpen
	}
	return s
}
