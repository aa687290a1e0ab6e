package web

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

// HangUp hands w on to somebody who will take the connection over, and calls done once that connection is closed. If
// it is never taken over, Give calls done: defer it in the handler.
func HangUp(w http.ResponseWriter, done func()) *Taken {
	return &Taken{ResponseWriter: w, done: done}
}

// Taken is a ResponseWriter whose connection may be taken over; see HangUp.
type Taken struct {
	http.ResponseWriter
	done  func()
	taken bool
}

// Hijack gives the connection away.
func (t *Taken) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	t.taken = true
	done := sync.OnceFunc(t.done)
	if tcp, ok := c.(*net.TCPConn); ok {
		return &watchedTCP{TCPConn: tcp, done: done}, rw, nil
	}
	return &watchedConn{Conn: c, done: done}, rw, nil
}

// Give ends the watch if nobody took the connection.
func (t *Taken) Give() {
	if !t.taken {
		t.done()
	}
}

// Unwrap is for http.ResponseController.
func (t *Taken) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// watchedTCP is still a TCP connection to the standard library, which writes several pieces to one with a single system call.
type watchedTCP struct {
	*net.TCPConn
	done func()
}

func (c *watchedTCP) Close() error {
	err := c.TCPConn.Close()
	c.done()
	return err
}

// NetConn returns the connection underneath.
func (c *watchedTCP) NetConn() net.Conn { return c.TCPConn }

type watchedConn struct {
	net.Conn
	done func()
}

func (c *watchedConn) Close() error {
	err := c.Conn.Close()
	c.done()
	return err
}

// NetConn returns the lowest connection underneath, as tls.Conn does.
func (c *watchedConn) NetConn() net.Conn {
	if t, ok := c.Conn.(interface{ NetConn() net.Conn }); ok {
		return t.NetConn()
	}
	return c.Conn
}
