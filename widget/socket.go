package widget

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/hub"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// maxFollowed is how many of a visitor's own conversations a socket follows, the newest.
const maxFollowed = 100

// closeNoSite is the close code of a socket whose site is closed (protocol.md, section 7).
const closeNoSite = 4404

// call is what a call means here.
type call func(e *Edge, ctx context.Context, s *hub.Session, frame []byte) (any, error)

// calls is every call that is answered here. Who may make it, and about what, the hub has asked the policy.
var calls = map[chat.CallName]call{
	chat.CallSend:     (*Edge).send,
	chat.CallSync:     to((*hub.Hub).Sync),
	chat.CallHistory:  to((*hub.Hub).History),
	chat.CallTyping:   (*Edge).typing,
	chat.CallRead:     to((*hub.Hub).Read),
	chat.CallLanguage: to(language_),
	chat.CallState:    to((*hub.Hub).SetState),
	chat.CallFlag:     to((*hub.Hub).Flag),
	chat.CallRate:     to((*hub.Hub).Rate),
	chat.CallAbout:    (*Edge).about,
	chat.CallPage:     (*Edge).moved,
}

// to makes a call of one of the hub's methods: decode, pass on.
func to[C, A any](f func(*hub.Hub, context.Context, *hub.Session, C) (A, error)) call {
	return func(e *Edge, ctx context.Context, s *hub.Session, frame []byte) (any, error) {
		var c C
		if err := web.Fields(frame, &c); err != nil {
			return nil, err
		}
		return f(e.hub, ctx, s, c)
	}
}

// language_ sets the visitor's own language; the fields for agents are not his.
func language_(h *hub.Hub, ctx context.Context, s *hub.Session, c chat.Language) (hub.Empty, error) {
	return h.Language(ctx, s, chat.Language{Language: c.Language})
}

// socket serves GET /widget/v1/socket. Who it is and whether the page belongs to the site shows with hello: until then it only counts against its
// address.
func (e *Edge) socket(w http.ResponseWriter, r *http.Request) error {
	from := e.front.Client(r)
	release, ok := e.limits.addresses.Take(web.AddressKey(from))
	if !ok {
		return e.tooMany("sockets_per_address", 10*time.Second, "Too many connections come from this address. Please try again a little later.")
	}
	v := &visitorSocket{edge: e, origin: r.Header.Get("Origin"), own: e.front.Own(r), address: web.AddressKey(from), leave: release}
	taken := web.HangUp(w, v.gone)
	e.hub.Socket(taken, web.WithClient(r, from), v)
	return taken.Give()
}

// visitorSocket is one socket's view of the edge.
type visitorSocket struct {
	edge    *Edge
	origin  string
	own     web.Origin
	address netip.Prefix // where it comes from

	mu    sync.Mutex
	leave func() // guarded by mu: gives back what the socket holds; nil once it is closed
}

// gone is called when the connection is closed.
func (v *visitorSocket) gone() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.leave != nil {
		v.leave()
		v.leave = nil
	}
}

// hold adds what the socket gives back when it is closed; if that has happened already, at once.
func (v *visitorSocket) hold(release func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	before := v.leave
	if before == nil {
		release()
		return
	}
	v.leave = func() {
		before()
		release()
	}
}

// Hello finds out who it is: the token names the site, the site says which pages may speak for it.
func (v *visitorSocket) Hello(ctx context.Context, _ hub.Request, hello chat.Hello) (hub.Identity, error) {
	e := v.edge
	var s *site
	var who chat.Visitor
	wait, err := e.limits.tokens.Try(v.address, hashOf(hello.Token), func() (err error) {
		s, who, err = e.bearer(ctx, v.origin, v.own, hello.Token)
		return err
	})
	if wait > 0 {
		err = e.tooMany("sessions_per_minute", wait, tooManySessions)
	}
	if err != nil {
		return hub.Identity{}, err
	}
	leave, ok := e.limits.visitors.Take(who.ID)
	if !ok {
		return hub.Identity{}, e.tooMany("sockets_per_visitor", 30*time.Second, "The chat is open in too many windows: close some of them.")
	}
	v.hold(leave)
	if who.Language, err = e.speaks(ctx, who, hello.Language); err != nil {
		return hub.Identity{}, err
	}
	own, err := e.store.VisitorFollows(ctx, who.ID, maxFollowed)
	if err != nil {
		return hub.Identity{}, err
	}
	e.hub.Prepare(who.Language, s.Language)
	return hub.Identity{Participant: who.Participant, Site: s.Key, Credential: hub.TokenCredential(hashOf(hello.Token)), Conversations: own}, nil
}

