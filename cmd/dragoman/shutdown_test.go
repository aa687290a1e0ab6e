package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"

	"github.com/coder/websocket"
)

// listens is a visitor's socket, after hello, that is told of going_away.
func listens(t *testing.T, public, key string) (c *client.Conn, warned <-chan int) {
	t.Helper()
	session := newSession(t, public, key)
	in := make(chan int, 10)
	var err error
	c, err = client.Dial{Server: public, Event: func(ev client.Event) {
		if ev.Type == chat.EvGoingAway {
			in <- ev.InS
		}
	}}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Drop)
	if _, err := c.Hello(t.Context(), chat.Hello{Token: session.Token}); err != nil {
		t.Fatal(err)
	}
	return c, in
}

// dismissed waits until a socket was closed as by a server that restarts, after a warning.
func dismissed(t *testing.T, c *client.Conn, warned <-chan int) {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(time.Minute):
		t.Fatal("the socket was not closed")
	}
	if c.Code() != websocket.StatusServiceRestart {
		t.Errorf("closed with %d", c.Code())
	}
	select {
	case in := <-warned:
		if in != 1 {
			t.Errorf("come back in %d s, want 1", in)
		}
	default:
		t.Error("nobody said going_away")
	}
}

// balancer is a load balancer that notices a server's way down when the test says so.
type balancer struct {
	wait    time.Duration
	asked   chan time.Duration
	notices func()
}

// serveBalanced starts a server behind a balancer that has so long to notice by the server's settings.
func serveBalanced(t *testing.T, wait time.Duration) (*serving, *balancer) {
	t.Helper()
	noticed := make(chan struct{})
	b := &balancer{wait: wait, asked: make(chan time.Duration, 1), notices: sync.OnceFunc(func() { close(noticed) })}
	s := serveBehind(t, func(wait time.Duration) { b.asked <- wait; <-noticed }, "", "--drain-wait", wait.String())
	t.Cleanup(b.notices) // before the server is ended
	return s, b
}

// asks waits until the server waits for the balancer, and asks as it does whether the server is ready.
func (b *balancer) asks(t *testing.T, s *serving) {
	t.Helper()
	select {
	case wait := <-b.asked:
		if wait != b.wait {
			t.Errorf("the balancer has %s to notice, want %s", wait, b.wait)
		}
	case <-time.After(time.Minute):
		t.Fatal("nobody waits for the balancer")
	}
	if code, _, _ := get(t, s.Public+"/readyz", ""); code != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d on the way down", code)
	}
}

// While the balancer has not noticed yet it sends people: they are served like everybody else. Requests that have begun are answered, however
// late; and then nobody listens any more.
func TestStragglersAreServed(t *testing.T) {
	s, balancer := serveBalanced(t, time.Hour)
	key := addSite(t, "--data", s.data)
	first, firstWarned := listens(t, s.Public, key)
	host := strings.TrimPrefix(s.Public, "http://")
	request, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer request.Close()
	body := fmt.Sprintf(`{"site":%q,"languages":["es"]}`, key)
	if _, err := fmt.Fprintf(request, "POST /widget/v1/session HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		host, len(body), body[:9]); err != nil {
		t.Fatal(err)
	}
	ended := make(chan int, 1)
	go func() { ended <- s.end() }()
	balancer.asks(t, s)
	second, secondWarned := listens(t, s.Public, key)
	var ok chat.SendOK
	if err := second.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "¿Hay alguien?"}, &ok); err != nil || ok.Message.Seq != 1 {
		t.Errorf("a visitor who came late was answered %+v, %v", ok, err)
	}
	balancer.notices()
	dismissed(t, first, firstWarned)
	dismissed(t, second, secondWarned)
	if _, err := request.Write([]byte(body[9:])); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(request); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
		t.Errorf("a request that had begun was answered %q, %v", answer, err)
	}
	if code := <-ended; code != exitOK {
		t.Fatalf("code %d: %s", code, s.stderr)
	}
	if c, err := net.Dial("tcp", host); err == nil {
		c.Close()
		t.Error("somebody still listens")
	}
}

// A server without anybody, and with no other one beside it, does not wait for a balancer.
func TestNobodyToSendElsewhere(t *testing.T) {
	s := serve(t, "", "--drain-wait", "1h")
	if code := s.end(); code != exitOK {
		t.Errorf("code %d: %s", code, s.stderr)
	}
}

func TestInTime(t *testing.T) {
	broken := errors.New("broken")
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended <- broken
	if err := inTime(ctx, ended, time.Hour); err != broken {
		t.Error(err)
	}
	cancel()
	if err := inTime(ctx, ended, time.Millisecond); err != errOverdue {
		t.Errorf("nothing ends, and the answer is %v", err)
	}
	ended <- nil
	if err := inTime(ctx, ended, time.Hour); err != nil {
		t.Error(err)
	}
}

// A newer program has contracted the schema while this one runs: it stores nothing more, sends everybody elsewhere and ends with a sentence.
func TestServerThatIsTooOld(t *testing.T) {
	data := t.TempDir()
	var said buffer
	started, ended := make(chan Addresses, 1), make(chan int, 1)
	m := Main{Args: []string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "", "--engine", "none", "--drain-wait", "1h"},
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &said, Started: func(a Addresses) { started <- a }}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { ended <- m.Run(ctx) }()
	visitor, warned := listens(t, (<-started).Public, addSite(t, "--data", data))
	db, err := sql.Open("sqlite", filepath.Join(data, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{`PRAGMA busy_timeout = 5000`, `INSERT INTO schema_steps (number, name, applied_at) VALUES (9999, 'future', 0)`} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	dismissed(t, visitor, warned)
	if code := <-ended; code != exitFailed {
		t.Errorf("code %d", code)
	}
	for _, want := range []string{"this server is too old for its database", "dragoman: the database " + filepath.Join(data, databaseFile) + " was written by a newer version"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("it does not say %q: %s", want, said.String())
		}
	}
}
