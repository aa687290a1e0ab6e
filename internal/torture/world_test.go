package torture

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/backing"
	"dragoman/internal/process"

	"github.com/google/uuid"
)

var seed = flag.Uint64("seed", 1, "what the people of the tests under faults do; the operating system adds its own disorder")

// world is a whole installation: nodes, the database and the Redis behind them, the links between, and everybody who talks there.
type world struct {
	t       *testing.T
	seed    uint64
	manners manners
	// patience is how long what must come right at the end may take.
	patience time.Duration
	ctx      context.Context

	postgres *backing.Postgres
	database string
	redis    *backing.Redis
	links    *links
	nodes    []*node
	balancer *balancer
	sites    map[string]string // name -> key
	ledger   *ledger
	people   []*person
	running  sync.WaitGroup

	mu sync.Mutex // guards the following
	// said counts all lines, wanted those of people who talk freely.
	said, wanted int
	found        []problem
}

// node is one process, with its own links to the database and to Redis.
type node struct {
	program *process.Program
	server  *process.Server
	log     *watchedLog
	args    []string
	db      *link
	redis   *link
}

// plan says what a world is made of.
type plan struct {
	nodes   int
	manners manners
	// balanced puts a balancer before the nodes; else everybody is tied to one node, in turn.
	balanced bool
	// binary is the program; empty: the one that TestMain has built. plant is the fault in it.
	binary, plant string
	args          []string // of serve
	// own gives the world a PostgreSQL server of its own, to be ended or spoilt; ahead one whose clock is wrong.
	own      bool
	ahead    time.Duration
	patience time.Duration // 0: patience
}

// newWorld starts everything, with two shops and no people yet.
func newWorld(t *testing.T, p plan) *world {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &world{t: t, seed: *seed, manners: p.manners, ctx: ctx, links: newLinks(t), ledger: newLedger(), patience: p.patience}
	if w.patience == 0 {
		w.patience = patience
	}
	w.serve(p)
	t.Cleanup(func() {
		cancel()
		w.running.Wait()
	})
	if p.balanced {
		var addresses []string
		for _, n := range w.nodes {
			addresses = append(addresses, n.server.Address())
		}
		w.balancer = newBalancer(t, addresses...)
	}
	return w
}

// ground is what worlds are built on: a PostgreSQL with two shops and two agents each, which takes its time to make and is copied for each world.
type ground struct {
	postgres *backing.Postgres
	sites    map[string]string // name -> key
}

// theGround is made by the first test that needs it, and ended by TestMain.
var theGround = sync.OnceValues(func() (*ground, error) {
	g := &ground{sites: map[string]string{}}
	var err error
	if g.postgres, err = backing.StartPostgres("shared_buffers=64MB"); err != nil {
		return g, err
	}
	atTheEnd = append(atTheEnd, g.postgres.Stop)
	if err := g.postgres.Create(furnished); err != nil {
		return g, err
	}
	ctx := context.Background()
	p := &process.Program{Binary: built, Data: builds, Database: g.postgres.URL(furnished)}
	for _, site := range []string{"alma", "sol"} {
		if g.sites[site], err = p.AddSite(ctx, site, "es", "https://"+site+".example.com"); err != nil {
			return g, err
		}
		for _, agent := range []string{"ana", "ben"} {
			if _, err := p.AddAgent(ctx, site+"-"+agent, []string{"en", "es"}, g.sites[site]); err != nil {
				return g, err
			}
		}
	}
	return g, g.postgres.Exec(furnished, audit)
})

// furnished is the database that each world's is a copy of.
const furnished = "furnished"

// back makes what stands behind the nodes.
func (w *world) back(p plan) {
	w.t.Helper()
	g, err := theGround()
	if err != nil {
		w.t.Fatal(err)
	}
	w.sites, w.postgres = g.sites, g.postgres
	if p.own || p.ahead != 0 {
		if p.ahead != 0 {
			w.postgres, err = g.postgres.CloneAhead(int(p.ahead.Seconds()))
		} else {
			w.postgres, err = g.postgres.Clone()
		}
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(func() { w.postgres.Stop() })
	}
	if w.redis, err = backing.StartRedis(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.redis.Stop)
	w.database = "w" + uuid.NewString()[:8]
	if err := w.postgres.CreateFrom(furnished, w.database); err != nil {
		w.t.Fatal(err)
	}
	if w.postgres == g.postgres {
		w.t.Cleanup(func() {
			if err := w.postgres.Drop(w.database); err != nil {
				w.t.Error(err)
			}
		})
	}
}

