package hub

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"dragoman/chat"

	"github.com/coder/websocket"
	"golang.org/x/text/language"
)

// testEdge lets everybody in who is known by his token, and passes every call on.
type testEdge struct {
	hub    *Hub
	store  Store
	people map[string]Identity
}

func (e *testEdge) Hello(ctx context.Context, _ Request, hello chat.Hello) (Identity, error) {
	id, ok := e.people[hello.Token]
	if !ok {
		return Identity{}, chat.Errorf(chat.BadToken, "Who are you?")
	}
	if id.Agent == nil {
		rows, err := e.store.VisitorConversations(ctx, id.Participant.ID, 100)
		if err != nil {
			return Identity{}, err
		}
		for _, row := range rows {
			f := chat.Followed{ID: row.ID, Assignee: row.Assignee}
			if row.State != chat.StateResolved {
				f.Language = row.Language
			}
			id.Conversations = append(id.Conversations, f)
		}
	}
	return id, nil
}

func (e *testEdge) Count(*Session, chat.CallName) error { return nil }

func (e *testEdge) Call(ctx context.Context, s *Session, name chat.CallName, frame []byte) (any, error) {
	h := e.hub
	switch name {
	case chat.CallSend:
		return call(ctx, h.Send, s, frame)
	case chat.CallSync:
		return call(ctx, h.Sync, s, frame)
	case chat.CallOpen:
		return call(ctx, h.Open, s, frame)
	case chat.CallClose:
		return call(ctx, h.Unfollow, s, frame)
	case chat.CallHistory:
		return call(ctx, h.History, s, frame)
	case chat.CallInbox:
		return call(ctx, h.Inbox, s, frame)
	case chat.CallCounts:
		return call(ctx, h.Counts, s, frame)
	case chat.CallSearch:
		return call(ctx, h.Search, s, frame)
	case chat.CallTyping:
		return call(ctx, h.Typing, s, frame)
	case chat.CallRead:
		return call(ctx, h.Read, s, frame)
	case chat.CallLanguage:
		return call(ctx, h.Language, s, frame)
	case chat.CallTake:
		return call(ctx, h.Take, s, frame)
	case chat.CallAssign:
		return call(ctx, h.Assign, s, frame)
	case chat.CallInvite:
		return call(ctx, h.Invite, s, frame)
	case chat.CallLeave:
		return call(ctx, h.Leave, s, frame)
	case chat.CallAgents:
		return call(ctx, h.Agents, s, frame)
	case chat.CallStatus:
		return call(ctx, h.SetStatus, s, frame)
	case chat.CallViewing:
		return call(ctx, h.View, s, frame)
	case chat.CallState:
		return call(ctx, h.SetState, s, frame)
	case chat.CallPreview:
		return call(ctx, h.Preview, s, frame)
	case chat.CallRetry:
		return call(ctx, h.Retry, s, frame)
	case chat.CallCorrect:
		return call(ctx, h.Correct, s, frame)
	case chat.CallFlag:
		return call(ctx, h.Flag, s, frame)
	case chat.CallRate:
		return call(ctx, h.Rate, s, frame)
	case chat.CallTag:
		return call(ctx, h.Tag, s, frame)
	case chat.CallTags:
		return call(ctx, h.Tags, s, frame)
	case chat.CallRemark:
		return call(ctx, h.Remark, s, frame)
	case chat.CallEarlier:
		return call(ctx, h.Earlier, s, frame)
	case chat.CallPage:
		panic("a call that panics")
	}
	return nil, chat.Errorf(chat.UnknownCall, "There is no call %q.", name)
}

func call[C, A any](ctx context.Context, f func(context.Context, *Session, C) (A, error), s *Session, frame []byte) (any, error) {
	var c C
	if err := json.Unmarshal(frame, &c); err != nil {
		return nil, chat.Errorf(chat.BadRequest, "That cannot be read.")
	}
	return f(ctx, s, c)
}

// testWire hands frames to a function, which may take its time, and remembers how it ended.
type testWire struct {
	s      *Session // set by attach
	got    func(frame []byte)
	ended  chan struct{}
	once   sync.Once
	code   websocket.StatusCode
	silent atomic.Bool // answers no ping
}

func newTestWire(got func([]byte)) *testWire { return &testWire{got: got, ended: make(chan struct{})} }

