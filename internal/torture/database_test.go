package torture

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

var stops = flag.Int("stops", 5, "how often PostgreSQL is stopped without a checkpoint in the middle of sending")

// TestDatabaseStops: PostgreSQL ends as by "pg_ctl stop -m immediate" while lines go through two nodes. No socket ends for it; lines wait in the
// outboxes, and go through as soon as the database is back.
func TestDatabaseStops(t *testing.T) {
	besides(t)
	w := newWorld(t, plan{nodes: 2, own: true, manners: manners{pause: 20 * time.Millisecond, resends: .2}})
	w.visitors(3, "alma")
	w.visitors(1, "sol")
	w.agents("alma-ana", "alma-ben", "sol-ana")
	stop := w.talking()
	var back, away durations
	hellos := w.hellos()
	for range *stops {
		w.more(20)
		w.postgres.Crash()
		begun := time.Now()
		if err := w.postgres.Restart(); err != nil {
			t.Fatal(err)
		}
		answers := time.Now()
		w.more(1)
		first := w.ledger.ackedAfter(begun)
		back = append(back, max(0, first.Sub(answers)))
		away = append(away, first.Sub(begun))
	}
	w.more(50)
	stop()
	came := w.sound()
	if n := w.hellos(); n != hellos {
		t.Errorf("%d sockets were lost with the database", n-hellos)
	}
	if worst := back.at(1); worst > allowed(time.Second) {
		t.Errorf("the first success came %s after the database was back, want at most 1 s", worst)
	}
	report(t, fmt.Sprintf("PostgreSQL stopped at once (`-m immediate`) %d times, two nodes", *stops),
		fmt.Sprintf("%s; %d sockets lost; first success after the database answers: %s; away with recovery: %s", came, w.hellos()-hellos, back, away),
		"0 problems, 0 sockets lost; at most 1 s")
}

// hellos counts how often anybody was let in.
func (w *world) hellos() int {
	n := 0
	for _, p := range w.people {
		n += p.Hellos()
	}
	return n
}
