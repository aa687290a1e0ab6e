package widget

import (
	"net/netip"
	"time"

	"dragoman/internal/web"
)

// Limits are how much visitors may do (protocol.md, section 6). 0 switches a limit off.
type Limits struct {
	// VisitorsPerMinute bounds new visitors per address (IPv6: /64), VisitorsBurst how many may come at once.
	VisitorsPerMinute, VisitorsBurst int
	// SessionsPerMinute and SessionsBurst bound per address how often anybody begins or comes back: each costs the database a look.
	SessionsPerMinute, SessionsBurst int
	// SiteVisitorsPerMinute is the ceiling of new visitors per site; from four fifths of it on the log says so.
	SiteVisitorsPerMinute int
	// SendsPerSecond and SendBurst bound a visitor's lines.
	SendsPerSecond float64
	SendBurst      int
	// CallsPerSecond and CallBurst bound everything else that a visitor calls.
	CallsPerSecond float64
	CallBurst      int
	// LanguagesPerMinute and LanguageBurst bound how often a visitor changes his language: each change has up to fifty lines translated.
	LanguagesPerMinute, LanguageBurst int
	// ConversationsPerHour bounds how many conversations a visitor may open.
	ConversationsPerHour int
	// SocketsPerVisitor and SocketsPerAddress bound what is open at once on this node.
	SocketsPerVisitor, SocketsPerAddress int
}

// DefaultLimits are the protocol's.
func DefaultLimits() Limits {
	return Limits{
		VisitorsPerMinute: 60, VisitorsBurst: 200,
		SessionsPerMinute: 600, SessionsBurst: 2000,
		SiteVisitorsPerMinute: 6000,
		SendsPerSecond:        1, SendBurst: 20,
		CallsPerSecond: 10, CallBurst: 100,
		LanguagesPerMinute: 6, LanguageBurst: 10,
		ConversationsPerHour: 5,
		SocketsPerVisitor:    10, SocketsPerAddress: 500,
	}
}

// limits are the limiters at work.
type limits struct {
	newcomers *web.Limiter[netip.Prefix]
	sessions  *web.Limiter[netip.Prefix]
	ceiling   *web.Limiter[string] // by site
	alarm     *web.Limiter[string] // by site, four fifths of the ceiling
	shout     *web.Limiter[string] // by site: how often the log says so
	sends     *web.Limiter[string] // by visitor
	calls     *web.Limiter[string] // by visitor
	languages *web.Limiter[string] // by visitor
	opened    *web.Limiter[string] // by visitor
	visitors  *web.Slots[string]
	addresses *web.Slots[netip.Prefix]
}

func newLimits(l Limits) *limits {
	perSite := func(n int) *web.Limiter[string] {
		return web.NewLimiter[string](web.Rate{N: float64(n), Per: time.Minute, Burst: n}, 0)
	}
	return &limits{
		newcomers: web.NewLimiter[netip.Prefix](web.Rate{N: float64(l.VisitorsPerMinute), Per: time.Minute, Burst: l.VisitorsBurst}, 0),
		sessions:  web.NewLimiter[netip.Prefix](web.Rate{N: float64(l.SessionsPerMinute), Per: time.Minute, Burst: l.SessionsBurst}, 0),
		ceiling:   perSite(l.SiteVisitorsPerMinute),
		alarm:     perSite(l.SiteVisitorsPerMinute * 4 / 5),
		shout:     perSite(1),
		sends:     web.NewLimiter[string](web.Rate{N: l.SendsPerSecond, Per: time.Second, Burst: l.SendBurst}, 0),
		calls:     web.NewLimiter[string](web.Rate{N: l.CallsPerSecond, Per: time.Second, Burst: l.CallBurst}, 0),
		languages: web.NewLimiter[string](web.Rate{N: float64(l.LanguagesPerMinute), Per: time.Minute, Burst: l.LanguageBurst}, 0),
		opened:    web.NewLimiter[string](web.Rate{N: float64(l.ConversationsPerHour), Per: time.Hour, Burst: l.ConversationsPerHour}, 0),
		visitors:  web.NewSlots[string](l.SocketsPerVisitor),
		addresses: web.NewSlots[netip.Prefix](l.SocketsPerAddress),
	}
}

// newcomer takes one new visitor of the site from the address, or says when the next one is free.
func (e *Edge) newcomer(from netip.Addr, site string) error {
	if wait, ok := e.limits.newcomers.Allow(web.AddressKey(from)); !ok {
		return web.TooMany(wait, "Too many new visitors come from this address. Please try again a little later.")
	}
	if _, ok := e.limits.alarm.Allow(site); !ok {
		if _, ok := e.limits.shout.Allow(site); ok {
			e.log.Warn().Str("site", site).Msg("new visitors of this site come near the ceiling")
		}
	}
	if wait, ok := e.limits.ceiling.Allow(site); !ok {
		return web.TooMany(wait, "Too many visitors begin at once. Please try again a little later.")
	}
	return nil
}
