package hub

import (
	"context"
	"time"

	"dragoman/chat"
)

// budgetsEvery is how often is looked whether a site's budget has come to its soft part or its end, or begun anew.
const budgetsEvery = 2 * time.Second

// tellBudgets tells consoles when one of their sites begins to save or has spent its budget. Each node knows how the sites stand and tells its own.
func (h *Hub) tellBudgets(ctx context.Context) error {
	if h.options.Budgets == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	var told map[string]chat.BudgetState // who said hello before the first look may have heard it there
	return every(ctx, budgetsEvery, func() {
		now := h.options.Budgets()
		for site, state := range changedBudgets(told, now) {
			h.tellBudget(site, state)
		}
		told = now
	})
}

// changedBudgets returns the sites that stand otherwise than before. One that is not named has no budget.
func changedBudgets(before, now map[string]chat.BudgetState) map[string]chat.BudgetState {
	changed := map[string]chat.BudgetState{}
	for site, state := range now {
		if before[site] != state {
			changed[site] = state
		}
	}
	for site, state := range before {
		if _, still := now[site]; !still && state != chat.BudgetOpen {
			changed[site] = chat.BudgetOpen
		}
	}
	return changed
}

func (h *Hub) tellBudget(site string, state chat.BudgetState) {
	frame := h.encode(chat.BudgetFrame{Event: chat.EvBudget, Site: site, Budget: state})
	for _, s := range h.allSessions() {
		if s.Agent() == nil {
			continue
		}
		for _, served := range s.Identity().Sites {
			if served.Key == site {
				s.push(outgoing{frame: frame})
			}
		}
	}
}

// standing puts how they stand with their budgets to a console's sites.
func (h *Hub) standing(sites []chat.SiteInfo) []chat.SiteInfo {
	if h.options.Budgets == nil || len(sites) == 0 {
		return sites
	}
	states := h.options.Budgets()
	all := make([]chat.SiteInfo, len(sites))
	for i, s := range sites {
		s.Budget = states[s.Key]
		all[i] = s
	}
	return all
}
