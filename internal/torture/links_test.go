package torture

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// links are the wires between the nodes and what they stand on, each with a switch.
type links struct {
	t      *testing.T
	server *toxiproxy.ApiServer
}

func newLinks(t *testing.T) *links {
	l := &links{t: t, server: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())}
	t.Cleanup(func() {
		if err := l.server.Collection.Clear(); err != nil {
			t.Errorf("take down the links: %v", err)
		}
	})
	return l
}

// link is one wire.
type link struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
	mu    sync.Mutex // guards the order of switching
}

// add lays a wire to this address.
func (l *links) add(name, upstream string) *link {
	l.t.Helper()
	p := toxiproxy.NewProxy(l.server, name, "127.0.0.1:0", upstream)
	if err := l.server.Collection.Add(p, true); err != nil {
		l.t.Fatalf("lay the link %s: %v", name, err)
	}
	return &link{t: l.t, proxy: p}
}

// address is where the wire begins: host:port.
func (l *link) address() string { return l.proxy.Listen }

// down cuts the wire: what is open breaks, and nobody gets through. up mends it.
func (l *link) down() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proxy.Stop()
}

func (l *link) up() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.proxy.Start(); err != nil {
		l.t.Errorf("mend the link %s: %v", l.proxy.Name, err)
	}
}

// lead changes where the wire leads to; what is open breaks.
func (l *link) lead(upstream string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proxy.Stop()
	l.proxy.Upstream = upstream
	if err := l.proxy.Start(); err != nil {
		l.t.Errorf("lead the link %s to %s: %v", l.proxy.Name, upstream, err)
	}
}

// The two directions of a wire: what a node says, and what it is answered.
const (
	said     = "upstream"
	answered = "downstream"
)

// spoil puts a toxic on one direction of the wire; heal takes it off again. attributes are JSON, in the words of toxiproxy.
func (l *link) spoil(toxic, direction, attributes string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := fmt.Sprintf(`{"name":"%s %s","type":%q,"stream":%q,"attributes":{%s}}`, toxic, direction, toxic, direction, attributes)
	if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
		l.t.Errorf("spoil the link %s with %s: %v", l.proxy.Name, text, err)
	}
}

func (l *link) heal() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proxy.Toxics.ResetToxics(context.Background())
}

// blackhole swallows everything in both directions and closes nothing.
func (l *link) blackhole() {
	l.spoil("timeout", said, `"timeout":0`)
	l.spoil("timeout", answered, `"timeout":0`)
}
