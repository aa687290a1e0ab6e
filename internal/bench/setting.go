//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"dragoman/internal/backing"
	"dragoman/internal/process"
)

// setting is a server, or several with what stands behind them, that a crowd can talk to.
type setting struct {
	name string
	// short is for names of files.
	short string
	// visitors and consoles are the nodes that they connect to: site k's are at the node k modulo their number.
	visitors, consoles []string
	sites              []string
	// language is the visitors'.
	language string
	// nodes, redis and postgres are process ids; 0 means none.
	nodes           []int
	redis, postgres int
	servers         []*process.Server
	program         *process.Program
	// proxies stand between the nodes and Redis, if what Redis sends is counted.
	proxies []*proxy
	stops   []func()
}

// visitorsAt returns the address for visitor i, who is one of site i modulo their number.
func (s *setting) visitorsAt(i int) string { return s.visitors[i%len(s.sites)%len(s.visitors)] }

// consolesAt returns the address for the console of a site.
func (s *setting) consolesAt(site int) string { return s.consoles[site%len(s.consoles)] }

// stop ends everything, the last started first.
func (s *setting) stop() {
	for i := len(s.stops) - 1; i >= 0; i-- {
		s.stops[i]()
	}
	s.stops = nil
}

// usage is the processor time of a setting, by part.
type usage struct{ nodes, redis, postgres time.Duration }

func (s *setting) usage() (usage, error) {
	var u usage
	var errs []error
	add := func(to *time.Duration, of func(int) (time.Duration, error), pid int) {
		if pid != 0 {
			t, err := of(pid)
			*to += t
			errs = append(errs, err)
		}
	}
	for _, pid := range s.nodes {
		add(&u.nodes, process.CPU, pid)
	}
	add(&u.redis, process.TreeCPU, s.redis)
	add(&u.postgres, process.TreeCPU, s.postgres)
	return u, errors.Join(errs...)
}

func (u usage) minus(v usage) usage {
	return usage{nodes: u.nodes - v.nodes, redis: u.redis - v.redis, postgres: u.postgres - v.postgres}
}

// bareFloor starts the floor.
func (b *bench) bareFloor(sites int) (*setting, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "floor")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stdin, err := cmd.StdinPipe() // it ends when this closes, however we end
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop := func() { _ = stdin.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() }
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil {
		stop()
		return nil, fmt.Errorf("the floor did not start: %w", err)
	}
	return &setting{name: "floor", visitors: []string{url}, consoles: []string{url}, sites: make([]string, sites), language: "es", nodes: []int{cmd.Process.Pid}, stops: []func(){stop}}, nil
}

// wanted says what to start. Everybody reads Spanish unless told otherwise: then no translation is wanted, as there is none at the floor.
type wanted struct {
	name, short string
	nodes       int // more than one need PostgreSQL, and get a Redis
	// postgres starts a PostgreSQL; otherwise the node has a file of SQLite.
	postgres bool
	sites    int
	// counted puts a proxy that counts between each node and a Redis, even for one node.
	counted bool
	// agents is the language of the sites and of their agents, Spanish if empty.
	agents string
	// engine is none if empty.
	engine string
}

// The three settings of the tables.
const (
	nameSQLite   = "one node, SQLite"
	namePostgres = "one node, PostgreSQL"
	nameTwo      = "two nodes, Redis, PostgreSQL"
)

func oneSQLite(sites int) wanted {
	return wanted{name: nameSQLite, short: "sqlite", nodes: 1, sites: sites}
}

func onePostgres(sites int) wanted {
	return wanted{name: namePostgres, short: "postgres", nodes: 1, postgres: true, sites: sites}
}

func twoNodes(sites int) wanted {
	return wanted{name: nameTwo, short: "two", nodes: 2, postgres: true, sites: sites}
}

// unlimited switches off the limits that hold a visitor back who writes more than a person can.
const unlimited = "visitors_per_minute=0,sends_per_second=0,conversations_per_hour=0,handshakes_per_second=0"

// open starts servers with fresh data: sites, and one agent for each who serves that site only. Visitors connect to the first node,
// consoles to the last.
func (b *bench) open(ctx context.Context, w wanted) (*setting, error) {
	s := &setting{name: w.name, short: w.short, language: "es"}
	if err := b.start(ctx, s, w); err != nil {
		s.stop()
		return nil, fmt.Errorf("%s: %w", w.name, err)
	}
	return s, nil
}

func (b *bench) start(ctx context.Context, s *setting, w wanted) error {
	b.programs++
	p := &process.Program{Binary: b.binary, Data: fmt.Sprintf("%s/data%d", b.folder, b.programs)}
	s.program = p
	s.stops = append(s.stops, func() { _ = os.RemoveAll(p.Data) })
	flags := []string{"--limit", unlimited, "--engine", cmp.Or(w.engine, "none")}
	if w.postgres {
		pg, err := backing.StartPostgres("shared_buffers=256MB", "max_wal_size=4GB")
		if err != nil {
			return err
		}
		s.stops = append(s.stops, pg.Stop)
		s.postgres = pg.PID()
		p.Database = pg.URL("bench")
		if err := pg.Create("bench"); err != nil {
			return err
		}
	}
	var redis *backing.Redis
	if w.nodes > 1 || w.counted {
		var err error
		if redis, err = backing.StartRedis(); err != nil {
			return err
		}
		s.stops = append(s.stops, redis.Stop)
		s.redis = redis.PID()
	}
	language := cmp.Or(w.agents, "es")
	if err := s.people(ctx, w.sites, language); err != nil {
		return err
	}
	for range w.nodes {
		to, err := s.redisFlags(redis, w.counted)
		if err != nil {
			return err
		}
		node, err := p.Serve(append(to, flags...)...)
		if err != nil {
			return err
		}
		s.stops = append(s.stops, node.Kill)
		s.servers = append(s.servers, node)
		s.nodes = append(s.nodes, node.PID())
	}
	s.visitors, s.consoles = []string{s.servers[0].URL}, []string{s.servers[w.nodes-1].URL}
	return nil
}

// redisFlags tells a node where Redis is, if there is one.
func (s *setting) redisFlags(redis *backing.Redis, counted bool) ([]string, error) {
	switch {
	case redis == nil:
		return nil, nil
	case !counted:
		return []string{"--redis", redis.URL()}, nil
	}
	p, err := newProxy(redis.Address())
	if err != nil {
		return nil, err
	}
	s.stops = append(s.stops, p.close)
	s.proxies = append(s.proxies, p)
	return []string{"--redis", p.url()}, nil
}

// again ends the only node, if it still runs, and starts it in the same place with these flags.
func (s *setting) again(flags []string) error {
	old := s.servers[0]
	old.Kill()
	node, err := s.program.Serve(append([]string{"--listen", old.Address()}, flags...)...)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, node.Kill)
	s.servers[0], s.nodes[0] = node, node.PID()
	return nil
}

// people adds sites, and an agent for each.
func (s *setting) people(ctx context.Context, sites int, language string) error {
	s.sites = make([]string, sites)
	for k := range s.sites {
		key, err := s.program.AddSite(ctx, "Alma & Sol "+strconv.Itoa(k), language, "https://shop.example.com")
		if err != nil {
			return err
		}
		s.sites[k] = key
	}
	return inParallel(sites, 2, func(k int) error {
		_, err := s.program.AddAgent(ctx, agentName(k), []string{language}, s.sites[k])
		return err
	})
}
