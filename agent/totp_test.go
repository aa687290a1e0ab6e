package agent

import (
	"strings"
	"testing"
	"time"
)

// The values of RFC 6238, appendix B, as far as they are of SHA-1; the last six digits of its eight.
func TestCodesOfTheRFC(t *testing.T) {
	secret := plain32.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		step, ok := stepOf(secret, want, time.Unix(at, 0))
		if !ok || step != at/30 {
			t.Errorf("%s at %d: step %d, %v", want, at, step, ok)
		}
	}
}

// A clock may be a step early or late, no more; and nothing but six digits is a code.
func TestSkewOfCodes(t *testing.T) {
	secret := newSecret()
	key, err := plain32.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	at := now.Unix() / 30
	for by := int64(-3); by <= 3; by++ {
		step, ok := stepOf(secret, totpCode(key, at+by), now)
		if want := by >= -1 && by <= 1; ok != want || ok && step != at+by {
			t.Errorf("%d steps off: step %d, %v", by, step-at, ok)
		}
	}
	code := totpCode(key, at)
	for _, bad := range []string{"", code[:5], code + "0", "abcdef", " " + code[:5], strings.Repeat("0", 200)} {
		if _, ok := stepOf(secret, bad, now); ok && bad != code {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, bad := range []string{"", "AAAA", "not base32!", secret + "A", strings.ToLower(secret)} {
		if _, ok := stepOf(bad, code, now); ok {
			t.Errorf("the secret %q is taken", bad)
		}
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, hashes := newRecovery()
	if len(codes) != recoveryCodes || len(hashes) != recoveryCodes {
		t.Fatalf("%d codes, %d hashes", len(codes), len(hashes))
	}
	seen := map[string]bool{}
	for i, c := range codes {
		if seen[c] || len(c) != 19 || recoveryHash(c) != hashes[i] || recoveryHash(" "+strings.ToUpper(strings.ReplaceAll(c, "-", " "))) != hashes[i] || strings.Contains(hashes[i], c[:4]) {
			t.Errorf("%q, %s", c, hashes[i])
		}
		seen[c] = true
	}
}

func TestAddressOfASecret(t *testing.T) {
	got := totpAddress("ABC", "chat.shop.example", "ana+x@shop.example")
	if want := "otpauth://totp/Dragoman%20chat.shop.example:ana+x@shop.example?issuer=Dragoman%20chat.shop.example&secret=ABC"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
