package main

import (
	"net"
	"sync"
	"testing"
	"time"
)

// slowLink is a way to a server as a phone has it: each direction takes half of rtt, a new connection one rtt more, and what comes down shares one rate.
type slowLink struct {
	listener net.Listener
	rtt      time.Duration
	perByte  time.Duration
	running  sync.WaitGroup

	mu     sync.Mutex // guards what follows
	server string
	free   time.Time // when the last byte that is on its way down has come down
	ends   []net.Conn
}

// laySlow opens a way with a round trip of rtt and bits per second down. Its server is set before somebody comes.
func laySlow(tb testing.TB, rtt time.Duration, bits int) *slowLink {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &slowLink{listener: l, rtt: rtt, perByte: 8 * time.Second / time.Duration(bits)}
	s.running.Go(s.accept)
	tb.Cleanup(func() {
		_ = l.Close()
		s.mu.Lock()
		for _, end := range s.ends {
			_ = end.Close()
		}
		s.mu.Unlock()
		s.running.Wait()
	})
	return s
}

func (s *slowLink) to(server string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = server
}

func (s *slowLink) port() string {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	return port
}

func (s *slowLink) accept() {
	for {
		near, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		server := s.server
		s.mu.Unlock()
		far, err := net.Dial("tcp", server)
		if err != nil {
			_ = near.Close()
			continue
		}
		s.mu.Lock()
		s.ends = append(s.ends, near, far)
		s.mu.Unlock()
		opened := time.Now().Add(s.rtt)
		s.running.Go(func() { s.pass(far, near, opened, false) })
		s.running.Go(func() { s.pass(near, far, opened, true) })
	}
}

// parcel is a piece on its way, and when it is there.
type parcel struct {
	data []byte
	due  time.Time
}

// pass carries one direction until one end is gone.
func (s *slowLink) pass(to, from net.Conn, opened time.Time, down bool) {
	way := make(chan parcel, 1024)
	s.running.Go(func() {
		for p := range way {
			<-time.After(time.Until(p.due))
			if _, err := to.Write(p.data); err != nil {
				_ = from.Close()
			}
		}
		_ = to.Close()
	})
	defer close(way)
	for {
		piece := make([]byte, 1400)
		n, err := from.Read(piece)
		if n > 0 {
			way <- parcel{piece[:n], s.due(n, opened, down)}
		}
		if err != nil {
			return
		}
	}
}

// due is when n bytes that leave now are there.
func (s *slowLink) due(n int, opened time.Time, down bool) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	leaves := time.Now()
	if leaves.Before(opened) {
		leaves = opened
	}
	if down {
		if leaves.Before(s.free) {
			leaves = s.free
		}
		leaves = leaves.Add(time.Duration(n) * s.perByte)
		s.free = leaves
	}
	return leaves.Add(s.rtt / 2)
}
