package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
)

// ErrClosed is what calls get whose socket ended before the answer. It says nothing about whether the server did what was asked.
var ErrClosed = errors.New("the socket was closed before the answer")

// Dial says where one socket goes, and who opens it.
type Dial struct {
	// Server is like http://127.0.0.1:8080.
	Server string
	// Agent chooses the agents' socket; Cookie is what Login returned.
	Agent  bool
	Cookie string
	// Origin is sent if it is not empty. An agent's socket is refused without the server's own.
	Origin string
	// Event is called for each event, in the order of the frames. Reply likewise for each answer of open and sync, which move
	// the client's place and therefore must not be overtaken by events. Both run on the reading goroutine: they must not wait for a call.
	Event func(Event)
	Reply func(chat.CallName, chat.Rows)
	// Frame, if set, is shown every frame as it came, before anything is made of it.
	Frame func([]byte)
}

// Conn is one socket.
type Conn struct {
	ws    *websocket.Conn
	dial  Dial
	done  chan struct{}
	heard chan struct{}

	mu      sync.Mutex // guards what follows
	lastID  int64
	waiting map[int64]*pending
	closed  error
}

type pending struct {
	name  chat.CallName
	reply chan inbound
}

// Open opens a socket and begins to read. Say hello next.
func (d Dial) Open(ctx context.Context) (*Conn, error) {
	path, header := "/widget/v1/socket", http.Header{}
	if d.Agent {
		path = "/agent/v1/socket"
		header.Set("Cookie", d.Cookie)
	}
	if d.Origin != "" {
		header.Set("Origin", d.Origin)
	}
	ws, resp, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(d.Server, "http")+path, &websocket.DialOptions{
		Subprotocols: []string{chat.Protocol}, HTTPHeader: header, CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		if resp != nil && resp.StatusCode >= 400 {
			p := &Problem{Status: resp.StatusCode, Detail: err.Error()}
			_ = json.NewDecoder(resp.Body).Decode(p)
			p.Status = resp.StatusCode
			return nil, p
		}
		return nil, err
	}
	ws.SetReadLimit(8 << 20)
	c := &Conn{ws: ws, dial: d, done: make(chan struct{}), heard: make(chan struct{}, 1), waiting: map[int64]*pending{}}
	go c.read()
	return c, nil
}

// Call sends a call and waits for its answer: ok is filled, or the error is the server's *chat.Error, or ErrClosed. ok may be nil.
func (c *Conn) Call(ctx context.Context, name chat.CallName, fields, ok any) error {
	p := &pending{name: name, reply: make(chan inbound, 1)}
	c.mu.Lock()
	if c.closed != nil {
		c.mu.Unlock()
		return fmt.Errorf("%w: %w", ErrClosed, c.closed)
	}
	c.lastID++
	id := c.lastID
	c.waiting[id] = p
	c.mu.Unlock()
	defer func() { c.mu.Lock(); delete(c.waiting, id); c.mu.Unlock() }()

	frame, err := Frame(id, name, fields)
	if err != nil {
		return err
	}
	if err := c.ws.Write(ctx, websocket.MessageText, frame); err != nil {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	select {
	case in := <-p.reply:
		return settle(in, ok)
	case <-c.done:
		// The answer may have come with the end.
		select {
		case in := <-p.reply:
			return settle(in, ok)
		default:
			return fmt.Errorf("%w: %w", ErrClosed, c.Err())
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

func settle(in inbound, ok any) error {
	if in.Error != nil {
		return in.Error
	}
	if ok == nil {
		return nil
	}
	return json.Unmarshal(in.OK, ok)
}

// Hello is the first call of every socket.
func (c *Conn) Hello(ctx context.Context, h chat.Hello) (chat.HelloOK, error) {
	var ok chat.HelloOK
	return ok, c.Call(ctx, chat.CallHello, h, &ok)
}

// Write sends a frame as it is, for those who want to send what no client would.
func (c *Conn) Write(ctx context.Context, frame []byte) error {
	return c.ws.Write(ctx, websocket.MessageText, frame)
}

// Ping sends a ping of the WebSocket protocol and waits for the pong.
func (c *Conn) Ping(ctx context.Context) error { return c.ws.Ping(ctx) }

// Close says goodbye as a page does that is left; Drop cuts the connection as a tunnel does.
func (c *Conn) Close() { _ = c.ws.Close(websocket.StatusGoingAway, ""); <-c.done }

// Drop ends the connection without a word.
func (c *Conn) Drop() { _ = c.ws.CloseNow(); <-c.done }

// Done is closed when the socket has ended.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err tells how the socket ended, nil while it is open.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// Code is the close code that the server sent, or -1 if it sent none.
func (c *Conn) Code() websocket.StatusCode { return websocket.CloseStatus(c.Err()) }

// Heartbeat asks the server for a sign of life whenever nothing was heard for the time given, and drops the socket if none
// comes within patience. It returns when the socket has ended.
func (c *Conn) Heartbeat(every, patience time.Duration) {
	t := time.NewTimer(every)
	defer t.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-c.heard:
		case <-t.C:
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			err := c.Call(ctx, chat.CallPing, nil, nil)
			cancel()
			if err != nil {
				c.Drop()
				return
			}
		}
		t.Reset(every)
	}
}

func (c *Conn) read() {
	var err error
	for {
		var frame []byte
		if _, frame, err = c.ws.Read(context.Background()); err != nil {
			break
		}
		select {
		case c.heard <- struct{}{}:
		default:
		}
		if err = c.take(frame); err != nil {
			break
		}
	}
	c.mu.Lock()
	c.closed = err
	c.mu.Unlock()
	close(c.done)
	_ = c.ws.CloseNow()
}

func (c *Conn) take(frame []byte) error {
	if c.dial.Frame != nil {
		c.dial.Frame(frame)
	}
	var in inbound
	if err := json.Unmarshal(frame, &in); err != nil {
		return fmt.Errorf("the server sent a frame that cannot be read: %w: %s", err, frame)
	}
	if in.Event != "" {
		ev := Event{Type: in.Event}
		if !ev.known() {
			if c.dial.Event != nil {
				c.dial.Event(ev)
			}
			return nil
		}
		if err := json.Unmarshal(frame, &ev); err != nil {
			return fmt.Errorf("the server sent a %s event that cannot be read: %w", in.Event, err)
		}
		if c.dial.Event != nil {
			c.dial.Event(ev)
		}
		return nil
	}
	if in.ID == nil {
		return fmt.Errorf("the server sent a frame that is neither a reply nor an event: %s", frame)
	}
	c.mu.Lock()
	p := c.waiting[*in.ID]
	delete(c.waiting, *in.ID)
	c.mu.Unlock()
	if p == nil {
		return nil
	}
	if c.dial.Reply != nil && in.Error == nil && (p.name == chat.CallOpen || p.name == chat.CallSync) {
		var rows chat.Rows
		if err := json.Unmarshal(in.OK, &rows); err != nil {
			return fmt.Errorf("the answer of %s cannot be read: %w", p.name, err)
		}
		c.dial.Reply(p.name, rows)
	}
	p.reply <- in
	return nil
}
