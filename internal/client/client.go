package client

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"dragoman/chat"
)

// Options say who a client is.
type Options struct {
	// Server is like http://127.0.0.1:8080; Origin is sent if it is not empty (agents always send the server's).
	Server string
	Origin string

	// A visitor has a Site and Languages, and a Token if he was here before.
	Site      string
	Languages []string
	Token     string
	// An agent has Email and Password.
	Email    string
	Password string

	// BackoffBase and BackoffLimit bound the wait before coming back; 0 means the protocol's 1 s and 30 s.
	BackoffBase  time.Duration
	BackoffLimit time.Duration
	// Patience is how long the answer of a send is waited for; 0 means 5 s.
	Patience time.Duration

	// Event is told each event after it was applied, on the goroutine that reads: it must return soon.
	Event func(Event)
	// Frame is shown every frame as it came, before anything is made of it.
	Frame func([]byte)
}

// Client is a visitor or an agent who comes back until told otherwise.
type Client struct {
	options Options
	work    sync.WaitGroup // deliveries and syncs
	stop    chan struct{}  // closed when Run ends

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	conn    *Conn
	ended   bool
	verdict error
	offline bool
	token   string
	cookie  string
	session chat.SessionOK
	hello   chat.HelloOK
	hellos  int
	away    time.Duration // of a going_away that was heard, until the socket has ended
	rooms   map[string]*Room
	outbox  map[string][]*Line
	inbox   map[string]chat.Conversation
}

