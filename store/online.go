package store

import (
	"context"
	"slices"
	"time"
)

const (
	// endLeases ends those of the agents who have left this node, and whatever a dead node has left behind.
	endLeases = `DELETE FROM online WHERE node = $1 AND NOT agent {any $2} OR until_at < {now} - 3600000`
	holdLease = `INSERT INTO online (node, agent, until_at) VALUES ($1, $2, {now} + $3)
ON CONFLICT (node, agent) DO UPDATE SET until_at = excluded.until_at`
	onlineAgents = `SELECT DISTINCT a.id, a.sites FROM online o JOIN agents a ON a.id = o.agent WHERE o.until_at > {now} AND NOT a.disabled ORDER BY a.id`
)

// SetOnline renews the leases of the agents that have a session on this node: see the hub's Store.
func (s *Store) SetOnline(ctx context.Context, node string, agents []string, lease time.Duration) error {
	// Sorted, so that two calls lock their rows in the same order.
	agents = slices.Compact(slices.Sorted(slices.Values(agents)))
	return change(ctx, s, func(t tx) error {
		if _, err := t.exec(endLeases, node, agents); err != nil {
			return err
		}
		for _, a := range agents {
			if _, err := t.exec(holdLease, node, a, lease.Milliseconds()); err != nil {
				return err
			}
		}
		return nil
	})
}

// OnlineAgents returns the ids of agents with a live lease on any node.
func (s *Store) OnlineAgents(ctx context.Context) ([]string, error) {
	ids := []string{}
	all, err := s.online(ctx)
	for _, a := range all {
		ids = append(ids, a.id)
	}
	return ids, err
}

// SiteOnline tells whether an agent with a live lease answers for the site.
func (s *Store) SiteOnline(ctx context.Context, site string) (bool, error) {
	all, err := s.online(ctx)
	for _, a := range all {
		if len(a.sites) == 0 || slices.Contains(a.sites, site) {
			return true, err
		}
	}
	return false, err
}

type onlineAgent struct {
	id    string
	sites []string
}

func (s *Store) online(ctx context.Context) ([]onlineAgent, error) {
	return read(ctx, s, func(t tx) ([]onlineAgent, error) {
		var all []onlineAgent
		err := each(t, func(r scanner) error {
			var a onlineAgent
			var sites string
			err := r.Scan(&a.id, &sites)
			a.sites = stringList(sites)
			all = append(all, a)
			return err
		}, onlineAgents)
		return all, err
	})
}
