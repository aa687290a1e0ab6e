package torture

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

var away = flag.Duration("away", 5*time.Second, "how long Redis is away")

// TestRedisAway: between two nodes Redis ends, falls silent, or throws its subscribers out. Who is on another node than the author reads lines a
// little later; nobody else notices anything. Everybody on the other node is silent, so that nothing but the node itself finds out what it has missed.
func TestRedisAway(t *testing.T) {
	w := newWorld(t, plan{nodes: 2, manners: manners{pause: 30 * time.Millisecond, resends: .05}})
	w.visitors(6, "alma")
	w.agents("alma-ana", "alma-ben")
	for i, p := range w.people {
		p.mute = p.agent || i%2 == 1
	}
	stop := w.talking()
	calm := w.stretch(*away)
	for _, f := range []struct {
		name       string
		begin, end func()
	}{
		{"stopped", w.redis.Crash, func() {
			if err := w.redis.Restart(); err != nil {
				t.Error(err)
			}
		}},
		{"black-holed for both nodes", func() { w.nodes[0].redis.blackhole(); w.nodes[1].redis.blackhole() },
			func() { w.nodes[0].redis.heal(); w.nodes[1].redis.heal() }},
		{"black-holed for one node", func() { w.nodes[0].redis.blackhole() }, func() { w.nodes[0].redis.heal() }},
		{"silent towards one node", func() { w.nodes[1].redis.spoil("timeout", answered, `"timeout":0`) }, func() { w.nodes[1].redis.heal() }},
	} {
		f.begin()
		fault := w.stretch(*away)
		f.end()
		after := w.stretch(2 * time.Second)
		w.judge(fmt.Sprintf("Redis %s for %s", f.name, *away), calm, fault, after)
	}
	killed, begun := 0, time.Now()
	for ; time.Since(begun) < *away; killed++ {
		w.more(20)
		if _, err := w.redis.Do("CLIENT KILL TYPE pubsub"); err != nil {
			t.Fatal(err)
		}
	}
	fault := span{begun, time.Now()}
	after := w.stretch(2 * time.Second)
	w.judge(fmt.Sprintf("Redis throws its subscribers out (`CLIENT KILL TYPE pubsub`) %d times in %s", killed, *away), calm, fault, after)
	stop()
	report(t, "What Redis could lose in all of that", w.sound(), "0 problems")
}

// stretch lets time pass and returns it as a span.
func (w *world) stretch(d time.Duration) span {
	from := time.Now()
	w.hold(d)
	return span{from, time.Now()}
}

// judge compares a fault with the calm before it.
func (w *world) judge(what string, calm, fault, after span) {
	w.t.Helper()
	across := func(author, reader *person) bool { return author.at != reader.at }
	here := func(author, reader *person) bool { return author.at == reader.at && author != reader }
	late := w.ledger.deliveries(fault, across)
	most := 1500 * time.Millisecond
	if *away < 30*time.Second {
		most = 2500 * time.Millisecond // a short outage is little more than its beginning, which nobody has noticed yet
	}
	if p99, worst := late.at(.99), late.at(1); p99 > allowed(most) || worst > allowed(4*time.Second) {
		w.t.Errorf("%s: lines came to the other node at p99 %s and worst %s after they were acknowledged, want at most %s and 4 s", what, p99, worst, most)
	}
	calmAcks, acks := w.ledger.answers(calm), w.ledger.answers(fault)
	if acks.at(.99) > allowed(2*calmAcks.at(.99)+100*time.Millisecond) {
		w.t.Errorf("%s: acknowledgements took %s, before %s", what, acks, calmAcks)
	}
	report(w.t, what, fmt.Sprintf("to the other node: %s (before: p99 %s; after: p99 %s); on the same node: p99 %s; acknowledged: p99 %s (before: %s)", late,
		brief(w.ledger.deliveries(calm, across).at(.99)), brief(w.ledger.deliveries(after, across).at(.99)), brief(w.ledger.deliveries(fault, here).at(.99)),
		brief(acks.at(.99)), brief(calmAcks.at(.99))), "p99 at most 1.5 s, worst 4 s; acknowledgements as before")
}
