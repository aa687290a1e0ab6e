package torture

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

var (
	cuts     = flag.Int("cuts", 50, "how often the link between a node and PostgreSQL is cut")
	cutLines = flag.Int("cut-lines", 1000, "how many lines are sent meanwhile")
)

// TestCutLinks: the links between two nodes and PostgreSQL break in every way that links break, most often between a commit and its answer. Lines that
// had in fact been stored come back as duplicates, and none is there twice.
func TestCutLinks(t *testing.T) {
	besides(t)
	w := newWorld(t, plan{nodes: 2, manners: manners{lines: *cutLines, resends: .05}})
	w.visitors(5, "alma")
	w.visitors(1, "sol")
	w.agents("alma-ana", "alma-ben", "sol-ana")
	before := w.ledger.acks()
	stop := w.talking()
	rnd := rand.New(rand.NewPCG(*seed, 1))
	for i := range *cuts {
		due := before + i**cutLines / *cuts
		w.until("so many lines have got through", time.Minute, func() bool { return w.ledger.acks() >= due })
		w.cut(w.nodes[i%2].db, rnd)
	}
	all := before + *cutLines
	w.until("all lines have got through", time.Minute, func() bool { return w.ledger.acks() >= all })
	stop()
	came := w.sound()
	again, dups := w.ledger.tries()
	if n := w.rows(); n != all {
		t.Errorf("%d rows of %d lines", n, all)
	}
	// Few cuts fall between a commit and its answer: of fifty, three to twenty.
	if again == 0 || *cuts >= 500 && dups == 0 {
		t.Errorf("%d lines had to be sent again, of %d the answer was lost after the commit: the cuts have shown nothing", again, dups)
	}
	report(t, fmt.Sprintf("%d lines under %d cuts of the link to PostgreSQL, two nodes", *cutLines, *cuts),
		fmt.Sprintf("%s; %d rows of %d lines (%d of them opened the conversations); %d sent more than once, %d of those had been stored already", came, w.rows(), all, before, again, dups),
		"0 problems, exactly as many rows as lines")
}

// cut breaks a link in one of the ways in which links break.
func (w *world) cut(l *link, rnd *rand.Rand) {
	pause := func(most int) { w.hold(time.Duration(1+rnd.IntN(most)) * time.Millisecond) }
	switch rnd.IntN(5) {
	case 0: // for a moment nobody gets through
		l.down()
		pause(100)
		l.up()
		return
	case 1: // what is open ends without a word
		l.spoil("reset_peer", said, `"timeout":0`)
	case 2: // the answer to a commit is lost
		l.spoil("reset_peer", answered, `"timeout":0`)
	case 3: // the answer is torn
		l.spoil("limit_data", answered, fmt.Sprintf(`"bytes":%d`, 1+rnd.IntN(400)))
	case 4: // slow, then gone
		l.spoil("latency", answered, `"latency":30,"jitter":20`)
		pause(60)
		l.heal()
		l.spoil("reset_peer", answered, `"timeout":0`)
	}
	pause(60)
	l.heal()
}

// tries counts the lines that were sent more than once, and those of them that had been stored before.
func (l *ledger) tries() (again, dups int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.typed {
		if !e.acked.IsZero() && e.line.Tries > 1 {
			again++
			if e.ok.Dup {
				dups++
			}
		}
	}
	return again, dups
}
