package hub

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// memStore is a Store in memory, for tests that need speed, seeds or synctest. Every method is one critical section, as those of the real
// store are one transaction each. Rows are copied on their way in and out.
type memStore struct {
	mu            sync.Mutex
	epoch         string
	down          bool // everything is unavailable
	conversations map[string]*memConversation
	keys          map[string]*memLine // author and key
	leases        map[string][]string // node: agents
	agents        map[string]chat.Agent
	claims        map[string]bool
	remarks       map[string]chat.RemarkOK // by visitor
	queries       int                      // how often something was read
	heads         int                      // how often Heads was asked
	counted       int                      // how often Counts was
	byVisitor     map[string]string
	servers       int // how many have the database open; set before they do
}

// indexVisitors makes looking for a visitor's conversation quick, for tests with thousands that begin none.
func (st *memStore) indexVisitors() {
	st.byVisitor = map[string]string{}
	for id, c := range st.conversations {
		st.byVisitor[c.row.Visitor.ID] = id
	}
}

type memConversation struct {
	row      chat.Conversation
	messages []*chat.Message
}

type memLine struct {
	conversation string
	message      *chat.Message
}

func newMemStore() *memStore {
	return &memStore{epoch: chat.NewID(), conversations: map[string]*memConversation{}, keys: map[string]*memLine{},
		leases: map[string][]string{}, agents: map[string]chat.Agent{}, claims: map[string]bool{}, remarks: map[string]chat.RemarkOK{}}
}

// copied returns a message that shares nothing with m.
func copied(m chat.Message) chat.Message {
	m.Translations = maps.Clone(m.Translations)
	m.Attachments = slices.Clone(m.Attachments)
	return m
}

func (c *memConversation) snapshot() *chat.Conversation {
	row := c.row
	row.Participants = slices.Clone(c.row.Participants)
	for i := len(c.messages) - 1; i >= 0; i-- {
		m := c.messages[i]
		if row.Last == nil {
			last := copied(*m)
			row.Last = &last
		}
		if row.VisitorLast == nil && visitorView.shows(m) {
			last := copied(*m)
			row.VisitorLast = &last
		}
		row.Flagged += m.Flags()
		if m.Kind == chat.MessageLine && m.Author.Kind == chat.KindVisitor && m.Seq > row.Read.Agents {
			row.Unread++
		}
		if m.Kind == chat.MessageLine && m.Author.Kind != chat.KindVisitor && m.Seq > row.Read.Visitor {
			row.VisitorUnread++
		}
	}
	return &row
}

func (st *memStore) begin() error {
	st.mu.Lock()
	st.queries++
	if st.down {
		st.mu.Unlock()
		return chat.Errorf(chat.Unavailable, "The database cannot be reached.")
	}
	return nil
}

func (st *memStore) Servers(context.Context) (int, error) { return st.servers, nil }

func (st *memStore) Epoch(context.Context) (string, error) {
	if err := st.begin(); err != nil {
		return "", err
	}
	defer st.mu.Unlock()
	return st.epoch, nil
}

