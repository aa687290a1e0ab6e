package hub

import "dragoman/chat"

// A database can lose what it had confirmed: a standby takes over that had not got everything, or somebody restores a copy under running
// servers. Then numbers are given out a second time, and what is new looks to a room like what it has told already. No line that is lost comes
// back; but nobody may go on as if nothing had been.

// evOlder tells the other nodes that the database has turned out to be older than what was told from it: they compare everything with it.
const evOlder chat.EventType = "older"

// suspect looks whether the rows that a transaction has just made are beyond what their room has told. A room is ahead of its own node's commit
// when it has read the store in between, which is rare; it then reads the store once more, and finds out which of the two it is.
func (h *Hub) suspect(c chat.Changed) {
	evs := eventsOf(c)
	r := h.room(c.Conversation)
	if r == nil || len(evs) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen >= evs[0].Rev {
		r.dirty = true
		r.wakeLocked()
	}
}

// older raises the alarm, and has all rooms of all nodes look.
func (h *Hub) older(conversation string, told, head int64) {
	h.counts.older.Add(1)
	h.trouble.Error().Str("conversation", conversation).Int64("told", told).Int64("head", head).
		Msg("the database is an older copy than the one that lines were told from: lines that were confirmed are lost in it, and everybody begins anew with what it holds")
	h.lost()
	h.publish(topicAgents, chat.Event{Type: evOlder})
}
