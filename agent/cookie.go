package agent

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// The session cookie. Behind TLS its name promises what browsers then enforce: set over TLS, for this host alone, for all paths.
const (
	cookieName       = "dragoman"
	secureCookieName = "__Host-dragoman"
	idBytes          = 32
)

func nameOf(secure bool) string {
	if secure {
		return secureCookieName
	}
	return cookieName
}

// newSession returns the id of a new login session, as it stands in the cookie.
func newSession() string {
	var b [idBytes]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// cookie makes the cookie for a session id; an empty id takes the cookie away.
func cookie(id string, secure bool) *http.Cookie {
	c := &http.Cookie{Name: nameOf(secure), Value: id, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	if id == "" {
		c.MaxAge = -1
	}
	return c
}

// sessionIn returns the hash of the session id in a Cookie header. If there is not exactly one, somebody else may have put one in (a
// neighbour under the same domain), and none counts.
func sessionIn(header string, secure bool) (SessionHash, bool) {
	all, err := http.ParseCookie(header)
	if err != nil {
		return SessionHash{}, false
	}
	found := ""
	for _, c := range all {
		if c.Name != nameOf(secure) {
			continue
		}
		if found != "" {
			return SessionHash{}, false
		}
		found = c.Value
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(found)
	if err != nil || len(raw) != idBytes {
		return SessionHash{}, false
	}
	return sha256.Sum256([]byte(found)), true
}
