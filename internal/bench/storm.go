//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/swarm"
)

// stormEnd is how long a storm may last before those who are not back count as refused for ever.
const stormEnd = 90 * time.Second

// mode is one kind of storm.
type mode struct {
	name  string
	short string // for names of files
	flags []string
	// jitter is the time over which the first tries are spread.
	jitter     time.Duration
	asked, aim float64 // seconds
}

func stormModes() []mode {
	off := []string{"--engine", "none", "--limit", unlimited}
	held := []string{"--engine", "none"}
	return []mode{
		{"no limit on handshakes, first try at once", "unlimited", off, 0, 8, 5},
		{"default limits (2,000 handshakes a second), first try at once", "limited", held, 0, 12, 0},
		{"default limits, first try within 10 s", "jitter", held, 10 * time.Second, 13, 0},
	}
}

// storm kills the server under its visitors and measures how long it takes until all are back: each comes with its token and its
// place, and is back when hello is answered and the rows of its conversation have come.
func (b *bench) storm(ctx context.Context) error {
	s, err := b.open(ctx, oneSQLite(1))
	if err != nil {
		return err
	}
	defer s.stop()
	c, err := gather(ctx, s, b.stormVisitors, false)
	if err != nil {
		return err
	}
	t, err := b.scatter(c, s)
	c.close()
	if err != nil {
		return err
	}
	defer t.swarm.Close()
	rows := [][]string{{"", "all back after, s", "counted from the kill, s", "half are back after, s", "handshakes refused", "never came back", "server CPU ms a visitor", "generator's"}}
	for _, m := range stormModes() {
		var rs []comeback
		for range b.rounds {
			r, err := b.blow(ctx, s, t, m)
			if err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			rs = append(rs, r)
		}
		rows = append(rows, m.cells(rs))
		b.judgeStorm(m, rs)
	}
	table(fmt.Sprintf("Storm: kill -9 under %d visitors, counted from when the server takes connections again, SQLite: medians of %d, least to most in brackets",
		b.stormVisitors, b.rounds), rows...)
	return nil
}

// comeback is one storm.
type comeback struct {
	all, fromKill, half float64 // seconds
	refused, lost       float64
	cpu, own            float64 // ms a visitor
}

func (m mode) cells(rs []comeback) []string {
	f := func(format string, of func(comeback) float64) string {
		var v []float64
		for _, r := range rs {
			v = append(v, of(r))
		}
		return figures(format, v)
	}
	return []string{
		m.name, f("%.2f", func(r comeback) float64 { return r.all }), f("%.2f", func(r comeback) float64 { return r.fromKill }),
		f("%.2f", func(r comeback) float64 { return r.half }), f("%.0f", func(r comeback) float64 { return r.refused }),
		f("%.0f", func(r comeback) float64 { return r.lost }), f("%.2f", func(r comeback) float64 { return r.cpu }),
		f("%.2f", func(r comeback) float64 { return r.own }),
	}
}

func (b *bench) judgeStorm(m mode, rs []comeback) {
	var all []float64
	lost := 0.0
	for _, r := range rs {
		all, lost = append(all, r.all), lost+r.lost
	}
	what := fmt.Sprintf("storm of %d: %s", b.stormVisitors, m.name)
	if lost > 0 {
		b.aims.failed(what, fmt.Errorf("%.0f never came back", lost))
		return
	}
	b.aims.atMost(what+", s", "%.1f", median(all), m.asked, m.aim)
}

// tempest is the visitors of a storm.
type tempest struct {
	swarm    *swarm.Swarm
	server   netip.AddrPort
	visitors []*stray

	back    atomic.Int64
	refused atomic.Int64
	gone    atomic.Int64 // sockets that have ended
	// done gets the moment at which the last came back.
	done chan int64
}

// stray is a visitor who comes back by himself. Its fields belong to the swarm's thread once it has dialled.
type stray struct {
	t       *tempest
	number  int
	hello   []byte
	tries   int
	greeted bool
	at      int64 // when it was back, 0: it is not
}

// scatter makes strays of a crowd. Each has missed its own line: one row that the server must read and send.
func (b *bench) scatter(c *crowd, s *setting) (*tempest, error) {
	server, err := netip.ParseAddrPort(strings.TrimPrefix(s.visitorsAt(0), "http://"))
	if err != nil {
		return nil, err
	}
	w, err := swarm.New()
	if err != nil {
		return nil, err
	}
	t := &tempest{swarm: w, server: server, visitors: make([]*stray, len(c.visitors))}
	for i, p := range c.visitors {
		hello, err := client.Frame(1, chat.CallHello, chat.Hello{Token: p.token, Since: map[string]int64{p.conversation: p.head - 1}})
		if err != nil {
			return nil, err
		}
		t.visitors[i] = &stray{t: t, number: i, hello: swarm.AppendText(nil, hello)}
	}
	return t, nil
}

