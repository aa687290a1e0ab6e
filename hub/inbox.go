package hub

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"dragoman/chat"
)

// Bounds of the lists of one console.
const (
	// inboxFilters is how many different lists one console may have.
	inboxFilters = 16
	// inboxText is the longest text that is looked for, in code points: it is compared with every row that changes.
	inboxText = 200
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
