package agent

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/netip"

	"dragoman/chat"
	"dragoman/internal/web"
)

func errLogin() error {
	return chat.Errorf(chat.BadLogin, "Please log in.")
}

// authenticate is the one place that says who a login session belongs to, for HTTP and sockets alike. The error is chat.BadLogin
// if it belongs to nobody (any more); too many of those from one address are not looked up.
func (e *Edge) authenticate(ctx context.Context, from netip.Addr, cookies string, secure bool) (a chat.Agent, session SessionHash, err error) {
	session, ok := sessionIn(cookies, secure)
	if !ok {
		return a, session, errLogin()
	}
	wait, err := e.sessions.Try(web.AddressKey(from), session, func() (err error) {
		a, err = e.store.AgentByLogin(ctx, session)
		if err == nil && a.Disabled {
			err = errLogin()
		}
		return err
	})
	if wait > 0 {
		err = web.TooMany(wait, "Too many logins that have ended come from this address. Please try again a little later.")
	}
	return a, session, err
}

// cookies returns the Cookie headers of a request as one.
func cookies(r *http.Request) string {
	all := r.Header.Values("Cookie")
	if len(all) == 1 {
		return all[0]
	}
	line := ""
	for i, c := range all {
		if i > 0 {
			line += "; "
		}
		line += c
	}
	return line
}

// A credential names a login session towards the hub.

func credential(s SessionHash) string { return "login:" + hex.EncodeToString(s[:]) }

func sessionOf(credential string) (s SessionHash, ok bool) {
	const prefix = "login:"
	if len(credential) != len(prefix)+2*len(s) || credential[:len(prefix)] != prefix {
		return s, false
	}
	_, err := hex.Decode(s[:], []byte(credential[len(prefix):]))
	return s, err == nil
}
