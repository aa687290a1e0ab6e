package store_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

var races = flag.Int("races", 400, "how many conversations two nodes race for")

// pendingOf returns the languages of the tasks.
func pendingOf(tasks []chat.TranslationTask) string {
	var all []string
	for _, task := range tasks {
		all = append(all, fmt.Sprintf("%d%s", task.Seq, task.To))
	}
	slices.Sort(all)
	return join(all)
}

// TestClaimIsOneNodes follows a line through two nodes: only one of them has it at any time, and it has all languages.
func TestClaimIsOneNodes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, one *store.Store) {
		two := storetest.Reopen(t, one)
		sh := newShop(t, one)
		p := sh.append(t, sh.says("", "hola"))
		line := []chat.Line{{Conversation: p.Conversation, Seq: 1}, {Conversation: p.Conversation, Seq: 9}}
		renew := func(s *store.Store, want string) {
			t.Helper()
			tasks, err := s.RenewTranslations(t.Context(), line)
			must(t, err)
			if got := pendingOf(tasks); got != want {
				t.Fatalf("renewed %q, want %q", got, want)
			}
		}
		claim := func(s *store.Store, want string) {
			t.Helper()
			tasks, err := s.ClaimTranslations(t.Context(), 10)
			must(t, err)
			if got := pendingOf(tasks); got != want {
				t.Fatalf("claimed %q, want %q", got, want)
			}
		}
		renew(one, "1en")
		renew(two, "")
		claim(two, "")

		// Another node wants another language: it is for whoever has the line.
		c, err := two.Want(t.Context(), p.Conversation, nil, chat.Reader{Language: language.German})
		must(t, err)
		if len(c.Messages) != 1 || !slices.Equal(c.Elsewhere, []int64{1}) {
			t.Fatalf("wanted by another node: %+v", c)
		}
		c, err = one.SetTranslation(t.Context(), p.Conversation, 1, language.English, done)
		must(t, err)
		if len(c.Messages) != 1 || c.Messages[0].Translations[language.German].State != chat.TranslationPending || len(c.Elsewhere) != 0 {
			t.Fatalf("stored by who has the claim: %+v", c)
		}
		renew(one, "1de")
		renew(two, "")

		// A goodbye hands it on; what is late is stored all the same, and changes nothing about whose the rest is.
		must(t, one.ReleaseTranslations(t.Context()))
		c, err = two.Want(t.Context(), p.Conversation, nil, chat.Reader{Language: language.French})
		must(t, err)
		if len(c.Elsewhere) != 0 {
			t.Fatalf("a line that was given up is still another node's: %+v", c)
		}
		renew(one, "")
		c, err = one.SetTranslation(t.Context(), p.Conversation, 1, language.German, done)
		must(t, err)
		if len(c.Messages) != 1 || !slices.Equal(c.Elsewhere, []int64{1}) {
			t.Fatalf("stored late: %+v", c)
		}
		renew(two, "1fr")
		c, err = two.SetTranslation(t.Context(), p.Conversation, 1, language.French, done)
		must(t, err)
		if len(c.Messages) != 1 || len(c.Elsewhere) != 0 {
			t.Fatalf("the last one: %+v", c)
		}
		renew(two, "")
		must(t, one.ReleaseTranslations(t.Context()))
		claim(one, "")
		claim(two, "")
		sh.checkRevs(t, p.Conversation)
	})
}