// blow connects all, kills the server, starts it again as the mode wants it, and lets them come back.
func (b *bench) blow(ctx context.Context, s *setting, t *tempest, m mode) (comeback, error) {
	if err := s.again(stormModes()[0].flags); err != nil {
		return comeback{}, err
	}
	if back, _ := t.comeBack(ctx, 0); back < len(t.visitors) {
		return comeback{}, fmt.Errorf("only %d of %d could connect", back, len(t.visitors))
	}
	t.gone.Store(0)
	killed := now()
	s.servers[0].Kill()
	if err := t.allGone(); err != nil {
		return comeback{}, err
	}
	if err := s.again(m.flags); err != nil {
		return comeback{}, err
	}
	serving := now()
	own := ownCPU()
	wait := b.profileNodes(ctx, s, "storm-"+m.short, 10)
	back, last := t.comeBack(ctx, m.jitter)
	own = ownCPU() - own
	u, err := s.usage()
	if err := errors.Join(err, wait()); err != nil {
		return comeback{}, err
	}
	var times []int64
	for _, v := range t.visitors {
		if v.at > 0 {
			times = append(times, v.at)
		}
	}
	slices.Sort(times)
	n := float64(len(t.visitors))
	return comeback{
		all: seconds(last - serving), fromKill: seconds(last - killed), half: seconds(times[len(times)/2] - serving), refused: float64(t.refused.Load()),
		lost: n - float64(back), cpu: float64(u.nodes.Milliseconds()) / n, own: float64(own.Milliseconds()) / n,
	}, nil
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }

// comeBack lets all visitors dial, over the time given, and returns how many are back and when the last one was.
func (t *tempest) comeBack(ctx context.Context, over time.Duration) (back int, last int64) {
	t.back.Store(0)
	t.refused.Store(0)
	t.done = make(chan int64, 1)
	for _, v := range t.visitors {
		v.tries, v.at = 0, 0
	}
	var dialling sync.WaitGroup
	dialling.Go(func() {
		for _, v := range t.visitors {
			if over == 0 {
				v.dial()
			} else {
				time.AfterFunc(rand.N(over), v.dial)
			}
		}
	})
	select {
	case last = <-t.done:
	case <-time.After(stormEnd):
		last = now()
	case <-ctx.Done():
	}
	dialling.Wait()
	return int(t.back.Load()), last
}

// allGone waits until every socket has seen the end of its server.
func (t *tempest) allGone() error {
	for end := time.Now().Add(10 * time.Second); t.gone.Load() < int64(len(t.visitors)); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("only %d of %d sockets have ended with their server", t.gone.Load(), len(t.visitors))
		}
	}
	return nil
}

func (v *stray) dial() {
	v.greeted = false
	_, err := v.t.swarm.Dial(swarm.Dial{
		Server: v.t.server, From: source(v.number), Path: "/widget/v1/socket", Protocol: chat.Protocol,
		Opened: func(s *swarm.Socket) { _ = s.Write(v.hello) },
		Frame:  v.frame,
		Closed: v.closed,
	})
	if err != nil {
		v.retry()
	}
}

var (
	helloMark = []byte(`{"id":1,"ok"`)
	rowsMark  = []byte(`{"event":"rows"`)
)

func (v *stray) frame(_ *swarm.Socket, b []byte) {
	if v.at != 0 {
		return
	}
	switch {
	case bytes.HasPrefix(b, helloMark):
		v.greeted = true
	case v.greeted && bytes.HasPrefix(b, rowsMark):
		v.at = now()
		if v.t.back.Add(1) == int64(len(v.t.visitors)) {
			v.t.done <- v.at
		}
	}
}

// closed comes back, as the protocol says for a socket that could not be opened or was lost: full jitter, doubling.
func (v *stray) closed(_ *swarm.Socket, why error) {
	if v.at != 0 { // the kill
		v.t.gone.Add(1)
		return
	}
	var refused *swarm.Refused
	if errors.As(why, &refused) {
		v.t.refused.Add(1)
	}
	v.retry()
}

func (v *stray) retry() {
	v.tries++
	time.AfterFunc(rand.N(min(30*time.Second, time.Second<<v.tries)), v.dial)
}