// New makes a client; Run brings it to life.
func New(o Options) *Client {
	if o.BackoffBase == 0 {
		o.BackoffBase = time.Second
	}
	if o.BackoffLimit == 0 {
		o.BackoffLimit = 30 * time.Second
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	return &Client{
		options: o, stop: make(chan struct{}), changed: make(chan struct{}), token: o.Token,
		rooms: map[string]*Room{}, outbox: map[string][]*Line{}, inbox: map[string]chat.Conversation{},
	}
}

// Run connects, and comes back as often as it must, until ctx ends (nil) or the server says not to come back.
func (c *Client) Run(ctx context.Context) (verdict error) {
	defer func() {
		c.mu.Lock()
		c.ended, c.verdict = true, verdict
		c.mu.Unlock()
		close(c.stop)
		c.work.Wait()
		c.notify()
	}()
	for failures := 0; ; failures++ {
		conn, err := c.connect(ctx)
		if err == nil {
			failures = 0
			err = c.live(ctx, conn)
		}
		if ctx.Err() != nil {
			return nil
		}
		if final := c.judge(err); final {
			return err
		}
		wait := Backoff(failures, c.options.BackoffBase, c.options.BackoffLimit)
		if away := c.announced(); away > 0 {
			failures, wait = 0, time.Duration(rand.Int64N(int64(away)))
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// announced returns, once, over which time the server has asked to come back.
func (c *Client) announced() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	away := c.away
	c.away = 0
	return away
}

// connect goes the whole way: session or login, socket, hello.
func (c *Client) connect(ctx context.Context) (*Conn, error) {
	if err := c.Wait(ctx, c.wanted); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	d := Dial{Server: c.options.Server, Origin: c.options.Origin, Event: c.event, Frame: c.options.Frame, Reply: func(_ chat.CallName, r chat.Rows) { c.rows(r) }}
	h := chat.Hello{}
	if c.options.Email != "" {
		d.Agent, d.Origin = true, c.options.Server
		cookie, err := c.login(ctx)
		if err != nil {
			return nil, err
		}
		d.Cookie = cookie
	} else {
		token, err := c.begin(ctx)
		if err != nil {
			return nil, err
		}
		h.Token = token
	}
	c.mu.Lock()
	h.Epoch, h.Since = c.hello.Epoch, map[string]int64{}
	for id, r := range c.rooms {
		h.Since[id] = r.Have
	}
	c.mu.Unlock()
	conn, err := d.Open(ctx)
	if err != nil {
		return nil, err
	}
	ok, err := conn.Hello(ctx, h)
	if err != nil {
		conn.Drop()
		if conn.Code() > 0 {
			err = conn.Err()
		}
		return nil, err
	}
	c.mu.Lock()
	c.hello, c.conn, c.hellos = ok, conn, c.hellos+1
	c.mu.Unlock()
	c.notify()
	return conn, nil
}

// wanted is false while GoOffline holds.
func (c *Client) wanted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.offline
}

func (c *Client) login(ctx context.Context) (string, error) {
	c.mu.Lock()
	cookie := c.cookie
	c.mu.Unlock()
	if cookie != "" {
		return cookie, nil
	}
	cookie, err := Login(ctx, c.options.Server, c.options.Email, c.options.Password)
	c.mu.Lock()
	c.cookie = cookie
	c.mu.Unlock()
	return cookie, err
}

func (c *Client) begin(ctx context.Context) (string, error) {
	c.mu.Lock()
	token, begun := c.token, c.session.Token != ""
	c.mu.Unlock()
	if begun && token != "" {
		return token, nil
	}
	ok, err := NewSession(ctx, c.options.Server, c.options.Origin, chat.SessionRequest{Site: c.options.Site, Token: token, Languages: c.options.Languages})
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	c.token, c.session = ok.Token, ok
	c.mu.Unlock()
	return ok.Token, nil
}

// live waits for the end of a socket.
func (c *Client) live(ctx context.Context, conn *Conn) error {
	every := time.Duration(c.Hello().HeartbeatS) * time.Second
	if every <= 0 {
		every = chat.Heartbeat
	}
	c.work.Go(func() { conn.Heartbeat(every, chat.PongTimeout) })
	select {
	case <-conn.Done():
	case <-ctx.Done():
		conn.Close()
	}
	c.mu.Lock()
	c.conn = nil
	for _, r := range c.rooms {
		r.Lost()
	}
	c.mu.Unlock()
	c.notify()
	return conn.Err()
}

// judge says whether this end is the last one, and forgets credentials that are no good any more.
func (c *Client) judge(err error) (final bool) {
	if p, ok := errors.AsType[*Problem](err); ok {
		switch p.Code {
		case chat.BadToken:
			c.forget()
			return false
		case chat.RateLimited, chat.Unavailable, chat.Internal:
			return false
		}
		return p.Status < 500 && p.Status != 429
	}
	switch FateOf(closeCode(err)) {
	case Stay:
		return true
	case LogIn:
		c.forget()
	}
	return false
}

func (c *Client) forget() {
	c.mu.Lock()
	c.token, c.cookie, c.session = "", "", chat.SessionOK{}
	c.mu.Unlock()
}

func (c *Client) event(ev Event) {
	lost := ""
	c.mu.Lock()
	switch ev.Type {
	case chat.EvMessage, chat.EvConversation:
		if c.room(ev.Conversation).Live(ev) {
			lost = ev.Conversation
		}
	case chat.EvRows:
		if c.room(ev.Conversation).Rows(ev.Rows()) {
			lost = ev.Conversation
		}
	case chat.EvInbox:
		for _, row := range ev.Conversations {
			if row.Head >= c.inbox[row.ID].Head {
				c.inbox[row.ID] = row
			}
		}
	case chat.EvGoingAway:
		c.away = time.Duration(ev.InS) * time.Second
	case chat.EvGone:
		delete(c.rooms, ev.Conversation)
		delete(c.inbox, ev.Conversation)
	}
	c.mu.Unlock()
	if lost != "" {
		c.work.Go(func() { c.sync(lost) })
	}
	if c.options.Event != nil {
		c.options.Event(ev)
	}
	c.notify()
}

func (c *Client) rows(r chat.Rows) {
	c.mu.Lock()
	lost := c.room(r.Conversation).Rows(r)
	c.mu.Unlock()
	if lost {
		c.work.Go(func() { c.sync(r.Conversation) })
	}
	c.notify()
}

// sync asks for what is missing. Its answer is applied by rows; if it fails, the next hello asks.
func (c *Client) sync(conversation string) {
	c.mu.Lock()
	conn, since := c.conn, c.room(conversation).Have
	c.mu.Unlock()
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := conn.Call(ctx, chat.CallSync, chat.Sync{Conversation: conversation, Since: since}, nil); err != nil {
		conn.Drop()
	}
}

// room returns the room of a conversation; c.mu is held.
func (c *Client) room(id string) *Room {
	if c.rooms[id] == nil {
		c.rooms[id] = &Room{}
	}
	return c.rooms[id]
}

func (c *Client) upsert(conversation string, m chat.Message) {
	c.mu.Lock()
	c.room(conversation).Upsert(m)
	c.mu.Unlock()
}

// notify wakes all who wait for a change.
func (c *Client) notify() {
	c.mu.Lock()
	close(c.changed)
	c.changed = make(chan struct{})
	c.mu.Unlock()
}

// Wait returns nil as soon as cond is true. cond is asked at once and after each change; it may call methods of the client that
// do not wait themselves.
func (c *Client) Wait(ctx context.Context, cond func() bool) error {
	for {
		c.mu.Lock()
		changed := c.changed
		c.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Any tells whether one of the rows that the client holds is one that see looks for.
func (c *Client) Any(see func(conversation string, m chat.Message) bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, r := range c.rooms {
		for _, m := range r.Messages {
			if see(id, m) {
				return true
			}
		}
	}
	return false
}

// Listed tells whether the inbox has a row that see looks for.
func (c *Client) Listed(see func(chat.Conversation) bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, row := range c.inbox {
		if see(row) {
			return true
		}
	}
	return false
}

// online waits for a socket after its hello.
func (c *Client) online() (*Conn, error) {
	for {
		c.mu.Lock()
		conn, changed := c.conn, c.changed
		c.mu.Unlock()
		if conn != nil {
			return conn, nil
		}
		select {
		case <-changed:
		case <-c.stop:
			return nil, ErrClosed
		}
	}
}

// pause waits; false means that the client has ended.
func (c *Client) pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-c.stop:
		return false
	}
}

// Online waits until the client has said hello (again).
func (c *Client) Online(ctx context.Context) error {
	return c.Wait(ctx, func() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.conn != nil })
}

// Call makes a call on the socket of the moment; there is no second try.
func (c *Client) Call(ctx context.Context, name chat.CallName, fields, ok any) error {
	if err := c.Online(ctx); err != nil {
		return err
	}
	conn, err := c.online()
	if err != nil {
		return err
	}
	return conn.Call(ctx, name, fields, ok)
}

// Follow opens a conversation (agents), and keeps following it across reconnects.
func (c *Client) Follow(ctx context.Context, conversation string) error {
	var rows chat.Rows
	return c.Call(ctx, chat.CallOpen, chat.Open{Conversation: conversation}, &rows)
}

// Inbox asks for the inbox and follows it (agents).
func (c *Client) Inbox(ctx context.Context, q chat.Inbox) ([]chat.Conversation, error) {
	var ok chat.InboxOK
	if err := c.Call(ctx, chat.CallInbox, q, &ok); err != nil {
		return nil, err
	}
	c.mu.Lock()
	for _, row := range ok.Conversations {
		if row.Head >= c.inbox[row.ID].Head {
			c.inbox[row.ID] = row
		}
	}
	c.mu.Unlock()
	c.notify()
	return ok.Conversations, nil
}

// Drop cuts the socket as a tunnel does; the client comes back. GoOffline does the same and keeps it away until GoOnline.
func (c *Client) Drop() {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	if conn != nil {
		conn.Drop()
	}
}

// GoOffline cuts the socket and stays away.
func (c *Client) GoOffline() {
	c.mu.Lock()
	c.offline = true
	c.mu.Unlock()
	c.Drop()
}

// GoOnline lets the client come back.
func (c *Client) GoOnline() {
	c.mu.Lock()
	c.offline = false
	c.mu.Unlock()
	c.notify()
}

// Ended tells whether Run has returned, and what.
func (c *Client) Ended() (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended, c.verdict
}

// Hello is the answer of the last hello.
func (c *Client) Hello() chat.HelloOK {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hello
}

// Token is what a visitor's browser would store.
func (c *Client) Token() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token
}

// Hellos counts how often the client was let in.
func (c *Client) Hellos() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hellos
}

// Room returns a copy of what the client knows of a conversation.
func (c *Client) Room(id string) Room {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rooms[id]
	if r == nil {
		return Room{}
	}
	return Room{Have: r.Have, Row: r.Row, Messages: slices.Clone(r.Messages)}
}

// Conversations returns the ids of what the client follows, oldest first.
func (c *Client) Conversations() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.rooms))
}

// String names the client in test failures.
func (c *Client) String() string {
	if c.options.Email != "" {
		return c.options.Email
	}
	return fmt.Sprintf("a visitor of %s", c.options.Site)
}
