package widget

import (
	"context"
	"net/netip"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"
)

// Limits are how much visitors may do (protocol.md, section 6). 0 switches a limit off.
type Limits struct {
	// VisitorsPerMinute bounds new visitors per address (IPv6: /64), VisitorsBurst how many may come at once.
	VisitorsPerMinute, VisitorsBurst int
	// SessionsPerMinute and SessionsBurst bound per address how often anybody begins, comes back or sends a file, and how many sockets say hello with a
	// token that is nobody's: each costs the database a look.
	SessionsPerMinute, SessionsBurst int
	// SiteVisitorsPerMinute is the ceiling of new visitors per site; from four fifths of it on the log says so.
	SiteVisitorsPerMinute int
	// SendsPerSecond and SendBurst bound a visitor's lines.
	SendsPerSecond float64
	SendBurst      int
	// AddressSendsPerSecond and AddressSendBurst bound the lines of all visitors at one address (IPv6: /64).
	AddressSendsPerSecond float64
	AddressSendBurst      int
	// SiteSendsPerSecond and SiteSendBurst are the ceiling of all visitors' lines per site; from four fifths of the burst on the log says so.
	SiteSendsPerSecond float64
	SiteSendBurst      int
	// CallsPerSecond and CallBurst bound everything else that a visitor calls.
	CallsPerSecond float64
	CallBurst      int
	// LanguagesPerMinute and LanguageBurst bound how often a visitor changes his language: each change has up to fifty lines translated.
	LanguagesPerMinute, LanguageBurst int
	// FactsPerMinute and FactsBurst bound how often a visitor's pages say something of him: each is a change in the database that agents are told of.
	FactsPerMinute, FactsBurst int
	// ConversationsPerHour bounds how many conversations a visitor may open.
	ConversationsPerHour int
	// SocketsPerVisitor and SocketsPerAddress bound what is open at once on this node.
	SocketsPerVisitor, SocketsPerAddress int
	// UploadsPerHour and UploadBurst bound a visitor's files, AddressUploadsPerHour and AddressUploadBurst those of all visitors at one address (IPv6: /64).
	UploadsPerHour, UploadBurst               int
	AddressUploadsPerHour, AddressUploadBurst int
	// UploadsAtOnce and AddressUploadsAtOnce bound what is on its way to this node.
	UploadsAtOnce, AddressUploadsAtOnce int
}

// DefaultLimits are the protocol's.
func DefaultLimits() Limits {
	return Limits{
		VisitorsPerMinute: 60, VisitorsBurst: 200,
		SessionsPerMinute: 600, SessionsBurst: 2000,
		SiteVisitorsPerMinute: 6000,
		SendsPerSecond:        1, SendBurst: 20,
		AddressSendsPerSecond: 20, AddressSendBurst: 400,
		SiteSendsPerSecond: 500, SiteSendBurst: 5000,
		CallsPerSecond: 10, CallBurst: 100,
		LanguagesPerMinute: 6, LanguageBurst: 10,
		FactsPerMinute: 60, FactsBurst: 60,
		ConversationsPerHour: 5,
		SocketsPerVisitor:    10, SocketsPerAddress: 500,
		UploadsPerHour: 10, UploadBurst: 20,
		AddressUploadsPerHour: 100, AddressUploadBurst: 200,
		UploadsAtOnce: 3, AddressUploadsAtOnce: 8,
	}
}

