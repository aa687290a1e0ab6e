package hub

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"dragoman/chat"
)

// Consoles are told whole rows of the inbox, each conversation at most once in inboxEvery and the first time at once.
// Between nodes, and between a post and its inbox, there are only nudges: a conversation has changed. The rows are read from the store,
// those of all inboxes together and many at a time.
const (
	inboxEvery = time.Second
	// inboxStep is what the end of inboxEvery is rounded up to, so that what has changed under load is read and told together.
	inboxStep = 200 * time.Millisecond
	// inboxPause is the least time between two reads.
	inboxPause = 20 * time.Millisecond
	// inboxPatience is how long rows wait at most for a console that has not taken in those before them, and inboxLook how often it is looked at: a few long rows
	// must not end consoles that read.
	inboxPatience = 250 * time.Millisecond
	inboxLook     = 5 * time.Millisecond
	// inboxNudges bounds what is remembered of one inbox.
	inboxNudges = 10000
)

// inboxChanged takes nudges. It never blocks.
func (h *Hub) inboxChanged(site string, evs []chat.Event) {
	in := h.inbox(site)
	if in == nil {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, ev := range evs {
		if ev.Conversation != "" && len(in.changed) < inboxNudges {
			in.changed[ev.Conversation] = true
			if _, told := in.after[ev.Conversation]; !told { // else it is looked at again by the clock
				h.wakeInboxes()
			}
		}
	}
}

func (h *Hub) wakeInboxes() {
	select {
	case h.inboxPokes <- struct{}{}:
	default:
	}
}

// runInboxes tells what has changed, until ctx ends.
func (h *Hub) runInboxes(ctx context.Context) error {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		wait, told := h.tellInboxes(ctx, time.Now())
		t.Reset(wait)
		pokes := h.inboxPokes
		if told {
			pokes = nil // gather for a moment
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pokes:
		case <-t.C:
		}
	}
}

// dueRow is a conversation that an inbox is to be told of.
type dueRow struct {
	in *inbox
	id string
}

// tellInboxes tells what is due, if anything, and says when to look again.
func (h *Hub) tellInboxes(ctx context.Context, now time.Time) (wait time.Duration, told bool) {
	h.mu.RLock()
	inboxes := slices.Collect(maps.Values(h.inboxes))
	h.mu.RUnlock()
	var due []dueRow
	wait = time.Hour
	for _, in := range inboxes {
		due = in.due(now, due, &wait)
	}
	if len(due) == 0 {
		return wait, false
	}
	for len(due) > 0 {
		page := due[:min(len(due), chat.InboxRows)]
		if err := h.tellRows(ctx, page); err != nil {
			h.trouble.Warn().Err(err).Msg("cannot read the rows of the inboxes; trying again")
			for _, d := range due {
				d.in.again(d.id)
			}
			return retryAfter, true
		}
		due = due[len(page):]
	}
	return inboxPause, true
}

// due takes out the conversations that may be told now, and makes wait no longer than until the next may.
func (in *inbox) due(now time.Time, due []dueRow, wait *time.Duration) []dueRow {
	in.mu.Lock()
	defer in.mu.Unlock()
	for id, at := range in.after {
		if now.Before(at) {
			*wait = min(*wait, at.Sub(now))
		} else {
			delete(in.after, id)
		}
	}
	for id := range in.changed {
		if _, told := in.after[id]; !told {
			due = append(due, dueRow{in, id})
			delete(in.changed, id)
			in.after[id] = in.hub.inboxTime(now)
		}
	}
	return due
}

// inboxTime is when a conversation may be told again that is told now.
func (h *Hub) inboxTime(now time.Time) time.Time {
	running := now.Sub(h.born) + inboxEvery + inboxStep - 1
	return h.born.Add(running - running%inboxStep)
}

// again puts back what could not be read.
func (in *inbox) again(id string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.changed[id] = true
	delete(in.after, id)
}

// tellRows reads rows and sends them to the consoles that follow them. Each row is encoded once.
func (h *Hub) tellRows(ctx context.Context, due []dueRow) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	ids, inboxes := make([]string, len(due)), map[string]*inbox{}
	for i, d := range due {
		ids[i], inboxes[d.in.site] = d.id, d.in
	}
	rows, err := h.store.Conversations(ctx, ids)
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b chat.Conversation) int { return strings.Compare(a.Site, b.Site) })
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Site == rows[0].Site {
			n++
		}
		if in := inboxes[rows[0].Site]; in != nil {
			in.send(rows[:n])
		}
		rows = rows[n:]
	}
	return nil
}

