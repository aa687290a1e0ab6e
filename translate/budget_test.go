package translate

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
)

// say has a pipeline translate a text of ten letters that it has not seen before.
func say(t *testing.T, p *Pipeline, n int) chat.Translation {
	t.Helper()
	return p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: fmt.Sprintf("hello %c%c%c%c", 'a'+n%26, 'a'+n/26%26, 'b', 'c'), From: en, To: es})
}

// TestBudget: a site spends, saves, and stops; the next day it begins anew, and the next month.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now atomic.Pointer[time.Time]
		at := func(day time.Time) { now.Store(&day) }
		at(time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC))
		set := wishes{"s": budgeted(100, 150)}
		paid, free, store := script("paid", shout), script("free", shout), newBooks()
		free.caps = &Caps{Pairs: []Pair{{From: en, To: es, Class: ClassB}}, Free: true}
		p := New(Options{Engines: []Engine{paid, free}, Store: store, Settings: set, Budgets: set.budgets, now: func() time.Time { return *now.Load() }})
		defer p.Close()
		n := 0
		next := func(want string, state chat.BudgetState) {
			t.Helper()
			if got := p.Standings()["s"].State; got != state {
				t.Errorf("line %d: the budget is %q, want %q: %+v", n, got, state, p.Standings()["s"])
			}
			if got := say(t, p, n); got.By.Name != want {
				t.Errorf("line %d: by %q (%s), want %q", n, got.By.Name, got.Reason, want)
			}
			n++
		}
		for range 8 {
			next("paid", chat.BudgetOpen)
		}
		next("free", chat.BudgetSoft)
		free.reply = fails(&Error{Kind: BadRequest, Text: "cannot"})
		next("paid", chat.BudgetSoft) // nobody else can
		next("paid", chat.BudgetSoft)
		next("", chat.BudgetSpent)
		if got := say(t, p, n); got.Reason != chat.ReasonBudget || got.State != chat.TranslationFailed {
			t.Errorf("spent: %+v", got)
		}
		if got := say(t, p, 0); got.Text != "HELLO AABC" {
			t.Errorf("what is known costs nothing: %+v", got)
		}
		free.reply = shout
		next("free", chat.BudgetSpent)

		at(now.Load().Add(24 * time.Hour))
		next("paid", chat.BudgetOpen)
		next("paid", chat.BudgetOpen) // 120 of 150 in the month, of which a fifth is left
		next("free", chat.BudgetSoft)
		at(now.Load().Add(20 * 24 * time.Hour))
		next("paid", chat.BudgetOpen)
	})
}

// TestBudgetsAddUp: two nodes spend from one budget, and a third that comes later knows what they have spent.
func TestBudgetsAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, set := newBooks(), wishes{"s": budgeted(200, 0)}
		set["s"].Budget.SoftPercent = 100
		node := func() (*Pipeline, *scripted) {
			e := script("paid", shout)
			return New(Options{Engines: []Engine{e}, Store: store, Settings: set, Budgets: set.budgets}), e
		}
		one, first := node()
		two, second := node()
		defer two.Close()
		spent := 0
		for n := range 60 {
			p := one
			if n%2 == 1 {
				p = two
			}
			if got := say(t, p, n); got.State == chat.TranslationDone {
				spent += 10
			} else if got.Reason != chat.ReasonBudget {
				t.Fatalf("line %d: %+v", n, got)
			}
			<-time.After(SpentEvery/2 + time.Millisecond)
		}
		if calls := first.calls.Load() + second.calls.Load(); calls != int64(spent/10) {
			t.Errorf("%d calls, and %d characters", calls, spent)
		}
		if spent < 200 || spent > 200+30 { // by what the other node spends in two pauses
			t.Errorf("two nodes have spent %d of 200", spent)
		}
		one.Close()
		three, third := node()
		defer three.Close()
		synctest.Wait()
		if got := say(t, three, 100); got.Reason != chat.ReasonBudget || third.calls.Load() != 0 {
			t.Errorf("a node that comes later: %+v", got)
		}
	})
}

