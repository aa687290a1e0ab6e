package agent

import (
	"net/http"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"
)

// maxSpentDays is how far back what was spent is told.
const maxSpentDays = 366

// spentPage is what a site had translated for money, and how it stands with its budget.
type spentPage struct {
	// Today is the day (UTC) that State and Spent are of.
	Today  string      `json:"today"`
	Budget chat.Budget `json:"budget"`
	// State is soft or spent; it is not there while there is room, and where there is no budget.
	State chat.BudgetState `json:"state,omitempty"`
	Spent chat.Spending    `json:"spent"`
	// Days is by day and engine, the first day first.
	Days []chat.Spent `json:"days"`
}

// spent serves GET /agent/v1/sites/{key}/spent?since=2026-11-01; without since it begins with the month. Servers write down what they have spent every
// two seconds.
func (e *Edge) spent(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	q, err := queryOf(r, "since")
	if err != nil {
		return err
	}
	now := e.now().UTC()
	today := now.Format(time.DateOnly)
	month := chat.MonthOf(today)
	since := month
	if named := q.Get("since"); named != "" {
		day, err := time.Parse(time.DateOnly, named)
		if err != nil || now.Sub(day) > maxSpentDays*24*time.Hour || day.After(now) {
			return chat.Errorf(chat.BadRequest, "since is a day such as %s, of the last %d days.", today, maxSpentDays)
		}
		since = named
	}
	all, err := e.store.Spent(r.Context(), site.Key, min(since, month))
	if err != nil {
		return err
	}
	p := spentPage{Today: today, Budget: site.Translating.Budget, Days: []chat.Spent{}}
	for _, s := range all {
		if s.Day >= since {
			p.Days = append(p.Days, s)
		}
		if s.Day >= month && s.Day <= today {
			p.Spent.Month += s.Characters
		}
		if s.Day == today {
			p.Spent.Day += s.Characters
		}
	}
	p.State = p.Budget.State(p.Spent)
	return web.WriteJSON(w, http.StatusOK, p)
}
