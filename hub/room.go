package hub

import (
	"sync"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
)

// Bounds of a room. What does not fit is dropped, and the room reads the store instead.
const (
	boxEvents   = 64
	earlyEvents = 32
	// earlyWait is how long a row that came before its predecessor may wait for it. Two commits of one node are told by two
	// goroutines, so a little disorder is ordinary, and reading the store each time would be dear.
	earlyWait = 10 * time.Millisecond
	// retryAfter is when a room tries again that could not read the store.
	retryAfter = 500 * time.Millisecond
)

// room is a conversation that is live on this node: somebody here follows it.
//
// Events go into its box, and at most one goroutine, started when there is something and gone when there is nothing, works it off.
// Only that worker sends to the sessions and only it makes a follow live, so order is a fact. The worker's place in the
// conversation comes from the store alone.
type room struct {
	hub *Hub
	id  string

	mu      sync.Mutex // guards the following; taken after Hub.mu, before Session.mu
	follows []*follow
	box     []chat.Event
	ready   []arrival
	dirty   bool  // the store must be read
	late    bool  // an early row has waited long enough
	checked int64 // a head that a check has read, 0 if none
	// read is how far both sides have read, as the last check saw it or as was told since; nil before the first check.
	read    *chat.ReadMarks
	working bool
	// retrying is true while a timer will make the room read the store.
	retrying bool
	seen     int64 // place, when the worker last went to sleep
	// assignee is the agent whose presence the visitor is told; both are known once a row has told them, the one of the rev learned or one without.
	assignee, site string
	known          bool
	learned        int64
	typed          *typed // nil where no text is shown before it is sent
	// delivered is the seq of the visitor's newest line of which his sessions here know that an agent's console has it.
	delivered int64

	// The worker's own. It falls asleep only with the room: a room that nobody follows any more is forgotten.
	awake  bool
	missed bool         // something stored came before the room woke
	place  int64        // everything up to this rev has been sent to those who are live
	prev   [views]int64 // the rev of the last row sent in each view
	early  []chat.Event // rows beyond place+1
	timed  bool         // a timer for early runs
}

// follow joins a session and a room.
type follow struct {
	s    *Session
	room *room

	// Guarded by room.mu.
	live bool // false while the session catches up
	turn int  // counts catch-ups; an older one gives way
	// opened is when an agent opened the conversation; watched is true once that is chat.WatchAfter ago: from then on its lines are
	// wanted in his language.
	opened  time.Time
	watched bool
	// typing is what was last told of the session, text with it, and typed when, by the hub's clock.
	typing bool
	text   string
	typed  time.Duration
}

// arrival is a follow that has been sent everything up to place: a place that the store named after the broker was
// asked to follow.
type arrival struct {
	f     *follow
	turn  int
	place int64
}

// put takes events into the box. It never blocks.
func (r *room) put(evs ...chat.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.follows) == 0 {
		return
	}
	for _, ev := range evs {
		if ev.Type == chat.EvDelivered {
			r.passDeliveredLocked(ev.Seq)
		} else if len(r.box) < boxEvents {
			r.hearReadLocked(&ev)
			r.box = append(r.box, ev)
		} else if ev.Rev > 0 {
			r.hub.counts.drops.Add(1)
			r.dirty = true
		}
	}
	r.wakeLocked()
}

// check tells the room what the store had a moment ago.
func (r *room) check(now chat.Standing) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read != nil {
		r.catchUpReadLocked(now.Read)
	}
	r.read = &now.Read
	if r.working || now.Head != r.seen {
		r.checked = now.Head
		r.wakeLocked()
	}
}

// catchUpReadLocked tells read marks that have moved since the last check and were not told: they take no rev. Which of the agents has read is not known.
func (r *room) catchUpReadLocked(now chat.ReadMarks) {
	for kind, moved := range map[chat.ParticipantKind][2]int64{
		chat.KindVisitor: {r.read.Visitor, now.Visitor},
		chat.KindAgent:   {r.read.Agents, now.Agents},
	} {
		if moved[1] > moved[0] && len(r.box) < boxEvents {
			r.box = append(r.box, chat.Event{Type: chat.EvRead, Conversation: r.id, Participant: &chat.Participant{Kind: kind}, Seq: moved[1]})
			r.wakeLocked()
		}
	}
}