func (st *memStore) Append(_ context.Context, p chat.Post) (chat.Posted, error) {
	if err := st.begin(); err != nil {
		return chat.Posted{}, err
	}
	defer st.mu.Unlock()
	if l := st.keys[p.Author.ID+p.Key]; l != nil && p.Key != "" {
		if l.message.Text != p.Text {
			return chat.Posted{}, chat.Errorf(chat.Conflict, "This key belongs to another line.")
		}
		return chat.Posted{Changed: chat.Changed{Conversation: l.conversation, Site: p.Site}, Message: copied(*l.message), Dup: true}, nil
	}
	var c *memConversation
	opened := false
	if p.Conversation != "" {
		if c = st.conversations[p.Conversation]; c == nil {
			return chat.Posted{}, chat.Errorf(chat.NotFound, "There is no such conversation.")
		}
	} else {
		for _, o := range st.conversations {
			if o.row.Visitor.ID == p.Author.ID {
				c = o
			}
		}
		if c == nil {
			opened = true
			c = &memConversation{row: chat.Conversation{ID: chat.NewID(), Site: p.Site, State: chat.StateOpen,
				Visitor: chat.Visitor{Participant: p.Author, Attributes: map[string]string{}}, Language: p.Author.Language,
				Participants: []chat.Participant{}, Tags: []string{}}}
			c.row.Head, c.row.Rev = 1, 1
			st.conversations[c.row.ID] = c
		}
	}
	changed := chat.Changed{Conversation: c.row.ID, Site: c.row.Site}
	rowChanged := opened
	c.row.Seq++
	c.row.Head++
	m := &chat.Message{ID: chat.NewID(), Seq: c.row.Seq, Rev: c.row.Head, Key: p.Key, Kind: p.Kind, Author: p.Author, At: chat.TimeOf(time.Now()),
		Text: p.Text, Language: p.Language, Translations: map[language.Tag]chat.Translation{}, Attachments: []chat.Attachment{}}
	readers := append(slices.Clone(p.Readers), chat.Reader{Language: c.row.Language})
	for _, to := range chat.Wanted(p.Language, readers) {
		m.Translations[to] = chat.Translation{State: chat.TranslationPending, By: chat.By{Kind: chat.ByEngine}, Quality: chat.QualityFull}
	}
	for _, id := range p.Mentions {
		a, there := st.agents[id]
		if !there || a.Disabled {
			return chat.Posted{}, chat.Errorf(chat.NotFound, "There is no such agent on this site.")
		}
		m.Mentions = append(m.Mentions, chat.Mention{ID: id, Name: a.Name})
		c.row.Mentioned = append(slices.Clone(c.row.Mentioned), id)
	}
	c.messages = append(c.messages, m)
	st.keys[p.Author.ID+p.Key] = &memLine{c.row.ID, m}
	if p.Author.Kind == chat.KindVisitor && c.row.State != chat.StateOpen {
		c.row.State, rowChanged = chat.StateOpen, true
		c.row.Head++
		c.row.Rev = c.row.Head
	}
	if p.Author.Kind == chat.KindAgent && !slices.ContainsFunc(c.row.Participants, func(o chat.Participant) bool { return o.ID == p.Author.ID }) {
		c.row.Participants = append(c.row.Participants, p.Author)
		if c.row.Assignee == "" {
			c.row.Assignee = p.Author.ID
		}
		rowChanged = true
		c.row.Head++
		c.row.Rev = c.row.Head
	}
	changed.Head = c.row.Head
	changed.Messages = []chat.Message{copied(*m)}
	if rowChanged {
		changed.Row = c.snapshot()
	}
	return chat.Posted{Changed: changed, Message: copied(*m), Opened: opened}, nil
}

func (st *memStore) Change(_ context.Context, conversation string, ch chat.Change) (chat.Changed, error) {
	if err := st.begin(); err != nil {
		return chat.Changed{}, err
	}
	defer st.mu.Unlock()
	c := st.conversations[conversation]
	if c == nil {
		return chat.Changed{}, chat.Errorf(chat.NotFound, "There is no such conversation.")
	}
	if ch.Rev != 0 && ch.Rev != c.row.Rev {
		return chat.Changed{}, chat.Errorf(chat.Conflict, "It has changed since.")
	}
	if ch.OnlyFree && c.row.Assignee != "" && c.row.Assignee != *ch.Assignee {
		return chat.Changed{}, chat.Errorf(chat.Taken, "A colleague has it.")
	}
	changed := chat.Changed{Conversation: conversation, Site: c.row.Site, Head: c.row.Head}
	system := func(e chat.SystemEvent) {
		c.row.Seq++
		c.row.Head++
		m := &chat.Message{ID: chat.NewID(), Seq: c.row.Seq, Rev: c.row.Head, Kind: chat.MessageEvent, Author: ch.By, Event: &e,
			Translations: map[language.Tag]chat.Translation{}, Attachments: []chat.Attachment{}}
		c.messages = append(c.messages, m)
		changed.Messages = append(changed.Messages, copied(*m))
	}
	if ch.Note != nil {
		if l := st.keys[ch.By.ID+ch.Note.Key]; l != nil {
			return changed, nil
		}
	}
	did := false
	if ch.State != nil && *ch.State != c.row.State {
		changed.Was = &chat.StateBefore{State: c.row.State, Until: c.row.SnoozedUntil}
		c.row.State, c.row.SnoozedUntil, did = *ch.State, ch.Until, true
		system(chat.SystemEvent{Type: chat.EventResolved, By: ch.By.ID})
	}
	if ch.Assignee != nil && *ch.Assignee != c.row.Assignee {
		c.row.Assignee, did = *ch.Assignee, true
		system(chat.SystemEvent{Type: chat.EventAssigned, By: ch.By.ID, To: *ch.Assignee})
	}
	if ch.Invite != "" && !slices.Contains(c.row.Invited, ch.Invite) {
		c.row.Invited, did = append(slices.Clone(c.row.Invited), ch.Invite), true
		changed.Readers = append(changed.Readers, chat.ReaderOf(st.agents[ch.Invite]))
		system(chat.SystemEvent{Type: chat.EventInvited, By: ch.By.ID, To: ch.Invite})
	}
	if ch.Leave {
		c.row.Invited, did = slices.DeleteFunc(slices.Clone(c.row.Invited), func(id string) bool { return id == ch.By.ID }), true
		system(chat.SystemEvent{Type: chat.EventLeft, By: ch.By.ID})
	}
	if ch.Note != nil {
		did = true
		system(chat.SystemEvent{})
		note := c.messages[len(c.messages)-1]
		note.Kind, note.Event, note.Key, note.Text, note.Language = chat.MessageNote, nil, ch.Note.Key, ch.Note.Text, ch.Note.Language
		changed.Messages[len(changed.Messages)-1] = copied(*note)
		st.keys[ch.By.ID+ch.Note.Key] = &memLine{conversation, note}
	}
	if ch.Language != nil && *ch.Language != c.row.Language {
		c.row.Language, did = *ch.Language, true
		system(chat.SystemEvent{Type: chat.EventLanguage, By: ch.By.ID, To: ch.Language.String()})
	}
	if did {
		c.row.Head++
		c.row.Rev = c.row.Head
		changed.Row = c.snapshot()
	}
	changed.Head = c.row.Head
	return changed, nil
}

