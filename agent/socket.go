package agent

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"dragoman/chat"
	"dragoman/hub"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// closeRevoked is the close code of a session that was logged out or revoked (protocol.md, section 7).
const closeRevoked = 4410

// call is what a call means here.
type call func(h *hub.Hub, ctx context.Context, s *hub.Session, frame []byte) (any, error)

// calls is every call that is answered here. Who may make it, and about what, the hub has asked the policy.
var calls = map[chat.CallName]call{
	chat.CallSend:     to((*hub.Hub).Send),
	chat.CallSync:     to((*hub.Hub).Sync),
	chat.CallOpen:     to((*hub.Hub).Open),
	chat.CallClose:    to((*hub.Hub).Unfollow),
	chat.CallHistory:  to((*hub.Hub).History),
	chat.CallInbox:    to((*hub.Hub).Inbox),
	chat.CallCounts:   to((*hub.Hub).Counts),
	chat.CallSearch:   to((*hub.Hub).Search),
	chat.CallTyping:   to((*hub.Hub).Typing),
	chat.CallRead:     to((*hub.Hub).Read),
	chat.CallLanguage: to((*hub.Hub).Language),
	chat.CallTake:     to((*hub.Hub).Take),
	chat.CallAssign:   to((*hub.Hub).Assign),
	chat.CallInvite:   to((*hub.Hub).Invite),
	chat.CallLeave:    to((*hub.Hub).Leave),
	chat.CallAgents:   to((*hub.Hub).Agents),
	chat.CallStatus:   to((*hub.Hub).SetStatus),
	chat.CallViewing:  to((*hub.Hub).View),
	chat.CallState:    to((*hub.Hub).SetState),
	chat.CallPreview:  to((*hub.Hub).Preview),
	chat.CallRetry:    to((*hub.Hub).Retry),
	chat.CallCorrect:  to((*hub.Hub).Correct),
	chat.CallTag:      to((*hub.Hub).Tag),
	chat.CallTags:     to((*hub.Hub).Tags),
	chat.CallRemark:   to((*hub.Hub).Remark),
	chat.CallEarlier:  to((*hub.Hub).Earlier),
}

// to makes a call of one of the hub's methods: decode, pass on.
func to[C, A any](f func(*hub.Hub, context.Context, *hub.Session, C) (A, error)) call {
	return func(h *hub.Hub, ctx context.Context, s *hub.Session, frame []byte) (any, error) {
		var c C
		if err := web.Fields(frame, &c); err != nil {
			return nil, err
		}
		return f(h, ctx, s, c)
	}
}

// socket serves GET /agent/v1/socket. The socket lives by a cookie, which browsers send along for any page that asks: so the page must be
// ours, and a client that names no page is refused too. Both are answered at hello, where the close code can say so; a script in a page
// learns nothing from a failed handshake.
func (e *Edge) socket(w http.ResponseWriter, r *http.Request) error {
	from := e.front.Client(r)
	release, ok := e.sockets.Take(web.AddressKey(from))
	if !ok {
		return web.TooMany(10*time.Second, "Too many connections come from this address. Please try again a little later.")
	}
	a := &agentSocket{edge: e, from: from, cookies: cookies(r), secure: e.front.Secure(r), own: e.front.SameOrigin(r)}
	taken := web.HangUp(w, release)
	e.hub.Socket(taken, web.WithClient(r, from), a)
	return taken.Give()
}

// agentSocket is one socket's view of the edge.
type agentSocket struct {
	edge    *Edge
	from    netip.Addr
	cookies string
	secure  bool
	own     bool
}

// Hello finds out who it is.
func (a *agentSocket) Hello(ctx context.Context, _ hub.Request, hello chat.Hello) (hub.Identity, error) {
	if !a.own {
		return hub.Identity{}, chat.Errorf(chat.BadOrigin, "Only this server's own console may connect here; see --public-url.")
	}
	who, session, err := a.edge.authenticate(ctx, a.from, a.cookies, a.secure)
	if err != nil {
		return hub.Identity{}, err
	}
	a.cookies = ""
	who.Languages = first(hello.Language, who.Languages)
	return a.edge.identity(ctx, who, session)
}

// first returns an agent's languages with the one that hello names in front: what this session reads, and nothing that is remembered. What
// is no language changes nothing.
func first(wish string, languages []language.Tag) []language.Tag {
	tag, err := chat.ParseLanguage(wish)
	if err != nil {
		return languages
	}
	others := slices.DeleteFunc(slices.Clone(languages), func(l language.Tag) bool { return l == tag })
	return append([]language.Tag{tag}, others...)
}

// identity is what the hub is told of an agent.
func (e *Edge) identity(ctx context.Context, who chat.Agent, session SessionHash) (hub.Identity, error) {
	all, err := e.store.Sites(ctx)
	if err != nil {
		return hub.Identity{}, err
	}
	who.AgentStatus = who.AgentStatus.Now()
	id := hub.Identity{Participant: who.Participant(), Agent: &who, Sites: []chat.SiteInfo{}, Credential: credential(session)}
	for _, s := range all {
		if !s.Closed && who.Serves(s.Key) {
			id.Sites = append(id.Sites, chat.SiteInfo{Key: s.Key, Name: s.Name, Language: s.Language})
		}
	}
	return id, nil
}

// Count counts a call.
func (a *agentSocket) Count(s *hub.Session, name chat.CallName) error {
	id := s.Participant().ID
	if name == chat.CallSearch {
		if wait, ok := a.edge.searches.Allow(id); !ok {
			return web.TooMany(wait, "That was too fast. Please wait a moment.")
		}
	}
	return a.edge.count(id)
}

// count counts what an agent asks for, over HTTP and in frames.
func (e *Edge) count(agent string) error {
	if wait, ok := e.limit.Allow(agent); !ok {
		return web.TooMany(wait, "That was too fast. Please wait a moment.")
	}
	return nil
}

// Call passes a call on.
func (a *agentSocket) Call(ctx context.Context, s *hub.Session, name chat.CallName, frame []byte) (any, error) {
	f, ok := calls[name]
	if !ok {
		return nil, chat.Errorf(chat.UnknownCall, "There is no such call.")
	}
	return f(a.edge.hub, ctx, s, frame)
}
