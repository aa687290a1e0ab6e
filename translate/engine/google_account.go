package engine

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"dragoman/translate"
)

// googleAccount is a service account of Google: with its private key it signs for a token that is good for an hour.
type googleAccount struct {
	Mail     string `json:"client_email"`
	Project  string `json:"project_id"`
	KeyID    string `json:"private_key_id"`
	PEM      string `json:"private_key"`
	TokenURI string `json:"token_uri"`

	key   *rsa.PrivateKey
	scope string // what the tokens are for

	turn chan struct{} // holds one thing while a token is fetched: the others wait for it
	mu   sync.Mutex    // guards all below
	last string
	born time.Time
	ends time.Time
}

const (
	googleTokenURI = "https://oauth2.googleapis.com/token"
	googleScope    = "https://www.googleapis.com/auth/cloud-translation"
	tokenLife      = time.Hour       // what Google grants at most
	tokenMargin    = 2 * time.Minute // ... and how much of it is not used
	tokenYoung     = time.Minute     // a token that is refused at this age was never good
)

// readGoogleAccount reads the JSON file that Google hands out.
func readGoogleAccount(text string) (*googleAccount, error) {
	a := &googleAccount{TokenURI: googleTokenURI, scope: googleScope, turn: make(chan struct{}, 1)}
	if err := json.Unmarshal([]byte(text), a); err != nil || a.Mail == "" || a.PEM == "" {
		return nil, unavailable("the key of Google is no JSON file of a service account")
	}
	block, _ := pem.Decode([]byte(a.PEM))
	if block == nil {
		return nil, unavailable("the private key in Google's service account cannot be read")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, unavailable("the private key in Google's service account is no RSA key")
	}
	a.key, a.PEM = key, ""
	u, err := url.Parse(a.TokenURI)
	if err != nil || u.Scheme != "https" && !(u.Scheme == "http" && net.ParseIP(u.Hostname()).IsLoopback()) {
		return nil, unavailable("token_uri in Google's service account is no https address")
	}
	return a, nil
}

// token returns one that is good for a while yet.
func (a *googleAccount) token(ctx context.Context, c *client) (string, error) {
	if t := a.good(time.Now()); t != "" {
		return t, nil
	}
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return "", &translate.Error{Kind: translate.Transient, Text: "Google granted no token in time", Err: ctx.Err()}
	}
	if t := a.good(time.Now()); t != "" {
		return t, nil
	}
	now := time.Now()
	signed, err := a.sign(now)
	if err != nil {
		return "", &translate.Error{Kind: translate.Auth, Text: "cannot sign for a token of Google", Err: err}
	}
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {signed}}
	var got struct {
		Token   string `json:"access_token"`
		Seconds int    `json:"expires_in"`
	}
	if err := c.do(ctx, http.MethodPost, a.TokenURI, nil, form, &got); err != nil {
		return "", refusedToken(err)
	}
	if got.Token == "" {
		return "", badOutput("Google granted a token, and sent none")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last, a.born, a.ends = got.Token, now, now.Add(time.Duration(got.Seconds)*time.Second-tokenMargin)
	return a.last, nil
}

// refusedToken: whatever the token's address does not like about what we signed, it is the account that is wrong.
func refusedToken(err error) error {
	var s *statusError
	if errors.As(err, &s) && s.status == http.StatusBadRequest {
		s.status = http.StatusUnauthorized
	}
	return err
}

func (a *googleAccount) good(now time.Time) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Before(a.ends) {
		return a.last
	}
	return ""
}

// forget drops a token that was refused, and tells whether a new one may help.
func (a *googleAccount) forget(token string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last != token {
		return true // somebody has a new one already
	}
	a.last, a.ends = "", time.Time{}
	return time.Since(a.born) > tokenYoung
}

// sign makes the JWT (RFC 7523) that is exchanged for a token.
func (a *googleAccount) sign(now time.Time) (string, error) {
	part := func(v any) string {
		b, _ := json.Marshal(v) // strings and numbers
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(struct {
		Algorithm string `json:"alg"`
		Type      string `json:"typ"`
		KeyID     string `json:"kid,omitempty"`
	}{"RS256", "JWT", a.KeyID}) + "." + part(struct {
		Issuer   string `json:"iss"`
		Scope    string `json:"scope"`
		Audience string `json:"aud"`
		Issued   int64  `json:"iat"`
		Expires  int64  `json:"exp"`
	}{a.Mail, a.scope, a.TokenURI, now.Unix(), now.Add(tokenLife).Unix()})
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, sum[:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), err
}
