package hub

import (
	"context"

	"dragoman/chat"
	"dragoman/internal/policy"
)

// judge is where frames meet the policy: it looks up what a call names, and returns why the session may not do it. What it has read on the way goes on in the context.
func (h *Hub) judge(ctx context.Context, s *Session, c asked) (context.Context, error) {
	verb := policy.Call(c.Call.Call)
	if verb == policy.Call(chat.CallLanguage) && c.Conversation != "" && s.view == agentView {
		verb = policy.LanguageOf
	}
	id := s.Identity()
	who := policy.WhoIs(id.Agent)
	at := policy.Nowhere
	if rule, known := h.policy.Rule(verb); known {
		switch {
		case rule.Names == policy.Conversation && c.Conversation != "":
			var err error
			if ctx, at, err = h.place(ctx, s, c.Conversation); err != nil {
				return ctx, err
			}
		case rule.Names == policy.Site && c.Site != "":
			at = policy.OfSite(id.Agent, c.Site)
			if !servedNow(id.Sites, c.Site) {
				at = policy.Elsewhere // it is closed, or the session was never told of it
			}
		}
	}
	return ctx, h.policy.Ask(who, verb, at)
}

// mayCall returns nil if there is such a call for the session at all. It costs nothing.
func (h *Hub) mayCall(s *Session, name chat.CallName) error {
	return h.policy.Known(policy.WhoIs(s.Agent()), policy.Call(name))
}

// may returns nil if the session may do a part of a call that it was admitted for.
func (h *Hub) may(s *Session, part policy.Verb) error {
	return h.policy.Ask(policy.WhoIs(s.Agent()), part, policy.Nowhere)
}

func servedNow(sites []chat.SiteInfo, key string) bool {
	for _, s := range sites {
		if s.Key == key {
			return true
		}
	}
	return false
}

// place finds out where a conversation is for a session. What the session follows it may see, as long as the agent serves the site; no query is needed for
// that. Otherwise the row is read, and kept in the context for who wants it next.
func (h *Hub) place(ctx context.Context, s *Session, conversation string) (context.Context, policy.Place, error) {
	if site := s.followedSite(conversation); site != "" {
		if a := s.Agent(); a != nil {
			return ctx, policy.OfSite(a, site), nil
		}
		return ctx, policy.Own, nil
	}
	row, err := h.readRow(ctx, s, conversation)
	if chat.CodeOf(err) == chat.NotFound {
		return ctx, policy.Elsewhere, nil
	}
	if err != nil {
		return ctx, policy.Elsewhere, err
	}
	at := policy.Served
	if s.Agent() == nil {
		at = policy.Own
	}
	return context.WithValue(ctx, admitted{}, &row), at, nil
}

// admitted is the key of the *chat.Conversation that was read to admit a call.
type admitted struct{}

// followedSite returns the site of a conversation that the session follows, or nothing.
func (s *Session) followedSite(conversation string) string {
	f := s.following(conversation)
	if f == nil {
		return ""
	}
	f.room.mu.Lock()
	defer f.room.mu.Unlock()
	return f.room.site
}

// access returns the site of a conversation that the session may see; somebody else's is not found.
func (h *Hub) access(ctx context.Context, s *Session, conversation string) (site string, err error) {
	if site = s.followedSite(conversation); site != "" && (s.Agent() == nil || policy.OfSite(s.Agent(), site) == policy.Served) {
		return site, nil
	}
	c, err := h.conversation(ctx, s, conversation)
	return c.Site, err
}

// conversation returns the row of a conversation that the session may see; somebody else's is not found. The one that was read to admit the call is not read again.
func (h *Hub) conversation(ctx context.Context, s *Session, id string) (chat.Conversation, error) {
	if row, ok := ctx.Value(admitted{}).(*chat.Conversation); ok && row.ID == id {
		return *row, nil
	}
	return h.readRow(ctx, s, id)
}

func (h *Hub) readRow(ctx context.Context, s *Session, id string) (chat.Conversation, error) {
	if !chat.ValidKey(id) {
		return chat.Conversation{}, notFound()
	}
	rows, err := h.store.Conversations(ctx, []string{id})
	if err != nil {
		return chat.Conversation{}, err
	}
	who := s.Identity()
	if len(rows) == 0 || policy.OfConversation(who.Agent, who.Participant.ID, who.Site, &rows[0]) == policy.Elsewhere {
		return chat.Conversation{}, notFound()
	}
	return rows[0], nil
}
