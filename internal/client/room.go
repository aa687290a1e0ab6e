package client

import (
	"slices"

	"dragoman/chat"
)

// Room is what a client knows of one conversation. Its methods are the rules of docs/protocol.md, section 5, and nothing
// else: no clock, no socket, no lock.
type Room struct {
	// Have is the client's place: it holds every row of its view up to this rev. 0 before anything came.
	Have int64
	// Row is the conversation's own fields as last told, nil before that.
	Row *chat.Conversation
	// Messages are by seq, without doubles.
	Messages []chat.Message

	// floor is the oldest seq that a reset left here: an older row that changes is not ours until history brings it.
	floor int64
	// syncing holds later events back until the answer of sync is there.
	syncing bool
	held    []Event
}

// Live takes an event with a prev. It returns true if the place is lost: then call sync with Have.
func (r *Room) Live(ev Event) (lost bool) {
	switch {
	case r.syncing:
		r.held = append(r.held, ev)
		return false
	case ev.Rev <= r.Have:
		return false
	case ev.Prev > r.Have:
		r.syncing = true
		r.held = append(r.held, ev)
		return true
	}
	if ev.Message != nil && ev.Message.Seq >= r.floor {
		r.Upsert(*ev.Message)
	}
	if ev.Row != nil {
		r.upsertRow(*ev.Row)
	}
	r.Have = ev.Rev
	return false
}

// Rows takes a piece of a catch-up: an event rows, or the answer of open or sync. Events that were held back follow it, and
// may show that something is missing again: lost as in Live.
func (r *Room) Rows(rows chat.Rows) (lost bool) {
	if rows.Reset {
		r.Messages, r.Row, r.Have, r.floor = nil, nil, 0, 0
		if len(rows.Messages) > 0 {
			r.floor = rows.Messages[0].Seq
			for _, m := range rows.Messages {
				r.floor = min(r.floor, m.Seq)
			}
		}
	}
	for _, m := range rows.Messages {
		r.Upsert(m)
	}
	if rows.Row != nil {
		r.upsertRow(*rows.Row)
	}
	// A catch-up that was overtaken by live events brings rows we have; the place never goes back but by a reset.
	r.Have = max(r.Have, rows.Head)
	if rows.More {
		return false
	}
	held := r.held
	r.syncing, r.held = false, nil
	for _, ev := range held {
		if r.Live(ev) {
			lost = true
		}
	}
	return lost
}

// Upsert takes a row that came without a place: the reply of send, or of history. It never moves Have.
func (r *Room) Upsert(m chat.Message) {
	i, found := slices.BinarySearchFunc(r.Messages, m.Seq, func(m chat.Message, seq int64) int { return int(m.Seq - seq) })
	switch {
	case !found:
		r.Messages = slices.Insert(r.Messages, i, m)
	case r.Messages[i].Rev < m.Rev:
		r.Messages[i] = m
	}
}

// Lost forgets that a sync is under way: its socket is gone, the next hello asks anew.
func (r *Room) Lost() { r.syncing, r.held = false, nil }

func (r *Room) upsertRow(c chat.Conversation) {
	if r.Row == nil || c.Rev >= r.Row.Rev {
		r.Row = &c
	}
}
