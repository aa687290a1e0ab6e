package agent

import (
	"context"

	"dragoman/chat"
)

// SessionHash is the SHA-256 of a login session's id; the id itself is only in the agent's cookie.
type SessionHash = [32]byte

// Store is what this edge needs of a database, beside the hub.
type Store interface {
	// AgentByEmail returns the agent and the encoded password hash, or chat.NotFound. Mail addresses compare without case.
	AgentByEmail(ctx context.Context, email string) (chat.Agent, string, error)
	// RenewPasswordHash replaces the encoded hash by another one of the same password, if it is still was.
	RenewPasswordHash(ctx context.Context, agent, was, hash string) error
	// AddLogin begins a login session; it ends after 12 h without use and 7 days in any case. If the proof is not what is stored by now it is chat.BadLogin.
	AddLogin(ctx context.Context, session SessionHash, agent string, proof chat.Proof, from chat.LoginFrom) error
	// LoginsOf returns an agent's live login sessions, the one that was used last first, and their hashes in the same order.
	LoginsOf(ctx context.Context, agent string) ([]chat.Login, []SessionHash, error)
	// EndLogins ends all login sessions of an agent but keep, and returns which ended.
	EndLogins(ctx context.Context, agent string, keep SessionHash) ([]SessionHash, error)
	// ChangePassword and ChangeSecondStep do the same together with their change, and nothing of it, but chat.BadLogin, if the password's hash is not the one that the
	// agent was held against any more.
	ChangePassword(ctx context.Context, agent, was, hash string, keep SessionHash) ([]SessionHash, error)
	ChangeSecondStep(ctx context.Context, agent, passwordHash string, step chat.SecondStep, keep SessionHash) ([]SessionHash, error)
	// SecondStep returns the second step of an agent's login; the zero one if there is none.
	SecondStep(ctx context.Context, agent string) (chat.SecondStep, error)
	// UseStep and UseRecovery take a code, which is good once, and tell whether it was there to be taken.
	UseStep(ctx context.Context, agent string, step int64) (bool, error)
	UseRecovery(ctx context.Context, agent, hash string) (bool, error)
	// AgentByLogin returns the agent of a live login session, who is not disabled, or chat.BadLogin. It slides the session's end, writing at
	// most once a minute.
	AgentByLogin(ctx context.Context, session SessionHash) (chat.Agent, error)
	// EndLogin ends a login session; ending one that is not there is no error.
	EndLogin(ctx context.Context, session SessionHash) error
	// Agents returns all agents; Sites all sites that are not closed.
	Agents(ctx context.Context) ([]chat.Agent, error)
	Sites(ctx context.Context) ([]chat.Site, error)
	// Conversations returns those of the ids that exist, in any order.
	Conversations(ctx context.Context, ids []string) ([]chat.Conversation, error)
	// Site returns the site with this key, or chat.NotFound, also for a closed one.
	Site(ctx context.Context, key string) (chat.Site, error)
	// ChangeSite changes a site by what f does to it, while nobody else can, and returns it as it is then. If f returns an error nothing is changed.
	// f may be called more than once.
	ChangeSite(ctx context.Context, key string, f func(*chat.Site) error) (chat.Site, error)
	// Terms returns the glossary of a site and its revision; if that is known, no terms.
	Terms(ctx context.Context, site string, known int64) ([]chat.Term, int64, error)
	// AddTerm stores a term that was checked and returns it as it is stored; one that is there already, and one too many, is chat.Conflict.
	AddTerm(ctx context.Context, site string, t chat.Term) (chat.Term, error)
	// ChangeTerm changes a term by what f does to it, while nobody else can. f may be called more than once, and checks what it makes.
	ChangeTerm(ctx context.Context, site, id string, f func(*chat.Term) error) (chat.Term, error)
	// RemoveTerm takes a term out if check agrees with what stands there, while nobody else can change it; chat.NotFound if it is not there. check may be called more than once.
	RemoveTerm(ctx context.Context, site, id string, check func(chat.Term) error) error
	// Canned returns the canned replies of a site, by name.
	Canned(ctx context.Context, site string) ([]chat.Canned, error)
	// ChangeCanned changes a canned reply by what f does to it, while nobody else can; one without texts is not there. f may be called more than once.
	ChangeCanned(ctx context.Context, site, name string, f func(*chat.Canned) error) (chat.Canned, error)
	// RenameCanned gives a canned reply another short name; one that another reply has is chat.Conflict.
	RenameCanned(ctx context.Context, site, name, to string) (chat.Canned, error)
	// MemoryEntries returns a page of a site's translation memory, the latest change first, and the after of the next one, if there is one. An after
	// that is none is chat.BadRequest.
	MemoryEntries(ctx context.Context, site string, f chat.MemoryFilter, after string, limit int) ([]chat.MemoryEntry, string, error)
	// ForgetEntry takes an entry out of the memory as RemoveTerm does a term.
	ForgetEntry(ctx context.Context, site, id string, check func(chat.MemoryEntry) error) error
	// Spent returns what a site had translated for money since a day (2026-11-22, UTC), by day and engine.
	Spent(ctx context.Context, site, since string) ([]chat.Spent, error)
	// SettingsRev rises with every change of the sites and the agents.
	SettingsRev(ctx context.Context) (int64, error)
}
