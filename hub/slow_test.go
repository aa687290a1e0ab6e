package hub

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// pipes is a listener whose connections are pipes: a network inside a synctest bubble, without any buffer.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// modem is a connection that reads no more than so many bytes a second.
type modem struct {
	net.Conn
	perSecond int
}

func (m *modem) Read(p []byte) (int, error) {
	if most := m.perSecond / 20; len(p) > most {
		p = p[:most]
	}
	n, err := m.Conn.Read(p)
	<-time.After(time.Duration(n) * time.Second / time.Duration(m.perSecond))
	return n, err
}

// TestSlowCatchUp: 500 rows of the largest size reach a reader of 50 KB/s, with everything that is said meanwhile. It takes him
// more than five minutes by his clock.
func TestSlowCatchUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newMemStore()
		h := New(Options{Store: st, Translator: echo{}, Log: zerolog.Nop()})
		who, agent := visitorIdentity(language.Spanish), agentIdentity(language.English)
		e := &testEdge{hub: h, store: st, people: map[string]Identity{"es": who}}
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			h.Run(ctx)
		}()
		listener := &pipes{make(chan net.Conn), make(chan struct{})}
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Socket(w, r, e) })}
		served := make(chan struct{})
		go func() {
			defer close(served)
			srv.Serve(listener)
		}()

		first, err := h.Post(ctx, chat.Post{Site: "shop", Author: who.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hola", Language: language.Spanish})
		if err != nil {
			t.Fatal(err)
		}
		large := strings.Repeat("\U00010400", chat.DefaultTextLimit)
		say := func(text string) {
			if _, err := h.Post(ctx, chat.Post{Site: "shop", Conversation: first.Conversation, Author: agent.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: text, Language: language.English}); err != nil {
				t.Error(err)
			}
		}
		for range chat.ResetRows {
			say(large)
		}
		<-time.After(time.Minute) // the translations have come
		since := first.Head + 1   // the agent's first line also changed the row

		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			listener.conns <- theirs
			return &modem{ours, 50_000}, nil
		}}
		conn, _, err := websocket.Dial(ctx, "ws://pipe/", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}, Subprotocols: []string{chat.Protocol}})
		if err != nil {
			t.Fatal(err)
		}
		conn.SetReadLimit(1 << 20)
		c := newTestClient("es", false, 1)
		c.talks[first.Conversation] = &talk{have: since - 1, rows: map[int64]chat.Message{1: first.Message}, row: first.Row}
		w := newTestWire(nil)
		c.wire = w
		begun := time.Now()
		conn.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"id":1,"call":"hello","token":"es","since":{%q:%d}}`, first.Conversation, since-1))
		spoken := 0
		behind := func() bool {
			st.mu.Lock()
			defer st.mu.Unlock()
			return c.talks[first.Conversation].have < st.conversations[first.Conversation].row.Head
		}
		for behind() || spoken < 20 {
			_, frame, err := conn.Read(ctx)
			if err != nil {
				t.Fatalf("after %v: %v", time.Since(begun), err)
			}
			c.take(w, frame)
			if spoken < 20 {
				spoken++
				say(fmt.Sprint("meanwhile ", spoken))
			}
		}
		if took := time.Since(begun); took < 3*time.Minute {
			t.Errorf("that took only %v: the rows cannot have been large", took)
		}
		if err := c.holds(st, first.Conversation); err != nil {
			t.Error(err)
		}
		if len(c.skipped) > 0 {
			t.Error(c.skipped)
		}
		t.Logf("500 rows of the largest size in %v", time.Since(begun).Round(time.Second))
		conn.CloseNow()
		stop()
		<-done
		srv.Close()
		<-served
		transport.CloseIdleConnections()
	})
}
