package hub

import (
	"maps"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// view is what a session may see. It alone decides, for live events, for catch-ups and for history.
type view uint8

const (
	visitorView view = iota
	agentView
	views // how many there are
)

func viewOf(p chat.ParticipantKind) view {
	if p == chat.KindVisitor {
		return visitorView
	}
	return agentView
}

// shows tells whether a message may be seen at all.
func (v view) shows(m *chat.Message) bool {
	return v == agentView || m.ForVisitor()
}

// paint is what is not stored and is painted in when a row is sent.
type paint interface {
	// online tells whether somebody is there.
	online(id string) bool
	// addressed returns attachments with the addresses under which they are found for a while.
	addressed([]chat.Attachment) []chat.Attachment
}

// message returns a message as it is sent, with presence and addresses painted in. What a visitor has said about a translation only agents are told.
func (v view) message(m chat.Message, p paint) chat.Message {
	m.Author.Online = p.online(m.Author.ID)
	if len(m.Attachments) > 0 {
		m.Attachments = p.addressed(m.Attachments)
	} else if m.Attachments == nil {
		m.Attachments = []chat.Attachment{}
	}
	if m.Translations == nil {
		m.Translations = map[language.Tag]chat.Translation{}
	}
	if v == visitorView && m.Commented() {
		m.Translations = maps.Clone(m.Translations)
		for to, t := range m.Translations {
			t.FlagComment, t.Was = "", nil
			m.Translations[to] = t
		}
	}
	return m
}

// messages returns those that the view shows, as they are sent; never nil.
func (v view) messages(ms []chat.Message, p paint) []chat.Message {
	shown := make([]chat.Message, 0, len(ms))
	for i := range ms {
		if v.shows(&ms[i]) {
			shown = append(shown, v.message(ms[i], p))
		}
	}
	return shown
}

// conversation returns a conversation's row as it is sent: a visitor is not told who it is assigned to, who was added, what it is tagged with, whom notes call,
// since when it waits, what is flagged, nor what agents are told of him.
func (v view) conversation(c chat.Conversation, p paint) chat.Conversation {
	last := c.Last
	if v == visitorView {
		last, c.Unread = c.VisitorLast, c.VisitorUnread
		c.Assignee, c.Tags, c.Mentioned, c.WaitingSince, c.SnoozedUntil, c.Flagged = "", nil, nil, 0, 0, 0
		c.Invited = nil
		c.Visitor = chat.Visitor{Participant: c.Visitor.Participant}
		if c.State == chat.StateSnoozed {
			c.State = chat.StateOpen
		}
	}
	c.Last = nil
	if last != nil && v.shows(last) {
		m := v.message(*last, p)
		c.Last = &m
	}
	c.Visitor.Online = p.online(c.Visitor.ID)
	if c.Visitor.Attributes == nil {
		c.Visitor.Attributes = map[string]string{}
	}
	if c.Tags == nil {
		c.Tags = []string{}
	}
	people := make([]chat.Participant, len(c.Participants))
	for i, one := range c.Participants {
		one.Online = p.online(one.ID)
		people[i] = one
	}
	c.Participants = people
	return c
}

// rows returns a piece of a catch-up as it is sent.
func (v view) rows(r chat.Rows, p paint) chat.Rows {
	r.Messages = v.messages(r.Messages, p)
	if r.Row != nil {
		c := v.conversation(*r.Row, p)
		r.Row = &c
	}
	return r
}
