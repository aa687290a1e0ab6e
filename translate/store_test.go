package translate

import (
	"context"
	"maps"
	"slices"
	"sync"

	"dragoman/chat"
)

// books is a Store in memory, for one node or several.
type books struct {
	mu      sync.Mutex
	err     error // if it does not answer
	spent   map[chat.Spent]int64
	answers map[[32]byte]chat.Answer
	looks   int // into answers
}

func newBooks() *books {
	return &books{spent: map[chat.Spent]int64{}, answers: map[[32]byte]chat.Answer{}}
}

// fail makes the store answer with err, or answer again.
func (b *books) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

func (b *books) AddSpent(_ context.Context, rows []chat.Spent) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range rows {
		n := r.Characters
		r.Characters = 0
		if b.err == nil {
			b.spent[r] += n
		}
	}
	return b.err
}

func (b *books) SpentBy(_ context.Context, sites []string, day string) (map[string]chat.Spending, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string]chat.Spending{}
	for r, n := range b.spent {
		if s := all[r.Site]; slices.Contains(sites, r.Site) && chat.MonthOf(r.Day) == chat.MonthOf(day) {
			s.Month += n
			if r.Day == day {
				s.Day += n
			}
			all[r.Site] = s
		}
	}
	return all, b.err
}

// total is what has been spent in all.
func (b *books) total() (n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for m := range maps.Values(b.spent) {
		n += m
	}
	return n
}

func (b *books) Answer(_ context.Context, hash [32]byte) (chat.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looks++
	a, ok := b.answers[hash]
	switch {
	case b.err != nil:
		return a, b.err
	case !ok:
		return a, chat.Errorf(chat.NotFound, "There is no such answer.")
	}
	return a, nil
}

func (b *books) KeepAnswers(_ context.Context, all []chat.Answer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range all {
		b.answers[a.Hash] = a
	}
	return b.err
}

// kept is how many answers there are.
func (b *books) kept() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.answers)
}

func (b *books) SweepAnswers(_ context.Context, then chat.Time, most int) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := len(b.answers)
	maps.DeleteFunc(b.answers, func(_ [32]byte, a chat.Answer) bool { return a.Used < then })
	return was - len(b.answers), b.err
}

// wishes are Settings of a test.
type wishes map[string]*chat.Translating

func (w wishes) Translating(site string) *chat.Translating { return w[site] }

// budgets are those of wishes, for Options.
func (w wishes) budgets() map[string]chat.Budget {
	all := map[string]chat.Budget{}
	for site, set := range w {
		if set.Budget.Bounded() {
			all[site] = set.Budget
		}
	}
	return all
}

func budgeted(day, month int64) *chat.Translating {
	return &chat.Translating{Budget: chat.Budget{DayCharacters: day, MonthCharacters: month}}
}
