package hub

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"dragoman/chat"
)

// The agents of the store in memory: who is there, and with which status.

func (st *memStore) SetOnline(_ context.Context, node string, agents []string, _ time.Duration) error {
	if err := st.begin(); err != nil {
		return err
	}
	defer st.mu.Unlock()
	st.leases[node] = slices.Clone(agents)
	return nil
}

func (st *memStore) OnlineAgents(context.Context) (map[string]chat.AgentStatus, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	all := map[string]chat.AgentStatus{}
	for _, agents := range st.leases {
		for _, id := range agents {
			all[id] = st.agents[id].AgentStatus
		}
	}
	return all, nil
}

func (st *memStore) Roster(_ context.Context, site string) ([]chat.Colleague, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	var all []chat.Colleague
	for _, id := range slices.Sorted(maps.Keys(st.agents)) {
		a := st.agents[id]
		if a.Disabled || !a.Serves(site) {
			continue
		}
		c := chat.Colleague{ID: id, Name: a.Name, Role: a.Role, Languages: a.Languages, AgentStatus: a.AgentStatus.Now()}
		for _, here := range st.leases {
			c.Online = c.Online || slices.Contains(here, id)
		}
		for _, o := range st.conversations {
			if o.row.Site == site && o.row.State == chat.StateOpen && o.row.Assignee == id {
				c.Open++
			}
		}
		all = append(all, c)
	}
	return all, nil
}

func (st *memStore) SetStatus(_ context.Context, agent string, to chat.AgentStatus) error {
	if err := st.begin(); err != nil {
		return err
	}
	defer st.mu.Unlock()
	a := st.agents[agent]
	a.ID, a.AgentStatus = agent, to
	st.agents[agent] = a
	return nil
}

func (st *memStore) SiteOnline(_ context.Context, site string) (bool, error) {
	if err := st.begin(); err != nil {
		return false, err
	}
	defer st.mu.Unlock()
	for _, agents := range st.leases {
		for _, id := range agents {
			if a := st.agents[id]; a.Serves(site) && !a.Away() {
				return true, nil
			}
		}
	}
	return false, nil
}

func (st *memStore) SiteAgents(_ context.Context, site string) ([]chat.Agent, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	var all []chat.Agent
	for _, agents := range st.leases {
		for _, id := range agents {
			// Whoever is not in the table is known by his id.
			if a := st.agents[id]; a.Serves(site) && !a.Away() {
				a.ID, a.Name = id, cmp.Or(a.Name, id)
				all = append(all, a)
			}
		}
	}
	return all, nil
}
