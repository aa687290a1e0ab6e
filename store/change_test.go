package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// told writes down what a change has told: the lines with their revs, then the row's.
func told(c chat.Changed) string {
	var out []string
	for _, m := range c.Messages {
		out = append(out, fmt.Sprintf("%s@%d", m.Event.Type, m.Rev))
	}
	if c.Row != nil {
		out = append(out, fmt.Sprintf("row@%d", c.Row.Rev))
	}
	return strings.Join(out, " ") + fmt.Sprintf(" head %d", c.Head)
}

func TestChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		ann, bo, none := sh.ann.ID, sh.bo.ID, ""
		open, snoozed, resolved := chat.StateOpen, chat.StateSnoozed, chat.StateResolved
		french := language.French
		for _, c := range []struct {
			name   string
			change chat.Change
			told   string
		}{
			{"nothing", chat.Change{}, " head 2"},
			{"open an open one", chat.Change{State: &open}, " head 2"},
			{"take", chat.Change{Assignee: &ann, OnlyFree: true}, "joined@3 assigned@4 row@5 head 5"},
			{"take one's own", chat.Change{Assignee: &ann, OnlyFree: true}, " head 5"},
			{"give to a colleague", chat.Change{Assignee: &bo}, "joined@6 assigned@7 row@8 head 8"},
			{"back to the first, who takes part already", chat.Change{Assignee: &ann}, "assigned@9 row@10 head 10"},
			{"to nobody", chat.Change{Assignee: &none}, "assigned@11 row@12 head 12"},
			{"language", chat.Change{Language: &french}, "language@13 row@14 head 14"},
			{"the same language", chat.Change{Language: &french}, " head 14"},
			{"snooze", chat.Change{State: &snoozed, Until: 5000}, "row@15 head 15"},
			{"snooze longer", chat.Change{State: &snoozed, Until: 9000}, "row@16 head 16"},
			{"wake", chat.Change{State: &open}, "row@17 head 17"},
			{"resolve", chat.Change{State: &resolved}, "resolved@18 row@19 head 19"},
			{"resolve again", chat.Change{State: &resolved}, " head 19"},
			{"reopen", chat.Change{State: &open}, "reopened@20 row@21 head 21"},
			{"all at once", chat.Change{State: &resolved, Assignee: &bo, Language: &language.Spanish}, "language@22 assigned@23 resolved@24 row@25 head 25"},
		} {
			c.change.By = sh.ann.Participant()
			if got := told(sh.change(t, id, c.change)); got != c.told {
				t.Fatalf("%s: %s, want %s", c.name, got, c.told)
			}
		}
		c := sh.get(t, id)
		if c.Assignee != bo || c.State != resolved || c.Resolved == 0 || c.SnoozedUntil != 0 || c.Language != language.Spanish || len(c.Participants) != 2 {
			t.Fatalf("in the end: %+v", c)
		}
		if c.Last.Text != "hola" || c.Unread != 1 || c.VisitorUnread != 0 {
			t.Fatalf("system lines count as lines: last %+v, unread %d/%d", c.Last, c.Unread, c.VisitorUnread)
		}
		sh.checkRevs(t, id)
	})
}

func TestRefusedChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		ann, bo, nobody := sh.ann.ID, sh.bo.ID, chat.NewID()
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), Assignee: &ann})
		left := sh.newAgent(t, "Left", language.English)
		must(t, s.DisableAgent(t.Context(), left.ID))
		stranger := chat.Agent{ID: chat.NewID(), Name: "Stranger", Languages: []language.Tag{language.English}, Email: "stranger@x.example", Sites: []string{"another"}}
		must(t, s.AddAgent(t.Context(), stranger, "h"))
		open, snoozed, resolved, odd := chat.StateOpen, chat.StateSnoozed, chat.StateResolved, chat.State("odd")
		und := language.Und
		head := sh.get(t, id).Head
		refuse := func(name string, c chat.Change, code chat.Code) {
			t.Helper()
			if c.By.ID == "" {
				c.By = sh.bo.Participant()
			}
			_, err := s.Change(t.Context(), id, c)
			if chat.CodeOf(err) != code {
				t.Errorf("%s: %v, want %s", name, err, code)
			}
		}
		refuse("take what another has", chat.Change{Assignee: &bo, OnlyFree: true}, chat.Taken)
		refuse("assign to nobody known", chat.Change{Assignee: &nobody}, chat.NotFound)
		refuse("assign to one who left", chat.Change{Assignee: &left.ID}, chat.NotFound)
		refuse("assign to one of another site", chat.Change{Assignee: &stranger.ID}, chat.NotFound)
		refuse("odd state", chat.Change{State: &odd}, chat.BadRequest)
		refuse("no language", chat.Change{Language: &und}, chat.BadLanguage)
		// A part that is refused undoes the parts before it.
		refuse("language and a wrong state", chat.Change{Language: &language.French, State: &odd}, chat.BadRequest)
		if c := sh.get(t, id); c.Head != head || c.Language != language.Spanish {
			t.Fatalf("refused changes left head %d (was %d), language %s", c.Head, head, c.Language)
		}
		sh.change(t, id, chat.Change{By: sh.visitor.Participant, State: &resolved})
		refuse("snooze a resolved one", chat.Change{State: &snoozed}, chat.BadState)
		_, err := s.Change(t.Context(), chat.NewID(), chat.Change{State: &open})
		wantCode(t, err, chat.NotFound)
		sh.checkRevs(t, id)
	})
}

