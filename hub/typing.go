package hub

import (
	"context"
	"time"

	"dragoman/chat"
)

const (
	// typingLeast is how often one session's typing is told at most while there is nothing new in it; clients repeat it every chat.TypingEvery.
	typingLeast = time.Second
	// typedEvery is how often what is being typed in one conversation is translated at most, on this node.
	typedEvery = time.Second
)

// Typing tells the others that one types, and the agents what, if a visitor's client says so: whether it may is for the edge.
func (h *Hub) Typing(ctx context.Context, s *Session, c chat.Typing) (Empty, error) {
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return Empty{}, err
	}
	text := ""
	if c.On && s.view == visitorView {
		text = typedText(c.Text)
	}
	if f := s.following(c.Conversation); f != nil && !f.types(c.On, text, h.clock()) {
		return Empty{}, nil
	}
	p := s.Participant()
	if p.Kind == chat.KindAgent {
		h.typesIn(s, c.Conversation, c.On)
	}
	h.publish(topicConversation+c.Conversation, chat.Event{
		Type: chat.EvTyping, Conversation: c.Conversation, Participant: &p, On: c.On, Text: text, Session: s.id,
	})
	return Empty{}, nil
}

// typedText is what is shown of a text that is being typed: its end, clean.
func typedText(s string) string {
	text := []rune(chat.CleanText(s))
	return string(text[max(0, len(text)-chat.MaxTyped):])
}

// types tells whether the others are to be told. Another text always is: there may be none after it, and how often a client may call is for the edge.
func (f *follow) types(on bool, text string, now time.Duration) bool {
	f.room.mu.Lock()
	defer f.room.mu.Unlock()
	if f.typing == on && f.text == text && (!on || now-f.typed < typingLeast) {
		return false
	}
	f.typing, f.text, f.typed = on, text, now
	return true
}

// typed is what the visitor of a room is typing; guarded by room.mu.
type typed struct {
	// latest is how it stands; empty if nobody types, or what was typed is sent.
	latest string
	// busy is true while somebody translates it, or waits until he may again; next is what he finds then.
	busy bool
	next *chat.Event
	// asked is what is being translated, nil if it is not typed any more.
	asked *chat.Event
	// line is the seq of the visitor's newest line that was sent to this room's sessions.
	line int64
}

// stopLocked forgets what was typed: it is sent, or deleted.
func (t *typed) stopLocked() { t.latest, t.next, t.asked = "", nil, nil }

// sentLocked notes a row that goes to the sessions: with a new line of the visitor's what he was typing is sent. Rows of lines that were there before say
// nothing of it; one that this room has not seen is told by its translations.
func (r *room) sentLocked(m *chat.Message) {
	if r.typed == nil || m == nil || m.Kind != chat.MessageLine || m.Author.Kind != chat.KindVisitor || m.Seq <= r.typed.line {
		return
	}
	r.typed.line = m.Seq
	for _, t := range m.Translations {
		if t.State != chat.TranslationPending {
			return
		}
	}
	r.typed.stopLocked()
	for _, f := range r.follows {
		if f.s.view == visitorView {
			f.text = ""
		}
	}
}

// passTyping tells everybody else that somebody types, and agents what.
func (r *room) passTyping(ev *chat.Event) {
	frame := chat.TypingFrame{Event: ev.Type, Conversation: r.id, Participant: *ev.Participant, On: ev.On}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passLocked(frame, func(f *follow) bool { return f.s.id != ev.Session && (ev.Text == "" || f.s.view == visitorView) })
	if ev.Participant.Kind != chat.KindVisitor || r.typed == nil && ev.Text == "" {
		return
	}
	if r.typed == nil {
		r.typed = &typed{}
	}
	if ev.Text == "" {
		r.typed.stopLocked()
		return
	}
	r.typed.latest = ev.Text
	frame.Text = ev.Text
	r.passLocked(frame, func(f *follow) bool { return f.s.view == agentView })
	if r.typed.busy {
		r.typed.next = ev
		return
	}
	if _, ok := r.readerOfTypedLocked(ev); ok {
		r.typed.busy, r.typed.asked = true, ev
		r.hub.tasks.run(func() { r.translateTyped(ev) })
	}
}

// readerOfTypedLocked returns the agent for whom what is typed is translated: one that has the conversation open here and does not read the
// visitor's language, best the one whose conversation it is. One, because it costs an engine's work for something that may never be sent.
func (r *room) readerOfTypedLocked(ev *chat.Event) (reader chat.Reader, ok bool) {
	for _, f := range r.follows {
		if !f.live || f.s.view != agentView {
			continue
		}
		if a := f.s.reader(); !a.Reads(ev.Participant.Language) {
			if f.s.Participant().ID == r.assignee {
				return a, true
			}
			if !ok {
				reader, ok = a, true
			}
		}
	}
	return reader, ok
}

// translateTyped translates what is typed, then the latest of what was typed meanwhile, not more often than it may, until there is nothing new.
func (r *room) translateTyped(ev *chat.Event) {
	for ev != nil {
		begun := time.Now()
		r.hub.guard("typing", func() { r.tellTyped(ev) })
		on := r.hub.pause(typedEvery - time.Since(begun))
		r.mu.Lock()
		ev, r.typed.next = r.typed.next, nil
		if !on {
			ev = nil
		}
		r.typed.busy, r.typed.asked = ev != nil, ev
		r.mu.Unlock()
	}
}

// tellTyped tells the agents what a text says that is being typed. It may have grown meanwhile: then they see the new text and the older translation.
func (r *room) tellTyped(ev *chat.Event) {
	r.mu.Lock()
	reader, ok := r.readerOfTypedLocked(ev)
	site, still := r.site, r.typed.asked == ev
	r.mu.Unlock()
	if !ok || !still {
		return
	}
	ctx, cancel := r.hub.within(callTimeout)
	defer cancel()
	t := r.hub.translated(ctx, chat.Untranslated{Site: site, Text: ev.Text, From: ev.Participant.Language, To: reader.Language, Passing: true})
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.typed.asked != ev || t.State != chat.TranslationDone {
		return
	}
	frame := chat.TypingFrame{Event: chat.EvTyping, Conversation: r.id, Participant: *ev.Participant, On: true, Text: r.typed.latest, Translation: t.Text}
	r.passLocked(frame, func(f *follow) bool {
		return f.s.view == agentView && chat.SameLanguage(f.s.reader().Language, reader.Language)
	})
}
