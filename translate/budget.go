package translate

import (
	"context"
	"maps"
	"slices"
	"time"

	"dragoman/chat"
)

// keepLedger keeps the ledger and the store together until ctx ends.
func (p *Pipeline) keepLedger(ctx context.Context) {
	tick := time.NewTicker(SpentEvery)
	defer tick.Stop()
	for failed := false; ; {
		err := p.ledger.sync(ctx, slices.Sorted(maps.Keys(p.budgets())))
		if err != nil && !failed && ctx.Err() == nil {
			p.opts.Log.Warn().Err(err).Msg("cannot keep account of what is spent on translations in the database; it is counted here, and trying again")
		}
		failed = err != nil
		select {
		case <-tick.C:
		case <-ctx.Done():
			if err := p.ledger.sync(context.WithoutCancel(ctx), nil); err != nil {
				p.opts.Log.Warn().Err(err).Msg("what was spent on translations in the last seconds is not in the database")
			}
			return
		}
	}
}

// budgets returns the budgets of the sites that have one.
func (p *Pipeline) budgets() map[string]chat.Budget {
	if p.opts.Budgets == nil {
		return nil
	}
	return p.opts.Budgets()
}

// Standing is how a site stands with its budget.
type Standing struct {
	Budget chat.Budget
	Spent  chat.Spending
	State  chat.BudgetState
}

// Standings returns how the sites that have a budget stand, as this node knows it: see SpentEvery.
func (p *Pipeline) Standings() map[string]Standing {
	all := map[string]Standing{}
	for site, b := range p.budgets() {
		p.ledger.mu.Lock()
		spent := p.ledger.accountLocked(site).spent()
		p.ledger.mu.Unlock()
		all[site] = Standing{Budget: b, Spent: spent, State: b.State(spent)}
	}
	return all
}

// BudgetStates is the states of Standings.
func (p *Pipeline) BudgetStates() map[string]chat.BudgetState {
	all := map[string]chat.BudgetState{}
	for site, s := range p.Standings() {
		all[site] = s.State
	}
	return all
}
