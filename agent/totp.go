package agent

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"dragoman/chat"
)

// Codes of time (RFC 6238) as every app makes them: SHA-1, six digits, a new one every 30 s. It is twenty lines over the standard library, so no package is needed; what is
// hard about it, that each code is good once and tries are counted, only the store and the login can do.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSkew   = 1  // steps that a clock may be early or late
	totpSecret = 20 // bytes: as many as the hash has, which RFC 4226 recommends

	// recoveryCodes is how many codes somebody gets for the day on which his phone is gone, recoveryBytes how much chance is in each: enough that its hash needs no salt.
	recoveryCodes = 10
	recoveryBytes = 10
)

var plain32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// newSecret returns a secret in base32.
func newSecret() string {
	var b [totpSecret]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return plain32.EncodeToString(b[:])
}

// totpAddress is the address that apps read from the picture.
func totpAddress(secret, host, email string) string {
	issuer := "Dragoman " + host
	q := url.Values{"secret": {secret}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(email) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// totpCode is the code of one step.
func totpCode(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step) // a hash takes everything
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, n%1_000_000)
}

// stepOf returns the step, near now, whose code this is.
func stepOf(secret, code string, now time.Time) (step int64, ok bool) {
	key, err := plain32.DecodeString(secret)
	if err != nil || len(key) != totpSecret || plain32.EncodeToString(key) != secret || len(code) != totpDigits {
		return 0, false
	}
	at := now.Unix() / int64(totpStep/time.Second)
	for s := at - totpSkew; s <= at+totpSkew; s++ {
		if subtle.ConstantTimeCompare([]byte(totpCode(key, s)), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// newRecovery returns recovery codes as they are shown, and their hashes as they are stored.
func newRecovery() (codes, hashes []string) {
	for range recoveryCodes {
		var b [recoveryBytes]byte
		_, _ = rand.Read(b[:])
		c := strings.ToLower(plain32.EncodeToString(b[:]))
		codes, hashes = append(codes, c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:]), append(hashes, recoveryHash(c))
	}
	return codes, hashes
}

// recoveryHash is the hash of a recovery code, however it was typed.
func recoveryHash(code string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))))
	return hex.EncodeToString(sum[:])
}

func errSecondStep(text string) error { return chat.Errorf(chat.SecondStepNeeded, "%s", text) }

// checkCode takes a code of somebody whose password was right: one of the app, or a recovery code. Each is good once, on all servers together.
func (e *Edge) checkCode(ctx context.Context, agent string, second chat.SecondStep, code string) error {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	used := false
	var err error
	if step, ok := stepOf(second.Secret, code, e.now()); ok {
		used, err = e.store.UseStep(ctx, agent, step)
	} else if len(code) > totpDigits && len(code) <= 4*recoveryBytes {
		used, err = e.store.UseRecovery(ctx, agent, recoveryHash(code))
	}
	if err == nil && !used {
		err = errSecondStep("The code is wrong, too old, or was used before.")
	}
	return err
}
