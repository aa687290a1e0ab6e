package torture

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
)

var races = flag.Int("races", 200, "how often two agents take a conversation at once, on two nodes that hear nothing of each other")

// TestTakenOnce: two agents on two nodes that are cut from Redis take the same conversation at the same moment. Whatever the nodes believe of each other, one
// has it, and the other is told so.
func TestTakenOnce(t *testing.T) {
	besides(t)
	w := newWorld(t, plan{nodes: 2})
	w.visitors(1, "alma")
	w.agents("alma-ana", "alma-ben")
	id := w.people[0].home
	agents := w.people[2:]
	for _, n := range w.nodes {
		n.redis.down()
	}
	defer func() {
		for _, n := range w.nodes {
			n.redis.up()
		}
	}()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute+time.Duration(*races)*time.Second/10)
	defer cancel()
	// On a busy machine PostgreSQL may let somebody wait for too long; he asks again, as the console says.
	ask := func(a *person, name chat.CallName, fields any) (err error) {
		for err = a.Call(ctx, name, fields, nil); chat.CodeOf(err) == chat.Unavailable; err = a.Call(ctx, name, fields, nil) {
		}
		return err
	}
	wins := [2]int{}
	for range *races {
		var errs [2]error
		var both sync.WaitGroup
		for i, a := range agents {
			both.Go(func() { errs[i] = ask(a, chat.CallTake, chat.Take{Conversation: id}) })
		}
		both.Wait()
		winner := 0
		if errs[0] != nil {
			winner = 1
		}
		wins[winner]++
		e, refused := errors.AsType[*chat.Error](errs[1-winner])
		if errs[winner] != nil || !refused || e.Code != chat.Taken {
			t.Fatalf("the two were answered %v and %v: want one ok, and one %s", errs[0], errs[1], chat.Taken)
		}
		if err := ask(agents[winner], chat.CallAssign, chat.Assign{Conversation: id}); err != nil {
			t.Fatalf("give it back: %v", err)
		}
	}
	report(t, fmt.Sprintf("%d races of two agents on two nodes for one conversation, both cut from Redis", *races),
		fmt.Sprintf("each had one winner (%d to %d)", wins[0], wins[1]), "0 double assignments")
}
