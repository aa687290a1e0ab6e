package chat

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// EmailKey is a mail address as it is compared: without case, in one Unicode form. Who counts what is tried with an address counts by this.
func EmailKey(email string) string {
	return cases.Fold().String(norm.NFC.String(strings.TrimSpace(email)))
}

// LoginFrom is where a login comes from, for its agent to recognise it.
type LoginFrom struct {
	// Device is what the browser calls itself (User-Agent), at most MaxDevice bytes. Address is the network address.
	Device  string
	Address string
}

// Proof is what was stored of an agent when his password, and the code of his second step, were compared. A login begins only while that is stored still: who changes
// the one or the other shuts out whoever is on his way in.
type Proof struct {
	// PasswordHash is the encoded hash of the password, Secret that of the second step, empty for none.
	PasswordHash string
	Secret       string
}

// MaxDevice is the most that is kept of what a browser calls itself, in bytes.
const MaxDevice = 256

// Login is a login session, as its agent sees it.
type Login struct {
	// ID names it to its agent and opens nothing.
	ID      string `json:"id"`
	Device  string `json:"device"`
	Address string `json:"address"`
	// Began is when, and Used when it was last used, to the minute.
	Began Time `json:"began"`
	Used  Time `json:"used"`
	// Current tells that it is the one that asks.
	Current bool `json:"current,omitempty"`
}

// SecondStep is the second step of an agent's login, after the password; the zero one: there is none.
type SecondStep struct {
	// Secret is shared with the agent's app, in base32.
	Secret string
	// Step is that of the last code that was used; no code of it or of an earlier one is good any more.
	Step int64
	// Recovery are the SHA-256 of the recovery codes that are left, in hex.
	Recovery []string
}
