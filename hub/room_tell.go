package hub

import (
	"bytes"
	"time"

	"dragoman/chat"
)

// send sends a stored row to everybody who is live and may see it. Each view's frame is made once.
func (r *room) send(ev *chat.Event) {
	var live [views]bool
	r.mu.Lock()
	for _, f := range r.follows {
		live[f.s.view] = live[f.s.view] || f.live
	}
	r.learnLocked(ev.Row)
	r.sentLocked(ev.Message)
	lacking := r.lackingLocked(ev.Message)
	r.mu.Unlock()

	frames := r.frames(ev, live)
	r.mu.Lock()
	if given(ev.Message, live) {
		r.delivered = max(r.delivered, ev.Message.Seq)
	}
	for _, f := range r.follows {
		if frame := frames[f.s.view]; f.live && frame != nil {
			f.s.push(outgoing{frame: frame, live: true})
		}
	}
	r.traceSent(ev.Message, &frames)
	r.mu.Unlock()
	if told := r.hub.options.Delivered; told != nil && ev.Told > 0 && live != ([views]bool{}) {
		told(time.Since(time.UnixMicro(ev.Told)))
	}
	for _, reader := range lacking {
		r.hub.want(r.id, []int64{ev.Message.Seq}, reader)
	}
}

// frames makes the frames of a stored row for the views that somebody is live in, and notes its rev as the last of those that see it.
func (r *room) frames(ev *chat.Event, live [views]bool) (frames [views][]byte) {
	var message []byte // the same for all who see it, unless some of it is for agents only
	shared := ev.Message != nil && !ev.Message.Commented()
	var buf *bytes.Buffer
	if ev.Message != nil && live != ([views]bool{}) {
		buf = r.hub.buffers.Get().(*bytes.Buffer)
		defer r.hub.buffers.Put(buf)
	}
	prev := r.prev
	for v := visitorView; v < views; v++ {
		if ev.Message != nil && !v.shows(ev.Message) {
			continue
		}
		r.prev[v] = ev.Rev
		if !live[v] {
			continue
		}
		if shared && v > visitorView && frames[v-1] != nil && prev[v] == prev[v-1] {
			frames[v] = frames[v-1]
			continue
		}
		if ev.Message != nil && (message == nil || !shared) {
			buf.Reset()
			m := v.message(*ev.Message, r.hub)
			buf.Write(m.AppendJSON(buf.AvailableBuffer()))
			message = buf.Bytes()
		}
		frames[v] = r.hub.eventFrame(v, prev[v], ev, message, given(ev.Message, live))
	}
	return frames
}

// eventFrame makes the frame of a stored row for a view. message is the event's message as JSON, if it has one, and delivered what its frame says of that.
func (h *Hub) eventFrame(v view, prev int64, ev *chat.Event, message []byte, delivered bool) []byte {
	if ev.Message != nil {
		f := chat.MessageFrame{Event: chat.EvMessage, Conversation: ev.Conversation, Prev: prev, Rev: ev.Rev, Delivered: delivered}
		return f.AppendFrame(make([]byte, 0, len(message)+frameHead), message)
	}
	return h.encode(&chat.ConversationFrame{Event: chat.EvConversation, Conversation: ev.Conversation, Prev: prev, Rev: ev.Rev,
		Row: v.conversation(*ev.Row, h)})
}

// frameHead is what stands before and after the message in its frame, with large numbers.
const frameHead = 160

// pass passes on what is not stored.
func (r *room) pass(ev *chat.Event) {
	var frame any
	to := func(*follow) bool { return true }
	switch ev.Type {
	case chat.EvTyping:
		r.passTyping(ev)
		return
	case chat.EvRead:
		frame = chat.ReadFrame{Event: ev.Type, Conversation: r.id, Participant: *ev.Participant, Seq: ev.Seq}
	case chat.EvPresence:
		frame = chat.PresenceFrame{Event: ev.Type, Participant: *ev.Participant}
		sees := visitorView
		if ev.Participant.Kind == chat.KindVisitor {
			sees = agentView
		}
		to = func(f *follow) bool { return f.s.view == sees }
	case chat.EvGone:
		frame = chat.GoneFrame{Event: ev.Type, Conversation: r.id}
	default:
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passLocked(frame, to)
}

// passLocked sends a frame to those who are live and fit.
func (r *room) passLocked(frame any, to func(*follow) bool) {
	var encoded []byte
	for _, f := range r.follows {
		if !f.live || !to(f) {
			continue
		}
		if encoded == nil {
			encoded = r.hub.encode(frame)
		}
		f.s.push(outgoing{frame: encoded, live: true})
	}
}

// lackingLocked returns the readers here for whom a line still lacks a translation.
func (r *room) lackingLocked(m *chat.Message) []chat.Reader {
	if m == nil || m.Text == "" {
		return nil
	}
	var lacking []chat.Reader
	for _, f := range r.follows {
		if !f.watched {
			continue
		}
		reader := f.s.reader()
		if _, there := m.Translations[reader.Language]; !there && len(chat.Wanted(m.Language, []chat.Reader{reader})) > 0 {
			lacking = append(lacking, reader)
		}
	}
	return lacking
}

// watchers returns the agents here whose language the conversation's lines are wanted in.
func (r *room) watchers() []chat.Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	var readers []chat.Reader
	for _, f := range r.follows {
		if f.watched {
			readers = append(readers, f.s.reader())
		}
	}
	return readers
}
