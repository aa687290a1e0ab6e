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
	onlineAgents = `SELECT DISTINCT a.id, a.name, a.sites, a.away, a.away_until FROM online o JOIN agents a ON a.id = o.agent
WHERE o.until_at > {now} AND NOT a.disabled ORDER BY a.id`

	roster = `SELECT` + agentColumns + `, EXISTS (SELECT 1 FROM online o WHERE o.agent = a.id AND o.until_at > {now})
FROM agents a WHERE NOT a.disabled ORDER BY a.name, a.id`
	// openByAgent walks the inbox's index of the site's open conversations.
	openByAgent = `SELECT assignee, COUNT(*) FROM conversations WHERE site = $1 AND state = 'open' AND assignee <> '' GROUP BY assignee`
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

// OnlineAgents returns the agents with a live lease on any node and how they have set themselves: see the hub's Store.
func (s *Store) OnlineAgents(ctx context.Context) (map[string]chat.AgentStatus, error) {
	found := map[string]chat.AgentStatus{}
	all, err := s.online(ctx)
	for _, a := range all {
		found[a.ID] = a.AgentStatus
	}
	return found, err
}

// SiteOnline tells whether an agent with a live lease, who is not away, answers for the site.
func (s *Store) SiteOnline(ctx context.Context, site string) (bool, error) {
	all, err := s.SiteAgents(ctx, site)
	return len(all) > 0, err
}

// SiteAgents returns the agents with a live lease, and not away, who answer for the site: their ids, names, sites and status.
func (s *Store) SiteAgents(ctx context.Context, site string) ([]chat.Agent, error) {
	all, err := s.online(ctx)
	return slices.DeleteFunc(all, func(a chat.Agent) bool { return a.Away() || !a.Serves(site) }), err
}

func (s *Store) online(ctx context.Context) ([]chat.Agent, error) {
	return read(ctx, s, func(t tx) ([]chat.Agent, error) {
		var all []chat.Agent
		err := each(t, func(r scanner) error {
			var a chat.Agent
			var sites string
			var away bool
			err := r.Scan(&a.ID, &a.Name, &sites, &away, &a.Until)
			a.Sites, a.AgentStatus = stringList(sites), statusOf(away, a.Until)
			all = append(all, a)
			return err
		}, onlineAgents)
		return all, err
	})
}

// Roster returns whoever may be given a conversation of the site, by name: see the hub's Store.
func (s *Store) Roster(ctx context.Context, site string) ([]chat.Colleague, error) {
	return read(ctx, s, func(t tx) ([]chat.Colleague, error) {
		open, err := openConversations(t, site)
		if err != nil {
			return nil, err
		}
		all := []chat.Colleague{}
		err = each(t, func(r scanner) error {
			c := chat.Colleague{Viewing: []chat.Looking{}}
			a, _, err := s.scanAgent(withTail{r, []any{&c.Online}})
			if err == nil && a.Serves(site) {
				c.ID, c.Name, c.Role, c.Languages, c.AgentStatus, c.Open = a.ID, a.Name, a.Role, a.Languages, a.AgentStatus.Now(), open[a.ID]
				all = append(all, c)
			}
			return err
		}, roster)
		return all, err
	})
}

// openConversations counts the open conversations of a site by the agent whose they are.
func openConversations(t tx, site string) (map[string]int64, error) {
	open := map[string]int64{}
	err := each(t, func(r scanner) error {
		var agent string
		var n int64
		err := r.Scan(&agent, &n)
		open[agent] = n
		return err
	}, openByAgent, site)
	return open, err
}
