package hub

import (
	"context"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"
)

// Options is what a Hub is made of. Only Store must be set.
type Options struct {
	Store Store
	// Broker carries events to the other nodes; nil: this node is alone.
	Broker Broker
	// Translator puts lines into the languages wanted; nil: every translation fails with no_engine.
	Translator Translator
	Log        zerolog.Logger
	// Node names this node, differently on every node and every start; empty: a new id.
	Node string
	// TextLimit is the longest text in code points; 0: chat.DefaultTextLimit.
	TextLimit int
	// HandshakesPerSecond bounds the sockets that one node takes on; 0: 2,000; negative: no bound.
	HandshakesPerSecond int
	// Sockets bounds how many are open at once; 0: 20,000; negative: no bound.
	Sockets int
	// Translations is how many translations run at once; 0: 32.
	Translations int
}

// Hub is the heart: everything that is said goes through it.
type Hub struct{ o Options }

// Stats is what a hub counts.
type Stats struct {
	Sessions, Visitors, Agents, Rooms int
}

// New makes a hub; Run makes it work.
func New(o Options) *Hub { return &Hub{o: o} }

// Run works until ctx ends, then ends every session and waits for all goroutines.
func (h *Hub) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Drain tells every session that the server goes away, and ends them with 1012, spread over the window in.
func (h *Hub) Drain(ctx context.Context, in time.Duration) {}

// Post is the one door: it stores a line, then tells it.
func (h *Hub) Post(ctx context.Context, p chat.Post) (chat.Posted, error) {
	return chat.Posted{}, nil
}

// Revoke ends all local sessions of a credential.
func (h *Hub) Revoke(credential string, code websocket.StatusCode, reason string) {}

// Recheck asks good about every identity that has sessions here and ends those of which it returns an error.
func (h *Hub) Recheck(ctx context.Context, good func(Identity) error) {}

// SiteOnline tells whether an agent of the site is online on any node.
func (h *Hub) SiteOnline(ctx context.Context, site string) bool { return false }

// Stats counts.
func (h *Hub) Stats() Stats { return Stats{} }
