package widget

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/chat"
)

// A signed identity is a JWT (RFC 7519) of one kind, HS256, so it is read here by hand: nothing in the token chooses how it is verified, and every
// refusal can say in the shop's words what is wrong. What a refusal says is in the token itself or in the documentation; of the secret, and of whom this
// site knows, it says nothing.

const (
	// maxIdentity is the longest signed identity, maxIdentityHeader its first part, in bytes as they are sent.
	maxIdentity       = 16 << 10
	maxIdentityHeader = 2 << 10
	// minIdentitySecret is the shortest secret that signatures are compared with, in bytes: an empty one would let everybody sign.
	minIdentitySecret = 32
)

// claims are what is asked of every signed identity, and what else it says.
type claims struct {
	sub, name, email, locale string
	aud                      []string
	exp, nbf, iat            *float64
	others                   map[string]any
}

// badIdentity is a refusal in words for the shop's developer.
func badIdentity(format string, args ...any) error {
	return chat.Errorf(chat.BadIdentity, "The signed identity is not good: "+format, args...)
}

// verify returns for whom a site has signed. now is the time that it must be good at.
func verify(token string, s *chat.Site, now time.Time) (subject string, p chat.Profile, err error) {
	if len(token) > maxIdentity {
		return "", p, badIdentity("it has more than %d bytes. Put less into it.", maxIdentity)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 || strings.ContainsAny(token, "\r\n") { // line breaks the decoder would skip
		return "", p, badIdentity("it is no JWT, which has three parts with dots between them.")
	}
	if err := checkHeader(parts[0]); err != nil {
		return "", p, err
	}
	if err := checkSignature(parts, s); err != nil {
		return "", p, err
	}
	c, err := readClaims(parts[1])
	if err != nil {
		return "", p, err
	}
	if err := c.check(s.Key, now); err != nil {
		return "", p, err
	}
	p, err = c.profile()
	return c.sub, p, err
}

// checkHeader refuses every algorithm but one, and whatever a header says that must be understood (RFC 7515, section 4.1.11).
func checkHeader(part string) error {
	if len(part) > maxIdentityHeader {
		return badIdentity("its header has more than %d bytes.", maxIdentityHeader)
	}
	header, err := members(part)
	if err != nil {
		return badIdentity("its header cannot be read.")
	}
	var alg string
	if json.Unmarshal(header["alg"], &alg) != nil || alg != "HS256" {
		return badIdentity("it is signed with another algorithm than HS256.")
	}
	if _, there := header["crit"]; there {
		return badIdentity("its header has crit, which is not known here.")
	}
	return nil
}

// checkSignature compares with the site's secret, and with the one before as long as that is good.
func checkSignature(parts []string, s *chat.Site) error {
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return badIdentity("its signature is not base64url.")
	}
	for _, secret := range []string{s.IdentitySecret, s.OldIdentitySecret} {
		if len(secret) < minIdentitySecret {
			continue
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(parts[0] + "." + parts[1]))
		if hmac.Equal(signature, mac.Sum(nil)) {
			return nil
		}
	}
	return badIdentity("its signature is not that of this site's identity secret. \"dragoman site show %s\" prints the secret; it is used as the text that it is.", s.Key)
}

// members reads a part as a JSON object whose names are compared letter by letter and stand in it once: where a shop lets its customers choose the name of
// an attribute, none of them may choose Sub.
func members(part string) (map[string]json.RawMessage, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil || !utf8.Valid(b) {
		return nil, errMembers
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errMembers
	}
	all := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errMembers
		}
		var value json.RawMessage
		text := name.(string) // in an object only texts stand before a value
		if _, twice := all[text]; twice || d.Decode(&value) != nil {
			return nil, errMembers
		}
		all[text] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errMembers
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errMembers
	}
	return all, nil
}

var errMembers = errors.New("no JSON object, or one that has a name twice")

