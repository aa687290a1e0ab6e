package store

import (
	"context"
	"reflect"
	"sync/atomic"
	"time"

	"dragoman/chat"
)

// settingsEvery is how often SettingsRev is looked at: what is changed shows within two seconds.
const settingsEvery = time.Second

// Settings keeps what the sites want in memory, for who has to know it with every line. While the database does not answer, the last
// known settings hold.
type Settings struct {
	store *Store
	rev   int64 // of what is held; only Refresh touches it
	sites atomic.Pointer[map[string]*chat.Translating]
}

// Settings reads the sites. Call Run to keep what it returns up to date.
func (s *Store) Settings(ctx context.Context) (*Settings, error) {
	c := &Settings{store: s, rev: -1}
	return c, c.Refresh(ctx)
}

// Translating returns how a site's lines are translated, or nil if there is no such site. It is never changed; where the settings of a site stay as they
// are, so does the pointer.
func (c *Settings) Translating(site string) *chat.Translating { return (*c.sites.Load())[site] }

// Budgets returns the budgets of the sites that have one.
func (c *Settings) Budgets() map[string]chat.Budget {
	all := map[string]chat.Budget{}
	for site, set := range *c.sites.Load() {
		if set.Budget.Bounded() {
			all[site] = set.Budget
		}
	}
	return all
}

// Run keeps the settings up to date until ctx ends.
func (c *Settings) Run(ctx context.Context) error {
	tick := time.NewTicker(settingsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := c.Refresh(ctx); err != nil && ctx.Err() == nil {
			c.store.odd.Warn().Err(err).Msg("cannot read the settings of the sites; the last known ones hold")
		}
	}
}

// Refresh reads the sites if anything has changed. It must not run twice at once.
func (c *Settings) Refresh(ctx context.Context) error {
	rev, err := c.store.SettingsRev(ctx)
	if err != nil || rev == c.rev {
		return err
	}
	list, err := c.store.Sites(ctx)
	if err != nil {
		return err
	}
	var old map[string]*chat.Translating
	if p := c.sites.Load(); p != nil {
		old = *p
	}
	sites := make(map[string]*chat.Translating, len(list))
	for i := range list {
		set := &list[i].Translating
		if was := old[list[i].Key]; was != nil && reflect.DeepEqual(was, set) {
			set = was
		}
		sites[list[i].Key] = set
	}
	c.sites.Store(&sites)
	c.rev = rev // read before the sites: what changed meanwhile has a higher one
	return nil
}
