package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"

	"github.com/coder/websocket"
)

// world is a crowd of visitors, one conversation each, and consoles that have them open.
type world struct {
	visitors []*conn
	consoles []*conn
	// of is the console that follows the conversation of a visitor.
	of []*conn

	lines []line // by number
	// loads counts the loads so far, so that no two use the same keys.
	loads   atomic.Int64
	reading sync.WaitGroup
}

// line is what was measured of one line, in nanoseconds after the start of the load; 0 means not yet.
type line struct{ due, left, acked, shown, translated atomic.Int64 }

// conn is one socket of the crowd. It reads frames only as closely as it must, so that it costs little beside the server.
type conn struct {
	ws           *websocket.Conn
	conversation string
	console      bool
	mu           sync.Mutex // one writer at a time
	replies      chan []byte
}

// crowd connects visitors, lets each say a line, and spreads the conversations over consoles.
func crowd(ctx context.Context, server, site, language string, visitors, consoles int) (*world, error) {
	w := &world{visitors: make([]*conn, visitors), of: make([]*conn, visitors)}
	err := inParallel(visitors, 16, func(i int) error {
		ok, err := client.NewSession(ctx, server, "", chat.SessionRequest{Site: site, Languages: []string{language}})
		if err != nil {
			return err
		}
		c, err := w.dial(ctx, server, "/widget/v1/socket", nil, chat.Hello{Token: ok.Token})
		if err != nil {
			return err
		}
		l := client.NewLine("", "Buenos días")
		var sent chat.SendOK
		if err := c.call(ctx, chat.CallSend, l.Send, &sent); err != nil {
			return err
		}
		c.conversation = sent.Conversation
		w.visitors[i] = c
		return nil
	})
	if err != nil || consoles == 0 {
		return w, err
	}
	for i := range consoles {
		cookie, err := client.Login(ctx, server, agentName(i)+"@example.com", process.Password)
		if err != nil {
			return w, err
		}
		header := http.Header{"Cookie": {cookie}, "Origin": {server}}
		c, err := w.dial(ctx, server, "/agent/v1/socket", header, chat.Hello{})
		if err != nil {
			return w, err
		}
		c.console = true
		w.consoles = append(w.consoles, c)
		if err := c.call(ctx, chat.CallInbox, chat.Inbox{}, nil); err != nil {
			return w, err
		}
	}
	for i, v := range w.visitors {
		w.of[i] = w.consoles[i%consoles]
		if err := w.of[i].call(ctx, chat.CallOpen, chat.Open{Conversation: v.conversation}, nil); err != nil {
			return w, err
		}
	}
	return w, nil
}