// speaks returns what the visitor reads from now on: the language that hello names, which he may have chosen while there was no connection,
// else the one that is known. What is no language is as good as none, and a change counts as the call does: sockets that say hello again and
// again must not have the conversation translated each time.
func (e *Edge) speaks(ctx context.Context, who chat.Visitor, wish string) (language.Tag, error) {
	tag, err := chat.ParseLanguage(wish)
	if err != nil || tag == who.Language && who.LanguageReason == chat.LanguageChosen {
		return who.Language, nil
	}
	if _, ok := e.limits.languages.Allow(who.ID); !ok {
		return who.Language, nil
	}
	return tag, e.hub.VisitorLanguage(ctx, who.Participant, tag)
}

// Count holds a call against the limits.
func (v *visitorSocket) Count(s *hub.Session, name chat.CallName) error {
	return v.mayCall(name, s.Participant().ID, s.Site())
}

// Call passes a call on.
func (v *visitorSocket) Call(ctx context.Context, s *hub.Session, name chat.CallName, frame []byte) (any, error) {
	f, ok := calls[name]
	if !ok {
		return nil, chat.Errorf(chat.UnknownCall, "There is no such call.")
	}
	return f(v.edge, ctx, s, frame)
}

// visitorSend is what of chat.Send a visitor has. The other fields are for agents: unknown here, so they are ignored, whatever is in them.
type visitorSend struct {
	Key          string          `json:"key"`
	Text         string          `json:"text"`
	Attachments  []chat.SendFile `json:"attachments"`
	Conversation string          `json:"conversation"`
	Language     string          `json:"language"`
}

// send posts a line of the visitor.
func (e *Edge) send(ctx context.Context, s *hub.Session, frame []byte) (any, error) {
	var own visitorSend
	if err := web.Fields(frame, &own); err != nil {
		return nil, err
	}
	c := chat.Send{Key: own.Key, Text: own.Text, Attachments: own.Attachments, Conversation: own.Conversation, Language: own.Language}
	if err := e.mayOpen(ctx, s.Participant().ID, c); err != nil {
		return nil, err
	}
	ok, err := e.hub.Send(ctx, s, c)
	if err == nil && !ok.Dup && ok.Message.Seq == 1 {
		e.limits.opened.Allow(s.Participant().ID)
	}
	return ok, err
}

// typing tells that a visitor types; what, only where his site shows it to its agents.
func (e *Edge) typing(ctx context.Context, s *hub.Session, frame []byte) (any, error) {
	var c chat.Typing
	if err := web.Fields(frame, &c); err != nil {
		return nil, err
	}
	if c.Text != "" {
		if site, err := e.sites.find(ctx, s.Site()); err != nil || !site.Translating.TypingPreview {
			c.Text = ""
		}
	}
	return e.hub.Typing(ctx, s, c)
}

// watch ends the sockets of sites that close or go, within about a second of it, until ctx ends.
func (e *Edge) watch(ctx context.Context) error {
	tick := time.NewTicker(sitesFor)
	defer tick.Stop()
	var was *siteSet
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now, err := e.sites.all(ctx)
		if err != nil {
			continue // the next tick asks again; meanwhile everybody stays
		}
		// The minute is for a socket that said hello just while its site closed.
		if was == nil || lost(was, now) || time.Since(last) >= recheckEvery {
			last = time.Now()
			e.endStrays(ctx, now)
		}
		was = now
	}
}

// recheckEvery is how often all sockets are looked at in any case.
const recheckEvery = time.Minute

// endStrays ends the sockets whose site is not there.
func (e *Edge) endStrays(ctx context.Context, now *siteSet) {
	e.hub.Recheck(ctx, func(id hub.Identity) error {
		if id.Agent == nil && now.byKey[id.Site] == nil {
			e.hub.Revoke(id.Credential, closeNoSite, "this site is closed")
		}
		return nil
	})
}

// lost tells whether a site of before is not there now.
func lost(before, now *siteSet) bool {
	for key := range before.byKey {
		if now.byKey[key] == nil {
			return true
		}
	}
	return false
}