func (w *testWire) write(batch []outgoing) error {
	for _, o := range batch {
		select {
		case <-w.ended:
			return context.Canceled
		default:
		}
		switch {
		case !o.ping:
			w.got(o.frame)
		case !w.silent.Load():
			w.s.ponged()
		}
	}
	return nil
}
func (w *testWire) hurry() {}
func (w *testWire) end(code websocket.StatusCode, _ string) {
	w.once.Do(func() {
		w.code = code
		close(w.ended)
	})
}

// attach makes a session on a wire, as Socket does on a socket.
func (h *Hub) attach(w wire, e Edge) *Session {
	s := &Session{hub: h, id: chat.NewID(), edge: e, wire: w, due: h.clock() + chat.HelloTimeout}
	if w, ok := w.(*testWire); ok {
		w.s = s
	}
	h.sessionsMu.Lock()
	h.sessions[s] = struct{}{}
	h.sessionsMu.Unlock()
	return s
}

// talk is what an honest client holds of one conversation (protocol.md, section 5).
type talk struct {
	have  int64
	floor int64 // the oldest line loaded; what changes below is ignored
	rows  map[int64]chat.Message
	row   *chat.Conversation
	stale bool // a sync is under way
	held  []event
}

// event is any frame that a client may get.
type event struct {
	ID    *int64          `json:"id"`
	OK    json.RawMessage `json:"ok"`
	Error *chat.Error     `json:"error"`

	Event         chat.EventType      `json:"event"`
	Conversation  string              `json:"conversation"`
	Prev          int64               `json:"prev"`
	Rev           int64               `json:"rev"`
	Message       chat.Message        `json:"message"`
	Row           *chat.Conversation  `json:"row"`
	Head          int64               `json:"head"`
	Reset         bool                `json:"reset"`
	More          bool                `json:"more"`
	Messages      []chat.Message      `json:"messages"`
	Conversations []chat.Conversation `json:"conversations"`
	Participant   chat.Participant    `json:"participant"`
	On            bool                `json:"on"`
	Text          string              `json:"text"`
	Translation   string              `json:"translation"`
	Seq           int64               `json:"seq"`
	Delivered     bool                `json:"delivered"`
	InS           int                 `json:"in_s"`
	Site          string              `json:"site"`
	Budget        chat.BudgetState    `json:"budget"`
	Agents        []chat.Colleague    `json:"agents"`
	Gone          []string            `json:"gone"`
}

// testClient is a client of the protocol: honest, unless it lies.
type testClient struct {
	token string
	agent bool
	lies  bool
	rnd   *rand.Rand

	mu      sync.Mutex
	epoch   string
	talks   map[string]*talk
	inbox   map[string]chat.Conversation
	replies map[int64]chan event
	nextID  int64
	session *Session
	wire    *testWire
	acked   []chat.Message
	skipped []string // events that the server has skipped: there must be none
	events  []event  // what is not stored
	syncs   []string // conversations to sync, for the client's own goroutine
	poke    chan struct{}
	delay   func() // before each frame is read
}

func newTestClient(token string, agent bool, seed uint64) *testClient {
	return &testClient{token: token, agent: agent, rnd: rand.New(rand.NewPCG(seed, 1)), talks: map[string]*talk{},
		inbox: map[string]chat.Conversation{}, replies: map[int64]chan event{}, poke: make(chan struct{}, 1), delay: func() {}}
}

// connect opens a session on a hub and says hello; false if that failed.
func (c *testClient) connect(h *Hub, e Edge) bool {
	w := newTestWire(nil)
	w.got = func(frame []byte) {
		c.mu.Lock()
		delay := c.delay
		c.mu.Unlock()
		delay()
		c.take(w, frame)
	}
	s := h.attach(w, e)
	c.mu.Lock()
	c.session, c.wire = s, w
	for _, r := range c.replies {
		close(r)
	}
	clear(c.replies)
	c.syncs = nil
	since := map[string]int64{}
	for id, t := range c.talks {
		t.stale, t.held = false, nil
		since[id] = t.have
		if c.lies {
			since[id] = []int64{0, 1, 1 << 40, 1 << 40, t.have + int64(c.rnd.IntN(100)), -5}[c.rnd.IntN(6)]
		}
	}
	hello := map[string]any{"token": c.token, "since": since, "epoch": c.epoch}
	c.mu.Unlock()
	ok := c.callOn(s, w, chat.CallHello, hello)
	if ok.ID == nil || ok.Error != nil {
		return false
	}
	var welcome chat.HelloOK
	if err := json.Unmarshal(ok.OK, &welcome); err != nil {
		panic(err)
	}
	c.mu.Lock()
	c.epoch = welcome.Epoch
	c.mu.Unlock()
	return true
}

