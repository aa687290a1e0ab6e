package web

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
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
		defer taken.Give()
		c, _, err := http.NewResponseController(taken).Hijack()
		if err != nil {
			return err
		}
		conns <- c
		return nil
	}))
	mux.Handle("GET /refused", front.Handle(func(w http.ResponseWriter, r *http.Request) error {
		taken := HangUp(w, func() { done <- "refused" })
		defer taken.Give()
		w.WriteHeader(http.StatusBadRequest)
		return nil
	}))
	srv := httptest.NewServer(front.Wrap(mux))
	defer srv.Close()
	defer http.DefaultClient.CloseIdleConnections()
	res, err := http.Get(srv.URL + "/refused")
	if err != nil {
		t.Fatal(err)
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