func (st *memStore) Rate(_ context.Context, conversation string, by chat.Participant, r chat.Rating) (chat.Changed, error) {
	if err := st.begin(); err != nil {
		return chat.Changed{}, err
	}
	defer st.mu.Unlock()
	c := st.conversations[conversation]
	if c == nil || c.row.State != chat.StateResolved {
		return chat.Changed{}, chat.Errorf(chat.BadState, "It has not ended.")
	}
	at := slices.IndexFunc(c.messages, func(m *chat.Message) bool { return m.Event != nil && m.Event.Type == chat.EventRated })
	if at < 0 {
		c.row.Seq++
		at = len(c.messages)
		c.messages = append(c.messages, &chat.Message{ID: chat.NewID(), Seq: c.row.Seq, Kind: chat.MessageEvent, Author: by,
			Translations: map[language.Tag]chat.Translation{}, Attachments: []chat.Attachment{}})
	}
	c.row.Head += 2
	m := c.messages[at]
	m.Rev, m.Event = c.row.Head-1, &chat.SystemEvent{Type: chat.EventRated, By: by.ID, To: strconv.Itoa(r.Score)}
	c.row.Rev, c.row.Rating = c.row.Head, &r
	return chat.Changed{Conversation: conversation, Site: c.row.Site, Head: c.row.Head, Messages: []chat.Message{copied(*m)}, Row: c.snapshot()}, nil
}

func (st *memStore) WakeSnoozed(ctx context.Context, limit int) ([]chat.Changed, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	var due []string
	for id, c := range st.conversations {
		if c.row.State == chat.StateSnoozed && c.row.SnoozedUntil <= chat.TimeOf(time.Now()) && len(due) < limit {
			due = append(due, id)
		}
	}
	st.mu.Unlock()
	var woken []chat.Changed
	for _, id := range due {
		changed, err := st.Change(ctx, id, chat.Change{By: chat.Participant{Kind: chat.KindSystem}, State: new(chat.StateOpen)})
		if err != nil {
			return woken, err
		}
		woken = append(woken, changed)
	}
	return woken, nil
}

