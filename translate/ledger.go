package translate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"dragoman/chat"
)

// What a site has translated for money is counted in the store, per engine and day (UTC), by all nodes together. A node adds what it has spent, and reads
// what all have, every SpentEvery; in between it knows its own to the character. So a budget may be overrun by one line, twice if the engine was asked for it
// twice, and by what the other nodes spend within two such pauses. A crash loses what was spent since the last pause; a database whose answer
// is lost may count it twice.
const (
	// SpentEvery is the pause between two looks into the store.
	SpentEvery = 2 * time.Second
	// spentPatience is how long the store may take.
	spentPatience = time.Second
)

// ledger knows what sites have spent.
type ledger struct {
	store Store // nil: what this process spends is all there is
	now   func() time.Time

	mu       sync.Mutex // guards accounts and what is in them
	accounts map[string]*account
}

// account is a site's.
type account struct {
	read     bool          // stored is known
	bounded  bool          // there is a budget, or was
	day      string        // of which stored is
	stored   chat.Spending // by all nodes, as the store had it
	unsent   map[post]int64
	sending  map[post]int64 // on its way into the store; not in stored yet
	reserved int64          // by calls under way
}

// post is a row of the store, but for the site.
type post struct{ engine, day string }

func newLedger(s Store, now func() time.Time) *ledger {
	return &ledger{store: s, now: now, accounts: map[string]*account{}}
}

// dayOf names the day by which is counted.
func dayOf(now time.Time) string { return now.UTC().Format(time.DateOnly) }

// accountLocked returns a site's account, on today's page.
func (l *ledger) accountLocked(site string) *account {
	a := l.accounts[site]
	if a == nil {
		a = &account{read: l.store == nil, unsent: map[post]int64{}}
		l.accounts[site] = a
	}
	if today := dayOf(l.now()); a.day != today {
		if chat.MonthOf(a.day) != chat.MonthOf(today) {
			a.stored.Month = 0
		}
		a.day, a.stored.Day = today, 0
	}
	return a
}

// spent is what a site has spent today and in this month, as far as this node knows.
func (a *account) spent() chat.Spending {
	s := a.stored
	for _, book := range []map[post]int64{a.unsent, a.sending} {
		for e, n := range book {
			if e.day == a.day {
				s.Day += n
			}
			if chat.MonthOf(e.day) == chat.MonthOf(a.day) {
				s.Month += n
			}
		}
	}
	return s
}

