package agent

import (
	"net/http"

	"dragoman/chat"
	"dragoman/internal/policy"
	"dragoman/internal/web"
)

// asker is who asks for something that needs a login, and the site that it is about, if it is about one.
type asker struct {
	chat.Agent
	session SessionHash
	site    chat.Site
}

// route answers a request whose asker may ask it: an asker of nobody where the policy says that everybody may.
type route func(w http.ResponseWriter, r *http.Request, by asker) error

// siteHandler answers a request about one site, which the asker serves and may see.
type siteHandler func(w http.ResponseWriter, r *http.Request, who chat.Agent, site chat.Site) error

// ofSite is an address below /agent/v1/sites/{key}/. It is asked by this server's own pages and by programs of the shop, both with an agent's cookie.
func (e *Edge) ofSite(h siteHandler) route {
	return func(w http.ResponseWriter, r *http.Request, by asker) error { return h(w, r, by.Agent, by.site) }
}

// open is an address that asks nobody who he is.
func open(h web.Handler) route {
	return func(w http.ResponseWriter, r *http.Request, _ asker) error { return h(w, r) }
}

// judge is where this edge meets the policy: it finds out who asks, and about which site, and lets through who may.
func (e *Edge) judge(pattern string, h route) web.Handler {
	rule, _ := e.policy.Rule(policy.Verb(pattern)) // New has looked that there is one
	if rule.Door == policy.Open {
		return func(w http.ResponseWriter, r *http.Request) error { return h(w, r, asker{}) }
	}
	return e.own(func(w http.ResponseWriter, r *http.Request) error {
		who, session, err := e.authenticate(r.Context(), e.front.Client(r), cookies(r), e.front.Secure(r))
		if err == nil {
			err = e.count(who.ID)
		}
		if err != nil {
			return err
		}
		by, at := asker{Agent: who, session: session}, policy.Nowhere
		if rule.Names == policy.Site {
			if by.site, at, err = e.siteFor(r, who); err != nil {
				return err
			}
		}
		if err := e.policy.Ask(policy.WhoIs(&who), rule.Verb, at); err != nil {
			return err
		}
		return h(w, r, by)
	})
}

// siteFor returns the site that an address names, and where it is for an agent. One that there is not is elsewhere.
func (e *Edge) siteFor(r *http.Request, who chat.Agent) (chat.Site, policy.Place, error) {
	site, err := e.store.Site(r.Context(), r.PathValue("key"))
	if chat.CodeOf(err) == chat.NotFound {
		return chat.Site{}, policy.Elsewhere, nil
	}
	return site, policy.OfSite(&who, site.Key), err
}

// reads tells whether a request changes nothing.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// own lets only this server's own pages ask, and programs that say they are: for what lives by the cookie. What changes something must name its origin.
// When they read, browsers name none on our own pages; then they say that it is the same site, and old ones nothing.
func (e *Edge) own(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		switch origin, from := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site"); {
		case origin == "" && !reads(r):
			return chat.Errorf(chat.BadOrigin, "Only this server's own pages may ask for this, with an Origin header.")
		case origin == "" && (from == "cross-site" || from == "same-site"), origin != "" && !e.front.SameOrigin(r):
			return errForeign()
		}
		return h(w, r)
	}
}
