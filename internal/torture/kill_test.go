package torture

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"
)

var kills = flag.Int("kills", 10, "how often the server is killed in the middle of sending")

// talker is one who sends without end, and what the server has promised him.
type talker struct {
	*client.Client
	name         string
	conversation string // empty for a visitor, whose own the server finds
	sent         []*client.Line
}

// Kill -9 in the middle of sending. Afterwards every line that was acknowledged is there once, with the text, the seq and the rev of its
// acknowledgement; every line that was typed is there once; each sender's lines are in the order typed; and no seq is missing.
func TestKill(t *testing.T) {
	besides(t)
	p, site := newProgram(t, "es")
	r := talkThrough(t, p, site, outages{times: *kills})
	for _, problem := range r.problems {
		t.Error(problem)
	}
	if *kills >= 5 && r.retried == 0 {
		t.Error("no kill hit a line on its way: the test has shown nothing")
	}
	report(t, fmt.Sprintf("kill -9 of a server with SQLite, %d times", *kills), r.String(), "0")
}

// outages are how a server with SQLite ends, again and again.
type outages struct {
	times int
	// talking, if set, is called once when everybody talks.
	talking func()
	// down, if set, is called between the server's end and its next start.
	down func() error
}

// survived is what came of it.
type survived struct {
	lines, retried, doubles int
	// problems is what was promised and is not so.
	problems []string
}

func (r survived) String() string {
	return fmt.Sprintf("%d acknowledged, %d lost, doubled or out of order; %d sent more than once, %d of them had been stored already", r.lines, len(r.problems), r.retried, r.doubles)
}

// talkThrough lets ten people talk while the server is killed and started again, and holds what they were promised against what is stored in the end.
func talkThrough(t *testing.T, p *process.Program, site string, o outages) (r survived) {
	t.Helper()
	const visitors, agents = 8, 2
	for i := range agents {
		if _, err := p.AddAgent(t.Context(), fmt.Sprintf("ana%d", i), []string{"en"}); err != nil {
			t.Fatal(err)
		}
	}
	free := []string{"--engine", "none", "--limit", "visitors_per_minute=0,sends_per_second=0"}
	server, err := p.Serve(free...)
	if err != nil {
		t.Fatal(err)
	}
	free = append(free, "--listen", server.Address())
	defer func() { server.Kill() }()

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute+time.Duration(o.times)*10*time.Second)
	defer cancel()
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	options := client.Options{Server: server.URL, BackoffBase: 5 * time.Millisecond, BackoffLimit: 50 * time.Millisecond, Patience: 5 * time.Second}
	join := func(name string, o client.Options) *talker {
		k := &talker{Client: client.New(o), name: name}
		running.Go(func() { _ = k.Run(ctx) })
		if err := k.Online(ctx); err != nil {
			t.Fatalf("%s could not connect: %v", name, err)
		}
		return k
	}
	var talkers []*talker
	for i := range visitors {
		o := options
		o.Site, o.Languages = site, []string{"es"}
		k := join(fmt.Sprintf("visitor %d", i), o)
		talkers = append(talkers, k)
		k.say(t, ctx, "the first line")
	}
	// One conversation for both agents: they and its visitor write into it at once.
	shared := talkers[0].Conversations()[0]
	for i := range agents {
		o := options
		o.Email, o.Password = fmt.Sprintf("ana%d@example.com", i), process.Password
		k := join(o.Email, o)
		k.conversation = shared
		if err := k.Follow(ctx, k.conversation); err != nil {
			t.Fatal(err)
		}
		talkers = append(talkers, k)
	}

	var acked atomic.Int64
	stop := make(chan struct{})
	var sending sync.WaitGroup
	for _, k := range talkers {
		sending.Go(func() {
			for i := 0; !closed(stop); i++ {
				if k.say(t, ctx, fmt.Sprintf("%s says %d", k.name, i)) {
					acked.Add(1)
				}
			}
		})
	}
	if o.talking != nil {
		o.talking()
	}
	for round := range o.times {
		// At a random moment, while lines go through.
		before := acked.Load()
		awaitLines(t, ctx, &acked, before+int64(20+rand.IntN(100)))
		server.Kill()
		if o.down != nil {
			if err := o.down(); err != nil {
				t.Fatalf("after kill %d: %v", round+1, err)
			}
		}
		if server, err = p.Serve(free...); err != nil {
			t.Fatalf("after kill %d: %v", round+1, err)
		}
	}
	awaitLines(t, ctx, &acked, acked.Load()+50)
	close(stop)
	sending.Wait()

	stored := map[string][]chat.Message{}
	for _, k := range talkers {
		id := k.sent[0].OK.Conversation
		if stored[id] == nil {
			stored[id] = history(t, ctx, k.Client, id)
		}
		r.problems = append(r.problems, check(k.name, k.sent, stored[id])...)
		for _, l := range k.sent {
			r.lines++
			if l.Tries > 1 {
				r.retried++
			}
			if l.OK.Dup {
				r.doubles++
			}
		}
	}
	if len(r.problems) == 0 {
		checkScreens(t, ctx, p, talkers)
	}
	return r
}