// send sends rows of the site to the consoles that want them. Most want all: they get the same frames.
func (in *inbox) send(rows []chat.Conversation) {
	encoded := encodedRows{hub: in.hub, rows: rows, whole: make([][]byte, len(rows)), brief: make([][]byte, len(rows))}
	in.mu.Lock()
	follows := slices.Clone(in.follows)
	in.mu.Unlock()
	var all [2][][]byte // whole and brief
	told := make([]bool, len(rows))
	parts := make([]inboxPart, 0, len(follows))
	for _, f := range follows {
		mine := make([][]byte, 0, len(rows))
		open := f.s.conversations()
		f.mu.Lock()
		kind, alike := 0, true
		if f.brief {
			kind = 1
		}
		for i := range rows {
			if !f.wantsLocked(&rows[i]) {
				alike = false
				continue
			}
			told[i] = true
			brief := f.brief && !slices.Contains(open, rows[i].ID)
			alike = alike && brief == f.brief
			mine = append(mine, encoded.row(i, brief))
		}
		f.mu.Unlock()
		frames := all[kind]
		if !alike {
			frames = inboxFrames(mine)
		} else if frames == nil {
			all[kind] = inboxFrames(mine)
			frames = all[kind]
		}
		parts = append(parts, inboxPart{f.s, frames})
	}
	in.hub.pushInbox(parts)
	for i := range rows {
		if told[i] {
			in.givenRow(&rows[i])
		}
	}
}

// encodedRows are rows as they are sent, each encoded when somebody wants it.
type encodedRows struct {
	hub          *Hub
	rows         []chat.Conversation
	whole, brief [][]byte
}

func (e *encodedRows) row(i int, brief bool) []byte {
	made := &e.whole[i]
	if brief {
		made = &e.brief[i]
	}
	if *made == nil {
		row := agentView.conversation(e.rows[i], e.hub)
		if brief {
			row = row.InBrief()
		}
		*made = e.hub.encode(&row)
	}
	return *made
}

// inboxPart is what of some rows goes to a console.
type inboxPart struct {
	s      *Session
	frames [][]byte
}

// pushInbox sends each console its frames: to all of them the first, then the second. Who has no room gets a moment to read; whoever needs longer is too slow.
func (h *Hub) pushInbox(parts []inboxPart) {
	for n, more := 0, true; more; n++ {
		more = false
		for patience := inboxPatience; patience > 0 && !takeAll(parts, n) && h.pause(inboxLook); patience -= inboxLook {
		}
		for _, p := range parts {
			if n < len(p.frames) {
				p.s.push(outgoing{live: true, frame: p.frames[n]})
				more = true
			}
		}
	}
}

// takeAll tells whether every console has room for its frame at this place.
func takeAll(parts []inboxPart, n int) bool {
	for _, p := range parts {
		if n < len(p.frames) && !p.s.takes(len(p.frames[n])) {
			return false
		}
	}
	return true
}

// inboxFrames makes as many frames as the rows need.
func inboxFrames(rows [][]byte) (frames [][]byte) {
	for len(rows) > 0 {
		part := fit(rows)
		rows = rows[len(part):]
		frames = append(frames, inboxFrame(part))
	}
	return frames
}

// inboxFrame puts rows that are encoded already into a chat.InboxFrame. json.Marshal would read each of them again, for every console.
func inboxFrame(rows [][]byte) []byte {
	size := 0
	for _, r := range rows {
		size += len(r) + 1
	}
	const begin, end = `{"event":"inbox","conversations":[`, `]}`
	frame := append(make([]byte, 0, len(begin)+size+len(end)), begin...)
	for i, r := range rows {
		if i > 0 {
			frame = append(frame, ',')
		}
		frame = append(frame, r...)
	}
	return append(frame, end...)
}

// fit returns as many of the rows as one frame should hold, at least one.
func fit(rows [][]byte) [][]byte {
	size := 0
	for i, row := range rows {
		if size += len(row); size > chat.PageBytes && i > 0 {
			return rows[:i]
		}
	}
	return rows
}

// check compares the newest page with what the last check saw, for nudges that were lost.
func (in *inbox) check(ctx context.Context) error {
	rows, _, err := in.hub.store.Inbox(ctx, []string{in.site}, chat.InboxFilter{}, chat.OrderNewest, "", chat.InboxRows)
	if err != nil {
		return err
	}
	seen := make(map[string]standing, len(rows))
	for i := range rows {
		seen[rows[i].ID] = standing{rows[i].Head, rows[i].Unread, rows[i].Read, len(rows[i].Mentioned)}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for id, now := range seen {
		if in.seen[id] != now {
			in.changed[id] = true
		}
	}
	in.seen = seen
	in.hub.wakeInboxes()
	return nil
}
