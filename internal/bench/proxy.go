//go:build linux

package main

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// proxy stands between a node and Redis, and counts what Redis sends.
type proxy struct {
	listener net.Listener
	to       string
	bytes    atomic.Int64
	messages atomic.Int64
	mu       sync.Mutex // guards conns
	conns    []net.Conn
	running  sync.WaitGroup
}

// count is what has come so far.
type count struct{ bytes, messages int64 }

func counts(ps []*proxy) []count {
	var all []count
	for _, p := range ps {
		all = append(all, count{p.bytes.Load(), p.messages.Load()})
	}
	return all
}

// newProxy begins to take connections for the server at this address.
func newProxy(to string) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: l, to: to}
	p.running.Go(p.accept)
	return p, nil
}

func (p *proxy) url() string { return "redis://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		node, err := p.listener.Accept()
		if err != nil {
			return
		}
		redis, err := net.Dial("tcp", p.to)
		if err != nil {
			node.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, node, redis)
		p.mu.Unlock()
		p.running.Go(func() { p.pass(redis, node) })
		p.running.Go(func() {
			_, _ = io.Copy(redis, node)
			_ = redis.Close()
		})
	}
}

// pushed is how the name of a published message stands in the answer of Redis, be it to SUBSCRIBE or to SSUBSCRIBE.
var pushed = []byte("message\r\n")

// pass passes on what Redis sends, and counts.
func (p *proxy) pass(redis, node net.Conn) {
	defer node.Close()
	buffer := make([]byte, 64<<10)
	kept := 0 // bytes of the chunk before, in which a name may have begun
	for {
		n, err := redis.Read(buffer[kept:])
		if n > 0 {
			p.bytes.Add(int64(n))
			p.messages.Add(int64(bytes.Count(buffer[:kept+n], pushed)))
			if _, err := node.Write(buffer[kept : kept+n]); err != nil {
				return
			}
			all := kept + n
			kept = min(all, len(pushed)-1)
			copy(buffer, buffer[all-kept:all])
		}
		if err != nil {
			return
		}
	}
}

// close ends all connections.
func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.running.Wait()
}
