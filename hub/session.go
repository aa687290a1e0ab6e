package hub

import (
	"context"
	"net/http"

	"dragoman/chat"

	"github.com/coder/websocket"
)

// Edge is one side of the house, visitors' or agents': it says who somebody is, and what his calls mean.
type Edge interface {
	// Hello authenticates. Its error decides how the socket ends: token, identity and login 4401, origin 4403,
	// not_found 4404, rate 4029, unavailable 1013, anything else 1011.
	Hello(ctx context.Context, r Request, hello chat.Hello) (Identity, error)
	// Call decodes the frame of a call, holds it against the limits and calls the hub; what it returns is the ok object of the
	// reply. hello and ping never come here. The frame is not kept. A call that is not known is chat.UnknownCall.
	Call(ctx context.Context, s *Session, name chat.CallName, frame []byte) (any, error)
}

// Request is what is kept of a handshake until hello.
type Request struct {
	Origin, Host, RemoteIP, UserAgent, Cookie string
	TLS                                       bool
	// Site is what the address named, where it does; sockets learn theirs from hello.
	Site string
}

// Identity is who somebody is.
type Identity struct {
	Participant chat.Participant
	// Agent is set for agents, with Sites: all that he serves.
	Agent *chat.Agent
	Sites []chat.SiteInfo
	// Site is the key of the visitor's site.
	Site string
	// Credential is what Revoke names: opaque, the same for all sessions that live by it.
	Credential string
	// Conversations are a visitor's own; they are followed at once.
	Conversations []chat.Conversation
}

// Session is one open socket after its hello.
type Session struct{ id string }

// ID returns the session's id.
func (s *Session) ID() string { return s.id }

// Participant returns who it is.
func (s *Session) Participant() chat.Participant { return chat.Participant{} }

// Agent returns the agent, or nil for a visitor.
func (s *Session) Agent() *chat.Agent { return nil }

// Site returns the key of a visitor's site, or "" for an agent.
func (s *Session) Site() string { return "" }

// Identity returns what Hello returned, with the languages as they are now and without Conversations.
func (s *Session) Identity() Identity { return Identity{} }

// Address returns the address that the handshake came from.
func (s *Session) Address() string { return "" }

// End ends the session; it returns at once.
func (s *Session) End(code websocket.StatusCode, reason string) {}

// Socket upgrades a request, and hands the socket over to the hub; it returns at once. The edge has checked the origin
// where that must be done before hello.
func (h *Hub) Socket(w http.ResponseWriter, r *http.Request, e Edge) {}