// standing tells whether a site has to save.
func (l *ledger) standing(site string, b chat.Budget) chat.BudgetState {
	if b.DayCharacters <= 0 && b.MonthCharacters <= 0 {
		return chat.BudgetOpen
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return b.State(l.accountLocked(site).spent())
}

// bill is what one line may cost. A nil bill costs nothing.
type bill struct {
	ledger   *ledger
	site     string
	engine   string
	reserved int64
}

// open reserves what a line may cost, or refuses it if the budget is used up. The line that crosses the bound is still translated.
func (l *ledger) open(ctx context.Context, t try, m masked) (*bill, error) {
	if t.caps.Free || t.key.site == "" {
		return nil, nil
	}
	b := &bill{ledger: l, site: t.key.site, engine: t.Name(), reserved: int64(utf8.RuneCountInString(m.text))}
	bounded := t.budget.DayCharacters > 0 || t.budget.MonthCharacters > 0
	if bounded {
		if err := l.know(ctx, t.key.site); err != nil {
			return nil, &Error{Kind: Transient, Text: "what the site has spent cannot be read, so nothing is spent", Err: err}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accountLocked(b.site)
	a.bounded = a.bounded || bounded
	s := a.spent()
	s.Day, s.Month = s.Day+a.reserved, s.Month+a.reserved
	if t.budget.State(s) == chat.BudgetSpent {
		return nil, &Error{Kind: Spent, Text: "the site's budget is used up"}
	}
	a.reserved += b.reserved
	return b, nil
}

// add books what a call cost, and returns it in characters: what the vendor says, or the code points that were sent. What was refused costs nothing but
// the parts that had been answered before; what took too long may have been translated.
func (b *bill) add(segs []Segment, resp *Response, err error) int {
	n := 0
	for _, s := range segs {
		n += utf8.RuneCountInString(s.Text)
	}
	said := 0
	if resp != nil {
		said = resp.Billed
	}
	switch {
	case err != nil && KindOf(err) != BadOutput && !errors.Is(err, context.DeadlineExceeded):
		n = said
	case err == nil && said > 0:
		n = said
	}
	if b == nil || n == 0 {
		return n
	}
	b.ledger.mu.Lock()
	defer b.ledger.mu.Unlock()
	a := b.ledger.accountLocked(b.site)
	a.unsent[post{b.engine, a.day}] += int64(n)
	return n
}

// close gives back what was reserved: what was spent is booked.
func (b *bill) close() {
	if b == nil {
		return
	}
	b.ledger.mu.Lock()
	defer b.ledger.mu.Unlock()
	b.ledger.accountLocked(b.site).reserved -= b.reserved
}

// know reads what a site has spent, if this node does not know it yet.
func (l *ledger) know(ctx context.Context, site string) error {
	l.mu.Lock()
	known := l.accountLocked(site).read
	l.mu.Unlock()
	if known {
		return nil
	}
	return l.read(ctx, []string{site}, false)
}

// read asks the store what sites have spent. arrived tells that what was on its way must be in the answer; otherwise it may be counted twice until
// the next look.
func (l *ledger) read(ctx context.Context, sites []string, arrived bool) error {
	ctx, cancel := context.WithTimeout(ctx, spentPatience)
	defer cancel()
	today := dayOf(l.now())
	spent, err := l.store.SpentBy(ctx, sites, today)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, site := range sites {
		a := l.accountLocked(site)
		if a.day == today { // else it is midnight, and the next look will tell
			a.read, a.stored = true, spent[site]
			if arrived {
				a.sending = nil
			}
		}
	}
	return nil
}

// sync writes what was spent here, and reads what was spent anywhere by the sites that have a budget. It must not run twice at once.
func (l *ledger) sync(ctx context.Context, budgeted []string) error {
	if l.store == nil {
		return nil
	}
	if rows := l.take(); len(rows) > 0 {
		ctx, cancel := context.WithTimeout(ctx, spentPatience)
		err := l.store.AddSpent(ctx, rows)
		cancel()
		if err != nil {
			return err // it stays in sending
		}
	}
	budgeted = l.boundedBeside(budgeted)
	err := error(nil)
	if len(budgeted) > 0 {
		err = l.read(ctx, budgeted, true)
	}
	l.settle()
	return err
}

// boundedBeside adds the sites to a list that have had a budget here.
func (l *ledger) boundedBeside(sites []string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for site, a := range l.accounts {
		if a.bounded && !slices.Contains(sites, site) {
			sites = append(sites, site)
		}
	}
	return sites
}

// take puts what is unsent on its way, with what did not arrive before.
func (l *ledger) take() []chat.Spent {
	l.mu.Lock()
	defer l.mu.Unlock()
	var rows []chat.Spent
	for site, a := range l.accounts {
		if a.sending == nil {
			a.sending = map[post]int64{}
		}
		for e, n := range a.unsent {
			a.sending[e] += n
		}
		clear(a.unsent)
		for e, n := range a.sending {
			if n > 0 {
				rows = append(rows, chat.Spent{Site: site, Engine: e.engine, Day: e.day, Characters: n})
			}
		}
	}
	slices.SortFunc(rows, chat.Spent.Compare) // several nodes write the same rows: in one order they cannot wait for each other in a circle
	return rows
}

// settle counts what has arrived as stored, where no look into the store has said so.
func (l *ledger) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for site := range l.accounts {
		a := l.accountLocked(site)
		arrived := account{day: a.day, sending: a.sending}
		s := arrived.spent()
		a.stored.Day, a.stored.Month, a.sending = a.stored.Day+s.Day, a.stored.Month+s.Month, nil
	}
}
