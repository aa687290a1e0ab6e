package hub

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// gated is a connection whose writes wait until they are let through, and are written down.
type gated struct {
	net.Conn
	through chan struct{}
	mu      sync.Mutex
	writes  [][]byte
}

func (g *gated) Write(b []byte) (int, error) {
	<-g.through
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writes = append(g.writes, bytes.Clone(b))
	return len(b), nil
}

// TestControlFramesBesideMessages: a ping does not make the library wait for a message that is being written, a close frame does, and after
// that no message goes out.
func TestControlFramesBesideMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gated{through: make(chan struct{})}
		l := &link{Conn: g}
		var all sync.WaitGroup
		all.Go(func() {
			if err := l.send([]byte("message")); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		pinged := false
		all.Go(func() {
			l.Write([]byte{0x89, 20}) // in two pieces, as the library has it
			l.Write([]byte("a ping of 20 letters"))
			pinged = true
		})
		synctest.Wait()
		if !pinged {
			t.Error("the library waits for a message to be written")
		}
		closed, refused := false, error(nil)
		all.Go(func() {
			l.Write([]byte{0x88, 2, 3, 0xe8})
			closed = true
		})
		all.Go(func() { refused = l.send([]byte("too late")) })
		synctest.Wait()
		if closed {
			t.Error("the library goes on, and hangs up, before its close frame is written")
		}
		close(g.through)
		all.Wait()
		if got := string(bytes.Join(g.writes, nil)); got != "message\x89\x14a ping of 20 letters\x88\x02\x03\xe8" {
			t.Errorf("written: %q", got)
		}
		if !errors.Is(refused, net.ErrClosed) {
			t.Errorf("a message after the close frame: %v", refused)
		}
	})
}

// TestFramesTogether: what waits goes out in one piece, in order, and a large frame by itself.
func TestFramesTogether(t *testing.T) {
	g := &gated{through: make(chan struct{})}
	close(g.through)
	k := &socket{link: &link{Conn: g}, s: &Session{hub: New(Options{Store: newMemStore(), Log: zerolog.Nop()})}}
	k.s.wire = k
	long, large := strings.Repeat("b", 200), strings.Repeat("c", 1<<16)
	for _, frame := range []string{"a", long, large, "d"} {
		k.s.queue = append(k.s.queue, outgoing{frame: []byte(frame)})
	}
	k.s.queue = append(k.s.queue, outgoing{ping: true})
	k.s.writing = true
	k.s.write()
	want := []string{
		"\x81\x01a\x81\x7e\x00\xc8" + long,
		"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", large,
		"\x81\x01d\x89\x00",
	}
	if len(g.writes) != len(want) {
		t.Fatalf("%d writes, want %d", len(g.writes), len(want))
	}
	for i := range want {
		if string(g.writes[i]) != want[i] {
			t.Errorf("write %d: %.40q, want %.40q", i, g.writes[i], want[i])
		}
	}
}

// TestStuckWrite: who takes nothing in of a frame for chat.WriteTimeout is ended, and not before.
func TestStuckWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newMemStore()
		h := New(Options{Store: st, Translator: echo{}, Log: zerolog.Nop()})
		e := &testEdge{hub: h, store: st, people: map[string]Identity{"es": visitorIdentity(language.Spanish)}}
		ctx, stop := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { h.Run(ctx) })
		listener := &pipes{make(chan net.Conn), make(chan struct{})}
		srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Socket(w, r, e) })}
		running.Go(func() { srv.Serve(listener) })
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			listener.conns <- theirs
			return ours, nil
		}}
		conn, _, err := websocket.Dial(ctx, "ws://pipe/", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}, Subprotocols: []string{chat.Protocol}})
		if err != nil {
			t.Fatal(err)
		}
		// The answer is not read, and a pipe holds nothing.
		conn.Write(ctx, websocket.MessageText, []byte(`{"id":1,"call":"hello","token":"es"}`))
		later(chat.WriteTimeout - time.Second)
		if n := h.Stats().Sessions; n != 1 {
			t.Errorf("%d sessions before the time is over, want 1", n)
		}
		later(time.Second + 2*sweepSessionsEvery)
		if n := h.Stats().Sessions; n != 0 {
			t.Errorf("%d sessions after it, want 0", n)
		}
		conn.CloseNow()
		stop()
		srv.Close()
		running.Wait()
		transport.CloseIdleConnections()
	})
}
