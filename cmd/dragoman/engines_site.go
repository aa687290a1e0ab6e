package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/translate"
	"dragoman/translate/detect"
)

// sitePipeline makes the translation of a command as a site has it: with its settings, memory, cache and budget. What is spent counts. done closes
// both.
func (r *run) sitePipeline(c engineSettings, site string) (p *translate.Pipeline, s *store.Store, done func(), err error) {
	if site == "" {
		p, err = r.pipeline(c)
		return p, nil, func() { _ = p.Close() }, err
	}
	engines, err := c.engines(r.log)
	if err != nil {
		return nil, nil, nil, err
	}
	give := func() {
		for _, e := range engines {
			_ = e.Close()
		}
	}
	if s, err = r.open(use{}); err != nil {
		give()
		return nil, nil, nil, err
	}
	sites, err := s.Settings(r.ctx)
	if err == nil && sites.Translating(site) == nil {
		err = fmt.Errorf("there is no site %q: \"dragoman site list\" shows which there are", site)
	}
	if err != nil {
		give()
		_ = s.Close()
		return nil, nil, nil, err
	}
	p = translate.New(translate.Options{
		Engines: engines, Settings: sites, Budgets: sites.Budgets, Memory: translate.NewMemory(translate.MemoryOptions{Store: s, Settings: sites, Log: r.log}), Store: s, Detect: detect.New().Detect, Log: r.log,
		Glossary: translate.NewGlossary(translate.GlossaryOptions{Store: s, Log: r.log}),
	})
	return p, s, func() { _ = p.Close(); _ = s.Close() }, nil
}

// orderRow is what a site makes of the engines, for programs.
type orderRow struct {
	Site string `json:"site"`
	// Order is in which order its engines are asked; Missing are those that it names and this server has not got.
	Order   []string         `json:"order"`
	Missing []string         `json:"missing,omitempty"`
	Budget  chat.Budget      `json:"budget,omitzero"`
	State   chat.BudgetState `json:"state,omitempty"`
	Spent   chat.Spending    `json:"spent"`
}

// orderRow reads what a site makes of the engines.
func (r *run) orderRow(p *translate.Pipeline, s *store.Store, key string) (orderRow, error) {
	site, err := s.Site(r.ctx, key)
	if err != nil {
		return orderRow{}, err
	}
	spent, err := s.SpentBy(r.ctx, []string{key}, time.Now().UTC().Format(time.DateOnly))
	b := site.Translating.Budget
	return orderRow{Site: key, Order: p.SiteEngines(key), Missing: p.MissingEngines(key), Budget: b, Spent: spent[key], State: b.State(spent[key])}, err
}

func (r *run) printOrder(row orderRow) {
	r.printf("site %s\n", row.Site)
	t := table{{"order", strings.Join(row.Order, ", ")}}
	if len(row.Missing) > 0 {
		t = append(t, []string{"warning", "it names " + strings.Join(row.Missing, ", ") + ", which this server has not got: passed over"})
	}
	of := func(spent, bound int64) string {
		if bound <= 0 {
			return fmt.Sprintf("%d characters, no bound", spent)
		}
		return fmt.Sprintf("%d of %d characters, %d left", spent, bound, max(0, bound-spent))
	}
	t = append(t, []string{"spent today", of(row.Spent.Day, row.Budget.DayCharacters)}, []string{"spent this month", of(row.Spent.Month, row.Budget.MonthCharacters)})
	if row.State != chat.BudgetOpen {
		t = append(t, []string{"budget", budgetStates[row.State]})
	}
	writeTable(r.Stdout, "  ", t)
}

// budgetStates are the states of budgets for people.
var budgetStates = map[chat.BudgetState]string{
	chat.BudgetSoft:  "saving: engines that cost nothing come first",
	chat.BudgetSpent: "spent: no engine that is paid for is asked until the day or the month is over (UTC)",
}

// checkSites finds engines that sites name and that this server has not got. Chats work without, so it is no fault.
func checkSites(r *run, c engineSettings) (string, error) {
	names, err := c.names()
	if err != nil {
		return "", err
	}
	s, err := r.open(use{})
	if err != nil {
		return "none yet", nil // the check of the database says why
	}
	defer s.Close()
	sites, err := s.Sites(r.ctx)
	if err != nil {
		return "", err
	}
	warning := ""
	for _, site := range sites {
		var missing []string
		for _, order := range append([][]string{site.Translating.Engines}, slices.Collect(maps.Values(site.Translating.PairEngines))...) {
			for _, name := range order {
				if !slices.Contains(names, name) && !slices.Contains(missing, name) {
					missing = append(missing, name)
				}
			}
		}
		if len(missing) > 0 {
			slices.Sort(missing)
			warning += fmt.Sprintf("%s names %s, which this server has not got: passed over; ", site.Key, strings.Join(missing, ", "))
		}
	}
	if warning != "" {
		return "warning: " + trim(warning), nil
	}
	return fmt.Sprintf("%d, all engines that they name are here", len(sites)), nil
}