// TestSpentSurvives: what was counted is stored when the pipeline closes, and what the store did not take is tried again.
func TestSpentSurvives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, set := newBooks(), wishes{"s": budgeted(1000, 0)}
		p := New(Options{Engines: []Engine{script("paid", shout)}, Store: store, Settings: set, Budgets: set.budgets})
		say(t, p, 1)
		<-time.After(SpentEvery + time.Millisecond)
		if got := store.total(); got != 10 {
			t.Errorf("after a pause: %d", got)
		}
		store.fail(errors.New("gone"))
		say(t, p, 2)
		<-time.After(3 * SpentEvery)
		say(t, p, 3)
		if got := p.Standings()["s"].Spent.Day; got != 30 {
			t.Errorf("while the store is gone: %d", got)
		}
		store.fail(nil)
		<-time.After(SpentEvery)
		synctest.Wait()
		if got, here := store.total(), p.Standings()["s"].Spent.Day; got != 30 || here != 30 {
			t.Errorf("when it is back: %d, and here %d", got, here)
		}
		say(t, p, 4)
		p.Close()
		if got := store.total(); got != 40 {
			t.Errorf("after the end: %d", got)
		}
	})
}

// TestSpentUnknown: a node that cannot find out what a site has spent spends nothing.
func TestSpentUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, e := newBooks(), script("paid", shout)
		store.fail(errors.New("gone"))
		p := New(Options{Engines: []Engine{e}, Store: store, Settings: wishes{"s": budgeted(1000, 0), "free": {}}})
		defer p.Close()
		if got := say(t, p, 1); got.Reason != chat.ReasonEngine || e.calls.Load() != 0 {
			t.Errorf("%+v, %d calls", got, e.calls.Load())
		}
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "free", Text: "hello", From: en, To: es}); got.Text != "HELLO" {
			t.Errorf("a site without a budget: %+v", got)
		}
		store.fail(nil)
		if got := say(t, p, 1); got.State != chat.TranslationDone {
			t.Errorf("%+v", got)
		}
	})
}

// TestWhatIsBilled: what the vendor says, else code points; nothing for a refusal, but what took too long may cost.
func TestWhatIsBilled(t *testing.T) {
	segs, l := []Segment{{Text: "häuser"}, {Text: "\ue000!"}}, newLedger(nil, time.Now)
	for name, c := range map[string]struct {
		resp *Response
		err  error
		want int
	}{
		"code points": {&Response{}, nil, 8}, "the vendor's": {&Response{Billed: 31}, nil, 31}, "a key refused": {nil, &Error{Kind: Auth}, 0},
		"no connection": {nil, &Error{Kind: Transient}, 0}, "too slow": {nil, &Error{Kind: Transient, Err: context.DeadlineExceeded}, 8}, "nonsense": {nil, &Error{Kind: BadOutput}, 8},
		"refused half way": {&Response{Billed: 5}, &Error{Kind: Rate}, 5}, "too slow half way": {&Response{Billed: 5}, &Error{Kind: Transient, Err: context.DeadlineExceeded}, 8},
	} {
		b := &bill{ledger: l, site: name, engine: "e"}
		if got := b.add(segs, c.resp, c.err); got != c.want || l.accountLocked(name).spent().Day != int64(c.want) {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
		if got := (*bill)(nil).add(segs, c.resp, c.err); got != c.want {
			t.Errorf("%s, for nothing: %d", name, got)
		}
	}
}

func TestBudgetState(t *testing.T) {
	for _, c := range []struct {
		b    chat.Budget
		s    chat.Spending
		want chat.BudgetState
	}{
		{chat.Budget{}, chat.Spending{Day: 1e9, Month: 1e9}, chat.BudgetOpen},
		{chat.Budget{DayCharacters: 100}, chat.Spending{Day: 79, Month: 1e9}, chat.BudgetOpen}, {chat.Budget{DayCharacters: 100}, chat.Spending{Day: 80}, chat.BudgetSoft},
		{chat.Budget{DayCharacters: 100}, chat.Spending{Day: 100}, chat.BudgetSpent}, {chat.Budget{MonthCharacters: 10, SoftPercent: 50}, chat.Spending{Day: 5, Month: 5}, chat.BudgetSoft},
		{chat.Budget{DayCharacters: 100, MonthCharacters: 1000}, chat.Spending{Day: 90, Month: 1000}, chat.BudgetSpent},
		{chat.Budget{MonthCharacters: 1e12, SoftPercent: 99}, chat.Spending{Month: 1e12 / 100 * 99}, chat.BudgetSoft},
	} {
		if got := c.b.State(c.s); got != c.want {
			t.Errorf("%+v of %+v: %q, want %q", c.s, c.b, got, c.want)
		}
	}
}