// TestStateGoesBack: a change of state says what was before, and who names the row that he has seen puts that back, unless anything has changed since.
func TestStateGoesBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		by := sh.ann.Participant()
		to := func(state chat.State, until chat.Time, rev int64) chat.Change {
			return chat.Change{By: by, State: &state, Until: until, Rev: rev}
		}
		was := func(c chat.Changed, want *chat.StateBefore) int64 {
			t.Helper()
			if !reflect.DeepEqual(c.Was, want) {
				t.Fatalf("it was %+v, want %+v", c.Was, want)
			}
			if c.Row == nil {
				return 0
			}
			return c.Row.Rev
		}
		asleep := &chat.StateBefore{State: chat.StateSnoozed, Until: 9000}
		was(sh.change(t, id, to(chat.StateSnoozed, 9000, 0)), &chat.StateBefore{State: chat.StateOpen})
		rev := was(sh.change(t, id, to(chat.StateResolved, 0, 0)), asleep)
		was(sh.change(t, id, to(chat.StateResolved, 0, 0)), nil)
		again := was(sh.change(t, id, to(chat.StateSnoozed, 9000, rev)), &chat.StateBefore{State: chat.StateResolved})
		if c := sh.get(t, id); c.State != chat.StateSnoozed || c.SnoozedUntil != 9000 || c.Resolved != 0 {
			t.Fatalf("it went back as %s until %d, resolved %d", c.State, c.SnoozedUntil, c.Resolved)
		}
		rev = was(sh.change(t, id, to(chat.StateSnoozed, 12000, again)), asleep)
		// A colleague resolves and opens it: it stands as if nothing had been, and is left.
		was(sh.change(t, id, to(chat.StateResolved, 0, 0)), &chat.StateBefore{State: chat.StateSnoozed, Until: 12000})
		was(sh.change(t, id, to(chat.StateOpen, 0, 0)), &chat.StateBefore{State: chat.StateResolved})
		head := sh.get(t, id).Head
		_, err := s.Change(t.Context(), id, to(chat.StateSnoozed, 9000, rev))
		wantCode(t, err, chat.Conflict)
		if c := sh.get(t, id); c.Head != head || c.State != chat.StateOpen {
			t.Fatalf("what was refused left it %s at %d, was at %d", c.State, c.Head, head)
		}
		// A line is no change of the conversation's own fields.
		rev = was(sh.change(t, id, to(chat.StateResolved, 0, 0)), &chat.StateBefore{State: chat.StateOpen})
		sh.append(t, chat.Post{Site: "shop", Conversation: id, Author: by, Key: chat.NewID(), Kind: chat.MessageNote, Text: "done", Language: language.English})
		was(sh.change(t, id, to(chat.StateOpen, 0, rev)), &chat.StateBefore{State: chat.StateResolved})
		sh.checkRevs(t, id)
	})
}

func TestOneTakes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		agents := []chat.Agent{sh.ann, sh.bo, sh.newAgent(t, "Cy", language.English), sh.newAgent(t, "Di", language.French)}
		results := make([]error, len(agents))
		together(t, len(agents), func(i int) error {
			_, results[i] = s.Change(t.Context(), id, chat.Change{By: agents[i].Participant(), Assignee: &agents[i].ID, OnlyFree: true})
			return nil
		})
		took := 0
		for _, err := range results {
			if err == nil {
				took++
			} else {
				wantCode(t, err, chat.Taken)
			}
		}
		if took != 1 {
			t.Fatalf("%d agents took one conversation", took)
		}
		sh.checkRevs(t, id)
	})
}
