package torture

import (
	"flag"
	"fmt"
	"syscall"
	"testing"
	"time"
)

var (
	deploys = flag.Int("deploys", 1, "how often three nodes are deployed one after the other")
	frozen  = flag.Duration("frozen", 4*time.Second, "how long a node is frozen; leases last 30 s")
)

// TestRollingDeploy: three nodes behind a balancer are ended in good order and started again, one after the other, while everybody talks.
func TestRollingDeploy(t *testing.T) {
	besides(t)
	w := newWorld(t, plan{nodes: 3, balanced: true, manners: manners{pause: 30 * time.Millisecond, resends: .1, hangUps: .01, moods: true},
		args: []string{"--drain-wait", "300ms"}})
	w.visitors(5, "alma")
	w.visitors(1, "sol")
	w.agents("alma-ana", "alma-ben", "sol-ana")
	stop := w.talking()
	w.more(50)
	var took durations
	for range *deploys {
		for _, n := range w.nodes {
			begun := time.Now()
			w.stop(n)
			w.start(n)
			took = append(took, time.Since(begun))
			w.until("the balancer takes the node back", patience, func() bool { return w.balancer.has(n.server.Address()) })
			w.more(20)
		}
	}
	w.more(50)
	stop()
	came := w.sound()
	if n := w.balancer.refused(); n > 0 {
		t.Errorf("%d connections found no node", n)
	}
	report(t, fmt.Sprintf("%d rolling deploys of three nodes under load, a balancer before them", *deploys),
		fmt.Sprintf("%s; a node was away for %s; %d hellos of %d screens; acknowledged: %s", came, took, w.hellos(), len(w.people),
			w.ledger.answers(span{})),
		"0 problems: 0 lost, 0 shown twice")
}

// TestFrozenNode: a node stands still, as a machine does that is moved or swaps, and wakes without knowing. What it had promised holds, and it tells
// nothing that is not so any more.
func TestFrozenNode(t *testing.T) {
	besides(t)
	w := newWorld(t, plan{nodes: 2, balanced: true, manners: manners{pause: 30 * time.Millisecond, resends: .1, moods: true}})
	w.visitors(4, "alma")
	w.agents("alma-ana", "alma-ben")
	stop := w.talking()
	w.more(50)
	if err := w.nodes[0].server.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	w.hold(*frozen)
	if err := w.nodes[0].server.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	w.more(50)
	stop()
	report(t, fmt.Sprintf("A node frozen (SIGSTOP) for %s beside another", *frozen), w.sound(), "0 problems")
}

// has tells whether a node gets new connections.
func (b *balancer) has(node string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready[node]
}

// refused counts the connections that no node took.
func (b *balancer) refused() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failed
}
