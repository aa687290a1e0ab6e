package swarm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// events is what a socket of a test was told.
type events struct {
	opened chan *Socket
	frames chan string
	closed chan error
}

// join dials a server that lets serve talk to each socket.
func join(t *testing.T, s *Swarm, serve http.HandlerFunc) events {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	e := events{make(chan *Socket, 1), make(chan string, 1000), make(chan error, 1)}
	_, err := s.Dial(Dial{
		Server: netip.MustParseAddrPort(strings.TrimPrefix(server.URL, "http://")), From: netip.MustParseAddrPort("127.0.0.7:0"), Path: "/socket",
		Protocol: "test.v1", Header: "X-One: two\r\n",
		Opened: func(k *Socket) { e.opened <- k },
		Frame:  func(_ *Socket, text []byte) { e.frames <- string(text) },
		Closed: func(_ *Socket, err error) { e.closed <- err },
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newSwarm(t *testing.T) *Swarm {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func get[T any](t *testing.T, from chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(time.Minute):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// accept serves one socket with the library that our server uses.
func accept(t *testing.T, talk func(ctx context.Context, c *websocket.Conn) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.RemoteAddr, "127.0.0.7:") || r.Header.Get("X-One") != "two" || r.URL.Path != "/socket" {
			t.Errorf("a request from %s to %s with %v", r.RemoteAddr, r.URL, r.Header)
		}
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"test.v1"}})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.CloseNow()
		c.SetReadLimit(-1)
		if err := talk(r.Context(), c); err != nil {
			t.Error(err)
		}
	}
}

// Frames of all sizes arrive whole in both directions, pieces of the network or not, and pings are answered in between.
func TestFrames(t *testing.T) {
	sizes := []int{0, 1, 125, 126, 127, 1000, 65535, 65536, 200_000}
	e := join(t, newSwarm(t), accept(t, func(ctx context.Context, c *websocket.Conn) error {
		read := c.CloseRead // after the echoes, somebody must read the pong
		for range sizes {
			_, b, err := c.Read(ctx)
			if err != nil {
				return err
			}
			if err := c.Write(ctx, websocket.MessageText, b); err != nil {
				return err
			}
		}
		ctx = read(ctx)
		if err := c.Ping(ctx); err != nil {
			return fmt.Errorf("a ping: %w", err)
		}
		return c.Write(ctx, websocket.MessageText, []byte("pinged"))
	}))
	k := get(t, e.opened)
	for _, n := range sizes {
		if err := k.Send([]byte(strings.Repeat("ñ", n/2) + strings.Repeat("x", n%2))); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range sizes {
		if text := get(t, e.frames); text != strings.Repeat("ñ", n/2)+strings.Repeat("x", n%2) {
			t.Errorf("a frame of %d bytes came back as %d", n, len(text))
		}
	}
	if text := get(t, e.frames); text != "pinged" {
		t.Errorf("after the ping came %q", text)
	}
}

// Several frames in one write are several frames.
func TestFramesInOneWrite(t *testing.T) {
	e := join(t, newSwarm(t), accept(t, func(ctx context.Context, c *websocket.Conn) error {
		for range 3 {
			_, b, err := c.Read(ctx)
			if err != nil {
				return err
			}
			if err := c.Write(ctx, websocket.MessageText, b); err != nil {
				return err
			}
		}
		return nil
	}))
	if err := get(t, e.opened).Write(AppendText(AppendText(AppendText(nil, []byte("a")), []byte("b")), []byte("c"))); err != nil {
		t.Fatal(err)
	}
	if all := get(t, e.frames) + get(t, e.frames) + get(t, e.frames); all != "abc" {
		t.Errorf("came back as %q", all)
	}
}

func TestEnds(t *testing.T) {
	for name, test := range map[string]struct {
		serve http.HandlerFunc
		ended func(error) bool
	}{
		"refused": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(http.StatusServiceUnavailable)
			},
			func(err error) bool {
				var r *Refused
				return errors.As(err, &r) && r.Status == 503 && r.RetryAfter == 7*time.Second
			},
		},
		"closed": {
			accept(t, func(_ context.Context, c *websocket.Conn) error {
				_ = c.Close(4029, "too much") // its error is that no close frame came back
				return nil
			}),
			func(err error) bool {
				var e *Ended
				return errors.As(err, &e) && e.Code == 4029 && e.Reason == "too much"
			},
		},
		"cut": {
			accept(t, func(_ context.Context, c *websocket.Conn) error { return c.CloseNow() }),
			func(err error) bool { return err != nil },
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := join(t, newSwarm(t), test.serve)
			if err := get(t, e.closed); !test.ended(err) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// A server that does not read gets everything later, in order: Write never waits.
func TestSlowServer(t *testing.T) {
	const n = 500
	begin, whole := make(chan struct{}), make(chan string, 1)
	e := join(t, newSwarm(t), accept(t, func(ctx context.Context, c *websocket.Conn) error {
		<-begin
		for i := range n {
			_, b, err := c.Read(ctx)
			if err != nil {
				return err
			}
			if want := fmt.Sprint(i); string(b[:len(want)]) != want {
				return fmt.Errorf("frame %d begins with %.10s", i, b)
			}
		}
		whole <- "all"
		return nil
	}))
	k := get(t, e.opened)
	for i := range n {
		if err := k.Send([]byte(fmt.Sprint(i) + strings.Repeat(" ", 10_000))); err != nil {
			t.Fatal(err)
		}
	}
	close(begin)
	get(t, whole)
}

func TestDrop(t *testing.T) {
	read := make(chan error, 1)
	e := join(t, newSwarm(t), accept(t, func(ctx context.Context, c *websocket.Conn) error {
		_, _, err := c.Read(ctx)
		read <- err
		return nil
	}))
	k := get(t, e.opened)
	k.Drop()
	if err := get(t, e.closed); err == nil {
		t.Error("ended without a reason")
	}
	if err := get(t, read); err == nil {
		t.Error("the server read something")
	}
	if err := k.Send([]byte("late")); err == nil {
		t.Error("sent on a socket that is gone")
	}
}