// say sends a line and waits until it is settled; false if the test ends before.
func (k *talker) say(t *testing.T, ctx context.Context, text string) bool {
	l := k.Send(client.NewLine(k.conversation, text))
	if _, err := l.Wait(ctx); err != nil {
		if ctx.Err() == nil {
			t.Errorf("%s: %q was refused: %v", k.name, text, err)
		}
		return false
	}
	k.sent = append(k.sent, l)
	return true
}

// awaitLines waits until so many lines were acknowledged.
func awaitLines(t *testing.T, ctx context.Context, acked *atomic.Int64, n int64) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for acked.Load() < n {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("only %d lines were acknowledged, waited for %d", acked.Load(), n)
		}
	}
}

// check holds what a sender was promised against what is stored, oldest first, and returns what is wrong.
func check(name string, sent []*client.Line, stored []chat.Message) (wrong []string) {
	bad := func(format string, args ...any) { wrong = append(wrong, name+": "+fmt.Sprintf(format, args...)) }
	for i, m := range stored {
		if i > 0 && m.Seq <= stored[i-1].Seq {
			bad("seq %d follows seq %d", m.Seq, stored[i-1].Seq)
		}
	}
	last := int64(0)
	for _, l := range sent {
		var found []chat.Message
		for _, m := range stored {
			if m.Key == l.Send.Key || m.Text == l.Send.Text && m.Author.ID == l.OK.Message.Author.ID {
				found = append(found, m)
			}
		}
		if len(found) != 1 {
			bad("the acknowledged line %q is there %d times", l.Send.Text, len(found))
			continue
		}
		m := found[0]
		if m.Seq != l.OK.Message.Seq || m.Text != l.Send.Text || m.ID != l.OK.Message.ID {
			bad("%q was acknowledged as line %d, and is line %d with the text %q now", l.Send.Text, l.OK.Message.Seq, m.Seq, m.Text)
		}
		if m.Seq <= last {
			bad("%q is line %d, but was typed after line %d", l.Send.Text, m.Seq, last)
		}
		last = m.Seq
	}
	return wrong
}

// The check sees every fault that it is there for.
func TestKillCheck(t *testing.T) {
	talk := func() (sent []*client.Line, stored []chat.Message) {
		for i := range int64(4) {
			l := client.NewLine("", fmt.Sprintf("line %d", i))
			m := chat.Message{ID: chat.NewID(), Seq: i + 1, Key: l.Send.Key, Text: l.Send.Text, Author: chat.Participant{ID: "maria"}}
			l.OK.Message = m
			sent, stored = append(sent, l), append(stored, m)
		}
		return sent, stored
	}
	for _, tt := range []struct {
		name  string
		fault func([]chat.Message) []chat.Message
		sound bool
	}{
		{"nothing", func(s []chat.Message) []chat.Message { return s }, true},
		{"another's line between", func(s []chat.Message) []chat.Message {
			return append(s, chat.Message{ID: "x", Seq: 9, Key: "y", Text: "line 1", Author: chat.Participant{ID: "eva"}})
		}, true},
		{"lost", func(s []chat.Message) []chat.Message { return slices.Delete(s, 1, 2) }, false},
		{"doubled under another key", func(s []chat.Message) []chat.Message { m := s[3]; m.Seq, m.Key = 5, "z"; return append(s, m) }, false},
		{"doubled under the same key", func(s []chat.Message) []chat.Message { m := s[3]; m.Seq = 5; return append(s, m) }, false},
		{"moved", func(s []chat.Message) []chat.Message { s[3].Seq = 7; return s }, false},
		{"another text", func(s []chat.Message) []chat.Message { s[2].Text = "other"; return s }, false},
		{"the same seq twice", func(s []chat.Message) []chat.Message { return append(s, chat.Message{ID: "x", Seq: 4, Key: "y"}) }, false},
	} {
		sent, stored := talk()
		if wrong := check("maria", sent, tt.fault(stored)); (len(wrong) == 0) != tt.sound {
			t.Errorf("%s: %q", tt.name, wrong)
		}
	}
	// Typed in one order, stored in another.
	sent, stored := talk()
	sent[1], sent[2] = sent[2], sent[1]
	if check("maria", sent, stored) == nil {
		t.Error("swapped lines were not noticed")
	}
}

// history reads a whole conversation, oldest first.
func history(t *testing.T, ctx context.Context, c *client.Client, conversation string) []chat.Message {
	t.Helper()
	var all []chat.Message
	for before := int64(0); ; {
		var page chat.HistoryOK
		err := c.Call(ctx, chat.CallHistory, chat.History{Conversation: conversation, Before: before, Limit: chat.PageRows}, &page)
		if e, ok := errors.AsType[*chat.Error](err); ok && e.Code == chat.RateLimited {
			// After a thousand kills a conversation has more pages than may be asked for at once.
			select {
			case <-time.After(time.Duration(e.RetryAfterS) * time.Second):
			case <-ctx.Done():
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Messages) == 0 {
			slices.Reverse(all)
			return all
		}
		for _, m := range slices.Backward(page.Messages) {
			all = append(all, m)
		}
		before = page.Messages[0].Seq
	}
}
