package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"dragoman/chat"
	"dragoman/internal/web"
)

// siteHandler answers a request about one site, which the asker serves and may see.
type siteHandler func(w http.ResponseWriter, r *http.Request, who chat.Agent, site chat.Site) error

// ofSite serves an address below /agent/v1/sites/{key}/. It is asked by this server's own pages and by programs of the shop, both with an agent's
// cookie. Every agent of the site may read; only admins may change. A site that the agent does not serve does not exist.
func (e *Edge) ofSite(h siteHandler) web.Handler {
	return e.own(func(w http.ResponseWriter, r *http.Request) error {
		who, _, err := e.authenticate(r.Context(), cookies(r), e.front.Secure(r))
		if err != nil {
			return err
		}
		if wait, ok := e.limit.Allow(who.ID); !ok {
			return web.TooMany(wait, "That was too fast. Please wait a moment.")
		}
		site, err := e.store.Site(r.Context(), r.PathValue("key"))
		if err == nil && !who.Serves(site.Key) {
			err = chat.Errorf(chat.NotFound, "There is no such site.")
		}
		if err != nil {
			return err
		}
		if !reads(r) && who.Role != chat.RoleAdmin {
			return chat.Errorf(chat.Forbidden, "Only admins may change this: ask one of them.")
		}
		return h(w, r, who, site)
	})
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

func errForeign() error {
	return chat.Errorf(chat.BadOrigin, "Only this server's own pages may ask for this. If this is one of them, tell the server its address with --public-url.")
}

// tagOf is the ETag of what is answered: of its JSON, so it is the same on every node.
func tagOf(v any) (string, error) {
	b, err := json.Marshal(v)
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:12]) + `"`, err
}

// answerTagged answers with v and its ETag.
func answerTagged(w http.ResponseWriter, v any) error {
	tag, err := tagOf(v)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", tag)
	return web.WriteJSON(w, http.StatusOK, v)
}

// removed answers how many were removed: with nothing if there was one, and with not_found if there was none.
func removed(w http.ResponseWriter, n int, err error, none string) error {
	if err == nil && n == 0 {
		err = chat.Errorf(chat.NotFound, "%s", none)
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// checkMatch refuses with 412 if the request names by If-Match another state than the one that v is. A request that names none takes what comes.
func checkMatch(r *http.Request, v any) error {
	header := strings.Join(r.Header.Values("If-Match"), ",")
	if header == "" {
		return nil
	}
	tag, err := tagOf(v)
	if err != nil {
		return err
	}
	for named := range strings.SplitSeq(header, ",") {
		if named = strings.TrimSpace(named); named == tag || named == "*" {
			return nil
		}
	}
	return web.WithStatus(http.StatusPreconditionFailed,
		chat.Errorf(chat.Conflict, "Somebody has changed this since you read it: read it again, and repeat your change."))
}