// limits are the limiters at work.
type limits struct {
	newcomers *web.Limiter[netip.Prefix]
	sessions  *web.Limiter[netip.Prefix]
	tokens    *web.Guesses[TokenHash] // of sockets: those that are nobody's count as sessions
	ceiling   *web.Limiter[string]    // by site: new visitors
	shout     *web.Limiter[string]    // by site: how often the log says that it comes near a ceiling
	sends     *web.Limiter[string]    // by visitor
	nearby    *web.Limiter[netip.Prefix]
	crowd     *web.Limiter[string] // by site: lines
	calls     *web.Limiter[string] // by visitor
	languages *web.Limiter[string] // by visitor
	facts     *web.Limiter[string] // by visitor
	opened    *web.Limiter[string] // by visitor
	visitors  *web.Slots[string]
	addresses *web.Slots[netip.Prefix]

	uploads          *web.Limiter[string] // by visitor
	addressUploads   *web.Limiter[netip.Prefix]
	uploading        *web.Slots[string] // by visitor
	addressUploading *web.Slots[netip.Prefix]
}

// newLimits makes the limiters. Those that nobody gets around by going to another node count together through sharing, if it is there.
func newLimits(l Limits, sharing *web.Sharing) *limits {
	perSite := func(n int) *web.Limiter[string] {
		return web.NewLimiter[string](web.Rate{N: float64(n), Per: time.Minute, Burst: n}, 0)
	}
	all := &limits{
		newcomers: web.NewLimiter[netip.Prefix](web.Rate{N: float64(l.VisitorsPerMinute), Per: time.Minute, Burst: l.VisitorsBurst}, 0),
		sessions:  web.NewLimiter[netip.Prefix](web.Rate{N: float64(l.SessionsPerMinute), Per: time.Minute, Burst: l.SessionsBurst}, 0),
		ceiling:   perSite(l.SiteVisitorsPerMinute),
		shout:     perSite(1),
		sends:     web.NewLimiter[string](web.Rate{N: l.SendsPerSecond, Per: time.Second, Burst: l.SendBurst}, 0),
		nearby:    web.NewLimiter[netip.Prefix](web.Rate{N: l.AddressSendsPerSecond, Per: time.Second, Burst: l.AddressSendBurst}, 0),
		crowd:     web.NewLimiter[string](web.Rate{N: l.SiteSendsPerSecond, Per: time.Second, Burst: l.SiteSendBurst}, 0),
		calls:     web.NewLimiter[string](web.Rate{N: l.CallsPerSecond, Per: time.Second, Burst: l.CallBurst}, 0),
		languages: web.NewLimiter[string](web.Rate{N: float64(l.LanguagesPerMinute), Per: time.Minute, Burst: l.LanguageBurst}, 0),
		facts:     web.NewLimiter[string](web.Rate{N: float64(l.FactsPerMinute), Per: time.Minute, Burst: l.FactsBurst}, 0),
		opened:    web.NewLimiter[string](web.Rate{N: float64(l.ConversationsPerHour), Per: time.Hour, Burst: l.ConversationsPerHour}, 0),
		visitors:  web.NewSlots[string](l.SocketsPerVisitor),
		addresses: web.NewSlots[netip.Prefix](l.SocketsPerAddress),

		uploads:          web.NewLimiter[string](web.Rate{N: float64(l.UploadsPerHour), Per: time.Hour, Burst: l.UploadBurst}, 0),
		addressUploads:   web.NewLimiter[netip.Prefix](web.Rate{N: float64(l.AddressUploadsPerHour), Per: time.Hour, Burst: l.AddressUploadBurst}, 0),
		uploading:        web.NewSlots[string](l.UploadsAtOnce),
		addressUploading: web.NewSlots[netip.Prefix](l.AddressUploadsAtOnce),
	}
	all.tokens = web.NewGuesses[TokenHash](all.sessions)
	itself := func(key string) string { return key }
	web.Share(sharing, "visitors", all.newcomers, netip.Prefix.String)
	web.Share(sharing, "sessions", all.sessions, netip.Prefix.String)
	web.Share(sharing, "site-visitors", all.ceiling, itself)
	web.Share(sharing, "sends", all.sends, itself)
	web.Share(sharing, "address-sends", all.nearby, netip.Prefix.String)
	web.Share(sharing, "site-sends", all.crowd, itself)
	web.Share(sharing, "languages", all.languages, itself)
	web.Share(sharing, "conversations", all.opened, itself)
	web.Share(sharing, "uploads", all.uploads, itself)
	web.Share(sharing, "address-uploads", all.addressUploads, netip.Prefix.String)
	return all
}

