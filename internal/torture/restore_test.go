package torture

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"
	"dragoman/store/storetest"
)

// restoreTime is how soon every client must hold what the restored store holds, once the server takes connections.
const restoreTime = 10 * time.Second

// An old backup is restored under clients that have seen more. They have places that the store has not reached yet, and lines that it
// does not have: they forget them, and go on with what there is.
func TestRestoreUnderClients(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		p, site := newProgram(t, "en")
		restoreUnderClients(t, p, site)
	})
	t.Run("postgres", func(t *testing.T) {
		p := &process.Program{Binary: built, Data: t.TempDir()}
		t.Setenv("DRAGOMAN_DATABASE", storetest.PostgresURL(t))
		site, err := p.AddSite(t.Context(), "Alma & Sol", "en", shopOrigin)
		if err != nil {
			t.Fatal(err)
		}
		restoreUnderClients(t, p, site)
	})
}

func restoreUnderClients(t *testing.T, p *process.Program, site string) {
	if _, err := p.AddAgent(t.Context(), "ana", []string{"en"}); err != nil {
		t.Fatal(err)
	}
	args := []string{"--engine", "none", "--limit", "visitors_per_minute=0,sends_per_second=0"}
	server, err := p.Serve(args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { server.Kill() }()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	options := client.Options{Server: server.URL, BackoffBase: 20 * time.Millisecond, BackoffLimit: 200 * time.Millisecond}
	join := func(o client.Options) *client.Client {
		c := client.New(o)
		running.Go(func() { _ = c.Run(ctx) })
		if err := c.Online(ctx); err != nil {
			t.Fatal(err)
		}
		return c
	}
	say := func(c *client.Client, conversation, text string) string {
		ok, err := c.Send(client.NewLine(conversation, text)).Wait(ctx)
		if err != nil {
			t.Errorf("%q was not taken: %v", text, err)
		}
		return ok.Conversation
	}
	visitor, agent := options, options
	visitor.Site, visitor.Languages = site, []string{"en"}
	agent.Email, agent.Password = "ana@example.com", process.Password
	ana := join(agent)
	var visitors []*client.Client
	var conversations []string
	for i := range 4 {
		v := join(visitor)
		id := say(v, "", fmt.Sprintf("visitor %d is here", i))
		if err := ana.Follow(ctx, id); err != nil {
			t.Fatal(err)
		}
		visitors, conversations = append(visitors, v), append(conversations, id)
	}
	talk := func(what string) {
		for i, v := range visitors {
			say(v, "", fmt.Sprintf("%s, says visitor %d", what, i))
			say(ana, conversations[i], what+", says Ana")
		}
	}
	talk("before")
	file := filepath.Join(t.TempDir(), "backup.zip")
	beside := make(chan struct{})
	running.Go(func() { defer close(beside); talk("meanwhile") })
	if _, err := p.Command(ctx, "", "backup", file); err != nil {
		t.Fatal(err)
	}
	<-beside
	talk("after")
	seen := visitors[0].Room(conversations[0]).Have
	if _, err := p.Command(ctx, "", "restore", "--replace", file); err == nil {
		t.Fatal("restored beside a server")
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Command(ctx, "", "restore", "--replace", file); err != nil {
		t.Fatal(err)
	}
	if server, err = p.Serve(append(args, "--listen", server.Address())...); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	checker := join(agent)
	for i, id := range conversations {
		if err := checker.Follow(ctx, id); err != nil {
			t.Fatal(err)
		}
		truth := checker.Room(id)
		for _, c := range []*client.Client{visitors[i], ana} {
			within, cancel := context.WithDeadline(ctx, began.Add(allowed(restoreTime)))
			err := c.Wait(within, func() bool { return sameRoom(c.Room(id), truth) })
			cancel()
			if err != nil {
				t.Errorf("%s does not hold what the store holds: has %v, want %v", c, rowsOf(c.Room(id)), rowsOf(truth))
			}
		}
	}
	t.Logf("all equal %s after the server took connections", time.Since(began).Round(time.Millisecond))
	if have := checker.Room(conversations[0]).Have; have >= seen {
		t.Errorf("the restored store is at %d, and clients had seen %d: nothing was put back", have, seen)
	}
	talk("afterwards")
	for i, id := range conversations {
		want := fmt.Sprintf("afterwards, says visitor %d", i)
		for _, c := range []*client.Client{visitors[i], ana, checker} {
			err := c.Wait(ctx, func() bool {
				return slices.ContainsFunc(c.Room(id).Messages, func(m chat.Message) bool { return m.Text == want })
			})
			if err != nil {
				t.Errorf("%s did not get %q", c, want)
			}
		}
	}
}

func sameRoom(a, b client.Room) bool {
	return a.Have == b.Have && slices.Equal(rowsOf(a), rowsOf(b))
}

func rowsOf(r client.Room) []string {
	var all []string
	for _, m := range r.Messages {
		all = append(all, fmt.Sprintf("%d/%d %s", m.Seq, m.Rev, m.Text))
	}
	return all
}