func (w *world) serve(p plan) {
	w.t.Helper()
	w.back(p)
	binary := built
	if p.binary != "" {
		binary = p.binary
	}
	for i := range p.nodes {
		n := &node{db: w.links.add(fmt.Sprintf("database of node %d", i), w.postgres.Address()), redis: w.links.add(fmt.Sprintf("redis of node %d", i), w.redis.Address())}
		n.log = &watchedLog{}
		n.program = &process.Program{Log: n.log, Binary: binary, Data: w.t.TempDir(), Database: w.postgres.URL(w.database), Env: []string{"PLANTED_FAULT=" + p.plant}}
		n.args = append([]string{"--database", backing.PostgresURL(n.db.address(), w.database), "--redis", "redis://" + n.redis.address(), "--engine", "none",
			"--limit", "visitors_per_minute=0,sends_per_second=0,sockets_per_visitor=0,sockets_per_address=0,conversations_per_hour=0,handshakes_per_second=0"}, p.args...)
		w.nodes = append(w.nodes, n)
		w.start(n)
		w.t.Cleanup(func() {
			w.stop(n)
			if w.t.Failed() {
				w.t.Logf("node %d: %s", i, n.program.Tail())
			}
		})
	}
}

func (w *world) start(n *node) {
	w.t.Helper()
	args := n.args
	if n.server != nil {
		args = append([]string{"--listen", n.server.Address()}, args...)
	}
	server, err := n.program.Serve(args...)
	if err != nil {
		w.t.Fatalf("start a node: %v", err)
	}
	n.server = server
}

func (w *world) stop(n *node) {
	if err := n.server.Stop(); err != nil {
		w.t.Errorf("a node did not end well: %v\n%s", err, n.program.Tail())
	}
}

// serverFor is where a screen connects.
func (w *world) serverFor(at int) string {
	if w.balancer != nil {
		return w.balancer.url()
	}
	return w.nodes[at%len(w.nodes)].server.URL
}

// spread ties the i-th screen to a node.
func (w *world) spread(i int) int { return i % len(w.nodes) }

// sql changes the world's database behind the program's back.
func (w *world) sql(statement string) {
	w.t.Helper()
	if err := w.postgres.Exec(w.database, statement); err != nil {
		w.t.Fatalf("%s: %v", statement, err)
	}
}

// find notes a problem that showed itself on the way.
func (w *world) find(kind, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found = append(w.found, problem{kind, fmt.Sprintf(format, args...)})
}

// more waits until n further lines were acknowledged.
func (w *world) more(n int) {
	w.t.Helper()
	before := w.ledger.acks()
	w.until("more lines are acknowledged", patience, func() bool { return w.ledger.acks() >= before+n })
}

// until waits for a condition that nothing announces.
func (w *world) until(what string, most time.Duration, is func() bool) {
	w.t.Helper()
	if !w.within(most, is) {
		w.t.Fatalf("waited %s until %s\n%s", most, what, w.tails())
	}
}

func (w *world) within(most time.Duration, is func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(most)
	defer end.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-end.C:
			return is()
		}
	}
	return true
}

// hold lets a fault last, which is the one thing that takes its time.
func (w *world) hold(d time.Duration) {
	select {
	case <-time.After(d):
	case <-w.ctx.Done():
	}
}

// tails is what the nodes have said last.
func (w *world) tails() string {
	var b strings.Builder
	for i, n := range w.nodes {
		tail := n.program.Tail()
		if len(tail) > 3000 {
			tail = tail[len(tail)-3000:]
		}
		fmt.Fprintf(&b, "node %d:\n%s\n", i, tail)
	}
	return b.String()
}

// watchedLog keeps what a node has logged as warnings and worse.
type watchedLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *watchedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if line := string(b); strings.Contains(line, `"level":"error"`) || strings.Contains(line, `"level":"warn"`) {
		l.lines = append(l.lines, line)
	}
	return len(b), nil
}

// said tells whether a node has warned of something.
func (n *node) said(part string) bool {
	n.log.mu.Lock()
	defer n.log.mu.Unlock()
	return slices.ContainsFunc(n.log.lines, func(line string) bool { return strings.Contains(line, part) })
}
