package hub

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

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
	// inboxFilters is how many different lists one console may have.
	inboxFilters = 16
	// inboxText is the longest text that is looked for, in code points: it is compared with every row that changes.
	inboxText = 200
	// inboxNudges bounds what is remembered of one inbox.
	inboxNudges = 10000
)

// inbox is the list of one site, as long as a console on this node follows it.
type inbox struct {
	hub  *Hub
	site string

	mu      sync.Mutex // guards the following; taken after Hub.mu, before Session.mu
	follows []*inboxFollow
	changed map[string]bool      // conversations to be told
	after   map[string]time.Time // not before, for those told a moment ago
	seen    map[string]standing  // the newest page, as the last check saw it
	given   map[string]int64     // up to which of the visitor's lines a conversation's row has gone to a console
}

// standing is what of a row can change. Read marks take no rev, so the head alone does not tell.
type standing struct {
	head, unread int64
	read         chat.ReadMarks
	mentioned    int
}

// inboxFollow is what one console follows.
type inboxFollow struct {
	s     *Session
	agent string
	sites []string

	mu      sync.Mutex // guards the following; a leaf
	brief   bool
	filters []chat.InboxFilter
	// sent are the rows that the console has: a row that no longer matches is sent once more, so that it can be taken off the list.
	sent map[string]bool
}

// Inbox answers a page of the inbox and follows it from then on (agents).
func (h *Hub) Inbox(ctx context.Context, s *Session, c chat.Inbox) (chat.InboxOK, error) {
	filter, err := checkFilter(c.Filter, s.Participant().ID)
	if err != nil {
		return chat.InboxOK{}, err
	}
	switch c.Order {
	case "", chat.OrderNewest, chat.OrderWaiting:
	default:
		return chat.InboxOK{}, chat.Errorf(chat.BadRequest, "There is no order %q: use newest or waiting.", c.Order)
	}
	sites := sitesOf(s.Identity(), filter.Site)
	limit := c.Limit
	if limit <= 0 || limit > chat.InboxRows {
		limit = chat.InboxRows
	}
	// First follow, then read: what changes in between is told.
	var f *inboxFollow
	if !c.Once {
		if f = h.followInboxes(s, filter, c.Brief); f == nil {
			return chat.InboxOK{}, chat.Errorf(chat.Unavailable, "The session has ended.")
		}
	}
	page, next, err := h.store.Inbox(ctx, sites, filter, c.Order, c.After, limit)
	if err != nil {
		return chat.InboxOK{}, err
	}
	ok := chat.InboxOK{Conversations: make([]chat.Conversation, len(page)), Next: next}
	for i := range page {
		ok.Conversations[i] = agentView.conversation(page[i], h)
		if c.Brief {
			ok.Conversations[i] = ok.Conversations[i].InBrief()
		}
	}
	h.givenPage(page)
	if c.Once {
		return ok, nil
	}
	f.standOn(page)
	if c.After == "" {
		counts, err := h.Counts(ctx, s, struct{}{})
		if err != nil {
			return chat.InboxOK{}, err
		}
		ok.Counts = &counts
	}
	return ok, nil
}

// checkFilter returns a filter as it is compared, for the agent with this id.
func checkFilter(f *chat.InboxFilter, agent string) (chat.InboxFilter, error) {
	if f == nil {
		return chat.InboxFilter{}, nil
	}
	filter := *f
	if filter.Assignee == "me" {
		filter.Assignee = agent
	}
	if a := filter.Assignee; a != "" && a != "none" && !chat.ValidKey(a) {
		return filter, chat.Errorf(chat.BadRequest, "assignee is me, none, or the id of an agent.")
	}
	if filter.Invited == "me" {
		filter.Invited = agent
	}
	if filter.Invited != "" && !chat.ValidKey(filter.Invited) {
		return filter, chat.Errorf(chat.BadRequest, "invited is me, or the id of an agent.")
	}
	switch filter.State {
	case "", chat.StateOpen, chat.StateSnoozed, chat.StateResolved:
	default:
		return filter, chat.Errorf(chat.BadRequest, "There is no state %q: use open, snoozed or resolved.", filter.State)
	}
	if filter.WaitingS < 0 {
		return filter, chat.Errorf(chat.BadRequest, "waiting_s is a number of seconds, at least 0.")
	}
	if filter.Language != "" {
		tag, err := chat.ParseLanguage(filter.Language)
		if err != nil {
			return filter, err
		}
		filter.Language = tag.String()
	}
	if filter.Text = chat.CleanText(filter.Text); utf8.RuneCountInString(filter.Text) > inboxText {
		return filter, chat.Errorf(chat.TooLong, "Look for at most %d characters.", inboxText)
	}
	if filter.Tag = chat.TagKey(filter.Tag); utf8.RuneCountInString(filter.Tag) > inboxText {
		return filter, chat.Errorf(chat.TooLong, "A tag has at most %d characters.", chat.MaxTagName)
	}
	if filter.Mentioned {
		filter.Agent = agent
	}
	return filter, nil
}

