//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"
	"dragoman/internal/swarm"
)

// crowd is visitors, one conversation each, and one console a site that has its site's conversations open.
type crowd struct {
	swarm    *swarm.Swarm
	visitors []*peer
	consoles []*peer  // by site
	cookies  []string // of the agents, by site
	// language is what the visitors read.
	language string
	// sources numbers the consoles so far, after the visitors.
	sources atomic.Int64
	// current is the load that runs, or the last.
	current atomic.Pointer[load]
}

// peer is one socket of the crowd.
type peer struct {
	crowd        *crowd
	socket       *swarm.Socket
	token        string
	conversation string
	head         int64 // of the conversation when the visitor's first line was answered
	console      bool
	replies      chan []byte // to calls made before the load
	lost         atomic.Pointer[error]
}

// console returns the one that follows a visitor's conversation.
func (c *crowd) console(visitor int) *peer { return c.consoles[visitor%len(c.consoles)] }

// gather connects visitors to one server, lets each say a line, and connects consoles to the same or another one. Visitor i is one of
// site i modulo their number, and console k serves site k.
func gather(ctx context.Context, s *setting, visitors int, consoles bool) (*crowd, error) {
	w, err := swarm.New()
	if err != nil {
		return nil, err
	}
	c := &crowd{swarm: w, visitors: make([]*peer, visitors), language: s.language}
	c.sources.Store(int64(visitors))
	if err = c.gatherVisitors(ctx, s); err == nil && consoles {
		err = c.gatherConsoles(ctx, s)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *crowd) gatherVisitors(ctx context.Context, s *setting) error {
	return inParallel(len(c.visitors), 16, func(i int) error {
		ok, err := client.NewSession(ctx, s.visitorsAt(i), "", chat.SessionRequest{Site: s.sites[i%len(s.sites)], Languages: []string{c.language}})
		if err != nil {
			return err
		}
		p := &peer{crowd: c, token: ok.Token}
		c.visitors[i] = p
		if err := p.connect(ctx, s.visitorsAt(i), "/widget/v1/socket", "", i, chat.Hello{Token: ok.Token}); err != nil {
			return err
		}
		var sent chat.SendOK
		if err := p.call(ctx, chat.CallSend, client.NewLine("", "Buenos días").Send, &sent); err != nil {
			return err
		}
		p.conversation, p.head = sent.Conversation, sent.Message.Rev
		return nil
	})
}

func (c *crowd) gatherConsoles(ctx context.Context, s *setting) error {
	c.consoles = make([]*peer, len(s.sites))
	if c.cookies == nil {
		c.cookies = make([]string, len(s.sites))
	}
	return inParallel(len(s.sites), 4, func(k int) error {
		if c.cookies[k] == "" {
			cookie, err := client.Login(ctx, s.consolesAt(k), agentEmail(k), process.Password)
			if err != nil {
				return err
			}
			c.cookies[k] = cookie
		}
		p := &peer{crowd: c, console: true}
		c.consoles[k] = p
		header := "Cookie: " + c.cookies[k] + "\r\nOrigin: " + s.consolesAt(k) + "\r\n"
		if err := p.connect(ctx, s.consolesAt(k), "/agent/v1/socket", header, int(c.sources.Add(1)), chat.Hello{}); err != nil {
			return err
		}
		if err := p.call(ctx, chat.CallInbox, chat.Inbox{}, nil); err != nil {
			return err
		}
		for i := k; i < len(c.visitors); i += len(s.sites) {
			if err := p.call(ctx, chat.CallOpen, chat.Open{Conversation: c.visitors[i].conversation}, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// connect dials from one of several loopback addresses, by number, waits until the socket stands and says hello.
func (p *peer) connect(ctx context.Context, server, path, header string, number int, hello chat.Hello) error {
	to, err := netip.ParseAddrPort(strings.TrimPrefix(server, "http://"))
	if err != nil {
		return err
	}
	p.replies = make(chan []byte, 1)
	opened, failed := make(chan struct{}), make(chan error, 1)
	p.socket, err = p.crowd.swarm.Dial(swarm.Dial{
		Server: to, From: source(number), Path: path, Protocol: chat.Protocol, Header: header,
		Opened: func(*swarm.Socket) { close(opened) },
		Frame:  p.frame,
		Closed: func(_ *swarm.Socket, err error) {
			p.lost.Store(&err)
			failed <- err
		},
	})
	if err != nil {
		return err
	}
	select {
	case <-opened:
		return p.call(ctx, chat.CallHello, hello, nil)
	case err := <-failed:
		return err
	case <-time.After(30 * time.Second):
		return fmt.Errorf("no socket at %s within 30 s", server)
	}
}

// source is the loopback address of a client: 250 on each, as behind many carriers.
func source(number int) netip.AddrPort {
	n := number / 250
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(1 + n/200), byte(1 + n%200)}), 0)
}

// call makes a call before the load begins; its id is 0, which no line has.
func (p *peer) call(ctx context.Context, name chat.CallName, fields, ok any) error {
	f, err := client.Frame(0, name, fields)
	if err != nil {
		return err
	}
	if err := p.socket.Send(f); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	select {
	case b := <-p.replies:
		var r chat.Reply
		if err := json.Unmarshal(b, &r); err != nil {
			return err
		}
		if r.Error != nil {
			return fmt.Errorf("%s: %w", name, r.Error)
		}
		if ok == nil {
			return nil
		}
		return json.Unmarshal(r.OK, ok)
	case <-ctx.Done():
		if lost := p.lost.Load(); lost != nil {
			return fmt.Errorf("%s: %w", name, *lost)
		}
		return fmt.Errorf("%s: %w", name, ctx.Err())
	}
}

var (
	inboxMark = []byte(`{"event":"inbox"`)
	idMark    = []byte(`{"id":`)
	errorMark = []byte(`"error":`)
	keyMark   = []byte(`"key":"` + keyPrefix)
	doneMark  = []byte(`"state":"done"`)
)

// replyHead is how many bytes of a reply say whether it is an error.
const replyHead = 64

// frame reads a frame only as closely as it must, so that the generator costs little beside the server.
func (p *peer) frame(_ *swarm.Socket, b []byte) {
	at := now()
	if bytes.HasPrefix(b, idMark) {
		digits := b[len(idMark):]
		id, n := number(digits)
		if id == 0 {
			p.replies <- bytes.Clone(b)
			return
		}
		if l := p.crowd.current.Load(); l != nil {
			l.acknowledged(id, at, digits[n:])
		}
		return
	}
	if bytes.HasPrefix(b, inboxMark) {
		return
	}
	i := bytes.Index(b, keyMark)
	if i < 0 {
		return
	}
	id, _ := number(b[i+len(keyMark):])
	if l := p.crowd.current.Load(); l != nil {
		l.came(id, at, p.console, b)
	}
}

// number reads digits and says how many there were.
func number(b []byte) (v int64, n int) {
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		v = v*10 + int64(b[n]-'0')
		n++
	}
	return v, n
}

// lost returns why a socket of the crowd ended, if one did.
func (c *crowd) lost() error {
	for _, p := range append(c.consoles[:len(c.consoles):len(c.consoles)], c.visitors...) {
		if err := p.lost.Load(); err != nil {
			return *err
		}
	}
	return nil
}

// close drops all sockets.
func (c *crowd) close() { c.swarm.Close() }

// inParallel calls f for each number, a few at a time, and returns the first error.
func inParallel(n, width int, f func(i int) error) error {
	var next atomic.Int64
	var first atomic.Pointer[error]
	var wg sync.WaitGroup
	for range width {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && first.Load() == nil; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	wg.Wait()
	if e := first.Load(); e != nil {
		return *e
	}
	return nil
}

// agentName is the name of the agent of a site.
func agentName(site int) string { return "ana" + strconv.Itoa(site) }

func agentEmail(site int) string { return agentName(site) + "@example.com" }

// keepConnections lets the set-up use its connections again: a new one for each of 18,000 sessions would use up the ports.
func keepConnections() {
	t := http.DefaultTransport.(*http.Transport)
	t.MaxIdleConnsPerHost = 64
}