// tooMany counts a refusal by the limit's name, and is it.
func (e *Edge) tooMany(limit string, wait time.Duration, sentence string) error {
	if e.refused != nil {
		e.refused(limit)
	}
	return web.TooMany(wait, sentence)
}

// newcomer takes one new visitor of the site from the address, or says when the next one is free.
func (e *Edge) newcomer(from netip.Addr, site string) error {
	if wait, ok := e.limits.newcomers.Allow(web.AddressKey(from)); !ok {
		return e.tooMany("visitors_per_minute", wait, "Too many new visitors come from this address. Please try again a little later.")
	}
	if wait, ok := e.limits.ceiling.Allow(site); !ok {
		return e.tooMany("site_visitors_per_minute", wait, "Too many visitors begin at once. Please try again a little later.")
	}
	e.warn(e.limits.ceiling, site, "new visitors")
	return nil
}

// mayCall takes one call of a visitor, or says when the next one is free.
func (v *visitorSocket) mayCall(name chat.CallName, visitor, site string) error {
	l := v.edge.limits
	limit, of := l.calls, "calls_per_second"
	switch name {
	case chat.CallSend, chat.CallFlag, chat.CallRate: // all tell the agents something
		return v.maySend(visitor, site)
	case chat.CallLanguage:
		limit, of = l.languages, "languages_per_minute"
	case chat.CallAbout, chat.CallPage:
		limit, of = l.facts, "facts_per_minute"
	}
	if wait, ok := limit.Allow(visitor); !ok {
		return v.edge.tooMany(of, wait, tooFast)
	}
	return nil
}

const tooFast = "That was too fast. Please wait a moment."

// maySend takes one line. What one limit has let through and the next one refuses is given back: a crowded site or address is nobody's own doing.
func (v *visitorSocket) maySend(visitor, site string) error {
	l := v.edge.limits
	if wait, ok := l.sends.Allow(visitor); !ok {
		return v.edge.tooMany("sends_per_second", wait, tooFast)
	}
	if wait, ok := l.nearby.Allow(v.address); !ok {
		l.sends.Give(visitor)
		return v.edge.tooMany("address_sends_per_second", wait, "Too many messages come from this address. Please wait a moment.")
	}
	if wait, ok := l.crowd.Allow(site); !ok {
		l.nearby.Give(v.address)
		l.sends.Give(visitor)
		return v.edge.tooMany("site_sends_per_second", wait, "Too many people write at once. Please wait a moment.")
	}
	v.edge.warn(l.crowd, site, "lines")
	return nil
}

// warn says in the log, at most once a minute, that a site comes near one of its ceilings.
func (e *Edge) warn(ceiling *web.Limiter[string], site, what string) {
	if !ceiling.Near(site) {
		return
	}
	if _, ok := e.limits.shout.Allow(what + " " + site); ok {
		e.log.Warn().Str("site", site).Str("of", what).Msg("a site comes near the ceiling; what is above it is refused")
	}
}

// mayOpen refuses a line that would open one conversation too many in this hour. The store decides which lines open one; here it
// is asked only once the limit is reached.
func (e *Edge) mayOpen(ctx context.Context, visitor string, c chat.Send) error {
	if c.Conversation != "" {
		return nil
	}
	wait, ok := e.limits.opened.Peek(visitor)
	if ok {
		return nil
	}
	newest, err := e.store.VisitorConversations(ctx, visitor, 1)
	if err != nil {
		return err
	}
	if len(newest) > 0 && (newest[0].State != chat.StateResolved || time.Since(newest[0].Resolved.Time()) < chat.ReopenWithin) {
		return nil
	}
	return e.tooMany("conversations_per_hour", wait, "Too many conversations were begun within an hour. Please try again later.")
}
