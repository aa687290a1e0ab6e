package torture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/backing"
)

// TestCutFromDatabase: one of two nodes loses PostgreSQL. It keeps its sockets and stays ready (a fault that all nodes may share must not make them all throw their
// sockets away), says unavailable soon, and goes on where it was; the other notices nothing.
func TestCutFromDatabase(t *testing.T) {
	besides(t)
	for _, f := range []struct {
		name  string
		begin func(*link)
		end   func(*link)
	}{
		{"cut", (*link).down, (*link).up},
		{"a black hole", (*link).blackhole, (*link).heal},
	} {
		t.Run(f.name, func(t *testing.T) {
			w := newWorld(t, plan{nodes: 2})
			w.visitors(2, "alma")
			here, there := w.people[0], w.people[1] // on the first node, and on the second
			hellos := w.hellos()
			f.begin(w.nodes[0].db)
			begun := time.Now()
			ctx, cancel := context.WithTimeout(w.ctx, patience)
			defer cancel()
			err := here.Call(ctx, chat.CallSend, chat.Send{Key: chat.NewID(), Text: "is anybody there?"}, nil)
			took := time.Since(begun)
			if e, ok := errors.AsType[*chat.Error](err); !ok || e.Code != chat.Unavailable || e.Text == "" {
				t.Fatalf("a line for a node without a database: %v", err)
			}
			if took > allowed(10*time.Second) {
				t.Errorf("it took %s to say so", took)
			}
			if e := w.say(ctx, there, there.home, false); e == nil || e.refused != nil {
				t.Fatalf("the other node: %+v", e)
			}
			for _, path := range []string{"/readyz", "/healthz"} {
				if got := get(t, w.nodes[0].server.URL+path); got != http.StatusOK {
					t.Errorf("%s says %d: balancers would take all nodes away at once", path, got)
				}
			}
			f.end(w.nodes[0].db)
			begun = time.Now()
			if e := w.say(ctx, here, here.home, false); e == nil || e.refused != nil {
				t.Fatalf("after the fault: %+v", e)
			}
			healed := time.Since(begun)
			if n := w.hellos(); n != hellos {
				t.Errorf("%d sockets were lost", n-hellos)
			}
			came := w.sound()
			report(t, "One node's link to PostgreSQL "+f.name,
				fmt.Sprintf("`unavailable` after %s, %d sockets lost, the next line through %s after the link was back; %s", brief(took), w.hellos()-hellos, brief(healed), came), "at most 10 s")
		})
	}
}

// TestStaleStandby: PostgreSQL fails over to a standby that had not got everything. The nodes have told lines that are gone now: they must not go on as if nothing
// had been.
func TestStaleStandby(t *testing.T) {
	besides(t)
	w := newWorld(t, plan{nodes: 2, own: true})
	w.visitors(2, "alma")
	w.agents("alma-ana", "alma-ben")
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	speak := func(n int) {
		for i := range n {
			p := w.people[i%4]
			if e := w.say(ctx, p, p.home, false); e == nil || e.refused != nil {
				t.Fatalf("%s: %+v", p.name, e)
			}
		}
	}
	speak(8)
	stale := w.copyDatabase()
	speak(20)
	for _, n := range w.nodes {
		n.db.lead(stale.Address())
	}
	swapped := time.Now()
	w.postgres.Stop()
	w.postgres = stale
	// The 20 lines are lost, as they must be with such a standby; nobody may keep them on the screen, and nothing new may be taken for old.
	w.ledger = newLedger()
	for _, p := range w.people {
		p.witness.mu.Lock()
		p.seqs, p.ledger = map[string]map[string]int64{}, w.ledger
		p.witness.mu.Unlock()
	}
	speak(4)
	var found []problem
	if !w.within(w.patience, func() bool { found = w.screens(w.read()); return len(found) == 0 }) {
		t.Errorf("%s after the failover the screens still differ: %v", w.patience, found)
	}
	took := time.Since(swapped)
	if took > allowed(5*time.Second) {
		t.Errorf("it took %s until every screen was equal to the store", took)
	}
	alarms := 0
	for i, n := range w.nodes {
		if n.said("older copy") {
			alarms++
		} else {
			t.Errorf("node %d has raised no alarm", i)
		}
	}
	report(t, "PostgreSQL fails over to a standby that lacks 20 lines", fmt.Sprintf("every screen equal to the store %s after it, %d of 2 nodes raise an alarm", brief(took), alarms), "detected within 2 s, never silent")
}

// copyDatabase makes a second cluster with what the first holds now.
func (w *world) copyDatabase() *backing.Postgres {
	w.t.Helper()
	stale, err := w.postgres.Clone()
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(stale.Stop)
	return stale
}

func get(t *testing.T, url string) int {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
	return r.StatusCode
}
