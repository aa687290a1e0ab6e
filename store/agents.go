package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	agentColumns = ` a.id, a.email, a.name, a.role, a.languages, a.sites, a.disabled, a.password_hash, a.away, a.away_until `

	agentByEmail = `SELECT` + agentColumns + `FROM agents a WHERE a.email_key = $1`
	allAgents    = `SELECT` + agentColumns + `FROM agents a ORDER BY a.created_at, a.id`

	insertAgent = `INSERT INTO agents (id, email, email_key, name, role, languages, sites, password_hash, disabled, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, {now})`
	disableAgent = `UPDATE agents SET disabled = TRUE WHERE id = $1`
	setPassword  = `UPDATE agents SET password_hash = $2 WHERE id = $1`
	renewHash    = `UPDATE agents SET password_hash = $3 WHERE id = $1 AND password_hash = $2`
	setStatus    = `UPDATE agents SET away = $2, away_until = $3 WHERE id = $1`
	setAgent     = `UPDATE agents SET name = $2, role = $3, languages = $4, sites = $5, disabled = $6 WHERE id = $1`
	setLanguages = `UPDATE agents SET languages = $2 WHERE id = $1 AND languages <> $2`
)

func noAgent() error { return chat.Errorf(chat.NotFound, "There is no such agent.") }

// scanAgent reads agentColumns: the agent and his password hash.
func (s *Store) scanAgent(r scanner) (chat.Agent, string, error) {
	var a chat.Agent
	var languages, sites, hash string
	var away bool
	err := r.Scan(&a.ID, &a.Email, &a.Name, &a.Role, &languages, &sites, &a.Disabled, &hash, &away, &a.Until)
	a.AgentStatus = statusOf(away, a.Until)
	a.Languages, a.Sites = s.tagList(languages), stringList(sites)
	return a, hash, err
}

// AgentByEmail returns the agent, disabled or not, and the encoded password hash, or chat.NotFound.
func (s *Store) AgentByEmail(ctx context.Context, email string) (chat.Agent, string, error) {
	var hash string
	a, err := read(ctx, s, func(t tx) (a chat.Agent, err error) {
		a, hash, err = s.scanAgent(t.row(agentByEmail, chat.EmailKey(email)))
		if errors.Is(err, sql.ErrNoRows) {
			err = noAgent()
		}
		return a, err
	})
	return a, hash, err
}

// Agents returns all agents, the disabled ones too, in the order in which they were made.
func (s *Store) Agents(ctx context.Context) ([]chat.Agent, error) {
	return read(ctx, s, func(t tx) ([]chat.Agent, error) {
		all := []chat.Agent{}
		err := each(t, func(r scanner) error {
			a, _, err := s.scanAgent(r)
			all = append(all, a)
			return err
		}, allAgents)
		return all, err
	})
}

// AddAgent stores a new agent with his encoded password hash. An address that is there already is chat.Conflict.
func (s *Store) AddAgent(ctx context.Context, a chat.Agent, passwordHash string) error {
	if a.ID == "" {
		a.ID = chat.NewID()
	}
	if len(a.Languages) == 0 {
		return chat.Errorf(chat.BadLanguage, "An agent needs at least one language.")
	}
	if a.Sites == nil {
		a.Sites = []string{}
	}
	return s.set(ctx, func(t tx) error {
		_, _, err := s.scanAgent(t.row(agentByEmail, chat.EmailKey(a.Email)))
		if err == nil {
			return chat.Errorf(chat.Conflict, "There is an agent with the address %s already.", a.Email)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = t.exec(insertAgent, a.ID, strings.TrimSpace(a.Email), chat.EmailKey(a.Email), a.Name, string(a.Role), tagColumn(a.Languages), asJSON(a.Sites),
			passwordHash, a.Disabled)
		return err
	})
}

// RenewPasswordHash replaces an agent's encoded hash by another one of the same password. If it is another by now nothing happens.
func (s *Store) RenewPasswordHash(ctx context.Context, agent, was, hash string) error {
	return s.set(ctx, func(t tx) error {
		_, err := t.exec(renewHash, agent, was, hash)
		return err
	})
}

// SetPasswordHash replaces an agent's encoded hash. His sessions go on: see EndLogins, and ChangePassword.
func (s *Store) SetPasswordHash(ctx context.Context, agent string, hash string) error {
	return s.set(ctx, func(t tx) error { return found(noAgent)(t.exec(setPassword, agent, hash)) })
}

// DisableAgent shuts an agent out and ends his login sessions; what he wrote stays.
func (s *Store) DisableAgent(ctx context.Context, agent string) error {
	return s.set(ctx, func(t tx) error {
		if err := found(noAgent)(t.exec(disableAgent, agent)); err != nil {
			return err
		}
		_, err := t.exec(endLogins, agent)
		return err
	})
}

// ChangeAgent changes an agent by what f does to him, while nobody else can, and returns him as he is then. His id, his address and his password stay. If f
// returns an error nothing is changed. Running servers end the sockets of who has lost a site or has another role.
func (s *Store) ChangeAgent(ctx context.Context, email string, f func(*chat.Agent) error) (a chat.Agent, err error) {
	err = s.set(ctx, func(t tx) error {
		a, _, err = s.scanAgent(t.row(agentByEmail+" {lock}", chat.EmailKey(email)))
		if errors.Is(err, sql.ErrNoRows) {
			return noAgent()
		}
		if err == nil {
			err = f(&a)
		}
		if err == nil && len(a.Languages) == 0 {
			err = chat.Errorf(chat.BadLanguage, "An agent needs at least one language.")
		}
		if err != nil {
			return err
		}
		if a.Sites == nil {
			a.Sites = []string{}
		}
		_, err = t.exec(setAgent, a.ID, a.Name, string(a.Role), tagColumn(a.Languages), asJSON(a.Sites), a.Disabled)
		return err
	})
	return a, err
}

// SetAgentLanguages remembers what an agent reads, the first being what things are translated into.
func (s *Store) SetAgentLanguages(ctx context.Context, agent string, to []language.Tag) error {
	if len(to) == 0 {
		return chat.Errorf(chat.BadLanguage, "An agent needs at least one language.")
	}
	return change(ctx, s, func(t tx) error {
		_, err := t.exec(setLanguages, agent, tagColumn(to))
		return err
	})
}

// SetStatus remembers how an agent has set himself.
func (s *Store) SetStatus(ctx context.Context, agent string, to chat.AgentStatus) error {
	return change(ctx, s, func(t tx) error {
		return found(noAgent)(t.exec(setStatus, agent, to.Status == chat.StatusAway, int64(to.Until)))
	})
}

// statusOf is an agent's status as it is stored.
func statusOf(away bool, until chat.Time) chat.AgentStatus {
	if !away {
		return chat.AgentStatus{Status: chat.StatusAvailable}
	}
	return chat.AgentStatus{Status: chat.StatusAway, Until: until}
}

// tagColumn is a list of languages as it is stored.
func tagColumn(tags []language.Tag) string {
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = t.String()
	}
	return asJSON(names)
}