// hearReadLocked notes a read mark that is told.
func (r *room) hearReadLocked(ev *chat.Event) {
	switch {
	case r.read == nil || ev.Type != chat.EvRead || ev.Participant == nil:
	case ev.Participant.Kind == chat.KindVisitor:
		r.read.Visitor = max(r.read.Visitor, ev.Seq)
	default:
		r.read.Agents = max(r.read.Agents, ev.Seq)
	}
}

// learn takes what a row says of the conversation.
func (r *room) learn(c *chat.Conversation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.learnLocked(c)
}

// learnLocked takes what a row says of the conversation, unless a newer one has said it: rows come from the broker, from calls and from
// catch-ups, in any order. nil says nothing.
func (r *room) learnLocked(c *chat.Conversation) {
	if c == nil || r.known && c.Rev <= r.learned {
		return
	}
	r.assignee, r.site, r.known, r.learned = c.Assignee, c.Site, true, c.Rev
}

// refresh makes the room read the store.
func (r *room) refresh() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dirty = true
	r.wakeLocked()
}

// refreshLater makes the room read the store after a while; asked again before that it does nothing.
func (r *room) refreshLater() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.retrying {
		return
	}
	r.retrying = true
	time.AfterFunc(retryAfter, func() {
		r.mu.Lock()
		r.retrying = false
		r.mu.Unlock()
		r.refresh()
	})
}

func (r *room) arrive(a arrival) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ready = append(r.ready, a)
	r.wakeLocked()
}

func (r *room) wakeLocked() {
	if !r.working && r.hub.ctx.Err() == nil {
		r.working = true
		r.hub.tasks.run(r.work)
	}
}

// work works off what there is to do, and ends when there is nothing left. After a panic nobody knows what was sent to whom:
// everybody in this room has to come back, and finds a new one.
func (r *room) work() {
	if r.hub.guard("room", r.workOff) {
		return
	}
	// Its worker is gone and its state unsure. Who comes back gets a new one.
	r.hub.mu.Lock()
	if r.hub.rooms[r.id] == r {
		delete(r.hub.rooms, r.id)
		r.hub.broker.Leave(topicConversation + r.id)
	}
	r.hub.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.follows {
		f.s.End(websocket.StatusInternalError, "internal")
	}
}

func (r *room) workOff() {
	for {
		r.mu.Lock()
		box, ready, checked := r.box, r.ready, r.checked
		read := r.dirty || r.late
		if len(box) == 0 && len(ready) == 0 && checked == 0 && !read {
			r.working, r.seen = false, r.place
			r.mu.Unlock()
			return
		}
		dirty := r.dirty
		r.box, r.ready, r.dirty, r.late, r.checked = nil, nil, false, false, 0
		r.mu.Unlock()
		r.step(box, ready, dirty, read && !dirty, checked)
	}
}

func (r *room) step(box []chat.Event, ready []arrival, dirty, late bool, checked int64) {
	if !r.awake {
		if len(ready) == 0 {
			// Nobody is live. Who arrives may have read the store before these rows were in it.
			r.missed = true
			return
		}
		r.awake = true
		r.place = ready[0].place
		for v := range r.prev {
			if !r.hub.fault.placeFromClient {
				r.prev[v] = r.place
			}
		}
		dirty = dirty || r.missed
		r.missed = false
	}
	if r.hub.fault.placeFromClient {
		for _, a := range ready {
			r.place = max(r.place, a.place)
		}
	}
	for i := range box {
		r.take(&box[i])
	}
	if dirty || late && len(r.early) > 0 || checked != 0 && checked != r.place {
		r.refill()
	}
	for _, a := range ready {
		r.admit(a)
	}
	if len(r.early) > 0 && !r.timed {
		r.timed = true
		time.AfterFunc(earlyWait, r.tooLate)
	}
	if len(r.early) == 0 {
		r.timed = false
	}
}

