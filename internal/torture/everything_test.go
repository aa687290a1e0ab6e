package torture

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var everything = flag.Duration("everything", 12*time.Second, "how long faults of every kind are mixed")

// nemesis is one kind of fault, from its beginning to its end.
type nemesis struct {
	name string
	do   func(w *world, n *node, rnd *rand.Rand)
}

var nemeses = []nemesis{
	{"kill -9 of a node", func(w *world, n *node, _ *rand.Rand) { n.server.Kill(); w.start(n) }},
	{"a node deployed", func(w *world, n *node, _ *rand.Rand) { w.stop(n); w.start(n) }},
	{"a node frozen", func(w *world, n *node, rnd *rand.Rand) {
		_ = n.server.Signal(syscall.SIGSTOP)
		w.hold(time.Duration(500+rnd.IntN(1500)) * time.Millisecond)
		_ = n.server.Signal(syscall.SIGCONT)
	}},
	{"PostgreSQL stopped at once", func(w *world, _ *node, _ *rand.Rand) {
		w.postgres.Crash()
		if err := w.postgres.Restart(); err != nil {
			w.t.Error(err)
		}
	}},
	{"the link to PostgreSQL cut", func(w *world, n *node, rnd *rand.Rand) { w.cut(n.db, rnd) }},
	{"the link to PostgreSQL a black hole", func(w *world, n *node, rnd *rand.Rand) {
		n.db.blackhole()
		w.hold(time.Duration(200+rnd.IntN(1300)) * time.Millisecond)
		n.db.heal()
	}},
	{"Redis killed", func(w *world, _ *node, rnd *rand.Rand) {
		w.redis.Crash()
		w.hold(time.Duration(rnd.IntN(1000)) * time.Millisecond)
		if err := w.redis.Restart(); err != nil {
			w.t.Error(err)
		}
	}},
	{"the link to Redis a black hole", func(w *world, n *node, rnd *rand.Rand) {
		n.redis.blackhole()
		w.hold(time.Duration(500+rnd.IntN(1500)) * time.Millisecond)
		n.redis.heal()
	}},
	{"the link to Redis slow", func(w *world, n *node, rnd *rand.Rand) {
		n.redis.spoil("latency", answered, `"latency":300,"jitter":200`)
		w.hold(time.Duration(500+rnd.IntN(1000)) * time.Millisecond)
		n.redis.heal()
	}},
	{"subscribers of Redis thrown out", func(w *world, _ *node, _ *rand.Rand) {
		if _, err := w.redis.Do("CLIENT KILL TYPE pubsub"); err != nil {
			w.t.Error(err)
		}
	}},
}

// TestEverything mixes faults of every kind over three nodes behind a balancer, while people talk, hang up, resend, write notes and resolve.
func TestEverything(t *testing.T) {
	w := newWorld(t, plan{nodes: 3, balanced: true, own: true,
		manners: manners{pause: 20 * time.Millisecond, resends: .2, hangUps: .03, moods: true, patience: 2 * time.Second}, args: []string{"--drain-wait", "200ms"}})
	w.visitors(6, "alma")
	w.visitors(2, "sol")
	w.agents("alma-ana", "alma-ben", "sol-ana", "sol-ben")
	stop := w.talking()
	rnd := rand.New(rand.NewPCG(*seed, 2))
	counts := map[string]int{}
	order := rnd.Perm(len(nemeses))
	for i, begun := 0, time.Now(); time.Since(begun) < *everything; i++ {
		if i%len(nemeses) == 0 {
			order = rnd.Perm(len(nemeses)) // each kind comes before one comes again
		}
		f := nemeses[order[i%len(nemeses)]]
		counts[f.name]++
		f.do(w, w.nodes[rnd.IntN(len(w.nodes))], rnd)
		w.more(10)
	}
	w.more(50)
	stop()
	came := w.sound()
	var kinds []string
	for name, n := range counts {
		kinds = append(kinds, fmt.Sprintf("%s (%d)", name, n))
	}
	slices.Sort(kinds)
	again, dups := w.ledger.tries()
	report(t, fmt.Sprintf("Everything mixed for %s, three nodes: %s", *everything, strings.Join(kinds, ", ")),
		fmt.Sprintf("%s; %d lines sent more than once, %d had been stored; %d hellos of %d screens",
			came, again, dups, w.hellos(), len(w.people)), "0 problems")
}
