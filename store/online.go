package store

import (
	"context"
	"slices"
	"time"

	"dragoman/chat"
)

const (
	// endLeases ends those of the agents who have left this node, and whatever a dead node has left behind.
	endLeases = `DELETE FROM online WHERE node = $1 AND NOT agent {any $2} OR until_at < {now} - 3600000`
	holdLease = `INSERT INTO online (node, agent, until_at) VALUES ($1, $2, {now} + $3)
ON CONFLICT (node, agent) DO UPDATE SET until_at = excluded.until_at`
	onlineAgents = `SELECT DISTINCT a.id, a.name, a.sites FROM online o JOIN agents a ON a.id = o.agent WHERE o.until_at > {now} AND NOT a.disabled ORDER BY a.id`
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
		ids = append(ids, a.ID)
	}
	return ids, err
}

// SiteOnline tells whether an agent with a live lease answers for the site.
func (s *Store) SiteOnline(ctx context.Context, site string) (bool, error) {
	all, err := s.SiteAgents(ctx, site)
	return len(all) > 0, err
}

// SiteAgents returns the agents with a live lease who answer for the site: their ids, names and sites.
func (s *Store) SiteAgents(ctx context.Context, site string) ([]chat.Agent, error) {
	all, err := s.online(ctx)
	return slices.DeleteFunc(all, func(a chat.Agent) bool { return !a.Serves(site) }), err
}

func (s *Store) online(ctx context.Context) ([]chat.Agent, error) {
	return read(ctx, s, func(t tx) ([]chat.Agent, error) {
		var all []chat.Agent
		err := each(t, func(r scanner) error {
			var a chat.Agent
			var sites string
			err := r.Scan(&a.ID, &a.Name, &sites)
			a.Sites = stringList(sites)
			all = append(all, a)
			return err
		}, onlineAgents)
		return all, err
	})
}
