package torture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/process"
)

var plants = flag.Int("plants", 1, "how often each planted fault is tried")

// plantedBuild is the program with the faults of cmd/dragoman/plant.go, which no other build has.
var plantedBuild = sync.OnceValues(func() (string, error) {
	return process.Build(context.Background(), builds, false, "plant")
})

// planted is a fault that a checker must find, and how it is brought out. fault is the program's, if it is one of the program.
type planted struct {
	name, fault string
	// kind is the word of the checker that must find it.
	kind    string
	manners manners
	plan    func(*plan)
	act     func(w *world)
}

var busy = manners{pause: 5 * time.Millisecond, resends: .1}

// talkAWhile lets everybody talk until so many lines were acknowledged.
func talkAWhile(w *world) {
	stop := w.talking()
	w.more(60)
	stop()
}

var allPlants = []planted{
	{name: "acknowledged before the commit, node killed", fault: "acknowledge before commit", kind: "lost", manners: busy, act: func(w *world) {
		stop := w.talking()
		w.more(40)
		w.nodes[0].server.Kill()
		w.start(w.nodes[0])
		w.more(20)
		stop()
	}},
	{name: "commits that are not flushed, database stopped at once", kind: "lost", manners: busy, plan: func(p *plan) { p.own = true }, act: func(w *world) {
		// The program refuses such a database when it starts, so it is made one afterwards.
		w.sql("ALTER ROLE dragoman SET synchronous_commit = off")
		w.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dragoman'")
		stop := w.talking()
		w.more(60)
		w.postgres.Crash()
		if err := w.postgres.Restart(); err != nil {
			w.t.Fatal(err)
		}
		w.more(20)
		stop()
	}},
	{name: "no unique key", kind: "doubled", manners: manners{pause: 5 * time.Millisecond, resends: .3}, act: func(w *world) {
		w.sql("DROP INDEX messages_key")
		talkAWhile(w)
	}},
	{name: "a line stored after the author's next one", fault: "order swapped", kind: "order", manners: busy, act: talkAWhile},
	{name: "no catch-up after a reconnect", fault: "no catch-up", kind: "screen", manners: manners{pause: 5 * time.Millisecond, hangUps: .2}, act: talkAWhile},
	{name: "no check of the store, Redis killed", fault: "no check of the store", kind: "screen", manners: busy, plan: func(p *plan) { p.nodes = 2 }, act: func(w *world) {
		stop := w.talking()
		w.more(20)
		w.redis.Crash()
		w.more(60)
		stop()
		if err := w.redis.Restart(); err != nil {
			w.t.Fatal(err)
		}
	}},
	{name: "an event dropped on a socket that stays open", kind: "skipped", manners: busy, plan: func(p *plan) { p.balanced = true }, act: func(w *world) {
		w.balancer.spoil(dropEvents)
		for _, p := range w.people {
			p.Drop()
		}
		talkAWhile(w)
	}},
	{name: "a note told to a visitor", fault: "note to visitor", kind: "note", manners: busy, act: talkAWhile},
	{name: "a conversation shown to another visitor", fault: "foreign conversation", kind: "foreign", manners: busy, act: func(w *world) {
		for range 2 { // the first time it learns whom it has seen, the second time it shows them
			for _, p := range w.people {
				n := p.Hellos()
				p.Drop()
				w.until("they are back", patience, func() bool { return p.Hellos() > n })
			}
		}
		talkAWhile(w)
	}},
}

// TestPlants: each checker is checked. A fault is planted in the program, in the database or on the wire, and must be found.
func TestPlants(t *testing.T) {
	besides(t)
	if _, err := plantedBuild(); err != nil {
		t.Fatal(err)
	}
	t.Run("nothing", func(t *testing.T) {
		if found := (planted{manners: busy, act: talkAWhile, plan: func(p *plan) { p.patience = patience }}).find(t); len(found) > 0 {
			t.Errorf("nothing is planted, and the checkers say %q", found)
		}
	})
	for _, f := range allPlants {
		t.Run(f.name, func(t *testing.T) {
			besides(t)
			// Once in a while a fault does no harm, so where each is tried once it has three chances; a checker that is blind to it misses all.
			caught, ran, chances := 0, 0, *plants
			if *plants == 1 {
				chances = 3
			}
			for ; ran < chances && (*plants > 1 || caught == 0); ran++ {
				if found := f.find(t); slices.ContainsFunc(found, func(p problem) bool { return p.kind == f.kind }) {
					caught++
				} else {
					t.Logf("not found; found was %q", found)
				}
			}
			if caught*100 < *plants*95 {
				t.Errorf("caught in %d of %d runs, want at least 95 %%", caught, ran)
			}
			report(t, "Planted: "+f.name, fmt.Sprintf("caught by the checker %q in %d of %d runs", f.kind, caught, ran), "at least 95 %")
		})
	}
}

// find runs a world with the fault and returns what the checkers say. The world's own test passes: it is not the product that is tested.
func (f planted) find(t *testing.T) (found []problem) {
	t.Run("", func(t *testing.T) {
		binary, err := plantedBuild()
		if err != nil {
			t.Fatal(err)
		}
		p := plan{nodes: 1, manners: f.manners, binary: binary, plant: f.fault, patience: 2 * time.Second}
		if f.plan != nil {
			f.plan(&p)
		}
		w := newWorld(t, p)
		w.visitors(2, "alma")
		w.visitors(1, "sol")
		w.agents("alma-ana", "alma-ben")
		f.act(w)
		found = w.verdict()
	})
	return found
}

// dropEvents carries what a node sends to a client and leaves out every tenth frame that tells of a line.
func dropEvents(to io.Writer, from io.Reader) {
	in, n := bufio.NewReader(from), 0
	for { // the answer to the handshake, or to any request on this connection
		line, err := in.ReadString('\n')
		_, _ = io.WriteString(to, line)
		if err != nil {
			return
		}
		if strings.HasPrefix(line, "Content-Length:") {
			_, _ = io.Copy(to, in) // not a socket
			return
		}
		if line == "\r\n" {
			break
		}
	}
	for {
		head, payload, err := serverFrame(in)
		if err != nil {
			return
		}
		if bytes.Contains(payload, []byte(`"event":"message"`)) {
			if n++; n%10 == 0 {
				continue
			}
		}
		if _, err := to.Write(append(head, payload...)); err != nil {
			return
		}
	}
}

// serverFrame reads one frame as a server sends it: without a mask.
func serverFrame(in io.Reader) (head, payload []byte, err error) {
	head = make([]byte, 2, 10)
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, nil, err
	}
	length := uint64(head[1])
	if more := map[uint64]int{126: 2, 127: 8}[length]; more > 0 {
		head = head[:2+more]
		if _, err := io.ReadFull(in, head[2:]); err != nil {
			return nil, nil, err
		}
		if length = uint64(binary.BigEndian.Uint16(head[2:])); more == 8 {
			length = binary.BigEndian.Uint64(head[2:])
		}
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(in, payload)
	return head, payload, err
}