func (st *memStore) Mark(_ context.Context, conversation string, by chat.Participant, seq int64) (chat.Marked, error) {
	var marked chat.Marked
	if err := st.begin(); err != nil {
		return marked, err
	}
	defer st.mu.Unlock()
	c := st.conversations[conversation]
	if c == nil {
		return marked, chat.Errorf(chat.NotFound, "There is no such conversation.")
	}
	mark := &c.row.Read.Agents
	if by.Kind == chat.KindVisitor {
		mark = &c.row.Read.Visitor
	}
	seq = min(seq, c.row.Seq)
	calls := func(m *chat.Message) bool {
		return m.Seq > seq && slices.ContainsFunc(m.Mentions, func(one chat.Mention) bool { return one.ID == by.ID })
	}
	if slices.Contains(c.row.Mentioned, by.ID) && !slices.ContainsFunc(c.messages, calls) {
		marked.Seen = true
		c.row.Mentioned = slices.DeleteFunc(slices.Clone(c.row.Mentioned), func(id string) bool { return id == by.ID })
	}
	marked.Moved = seq > *mark
	*mark = max(*mark, seq)
	return marked, nil
}

func (st *memStore) Conversations(_ context.Context, ids []string) ([]chat.Conversation, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	var rows []chat.Conversation
	for _, id := range ids {
		if c := st.conversations[id]; c != nil {
			rows = append(rows, *c.snapshot())
		}
	}
	return rows, nil
}

func (st *memStore) VisitorConversations(_ context.Context, visitor string, limit int) ([]chat.Conversation, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	var rows []chat.Conversation
	if id := st.byVisitor[visitor]; id != "" {
		return append(rows, *st.conversations[id].snapshot()), nil
	}
	for _, c := range st.conversations {
		if c.row.Visitor.ID == visitor && len(rows) < limit {
			rows = append(rows, *c.snapshot())
		}
	}
	return rows, nil
}

func (st *memStore) Unresolved(_ context.Context, visitors []string) (map[string][]string, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	found := map[string][]string{}
	for id, c := range st.conversations {
		if v := c.row.Visitor.ID; c.row.State != chat.StateResolved && slices.Contains(visitors, v) {
			found[v] = append(found[v], id)
		}
	}
	return found, nil
}

func (st *memStore) Inbox(_ context.Context, sites []string, f chat.InboxFilter, _ chat.InboxOrder, _ string, limit int) ([]chat.Conversation, string, error) {
	if err := st.begin(); err != nil {
		return nil, "", err
	}
	defer st.mu.Unlock()
	var rows []chat.Conversation
	for _, c := range st.conversations {
		row := c.snapshot()
		if slices.Contains(sites, row.Site) && matches(row, f) && len(rows) < limit {
			rows = append(rows, *row)
		}
	}
	slices.SortFunc(rows, func(a, b chat.Conversation) int { return strings.Compare(b.ID, a.ID) })
	return rows, "", nil
}

func (st *memStore) Mentions(_ context.Context, agent string, sites []string) (n int64, err error) {
	if err := st.begin(); err != nil {
		return 0, err
	}
	defer st.mu.Unlock()
	for _, c := range st.conversations {
		if slices.Contains(sites, c.row.Site) && slices.Contains(c.row.Mentioned, agent) {
			n++
		}
	}
	return n, nil
}

func (st *memStore) Counts(_ context.Context, sites []string) (map[string]chat.SiteCounts, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	st.counted++
	all := map[string]chat.SiteCounts{}
	for _, c := range st.conversations {
		if !slices.Contains(sites, c.row.Site) {
			continue
		}
		of := all[c.row.Site]
		if of.Open == nil {
			of.Open = map[string]int64{}
		}
		switch c.row.State {
		case chat.StateOpen:
			of.Open[c.row.Assignee]++
		case chat.StateSnoozed:
			of.Snoozed++
		}
		all[c.row.Site] = of
	}
	return all, nil
}

// Search finds lines that have the text in them.
func (st *memStore) Search(_ context.Context, q chat.SearchQuery) (chat.SearchOK, error) {
	if err := st.begin(); err != nil {
		return chat.SearchOK{}, err
	}
	defer st.mu.Unlock()
	ok := chat.SearchOK{Hits: []chat.SearchHit{}}
	for id, c := range st.conversations {
		for _, m := range c.messages {
			if slices.Contains(q.Sites, c.row.Site) && strings.Contains(m.Text, q.Text) {
				author := m.Author
				ok.Hits = append(ok.Hits, chat.SearchHit{Conversation: id, Site: c.row.Site, Seq: m.Seq, Author: &author, Visitor: c.row.Visitor.Participant})
			}
		}
	}
	return ok, nil
}