// call makes a call and waits for its reply; an event without an id means that the session has ended.
func (c *testClient) call(name chat.CallName, fields map[string]any) event {
	c.mu.Lock()
	s, w := c.session, c.wire
	c.mu.Unlock()
	return c.callOn(s, w, name, fields)
}

func (c *testClient) callOn(s *Session, w *testWire, name chat.CallName, fields map[string]any) event {
	c.mu.Lock()
	c.nextID++
	id := c.nextID
	reply := make(chan event, 1)
	c.replies[id] = reply
	c.mu.Unlock()
	frame := map[string]any{"id": id, "call": name}
	maps.Copy(frame, fields)
	b, err := json.Marshal(frame)
	if err != nil {
		panic(err)
	}
	var request *Request
	if name == chat.CallHello {
		request = &Request{}
	}
	if err := s.handle(b, request); err != nil {
		(&socket{s: s}).finish(err)
	}
	select {
	case r := <-reply:
		return r
	case <-w.ended:
		return event{}
	}
}

// take takes a frame in.
func (c *testClient) take(w *testWire, frame []byte) {
	var ev event
	if err := json.Unmarshal(frame, &ev); err != nil {
		panic(fmt.Sprintf("%v: %s", err, frame))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if w != c.wire {
		return
	}
	if ev.ID != nil {
		// The answers of open and sync are applied before whatever follows them.
		var rows event
		if ev.Error == nil && json.Unmarshal(ev.OK, &rows) == nil && rows.Messages != nil && rows.Conversation != "" {
			c.apply(rows)
		}
		if r := c.replies[*ev.ID]; r != nil {
			delete(c.replies, *ev.ID)
			r <- ev
		}
		return
	}
	switch ev.Event {
	case chat.EvRows:
		c.apply(ev)
	case chat.EvMessage, chat.EvConversation:
		c.live(ev)
	case chat.EvInbox:
		for _, row := range ev.Conversations {
			if row.Head >= c.inbox[row.ID].Head {
				c.inbox[row.ID] = row
			}
		}
	default:
		c.events = append(c.events, ev)
	}
	if ev.Delivered {
		c.events = append(c.events, event{Event: chat.EvDelivered, Conversation: ev.Conversation, Seq: ev.Message.Seq})
	}
}

func (c *testClient) talk(id string) *talk {
	t := c.talks[id]
	if t == nil {
		t = &talk{rows: map[int64]chat.Message{}}
		c.talks[id] = t
	}
	return t
}

// apply takes in a piece of a catch-up.
func (c *testClient) apply(ev event) {
	t := c.talk(ev.Conversation)
	if ev.Reset {
		*t = talk{rows: map[int64]chat.Message{}}
		for i, m := range ev.Messages {
			if i == 0 || m.Seq < t.floor {
				t.floor = m.Seq
			}
		}
	}
	for _, m := range ev.Messages {
		t.upsert(m)
	}
	if ev.Row != nil && (t.row == nil || ev.Row.Rev > t.row.Rev) {
		t.row = ev.Row
	}
	t.have = ev.Head
	t.stale = false
	held := t.held
	t.held = nil
	for _, h := range held {
		c.live(h)
	}
}

func (t *talk) upsert(m chat.Message) {
	if m.Seq < t.floor {
		return
	}
	if old, ok := t.rows[m.Seq]; !ok || m.Rev > old.Rev {
		t.rows[m.Seq] = m
	}
}

// live takes in an event with a prev.
func (c *testClient) live(ev event) {
	t := c.talk(ev.Conversation)
	switch {
	case t.stale:
		t.held = append(t.held, ev)
	case ev.Rev <= t.have:
	case ev.Prev <= t.have:
		if ev.Row != nil {
			t.row = ev.Row
		} else {
			t.upsert(ev.Message)
		}
		t.have = ev.Rev
	default:
		c.skipped = append(c.skipped, fmt.Sprintf("%s: have %d, prev %d, rev %d", ev.Conversation, t.have, ev.Prev, ev.Rev))
		t.stale, t.held = true, append(t.held, ev)
		c.syncs = append(c.syncs, ev.Conversation)
		select {
		case c.poke <- struct{}{}:
		default:
		}
	}
}

// sync makes the syncs that have come up.
func (c *testClient) sync() {
	c.mu.Lock()
	syncs := c.syncs
	c.syncs = nil
	c.mu.Unlock()
	for _, id := range syncs {
		c.mu.Lock()
		have := c.talk(id).have
		c.mu.Unlock()
		c.call(chat.CallSync, map[string]any{"conversation": id, "since": have})
	}
}

// hangUp ends the session as a broken connection does.
func (c *testClient) hangUp() {
	c.mu.Lock()
	s, w := c.session, c.wire
	c.wire = nil
	c.mu.Unlock()
	s.End(0, "")
	<-w.ended
}

// holds compares what the client holds of a conversation with what the store holds, through the client's view.
func (c *testClient) holds(st *memStore, id string) error {
	st.mu.Lock()
	stored := st.conversations[id]
	snapshot := *stored.snapshot()
	var all []chat.Message
	for _, m := range stored.messages {
		all = append(all, copied(*m))
	}
	st.mu.Unlock()
	return c.holdsRows(snapshot, all)
}

// holdsStored does the same with any store. Nothing must be written meanwhile.
func (c *testClient) holdsStored(st Store, id string) error {
	ctx := context.Background()
	rows, err := st.Conversations(ctx, []string{id})
	if err != nil || len(rows) != 1 {
		return fmt.Errorf("%d rows: %v", len(rows), err)
	}
	var all []chat.Message
	for before := int64(0); before != 1; {
		page, err := st.History(ctx, id, before, chat.PageRows, false)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		all = append(page, all...)
		before = page[0].Seq
	}
	return c.holdsRows(rows[0], all)
}

func (c *testClient) holdsRows(snapshot chat.Conversation, all []chat.Message) error {
	id := snapshot.ID
	v := visitorView
	if c.agent {
		v = agentView
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.talks[id]
	if t == nil {
		return fmt.Errorf("knows nothing of %s", id)
	}
	var want []chat.Message
	for _, m := range v.messages(all, nobodyThere{}) {
		if m.Seq >= t.floor {
			want = append(want, m)
		}
	}
	got := slices.SortedFunc(maps.Values(t.rows), func(a, b chat.Message) int { return cmp.Compare(a.Seq, b.Seq) })
	for i := range got {
		got[i].Author.Online = false
	}
	if g, w := text(got), text(want); g != w {
		return fmt.Errorf("%s: holds %d rows up to %d, the store %d up to %d\n got %s\nwant %s", id, len(got), t.have, len(want), snapshot.Head, brief(got), brief(want))
	}
	if t.row == nil || t.row.Rev != snapshot.Rev || t.row.State != snapshot.State || t.row.Language != snapshot.Language || text(t.row.Rating) != text(snapshot.Rating) {
		return fmt.Errorf("%s: holds the row %s, the store %s", id, text(t.row), text(snapshot))
	}
	return nil
}

// nobodyThere paints nothing in.
type nobodyThere struct{}

func (nobodyThere) online(string) bool                                { return false }
func (nobodyThere) addressed(all []chat.Attachment) []chat.Attachment { return all }

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// brief shows rows as seq.rev.
func brief(ms []chat.Message) string {
	var s string
	for _, m := range ms {
		s += fmt.Sprintf(" %d.%d", m.Seq, m.Rev)
	}
	return s
}

func visitorIdentity(tag language.Tag) Identity {
	return Identity{Site: "shop", Participant: chat.Participant{ID: chat.NewID(), Kind: chat.KindVisitor, Name: "Visitor", Language: tag}}
}

func agentIdentity(tags ...language.Tag) Identity {
	a := chat.Agent{ID: chat.NewID(), Name: "Agent", Role: chat.RoleAgent, Languages: tags}
	return Identity{Participant: a.Participant(), Agent: &a, Credential: "agent:" + a.ID, Sites: []chat.SiteInfo{{Key: "shop", Name: "Shop", Language: language.English}}}
}
