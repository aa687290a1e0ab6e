package web

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"

	"dragoman/chat"
)

// HangUp hands w on to somebody who will take the connection over as a WebSocket, and calls done once that connection is closed. The
// handler returns what Give returns: if the connection was not taken, done is called then, and the refusal becomes a problem like any other.
func HangUp(w http.ResponseWriter, done func()) *Taken {
	return &Taken{ResponseWriter: w, done: done}
}

// Taken is a ResponseWriter whose connection may be taken over; see HangUp.
type Taken struct {
	http.ResponseWriter
	done    func()
	taken   bool
	refused int // the status
}

// Hijack gives the connection away.
func (t *Taken) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	t.taken = true
	if tcp, ok := c.(*net.TCPConn); ok {
		return &watchedTCP{TCPConn: tcp, watch: watch{done: t.done}}, rw, nil
	}
	return &watchedConn{Conn: c, watch: watch{done: t.done}}, rw, nil
}

// WriteHeader keeps a refusal back: it becomes a problem.
func (t *Taken) WriteHeader(status int) {
	if status >= 400 {
		t.refused = status
		return
	}
	t.ResponseWriter.WriteHeader(status)
}

// Write drops the plain text of a refusal.
func (t *Taken) Write(b []byte) (int, error) {
	if t.refused != 0 {
		return len(b), nil
	}
	return t.ResponseWriter.Write(b)
}

// Give ends the watch if nobody took the connection, and returns why.
func (t *Taken) Give() error {
	if t.taken {
		return nil
	}
	t.done()
	switch {
	case t.refused == http.StatusServiceUnavailable:
		return chat.Errorf(chat.Unavailable, "The server is full or about to restart: try again in a few seconds.")
	case t.refused >= 500:
		return WithStatus(t.refused, chat.Errorf(chat.Internal, ""))
	case t.refused >= 400:
		return WithStatus(t.refused, chat.Errorf(chat.BadRequest, "Only WebSockets live here: connect with the subprotocol %s.", chat.Protocol))
	}
	return nil
}

// Unwrap is for http.ResponseController.
func (t *Taken) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// watch calls done the first time.
type watch struct {
	done   func()
	closed atomic.Bool
}

func (w *watch) over() {
	if !w.closed.Swap(true) {
		w.done()
	}
}

// watchedTCP is still a TCP connection to the standard library, which writes several pieces to one with a single system call.
type watchedTCP struct {
	*net.TCPConn
	watch
}

func (c *watchedTCP) Close() error {
	err := c.TCPConn.Close()
	c.over()
	return err
}

// NetConn returns the connection underneath.
func (c *watchedTCP) NetConn() net.Conn { return c.TCPConn }

type watchedConn struct {
	net.Conn
	watch
}

func (c *watchedConn) Close() error {
	err := c.Conn.Close()
	c.over()
	return err
}

// NetConn returns the lowest connection underneath, as tls.Conn does.
func (c *watchedConn) NetConn() net.Conn {
	if t, ok := c.Conn.(interface{ NetConn() net.Conn }); ok {
		return t.NetConn()
	}
	return c.Conn
}
