package store_test

import (
	"context"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

func TestSettings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		c, err := s.Settings(t.Context())
		must(t, err)
		before := c.Translating("shop")
		if before == nil || before.Budget.DayCharacters != 0 || c.Translating("nowhere") != nil {
			t.Fatalf("at first: %+v, %+v", before, c.Translating("nowhere"))
		}
		second := chat.Site{Key: "second", Name: "Second", Language: language.English}
		second.Translating.Engines = []string{"apertium"}
		must(t, s.AddSite(t.Context(), second))
		must(t, c.Refresh(t.Context()))
		if c.Translating("shop") != before {
			t.Error("what has not changed has another pointer")
		}
		if got := c.Translating("second"); got == nil || len(got.Engines) != 1 || len(c.Budgets()) != 0 {
			t.Errorf("a new site: %+v", got)
		}
		site := sh.site
		site.Translating.Budget.DayCharacters = 1000
		must(t, s.UpdateSite(t.Context(), site))
		must(t, c.Refresh(t.Context()))
		if got := c.Translating("shop"); got == before || got.Budget.DayCharacters != 1000 || before.Budget.DayCharacters != 0 || c.Budgets()["shop"] != got.Budget {
			t.Errorf("changed: %+v, was %+v", got, before)
		}
		must(t, s.RemoveSite(t.Context(), "second"))
		must(t, c.Refresh(t.Context()))
		if c.Translating("second") != nil {
			t.Error("a closed site is still there")
		}
	})
}

// TestSettingsKeepUp: a change shows without anybody asking for it.
func TestSettingsKeepUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		c, err := s.Settings(t.Context())
		must(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- c.Run(ctx) }()
		site := sh.site
		site.Translating.NoMemory = true
		must(t, s.UpdateSite(t.Context(), site))
		waitFor(t, "the change", func() bool { return c.Translating("shop").NoMemory })
		cancel()
		must(t, <-ended)
	})
}