// TestClaimRunsOut: a claim holds for the lease, by the database's clock; renewed it holds on.
func TestClaimRunsOut(t *testing.T) {
	lease := 400 * time.Millisecond
	url := storetest.PostgresURL(t)
	open := func() *store.Store {
		s, err := store.Open(t.Context(), store.Options{Database: url, Log: zerolog.Nop(), TranslationLease: lease})
		must(t, err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	one, two := open(), open()
	sh := newShop(t, one)
	begun := time.Now()
	renewed := begun // a claim holds from a moment after this one, never before it
	p := sh.append(t, sh.says("", "hola"))
	// As long as it is renewed in time nobody else gets it; a machine that stalls for longer than the lease makes the test begin again.
	for time.Since(begun) < 3*lease {
		tasks, err := two.ClaimTranslations(t.Context(), 10)
		must(t, err)
		if len(tasks) > 0 {
			if time.Since(renewed) < lease {
				t.Fatal("claimed by another node within the lease")
			}
			must(t, two.ReleaseTranslations(t.Context()))
			_, err := one.ClaimTranslations(t.Context(), 10)
			must(t, err)
			begun = time.Now()
		}
		now := time.Now()
		_, err = one.RenewTranslations(t.Context(), []chat.Line{{Conversation: p.Conversation, Seq: 1}})
		must(t, err)
		renewed = now
	}
	waitFor(t, "the claim to run out", func() bool {
		tasks, err := two.ClaimTranslations(t.Context(), 10)
		must(t, err)
		return len(tasks) == 1
	})
	if tasks, err := one.RenewTranslations(t.Context(), []chat.Line{{Conversation: p.Conversation, Seq: 1}}); err != nil || len(tasks) != 0 {
		t.Fatalf("renewed what is another node's: %v, %v", tasks, err)
	}
}

// TestAssignedOnce: two nodes, an agent on each; both want every conversation, by taking it or by answering first. One gets it, the other
// is told, and the conversation says so once.
func TestAssignedOnce(t *testing.T) {
	one := storetest.Postgres(t)
	nodes := []*store.Store{one, storetest.Reopen(t, one)}
	sh := newShop(t, one)
	agents := []chat.Agent{sh.ann, sh.bo}
	const racers = 8
	var next, takes, answers atomic.Int64
	together(t, racers, func(int) error {
		for n := next.Add(1); n <= int64(*races); n = next.Add(1) {
			visitor, err := one.AddVisitor(t.Context(), chat.NewVisitor{Site: "shop", Token: [32]byte{1, byte(n), byte(n >> 8)}, Language: language.Spanish})
			if err != nil {
				return err
			}
			p, err := one.Append(t.Context(), chat.Post{Site: "shop", Author: visitor.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hola", Language: language.Spanish})
			if err != nil {
				return err
			}
			// Takes against takes, answers against answers, one against the other.
			got := make([]error, 2)
			together(t, 2, func(i int) error {
				if n%3 == 0 || n%3 == 1 && i == 0 {
					_, got[i] = nodes[i].Change(t.Context(), p.Conversation, chat.Change{By: agents[i].Participant(), Assignee: &agents[i].ID, OnlyFree: true})
					takes.Add(1)
					return nil
				}
				_, got[i] = nodes[i].Append(t.Context(), sh.answers(agents[i], p.Conversation, "hello"))
				answers.Add(1)
				return nil
			})
			if err := assignedOnce(sh, p.Conversation, agents, got, n%3); err != nil {
				return fmt.Errorf("race %d: %w", n, err)
			}
		}
		return nil
	})
	if takes.Load() == 0 || answers.Load() == 0 {
		t.Fatal("nobody raced")
	}
}

// assignedOnce checks what a race has left: kind 0 two takes, 1 a take against an answer, 2 two answers.
func assignedOnce(sh *shop, id string, agents []chat.Agent, got []error, kind int64) error {
	ctx := context.Background()
	rows, err := sh.Conversations(ctx, []string{id})
	if err != nil {
		return err
	}
	winner := slices.IndexFunc(agents, func(a chat.Agent) bool { return a.ID == rows[0].Assignee })
	if winner < 0 {
		return fmt.Errorf("assigned to %q", rows[0].Assignee)
	}
	for i, err := range got {
		takes := kind == 0 || kind == 1 && i == 0
		if takes && i != winner && chat.CodeOf(err) != chat.Taken {
			return fmt.Errorf("agent %d lost and was answered %v", i, err)
		}
		if (!takes || i == winner) && err != nil {
			return err
		}
	}
	events := map[string]int{}
	lines, err := sh.History(ctx, id, 0, 10, false)
	if err != nil {
		return err
	}
	for _, m := range lines {
		if m.Event != nil {
			events[string(m.Event.Type)+" "+m.Event.To]++
		}
	}
	for what, n := range events {
		if n != 1 {
			return fmt.Errorf("%q is told %d times", what, n)
		}
	}
	if tookIt := kind == 0 || kind == 1 && winner == 0; tookIt != (events["assigned "+rows[0].Assignee] == 1) || len(events) > 2 {
		return fmt.Errorf("agent %d has it, and the lines say %v", winner, events)
	}
	participants := map[string]int{}
	for _, p := range rows[0].Participants {
		if participants[p.ID]++; participants[p.ID] > 1 {
			return fmt.Errorf("participants %v", rows[0].Participants)
		}
	}
	return nil
}

// TestWokenOnce: four nodes look for snoozes that are over at the same time; each conversation is opened by one of them.
func TestWokenOnce(t *testing.T) {
	one := storetest.Postgres(t)
	sh := newShop(t, one)
	const conversations, nodes = 60, 4
	for i := range conversations {
		v := sh.newVisitor(t, language.Spanish)
		p := sh.says("", "hola")
		p.Author = v.Participant
		id := sh.append(t, p).Conversation
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: new(chat.StateSnoozed), Until: chat.TimeOf(time.Now().Add(-time.Duration(i+1) * time.Second))})
	}
	stores := []*store.Store{one}
	for range nodes - 1 {
		stores = append(stores, storetest.Reopen(t, one))
	}
	woken := make([][]chat.Changed, nodes)
	together(t, nodes, func(i int) error {
		for range conversations {
			changed, err := stores[i].WakeSnoozed(t.Context(), 10)
			if err != nil {
				return err
			}
			woken[i] = append(woken[i], changed...)
		}
		return nil
	})
	times, workers := map[string]int{}, 0
	for _, all := range woken {
		if len(all) > 0 {
			workers++
		}
		for _, c := range all {
			times[c.Conversation]++
		}
	}
	for id, n := range times {
		if c := sh.get(t, id); n != 1 || c.State != chat.StateOpen || c.Head != c.Rev {
			t.Errorf("%s was opened %d times: %+v", id, n, c)
		}
	}
	if len(times) != conversations {
		t.Errorf("%d of %d were opened", len(times), conversations)
	}
	t.Logf("%d nodes opened some", workers)
}
