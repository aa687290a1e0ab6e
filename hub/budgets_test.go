package hub

import (
	"maps"
	"sync/atomic"
	"testing"

	"dragoman/chat"
)

// TestConsolesHearOfBudgets: with hello, and when it changes; visitors never do.
func TestConsolesHearOfBudgets(t *testing.T) {
	var states atomic.Pointer[map[string]chat.BudgetState]
	states.Store(&map[string]chat.BudgetState{"shop": chat.BudgetSoft, "another": chat.BudgetSpent})
	h := newHouse(t, Options{Budgets: func() map[string]chat.BudgetState { return *states.Load() }})
	visitor, agent := h.hello(t, "es"), h.dial(t)
	hello := decode[chat.HelloOK](agent.call(chat.CallHello, map[string]any{"protocol": 1, "token": "agent"}).OK)
	if len(hello.Sites) != 1 || hello.Sites[0].Budget != chat.BudgetSoft {
		t.Fatalf("%+v", hello.Sites)
	}
	for _, want := range []chat.BudgetState{chat.BudgetSpent, chat.BudgetOpen} {
		states.Store(&map[string]chat.BudgetState{"shop": want, "another": want})
		ev := agent.event(func(ev event) bool { return ev.Event == chat.EvBudget && ev.Budget == want })
		if ev.Site != "shop" {
			t.Errorf("%+v", ev)
		}
	}
	if r := visitor.call(chat.CallPing, nil); r.Error != nil {
		t.Fatal(r.Error)
	}
	for _, ev := range visitor.events {
		if ev.Event == chat.EvBudget {
			t.Errorf("a visitor hears %+v", ev)
		}
	}
}

func TestChangedBudgets(t *testing.T) {
	type states = map[string]chat.BudgetState
	for _, c := range []struct{ before, now, want states }{
		{nil, states{"a": "", "b": "soft"}, states{"b": "soft"}}, {states{"a": "soft", "b": ""}, states{"a": "soft", "b": "spent"}, states{"b": "spent"}},
		{states{"a": "soft", "b": ""}, nil, states{"a": ""}},
	} {
		if got := changedBudgets(c.before, c.now); !maps.Equal(got, c.want) {
			t.Errorf("%v to %v: %v, want %v", c.before, c.now, got, c.want)
		}
	}
}