// tooLate says that an early row has waited long enough for its predecessor.
func (r *room) tooLate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.late = true
	r.wakeLocked()
}

// admit makes a follow live that has everything that the room has sent; otherwise the session reads another piece.
func (r *room) admit(a arrival) {
	given := r.hub.givenBefore(a.f)
	r.mu.Lock()
	current := a.f.turn == a.turn
	caughtUp := r.prev[a.f.s.view] <= a.place
	if current && caughtUp {
		a.f.live = true
		r.remindLocked(a.f, given)
	}
	r.mu.Unlock()
	if current && !caughtUp {
		a.f.s.catchUp(piece{f: a.f, turn: a.turn, since: a.place})
	}
}

// take deals with one event.
func (r *room) take(ev *chat.Event) {
	switch {
	case ev.Rev == 0:
		r.pass(ev)
	case ev.Rev <= r.place:
		// Told twice, or read from the store before it was told.
	case ev.Rev == r.place+1 || r.hub.fault.noGapFilling:
		r.send(ev)
		r.place = ev.Rev
		r.takeEarly()
	case len(r.early) < earlyEvents:
		r.early = append(r.early, *ev)
	}
}

// takeEarly sends what waited for the row that has just been sent.
func (r *room) takeEarly() {
	for i := 0; i < len(r.early); {
		switch rev := r.early[i].Rev; {
		case rev > r.place+1:
			i++
			continue
		case rev == r.place+1:
			r.send(&r.early[i])
			r.place = rev
			fallthrough
		default:
			r.early = append(r.early[:i], r.early[i+1:]...)
			i = 0
		}
	}
	if len(r.early) == 0 {
		r.early = nil
	}
}

// refill sends what the store has beyond the room's place. If the store cannot be asked, it tries again later: no
// session is sent anything beyond the gap meanwhile.
func (r *room) refill() {
	if r.hub.fault.noGapFilling {
		return
	}
	r.hub.counts.refills.Add(1)
	for {
		ctx, cancel := r.hub.within(storeTimeout)
		rows, err := r.hub.store.Since(ctx, r.id, r.place, false)
		cancel()
		if err != nil {
			if chat.CodeOf(err) != chat.NotFound && r.hub.ctx.Err() == nil {
				r.hub.trouble.Warn().Err(err).Str("conversation", r.id).Msg("cannot read what a room has missed; trying again")
				r.refreshLater()
			}
			return
		}
		if rows.Reset {
			if r.hub.fault.placeFromClient {
				return
			}
			if rows.Head < r.place {
				r.hub.older(r.id, r.place, rows.Head)
			}
			r.restart(rows.Head)
			return
		}
		for _, ev := range eventsOf(chat.Changed{Conversation: r.id, Messages: rows.Messages, Row: rows.Row}) {
			if ev.Rev > r.place {
				r.send(&ev)
			}
		}
		r.place = max(r.place, rows.Head)
		if !rows.More {
			break
		}
	}
	r.takeEarly()
	// The store has named its head: what is still beyond it was never a row.
	r.early = nil
}

// restart is for a room that has missed more than can be told row by row, and for a store whose head is behind the room's place
// (an older copy of the database): everybody begins again with the newest lines.
func (r *room) restart(head int64) {
	r.place = head
	for v := range r.prev {
		r.prev[v] = head
	}
	r.early = nil
	var again []piece
	r.mu.Lock()
	r.known, r.learned = false, 0 // an older copy has older rows, and they count
	for _, f := range r.follows {
		if f.live {
			f.live = false
			f.turn++
			again = append(again, piece{f: f, turn: f.turn, since: -1})
		}
	}
	r.mu.Unlock()
	for _, p := range again {
		p.f.s.catchUp(p)
	}
}
