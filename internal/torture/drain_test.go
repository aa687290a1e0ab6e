package torture

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
)

// absence is what one visitor saw of a restart: when he was told of it and for how long, and when he had been let in again.
type absence struct {
	mu     sync.Mutex // guards the following
	told   time.Time
	in     time.Duration
	backAt time.Time
}

func (a *absence) event(ev client.Event) {
	if ev.Type != chat.EvGoingAway {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told, a.in = time.Now(), time.Duration(ev.InS)*time.Second
}

// frame notes the first answer of a hello after the warning.
func (a *absence) frame(b []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.told.IsZero() && a.backAt.IsZero() && bytes.Contains(b, []byte(`"epoch"`)) {
		a.backAt = time.Now()
	}
}

// state returns whether the visitor was told, and whether he is back.
func (a *absence) state() (told, back bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.told.IsZero(), !a.backAt.IsZero()
}

// TestAwayForAsLongAsAnnounced: one of two nodes is ended in good order. Each of its visitors is told, and is back on the other within the time that he was
// told and a second; nobody on the other notices anything.
func TestAwayForAsLongAsAnnounced(t *testing.T) {
	besides(t)
	const visitors = 20
	w := newWorld(t, plan{nodes: 2, balanced: true, args: []string{"--drain-wait", "300ms", "--limit", "visitors_per_minute=0"}})
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var all []*absence
	// A node that is late with its answers on a busy machine gets nobody for a while.
	for at := []int{0, 0}; len(all) < visitors || min(at[0], at[1]) < visitors/4; at = w.visitorsAt(len(all)) {
		a := &absence{}
		all = append(all, a)
		c := client.New(client.Options{Server: w.balancer.url(), Site: w.sites["alma"], Languages: []string{"es"}, Event: a.event, Frame: a.frame})
		running.Go(func() { _ = c.Run(ctx) })
		if err := c.Online(ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.stop(w.nodes[0])
	w.until("all are on the other node", patience, func() bool { return w.nodes[1].visitors(t) == len(all) })
	told := 0
	for _, a := range all {
		if is, _ := a.state(); is {
			told++
			w.until("a visitor is back", patience, func() bool { _, back := a.state(); return back })
		}
	}
	if told == 0 || told == len(all) {
		t.Errorf("%d of %d visitors were told", told, len(all))
	}
	// From the warning on: the window in which sockets are closed, what was announced, and a second.
	const window = 500 * time.Millisecond
	var took durations
	for _, a := range all {
		if a.told.IsZero() {
			continue
		}
		took = append(took, a.backAt.Sub(a.told))
		if most := allowed(window + a.in + time.Second); a.in != time.Second || a.backAt.Sub(a.told) > most {
			t.Errorf("a visitor was told to come back within %s and was back %s after that", a.in, a.backAt.Sub(a.told))
		}
	}
	t.Logf("from the warning to the next hello: %s", took)
	cancel()
}

// visitorsAt returns how many visitors' sockets each node counts, once they are all.
func (w *world) visitorsAt(all int) (at []int) {
	w.t.Helper()
	w.until(fmt.Sprintf("%d visitors are counted", all), patience, func() bool {
		at = nil
		sum := 0
		for _, n := range w.nodes {
			at = append(at, n.visitors(w.t))
			sum += at[len(at)-1]
		}
		return sum == all
	})
	return at
}

// visitors is how many visitors' sockets a node says that it has.
func (n *node) visitors(t *testing.T) (count int) {
	t.Helper()
	const name = `dragoman_ws_connections{kind="visitor"} `
	res, err := http.Get(n.server.Admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if value, found := strings.CutPrefix(lines.Text(), name); found {
			if count, err = strconv.Atoi(value); err != nil {
				t.Fatal(err)
			}
			return count
		}
	}
	t.Fatalf("no %s in the metrics: %v", name, lines.Err())
	return 0
}

// TestSecondSignal: who does not want to wait for the end in good order says so with a second signal; what was acknowledged is there.
func TestSecondSignal(t *testing.T) {
	besides(t)
	p, site := newProgram(t, "es")
	server, err := p.Serve("--engine", "none", "--drain-wait", "10m")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	session, err := client.NewSession(ctx, server.URL, "", chat.SessionRequest{Site: site, Languages: []string{"es"}})
	if err != nil {
		t.Fatal(err)
	}
	hello := func(url string) *client.Conn {
		c, err := client.Dial{Server: url}.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Drop)
		if _, err := c.Hello(ctx, chat.Hello{Token: session.Token}); err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := hello(server.URL)
	if err := server.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for ready := true; ready; {
		r, err := http.Get(server.URL + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		ready = r.StatusCode == http.StatusOK
	}
	var ok chat.SendOK
	if err := c.Call(ctx, chat.CallSend, chat.Send{Key: chat.NewID(), Text: "hola"}, &ok); err != nil {
		t.Fatal(err)
	}
	if err := server.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-server.Done():
	case <-time.After(patience):
		t.Fatal("it goes on after a second signal")
	}
	var page chat.HistoryOK
	if err := hello(serve(t, p).URL).Call(ctx, chat.CallHistory, chat.History{Conversation: ok.Conversation}, &page); err != nil || len(page.Messages) != 1 {
		t.Errorf("afterwards the conversation is %+v, %v", page, err)
	}
}