func (st *memStore) Heads(_ context.Context, ids []string) (map[string]int64, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	st.heads++
	heads := map[string]int64{}
	for _, id := range ids {
		if c := st.conversations[id]; c != nil {
			heads[id] = c.row.Head
		}
	}
	return heads, nil
}

func (st *memStore) Standings(_ context.Context, ids []string) (map[string]chat.Standing, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	st.heads++
	all := map[string]chat.Standing{}
	for _, id := range ids {
		if c := st.conversations[id]; c != nil {
			all[id] = chat.Standing{Head: c.row.Head, Read: c.row.Read}
		}
	}
	return all, nil
}

func (st *memStore) Since(_ context.Context, conversation string, since int64, visitor bool) (chat.Rows, error) {
	if err := st.begin(); err != nil {
		return chat.Rows{}, err
	}
	defer st.mu.Unlock()
	c := st.conversations[conversation]
	if c == nil {
		return chat.Rows{}, chat.Errorf(chat.NotFound, "There is no such conversation.")
	}
	rows := chat.Rows{Conversation: conversation, Head: c.row.Head, Messages: []chat.Message{}}
	var missing []*chat.Message
	for _, m := range c.messages {
		if m.Rev > since && (!visitor || visitorView.shows(m)) {
			missing = append(missing, m)
		}
	}
	if since < 0 || since > c.row.Head || len(missing) > chat.ResetRows {
		rows.Reset, rows.Row = true, c.snapshot()
		slices.SortFunc(missing, func(a, b *chat.Message) int { return int(b.Seq - a.Seq) })
		if since > c.row.Head {
			missing = nil
			for _, m := range slices.Backward(c.messages) {
				if !visitor || visitorView.shows(m) {
					missing = append(missing, m)
				}
			}
		}
		size := 0
		for _, m := range missing[:min(len(missing), chat.NewestRows)] {
			b, _ := json.Marshal(m)
			if size += len(b); size > chat.PageBytes && len(rows.Messages) > 0 {
				break
			}
			rows.Messages = append(rows.Messages, copied(*m))
		}
		slices.SortFunc(rows.Messages, func(a, b chat.Message) int { return int(a.Rev - b.Rev) })
		return rows, nil
	}
	slices.SortFunc(missing, func(a, b *chat.Message) int { return int(a.Rev - b.Rev) })
	size, through := 0, c.row.Head
	for _, m := range missing {
		b, _ := json.Marshal(m)
		size += len(b)
		if len(rows.Messages) > 0 && (size > chat.PageBytes || len(rows.Messages) == chat.PageRows) {
			through = rows.Messages[len(rows.Messages)-1].Rev
			rows.More, rows.Head = true, through
			break
		}
		rows.Messages = append(rows.Messages, copied(*m))
	}
	if c.row.Rev > since && c.row.Rev <= through {
		rows.Row = c.snapshot()
	}
	return rows, nil
}

func (st *memStore) History(_ context.Context, conversation string, before int64, limit int, visitor bool) ([]chat.Message, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	c := st.conversations[conversation]
	if c == nil {
		return nil, chat.Errorf(chat.NotFound, "There is no such conversation.")
	}
	var page []chat.Message
	for _, m := range slices.Backward(c.messages) {
		if (before == 0 || m.Seq < before) && (!visitor || visitorView.shows(m)) && len(page) < limit {
			page = append(page, copied(*m))
		}
	}
	slices.Reverse(page)
	return page, nil
}

func (st *memStore) Speaker(context.Context, string) (chat.Speaker, error) {
	return chat.Speaker{}, chat.Errorf(chat.NotFound, "There is no such visitor.")
}

func (st *memStore) SetSpeaker(context.Context, string, chat.Speaker) (bool, error) {
	return false, nil
}

func (st *memStore) SetVisitorLanguage(context.Context, string, language.Tag) error { return nil }

func (st *memStore) SetAgentLanguages(context.Context, string, []language.Tag) error { return nil }

func (st *memStore) Identify(context.Context, chat.Identify) (chat.Identified, error) {
	return chat.Identified{}, chat.Errorf(chat.BadIdentity, "Nobody signs here.")
}

func (st *memStore) EndedTokens(context.Context, []string) ([]chat.EndedToken, error) {
	return nil, nil
}

func (st *memStore) Hear(context.Context, string, chat.Hearsay) (chat.Visitor, []chat.Touched, error) {
	return chat.Visitor{}, nil, nil
}
