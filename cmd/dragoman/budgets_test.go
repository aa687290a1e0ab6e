package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
	"dragoman/translate"

	"golang.org/x/text/language"
)

// TestBudgetOfTwoServers: two servers on one database spend from one budget, on both databases; a third that starts later knows it, and takes what
// they have learnt from the cache in the database.
func TestBudgetOfTwoServers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		site := chat.Site{Key: "shop", Name: "Shop", Language: language.English}
		site.Translating.Budget = chat.Budget{MonthCharacters: 100, SoftPercent: 100}
		if err := s.AddSite(t.Context(), site); err != nil {
			t.Fatal(err)
		}
		node := func() (*translate.Pipeline, *store.Settings) {
			sites, err := s.Settings(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p := translate.New(translate.Options{Engines: []translate.Engine{fakeEngine{}}, Settings: sites, Budgets: sites.Budgets, Store: s})
			return p, sites
		}
		one, _ := node()
		two, _ := node()
		say := func(p *translate.Pipeline, n int) chat.Translation {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			return p.Translate(ctx, chat.Untranslated{Site: "shop", Text: fmt.Sprintf("line number %c%c", 'a'+n, 'a'+n), From: language.English, To: language.Spanish}) // 14 characters
		}
		for n := range 4 {
			if got := say(one, n); got.State != chat.TranslationDone {
				t.Fatalf("line %d: %+v", n, got)
			}
		}
		soon(t, time.Minute, "the second server knows what the first has spent", func() bool { return two.Standings()["shop"].Spent.Month == 56 })
		for n := range 4 {
			if got := say(two, 10+n); got.State != chat.TranslationDone {
				t.Fatalf("line %d of the second server: %+v", n, got)
			}
		}
		if got := say(two, 20); got.Reason != chat.ReasonBudget {
			t.Errorf("beyond the budget: %+v", got)
		}
		soon(t, time.Minute, "the first server knows that nothing is left", func() bool { return one.Standings()["shop"].Spent.Month == 112 })
		if got := say(one, 21); got.Reason != chat.ReasonBudget {
			t.Errorf("beyond what both have spent: %+v", got)
		}
		for _, p := range []*translate.Pipeline{one, two} {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		three, _ := node()
		defer three.Close()
		if got := say(three, 22); got.Reason != chat.ReasonBudget {
			t.Errorf("a server that starts later: %+v", got)
		}
		// A look into the second cache that takes too long counts as a miss.
		soon(t, time.Minute, "what the second server has learnt", func() bool { return say(three, 11).Text == "LINE NUMBER LL" })
		rows, err := s.Spent(t.Context(), "shop", "2026-01-01")
		booked := int64(0)
		for _, r := range rows { // of two days, if midnight has passed
			booked += r.Characters
		}
		if err != nil || booked != 112 {
			t.Errorf("booked %v, %v, want 112", rows, err)
		}
	})
}
