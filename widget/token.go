package widget

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// A visitor's token is the key of its site, a dot, and 256 random bits. The key in front is how a socket, whose first frame
// has nothing but the token, learns its site; the hash goes over the whole, so another key in front is another token.

const secretBytes = 32

// newToken makes a token.
func newToken(site string) string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return site + "." + base64.RawURLEncoding.EncodeToString(b[:])
}

// siteOf returns the key that a token names, and whether the token looks like one at all.
func siteOf(token string) (string, bool) {
	i := strings.LastIndexByte(token, '.')
	if i <= 0 || len(token)-i-1 != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return "", false
	}
	// The decoder skips line breaks, so what it made is counted too.
	b, err := base64.RawURLEncoding.DecodeString(token[i+1:])
	return token[:i], err == nil && len(b) == secretBytes
}

// hashOf is what is stored of a token.
func hashOf(token string) TokenHash { return sha256.Sum256([]byte(token)) }
