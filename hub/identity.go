package hub

import (
	"context"
	"encoding/base64"
	"sync"
	"time"

	"dragoman/chat"
)

// TokenCredential is the credential of sessions that live by a visitor's token: what Identity.Credential is for them. Every open socket keeps one, so it is
// short: with its prefix 45 bytes, which take 48.
func TokenCredential(hash [32]byte) string {
	return "t:" + base64.RawURLEncoding.EncodeToString(hash[:])
}

// Identify finds out which visitor somebody is for whom the shop has signed, and tells what has changed with it: the sockets of a token that has
// ended on this and the other nodes, the sessions that follow a conversation which is somebody else's now, the person's own sessions, and the inboxes. That
// the signature is good the caller has seen.
func (h *Hub) Identify(ctx context.Context, i chat.Identify) (chat.Identified, error) {
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	out, err := h.store.Identify(within, i)
	if err != nil {
		return out, err
	}
	h.speakers.forget(out.Visitor.ID)
	if out.Ended {
		// First the sockets end, then others are told: what is the person's now is not for whoever holds the old token.
		h.speakers.forget(out.Holder)
		h.endTokens([]chat.EndedToken{{Visitor: out.Holder, Hash: *i.Old}})
		h.askAbout(out.Holder)
	}
	for _, c := range out.Changed {
		h.tell(c)
	}
	for _, id := range out.Moved {
		h.publish(topicVisitor+out.Visitor.ID, chat.Event{Type: chat.EvConversation, Site: i.New.Site, Conversation: id})
	}
	h.visitorChanged(out.Visitor, out.Touched)
	return out, nil
}

// Hear takes what a page says of its visitor, unsigned.
func (h *Hub) Hear(ctx context.Context, visitor string, said chat.Hearsay) error {
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	v, touched, err := h.store.Hear(within, visitor, said)
	if err == nil {
		h.visitorChanged(v, touched)
	}
	return err
}

// visitorChanged tells the inboxes that a visitor is called otherwise, or that other things are known of him; his lines bear his new name from now on.
func (h *Hub) visitorChanged(v chat.Visitor, touched []chat.Touched) {
	for _, s := range h.sessionsOf(v.ID) {
		s.setName(v.Name)
	}
	for _, c := range touched {
		h.hasChanged(c.Conversation)
		h.nudge(c.Site, c.Conversation, c.Head)
	}
}

// setName changes what the person is called.
func (s *Session) setName(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identity.Participant.Name = name
}

// askAbout makes the other nodes ask the store about a visitor who may have sessions there. What the broker loses, the next check finds.
func (h *Hub) askAbout(visitor string) {
	if err := h.broker.Publish(h.ctx, topicVisitor+visitor, chat.Event{Type: chat.EvPresence, Node: h.node}); err != nil {
		h.trouble.Warn().Err(err).Msg("cannot tell the other nodes that a token has ended; they will find it in the store")
	}
}

// endTokens ends the sessions here that live by tokens which have ended.
func (h *Hub) endTokens(ended []chat.EndedToken) {
	if len(ended) == 0 {
		return
	}
	credentials := make(map[string]bool, len(ended))
	for _, e := range ended {
		credentials[TokenCredential(e.Hash)] = true
	}
	h.ended.add(credentials)
	for _, e := range ended {
		for _, s := range h.sessionsOf(e.Visitor) {
			if credentials[s.Identity().Credential] {
				s.End(statusRenew, renewToken)
			}
		}
	}
}

const renewToken = "renew the token"

// endedTokens are credentials that have ended a moment ago: a hello may have looked one up before that, and joins after it.
type endedTokens struct {
	mu sync.Mutex // guards the following; a leaf
	at map[string]time.Time
}

// endedFor is how long they are remembered: longer than any hello takes.
const endedFor = 2 * callTimeout

func (e *endedTokens) add(credentials map[string]bool) {
	now := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.at == nil {
		e.at = map[string]time.Time{}
	}
	for c, at := range e.at {
		if now.Sub(at) > endedFor {
			delete(e.at, c)
		}
	}
	for c := range credentials {
		e.at[c] = now
	}
}

func (e *endedTokens) has(credential string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, has := e.at[credential]
	return has
}
