package web

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"dragoman/chat"
)

func TestHangUp(t *testing.T) {
	front, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 10)
	conns := make(chan net.Conn, 1)
	mux := http.NewServeMux()
	mux.Handle("GET /taken", front.Handle(func(w http.ResponseWriter, r *http.Request) error {
		taken := HangUp(w, func() { done <- "taken" })
		c, _, err := http.NewResponseController(taken).Hijack()
		if err != nil {
			return err
		}
		conns <- c
		return taken.Give()
	}))
	mux.Handle("GET /refused", front.Handle(func(w http.ResponseWriter, r *http.Request) error {
		taken := HangUp(w, func() { done <- "refused" })
		http.Error(taken, "plain text", http.StatusUpgradeRequired)
		return taken.Give()
	}))
	srv := httptest.NewServer(front.Wrap(mux))
	defer srv.Close()
	defer http.DefaultClient.CloseIdleConnections()
	res, err := http.Get(srv.URL + "/refused")
	if err != nil {
		t.Fatal(err)
	}
	var p Problem
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil || res.StatusCode != http.StatusUpgradeRequired || p.Code != chat.BadRequest {
		t.Errorf("%d %+v %v", res.StatusCode, p, err)
	}
	_ = res.Body.Close()
	if got := <-done; got != "refused" {
		t.Fatal(got)
	}
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("GET /taken HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	conn := <-conns
	select {
	case got := <-done:
		t.Fatalf("%s before the connection was closed", got)
	default:
	}
	_ = conn.Close()
	_ = conn.Close()
	if got := <-done; got != "taken" {
		t.Fatal(got)
	}
	if len(done) != 0 {
		t.Fatal("told twice")
	}
}

func TestRefusedHandshakes(t *testing.T) {
	for status, want := range map[int]struct {
		status int
		code   chat.Code
	}{400: {400, chat.BadRequest}, 405: {405, chat.BadRequest}, 426: {426, chat.BadRequest}, 503: {503, chat.Unavailable}, 501: {501, chat.Internal}} {
		gone := false
		w := httptest.NewRecorder()
		taken := HangUp(w, func() { gone = true })
		http.Error(taken, "plain text", status)
		err := taken.Give()
		if Status(err) != want.status || chat.CodeOf(err) != want.code || !gone || w.Body.Len() > 0 {
			t.Errorf("%d: %v, %q", status, err, w.Body)
		}
	}
}
