package torture

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"dragoman/chat"

	"github.com/anishathalye/porcupine"
)

var histories = flag.Int("histories", 2, "how many histories of one conversation are checked to be linearizable")

// The conversation as a log: send puts a line behind all others, and a reader is given all that there are.
type (
	logInput struct{ read bool }
	// logOutput is the place of the line, or how many lines there were.
	logOutput struct{ place int64 }
)

var logModel = porcupine.Model{
	Init: func() any { return int64(0) },
	Step: func(state, input, output any) (bool, any) {
		lines, in, out := state.(int64), input.(logInput), output.(logOutput)
		if in.read {
			return out.place == lines, lines
		}
		return out.place == lines+1, lines + 1
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

// record is a history under way.
type record struct {
	mu  sync.Mutex
	ops []porcupine.Operation
}

func (r *record) add(client int, in logInput, out logOutput, begun time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops = append(r.ops, porcupine.Operation{ClientId: client, Input: in, Output: out, Call: begun.UnixNano(), Return: time.Now().UnixNano()})
}

// TestHistories: a visitor in two tabs and two agents send into one conversation and read it over two nodes, while the links to PostgreSQL break.
// What each was answered has an order in which all of it is true, and which agrees with the clock.
func TestHistories(t *testing.T) {
	besides(t)
	w := newWorld(t, plan{nodes: 2})
	w.agents("alma-ana", "alma-ben")
	ops, right := 0, 0
	for i := range *histories {
		n, ok := w.history(t, uint64(i))
		if ops += n; ok {
			right++
		}
	}
	came := w.sound()
	again, _ := w.ledger.tries()
	report(t, fmt.Sprintf("%d histories of one conversation over two nodes under cut links, checked by porcupine", *histories),
		fmt.Sprintf("%d of %d linearizable, with %d operations; %d lines sent more than once; %s", right, *histories, ops, again, came), "all, 0 problems")
}

// history lets four people talk in a new conversation, and checks what they were answered.
func (w *world) history(t *testing.T, n uint64) (ops int, ok bool) {
	t.Helper()
	agents := w.people[:2]
	w.visitors(1, "alma")
	talkers := append(slices.Clone(agents), w.people[len(w.people)-2:]...)
	id := talkers[2].home
	r := &record{}
	ctx, cancel := context.WithTimeout(w.ctx, 2*time.Minute)
	defer cancel()
	base := int64(0)
	for _, p := range agents {
		w.until("the agents have it open", patience, func() bool { return w.tend(ctx, p) == nil && p.opened[id] })
		// Agents become participants with their first line, which is told by a line of its own: that must be over.
		e := w.say(ctx, p, id, false)
		if e == nil || e.refused != nil {
			t.Fatalf("%s: %+v", p.name, e)
		}
		base = e.ok.Message.Seq
	}
	var all sync.WaitGroup
	for i, p := range talkers {
		all.Go(func() { w.act(ctx, r, i, p, id, base) })
	}
	stop := make(chan struct{})
	var faults sync.WaitGroup
	faults.Go(func() {
		rnd := rand.New(rand.NewPCG(*seed, n))
		for !closed(stop) {
			w.cut(w.nodes[rnd.IntN(2)].db, rnd)
			w.hold(50 * time.Millisecond)
		}
	})
	all.Wait()
	close(stop)
	faults.Wait()
	result := porcupine.CheckOperationsTimeout(logModel, r.ops, time.Minute)
	if result != porcupine.Ok {
		t.Errorf("history %d of %d operations: %s", n, len(r.ops), result)
	}
	return len(r.ops), result == porcupine.Ok
}

// act sends and reads in turn.
func (w *world) act(ctx context.Context, r *record, client int, p *person, conversation string, base int64) {
	for i := range 40 {
		begun := time.Now()
		if p.agent && i%3 == 2 {
			var page chat.HistoryOK
			if err := p.Call(ctx, chat.CallHistory, chat.History{Conversation: conversation, Limit: 1}, &page); err == nil && len(page.Messages) == 1 {
				r.add(client, logInput{read: true}, logOutput{place: page.Messages[0].Seq - base}, begun)
			}
			continue
		}
		e := w.say(ctx, p, conversation, false)
		if e == nil || e.refused != nil {
			w.find("refused", "%s: %+v", p.name, e)
			return
		}
		// A line that was sent several times was stored at some moment between the first and the last of them: as if it were sent once.
		r.add(client, logInput{}, logOutput{place: e.ok.Message.Seq - base}, begun)
	}
}

// The check itself is checked: histories that cannot be are refused.
func TestHistoryCheck(t *testing.T) {
	at := func(client int, in logInput, place, call, ret int64) porcupine.Operation {
		return porcupine.Operation{ClientId: client, Input: in, Output: logOutput{place: place}, Call: call, Return: ret}
	}
	send, read := logInput{}, logInput{read: true}
	for _, c := range []struct {
		name string
		ops  []porcupine.Operation
		want bool
	}{
		{"one after the other", []porcupine.Operation{at(0, send, 1, 0, 1), at(1, send, 2, 2, 3), at(1, read, 2, 4, 5)}, true},
		{"at once", []porcupine.Operation{at(0, send, 2, 0, 9), at(1, send, 1, 0, 9), at(2, read, 1, 0, 9)}, true},
		{"acknowledged, then not there", []porcupine.Operation{at(0, send, 1, 0, 1), at(1, read, 0, 2, 3)}, false},
		{"stored twice", []porcupine.Operation{at(0, send, 1, 0, 1), at(1, send, 3, 2, 3), at(1, read, 3, 4, 5)}, false},
		{"the same place twice", []porcupine.Operation{at(0, send, 1, 0, 1), at(1, send, 1, 2, 3)}, false},
		{"read before it was sent", []porcupine.Operation{at(1, read, 1, 0, 1), at(0, send, 1, 2, 3)}, false},
		{"against the clock", []porcupine.Operation{at(0, send, 2, 0, 1), at(1, send, 1, 2, 3)}, false},
	} {
		if got := porcupine.CheckOperations(logModel, c.ops); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
