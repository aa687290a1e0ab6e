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

// message returns a message as it is sent, with presence painted in. What a visitor has said about a translation only agents are told.
func (v view) message(m chat.Message, online func(id string) bool) chat.Message {
	m.Author.Online = online(m.Author.ID)
	if m.Attachments == nil {
		m.Attachments = []chat.Attachment{}
	}
	if m.Translations == nil {
		m.Translations = map[language.Tag]chat.Translation{}
	}
	if v == visitorView && m.Commented() {
		m.Translations = maps.Clone(m.Translations)
		for to, t := range m.Translations {
			t.FlagComment = ""
			m.Translations[to] = t
		}
	}
	return m
}

// messages returns those that the view shows, as they are sent; never nil.
func (v view) messages(ms []chat.Message, online func(id string) bool) []chat.Message {
	shown := make([]chat.Message, 0, len(ms))
	for i := range ms {
		if v.shows(&ms[i]) {
			shown = append(shown, v.message(ms[i], online))
		}
	}
	return shown
}

// conversation returns a conversation's row as it is sent: a visitor is not told who it is assigned to, what it is tagged with,
// since when it waits, what is flagged, nor what agents are told of him.
func (v view) conversation(c chat.Conversation, online func(id string) bool) chat.Conversation {
	last := c.Last
	if v == visitorView {
		last, c.Unread = c.VisitorLast, c.VisitorUnread
		c.Assignee, c.Tags, c.WaitingSince, c.SnoozedUntil, c.Flagged = "", nil, 0, 0, 0
		c.Visitor = chat.Visitor{Participant: c.Visitor.Participant}
		if c.State == chat.StateSnoozed {
			c.State = chat.StateOpen
		}
	}
	c.Last = nil
	if last != nil && v.shows(last) {
		m := v.message(*last, online)
		c.Last = &m
	}
	c.Visitor.Online = online(c.Visitor.ID)
	if c.Visitor.Attributes == nil {
		c.Visitor.Attributes = map[string]string{}
	}
	if c.Tags == nil {
		c.Tags = []string{}
	}
	people := make([]chat.Participant, len(c.Participants))
	for i, p := range c.Participants {
		p.Online = online(p.ID)
		people[i] = p
	}
	c.Participants = people
	return c
}

// rows returns a piece of a catch-up as it is sent.
func (v view) rows(r chat.Rows, online func(id string) bool) chat.Rows {
	r.Messages = v.messages(r.Messages, online)
	if r.Row != nil {
		c := v.conversation(*r.Row, online)
		r.Row = &c
	}
	return r
}
