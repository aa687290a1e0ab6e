package main

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// cable is the way between a browser and a server, which a test can cut and mend. The address stays the same.
type cable struct {
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex // guards what follows
	server string
	cut    bool
	held   bool
	moved  *sync.Cond // cut or held has changed
	open   map[net.Conn]bool
}

// lay returns a cable to a server's address, and takes it away with the test.
func lay(t *testing.T, server string) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{listener: l, server: server, open: map[net.Conn]bool{}}
	c.moved = sync.NewCond(&c.mu)
	c.running.Go(c.accept)
	t.Cleanup(func() {
		_ = l.Close()
		c.setCut(true)
		c.running.Wait()
	})
	return c
}

// serve starts a server at the far end, which says that it is at this one: another can take its place later, on whatever port is free, and browsers find it where the
// first one was.
func (c *cable) serve(t *testing.T, data string, args ...string) *serving {
	t.Helper()
	s := serve(t, data, append([]string{"--public-url", "http://chat.localhost:" + c.port()}, args...)...)
	c.leads(strings.TrimPrefix(s.Public, "http://"))
	return s
}

// ends ends the server at the far end. Whoever asks for it meets nobody, not even who is given its port next.
func (c *cable) ends(t *testing.T, s *serving) {
	t.Helper()
	c.leads("")
	if code := s.end(); code != exitOK {
		t.Fatalf("the server ended with code %d: %s", code, s.stderr)
	}
}

func (c *cable) port() string {
	_, port, _ := net.SplitHostPort(c.listener.Addr().String())
	return port
}

// leads says where the cable goes, for a server that has to know the cable's address first.
func (c *cable) leads(server string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = server
}

// setCut ends all connections and lets no new one through, or mends the cable.
func (c *cable) setCut(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	c.moved.Broadcast()
	if !cut {
		return
	}
	for end := range c.open {
		_ = end.Close()
	}
}

// setHeld lets nothing through, as a tunnel does: what is open stays open, and what is on its way stands still until it is let go.
func (c *cable) setHeld(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = held
	c.moved.Broadcast()
}

// gate is the far end of one direction.
type gate struct {
	c  *cable
	to net.Conn
}

func (g gate) Write(b []byte) (int, error) {
	g.c.mu.Lock()
	for g.c.held && !g.c.cut {
		g.c.moved.Wait()
	}
	g.c.mu.Unlock()
	return g.to.Write(b)
}

func (c *cable) accept() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.mu.Lock()
		server := c.server
		c.mu.Unlock()
		far, err := net.Dial("tcp", server)
		if err != nil || !c.hold(near, far) {
			_ = near.Close()
			continue
		}
		c.running.Go(func() { c.pass(near, far) })
		c.running.Go(func() { c.pass(far, near) })
	}
}

// hold keeps both ends for the day on which the cable is cut; on that day they are closed at once.
func (c *cable) hold(near, far net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		_ = far.Close()
		return false
	}
	c.open[near], c.open[far] = true, true
	return true
}

// pass copies one direction until one end is gone, and then the other goes too.
func (c *cable) pass(to, from net.Conn) {
	// Without the methods of a connection, which would copy around the gate.
	_, _ = io.Copy(gate{c, to}, struct{ io.Reader }{from})
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, end := range []net.Conn{to, from} {
		_ = end.Close()
		delete(c.open, end)
	}
}