// sitesOf returns the keys of the sites that somebody answers for, or of them only this one.
func sitesOf(who Identity, only string) (keys []string) {
	for _, site := range who.Sites {
		if only == "" || only == site.Key {
			keys = append(keys, site.Key)
		}
	}
	return keys
}

// standOn remembers that a console has rows.
func (f *inboxFollow) standOn(page []chat.Conversation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range page {
		f.sent[page[i].ID] = true
	}
}

// followInboxes makes a console follow the inboxes of all its sites, with one more filter; nil if the session has ended. The last call says whether its
// rows are brief.
func (h *Hub) followInboxes(s *Session, filter chat.InboxFilter, brief bool) *inboxFollow {
	identity := s.Identity()
	h.mu.Lock()
	defer h.mu.Unlock()
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	f, fresh := s.inbox, s.inbox == nil
	if fresh {
		f = &inboxFollow{s: s, agent: identity.Participant.ID, sent: map[string]bool{}}
		s.inbox = f
	}
	s.mu.Unlock()
	f.mu.Lock()
	f.brief = brief
	f.filters = slices.DeleteFunc(f.filters, func(o chat.InboxFilter) bool { return o == filter })
	if len(f.filters) == inboxFilters { // the one that was not asked for longest goes
		f.filters = f.filters[1:]
	}
	f.filters = append(f.filters, filter)
	f.mu.Unlock()
	if !fresh {
		return f
	}
	for _, site := range identity.Sites {
		f.sites = append(f.sites, site.Key)
		in := h.inboxes[site.Key]
		if in == nil {
			in = &inbox{hub: h, site: site.Key,
				changed: map[string]bool{}, after: map[string]time.Time{}, seen: map[string]standing{}, given: map[string]int64{}}
			h.inboxes[site.Key] = in
			h.broker.Follow(topicInbox + site.Key)
		}
		in.mu.Lock()
		in.follows = append(in.follows, f)
		in.mu.Unlock()
	}
	return f
}

// leaveInboxes takes a console out of its inboxes, and forgets those that nobody follows any more.
func (h *Hub) leaveInboxes(f *inboxFollow) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, site := range f.sites {
		in := h.inboxes[site]
		if in == nil {
			continue
		}
		in.mu.Lock()
		in.follows = slices.DeleteFunc(in.follows, func(o *inboxFollow) bool { return o == f })
		if len(in.follows) == 0 {
			delete(h.inboxes, site)
			h.broker.Leave(topicInbox + site)
		}
		in.mu.Unlock()
	}
}

// inbox returns the inbox of a site, or nil if no console here follows it.
func (h *Hub) inbox(site string) *inbox {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.inboxes[site]
}

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

// wantsLocked tells whether the console is to be told a row: it matches a list, or stands on one, or a note calls the agent, whatever his lists are.
func (f *inboxFollow) wantsLocked(c *chat.Conversation) bool {
	if slices.Contains(c.Mentioned, f.agent) {
		f.sent[c.ID] = true
		return true
	}
	for _, filter := range f.filters {
		if matches(c, filter) {
			f.sent[c.ID] = true
			return true
		}
	}
	if f.sent[c.ID] {
		delete(f.sent, c.ID)
		return true
	}
	return false
}

// matches tells whether a row belongs on the list of a filter, as the store would; but for how long somebody has waited, which changes by itself.
func matches(c *chat.Conversation, f chat.InboxFilter) bool {
	switch {
	case f.Site != "" && f.Site != c.Site,
		f.State != "" && f.State != c.State,
		f.State == "" && f.Unresolved && c.State == chat.StateResolved,
		f.WaitingS > 0 && c.WaitingSince == 0,
		f.Assignee == "none" && c.Assignee != "",
		f.Assignee != "" && f.Assignee != "none" && f.Assignee != c.Assignee,
		f.Invited != "" && !slices.Contains(c.Invited, f.Invited),
		f.Language != "" && f.Language != c.Language.String(),
		f.Tag != "" && !slices.ContainsFunc(c.Tags, func(tag string) bool { return chat.TagKey(tag) == f.Tag }),
		f.Mentioned && !slices.Contains(c.Mentioned, f.Agent):
		return false
	}
	if f.Text == "" {
		return true
	}
	in := c.Visitor.Name
	if c.Last != nil {
		in += "\n" + c.Last.Text
		for _, t := range c.Last.Translations {
			in += "\n" + t.Text
		}
	}
	return strings.Contains(strings.ToLower(in), strings.ToLower(f.Text))
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