func readClaims(part string) (c claims, err error) {
	all, err := members(part)
	if err != nil {
		return c, badIdentity("its claims cannot be read: one JSON object, with each name once.")
	}
	for name, to := range map[string]any{"sub": &c.sub, "name": &c.name, "email": &c.email, "locale": &c.locale, "exp": &c.exp, "nbf": &c.nbf, "iat": &c.iat} {
		if value, there := all[name]; there && json.Unmarshal(value, to) != nil {
			return c, badIdentity("sub, name, email and locale are texts, exp, nbf and iat numbers.")
		}
		delete(all, name)
	}
	// One name, or a list of them (RFC 7519, section 4.1.3).
	var one string
	if json.Unmarshal(all["aud"], &one) == nil {
		c.aud = []string{one}
	} else if json.Unmarshal(all["aud"], &c.aud) != nil {
		c.aud = nil
	}
	for _, name := range []string{"aud", "iss", "jti"} {
		delete(all, name)
	}
	c.others = make(map[string]any, len(all))
	for name, value := range all {
		d := json.NewDecoder(bytes.NewReader(value))
		d.UseNumber() // an order number of twenty digits stays what it is
		var v any
		if d.Decode(&v) == nil {
			c.others[name] = v
		}
	}
	return c, nil
}

// check holds the claims against the site and the time.
func (c *claims) check(site string, now time.Time) error {
	switch {
	case c.sub == "":
		return badIdentity("sub is missing: a text that names the person for ever, such as your customer number.")
	case len(c.sub) > chat.MaxSubject || strings.ContainsRune(c.sub, 0):
		return badIdentity("sub has more than %d bytes, or one that is zero.", chat.MaxSubject)
	case len(c.aud) != 1 || c.aud[0] != site:
		return badIdentity("aud must be the key of the site, %q.", site)
	case c.exp == nil:
		return badIdentity("exp is missing: when it ends, in seconds since 1970, at most an hour from now.")
	}
	// Seconds as they are written: a number that is no moment at all is far away, on one side or the other.
	at, leeway := float64(now.UnixMilli())/1000, chat.IdentityLeeway.Seconds()
	switch {
	case *c.exp+leeway <= at:
		return badIdentity("it has ended (exp). Sign a new one for each page.")
	case *c.exp > at+chat.IdentityLife.Seconds()+leeway:
		return badIdentity("exp lies more than an hour ahead: sign for an hour at most. exp is in seconds, not in milliseconds.")
	case c.nbf != nil && *c.nbf > at+leeway:
		return badIdentity("nbf lies in the future: set the clock of the server that signs.")
	case c.iat != nil && *c.iat > at+leeway:
		return badIdentity("iat lies in the future: set the clock of the server that signs.")
	}
	return nil
}

// profile is what the claims say of the person.
func (c *claims) profile() (chat.Profile, error) {
	p := chat.Profile{Name: chat.CleanName(c.name), Email: chat.CleanEmail(c.email), Attributes: map[string]string{}}
	if c.email != "" && p.Email == "" {
		return p, badIdentity("email is no mail address.")
	}
	if c.locale != "" {
		var err error
		// Many systems write es_MX.
		if p.Locale, err = chat.ParseLanguage(strings.ReplaceAll(c.locale, "_", "-")); err != nil {
			return p, badIdentity("locale is no language: use a BCP 47 tag such as en or pt-BR.")
		}
	}
	for name, v := range c.others {
		switch v := v.(type) {
		case nil:
		case string:
			p.Attributes[name] = v
		case json.Number:
			p.Attributes[name] = v.String()
		case bool:
			p.Attributes[name] = strconv.FormatBool(v)
		default:
			return p, badIdentity("%.80q is a list or an object: only texts, numbers and true or false become attributes.", name)
		}
	}
	var err error
	if p.Attributes, err = chat.CheckAttributes(p.Attributes); err != nil {
		return p, badIdentity("%s", strings.TrimPrefix(err.Error(), string(chat.CodeOf(err))+": "))
	}
	return p, nil
}
