package torture

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// balancer is the smallest one that does what balancers do: it asks every node's /readyz all the time, gives a new connection to the next
// node that is ready, and tries another one if that does not answer.
type balancer struct {
	listener net.Listener
	work     sync.WaitGroup
	cancel   context.CancelFunc

	mu    sync.Mutex // guards the following
	nodes []string
	// carry is what becomes of the bytes that a node sends.
	carry func(to io.Writer, from io.Reader)
	ready map[string]bool
	next  int
	conns map[net.Conn]bool
	// failed counts the connections that no node took.
	failed int
}

// askEvery is how often a node is asked whether it is ready. Balancers in the field ask every few seconds, and nodes wait longer for them.
const askEvery = 50 * time.Millisecond

func newBalancer(t *testing.T, nodes ...string) *balancer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	b := &balancer{listener: l, cancel: cancel, nodes: nodes, carry: splice, ready: map[string]bool{}, conns: map[net.Conn]bool{}}
	for _, n := range nodes {
		b.ready[n] = true
		b.work.Go(func() { b.ask(ctx, n) })
	}
	b.work.Go(b.accept)
	t.Cleanup(func() {
		cancel()
		l.Close()
		b.mu.Lock()
		for c := range b.conns {
			c.Close()
		}
		b.mu.Unlock()
		b.work.Wait()
	})
	return b
}

func (b *balancer) url() string { return "http://" + b.listener.Addr().String() }

func (b *balancer) ask(ctx context.Context, node string) {
	c := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		r, err := c.Get("http://" + node + "/readyz")
		ready := err == nil && r.StatusCode == http.StatusOK
		if err == nil {
			r.Body.Close()
		}
		b.mu.Lock()
		b.ready[node] = ready
		b.mu.Unlock()
	}
}

func (b *balancer) accept() {
	for {
		c, err := b.listener.Accept()
		if err != nil {
			return
		}
		b.hold(c)
		b.work.Go(func() { defer b.letGo(c); b.serve(c) })
	}
}

func (b *balancer) hold(c net.Conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.conns[c] = true
}

func (b *balancer) letGo(c net.Conn) {
	c.Close()
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.conns, c)
}

// splice carries bytes as they are.
func splice(to io.Writer, from io.Reader) { _, _ = io.Copy(to, from) }

// spoil changes what becomes of the bytes that nodes send on connections from now on.
func (b *balancer) spoil(carry func(to io.Writer, from io.Reader)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.carry = carry
}

// order is all nodes that are ready, the one whose turn it is first, and after them the others: on a busy machine a healthy node may not have answered in
// time, and whoever comes then is better sent there than nowhere.
func (b *balancer) order() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	var ready, others []string
	for i := range b.nodes {
		if n := b.nodes[(b.next+i)%len(b.nodes)]; b.ready[n] {
			ready = append(ready, n)
		} else {
			others = append(others, n)
		}
	}
	return append(ready, others...)
}

func (b *balancer) serve(c net.Conn) {
	for _, node := range b.order() {
		up, err := net.DialTimeout("tcp", node, time.Second)
		if err != nil {
			continue
		}
		b.hold(up)
		defer b.letGo(up)
		b.mu.Lock()
		back := b.carry
		b.mu.Unlock()
		// Whichever side ends first ends both: what is on its way is lost, as with a balancer that is not kind.
		b.work.Go(func() { defer c.Close(); defer up.Close(); splice(up, c) })
		back(c, up)
		return
	}
	b.mu.Lock()
	b.failed++
	b.mu.Unlock()
}