// inParallel calls f for each number, a few at a time, and returns the first error.
func inParallel(n, width int, f func(i int) error) error {
	var next atomic.Int64
	var first atomic.Pointer[error]
	var wg sync.WaitGroup
	for range width {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && first.Load() == nil; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	wg.Wait()
	if e := first.Load(); e != nil {
		return *e
	}
	return nil
}

func (w *world) dial(ctx context.Context, server, path string, header http.Header, hello chat.Hello) (*conn, error) {
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(server, "http")+path, &websocket.DialOptions{
		Subprotocols: []string{chat.Protocol}, HTTPHeader: header, CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(-1)
	c := &conn{ws: ws, replies: make(chan []byte, 1)}
	w.reading.Go(func() { w.read(c) })
	return c, c.call(ctx, chat.CallHello, hello, nil)
}

// call makes a call before the load begins; its id is 0, which no line has.
func (c *conn) call(ctx context.Context, name chat.CallName, fields, ok any) error {
	f, err := client.Frame(0, name, fields)
	if err != nil {
		return err
	}
	if err := c.ws.Write(ctx, websocket.MessageText, f); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	select {
	case b := <-c.replies:
		var r chat.Reply
		if err := json.Unmarshal(b, &r); err != nil {
			return err
		}
		if r.Error != nil {
			return r.Error
		}
		if ok == nil {
			return nil
		}
		return json.Unmarshal(r.OK, ok)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", name, ctx.Err())
	}
}

// keyPrefix begins the key of every line; the load stands in the next two groups, and the line's number in the last twelve digits.
const keyPrefix = "5ca1ab1e-"

func keyOf(load int64, n int) string {
	return fmt.Sprintf("%s%04d-4000-8000-%012d", keyPrefix, load, n)
}

// began is the moment that all times are counted from.
var began = time.Now()

func now() int64 { return int64(time.Since(began)) }

var (
	eventMark = []byte(`{"event"`)
	inboxMark = []byte(`{"event":"inbox"`)
	idZero    = []byte(`{"id":0,`)
	keyMark   = []byte(`"key":"` + keyPrefix)
	doneMark  = []byte(`"state":"done"`)
)

func (w *world) read(c *conn) {
	for {
		_, b, err := c.ws.Read(context.Background())
		if err != nil {
			return
		}
		at := now()
		if bytes.HasPrefix(b, idZero) {
			c.replies <- b
			continue
		}
		i := bytes.Index(b, keyMark)
		if i < 0 || bytes.HasPrefix(b, inboxMark) {
			continue
		}
		rest := b[i+len(keyMark):]
		load, _ := strconv.ParseInt(string(rest[:4]), 10, 64)
		n, err := strconv.ParseInt(string(rest[15:27]), 10, 64)
		if err != nil || load != w.loads.Load() || n >= int64(len(w.lines)) {
			continue
		}
		l := &w.lines[n]
		switch {
		case !bytes.HasPrefix(b, eventMark):
			l.acked.CompareAndSwap(0, at)
		case c.console == (n%2 == 1): // the sender's own
		default:
			l.shown.CompareAndSwap(0, at)
			if bytes.Contains(b, doneMark) {
				l.translated.CompareAndSwap(0, at)
			}
		}
	}
}

// load sends rate lines a second for the time given, then waits for what is still on its way. Even numbers are visitors' lines, odd ones
// their agents' answers.
func (w *world) load(ctx context.Context, rate int, length time.Duration, say func(n int) string) error {
	total := int(length.Seconds() * float64(rate))
	w.lines = make([]line, total)
	load := w.loads.Add(1)
	gap := time.Second / time.Duration(rate)
	from := now() + int64(100*time.Millisecond)
	const senders = 8
	err := inParallel(senders, senders, func(s int) error {
		for n := s; n < total; n += senders {
			due := from + int64(n)*int64(gap)
			if wait := due - now(); wait > 0 {
				time.Sleep(time.Duration(wait))
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			v := w.visitors[(n/2)%len(w.visitors)]
			c := v
			if n%2 == 1 {
				c = w.of[(n/2)%len(w.visitors)]
			}
			send := chat.Send{Key: keyOf(load, n), Text: say(n), Conversation: v.conversation}
			f, err := client.Frame(int64(n)+1, chat.CallSend, send)
			if err != nil {
				return err
			}
			l := &w.lines[n]
			l.due.Store(due)
			l.left.Store(now())
			c.mu.Lock()
			err = c.ws.Write(ctx, websocket.MessageText, f)
			c.mu.Unlock()
			if err != nil {
				return fmt.Errorf("the server ended a socket in the middle of the load: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) && w.missing() > 0 {
		time.Sleep(50 * time.Millisecond)
	}
	if n := w.missing(); n > 0 {
		return fmt.Errorf("%d of %d lines were never acknowledged or shown", n, total)
	}
	return nil
}

func (w *world) missing() (n int) {
	for i := range w.lines {
		if w.lines[i].acked.Load() == 0 || w.lines[i].shown.Load() == 0 {
			n++
		}
	}
	return n
}

// times returns how long after it was due each line reached the stage that of names; lines that never did are left out.
func (w *world) times(of func(*line) int64) []time.Duration {
	var all []time.Duration
	for i := range w.lines {
		l := &w.lines[i]
		if at := of(l); at > 0 {
			all = append(all, time.Duration(at-l.due.Load()))
		}
	}
	return all
}

// close ends all sockets.
func (w *world) close() {
	for _, c := range append(w.visitors, w.consoles...) {
		if c != nil {
			_ = c.ws.CloseNow()
		}
	}
	w.reading.Wait()
}
