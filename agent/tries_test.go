package agent

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
)

func address(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}) }

func TestTries(t *testing.T) {
	for _, c := range []struct {
		name  string
		email func(int) string
		from  func(int) netip.Addr
		free  int
		wait  time.Duration
	}{
		{"one account from one address", func(int) string { return "a@x" }, func(int) netip.Addr { return address(1) }, accountTries, 3 * time.Minute},
		{"written differently", func(i int) string { return []string{"ása@x", "ÁSA@X", "áſa@x", "a\u0301sa@x", " ása@x"}[i%5] }, func(int) netip.Addr { return address(1) }, accountTries, 3 * time.Minute},
		{"many accounts from one address", func(i int) string { return fmt.Sprint(i, "@x") }, func(int) netip.Addr { return address(1) }, addressTries, 45 * time.Second},
		{"many accounts from one network", func(i int) string { return fmt.Sprint(i, "@x") },
			func(i int) netip.Addr { return netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i)) }, addressTries, 45 * time.Second},
		{"one account from everywhere", func(int) string { return "a@x" }, address, wideTries, 18 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			tries := newTries(nil)
			for i := range c.free {
				if _, err := tries.take(c.email(i), c.from(i)); err != nil {
					t.Fatalf("%s: number %d: %v", c.name, i+1, err)
				}
			}
			_, err := tries.take(c.email(c.free), c.from(c.free))
			e, ok := errors.AsType[*chat.Error](err)
			if !ok || e.Code != chat.RateLimited || e.RetryAfterS != int(c.wait/time.Second) {
				t.Fatalf("%s: one more: %+v", c.name, err)
			}
			if _, err := tries.take("b@x", netip.MustParseAddr("203.0.113.1")); err != nil {
				t.Errorf("%s: somebody else: %v", c.name, err)
			}
			time.Sleep(c.wait) // synctest's clock
			if _, err := tries.take(c.email(c.free), c.from(c.free)); err != nil {
				t.Errorf("%s: after the time that was told: %v", c.name, err)
			}
		})
	}
}

// A right password costs no try.
func TestTriesAreGivenBack(t *testing.T) {
	tries := newTries(nil)
	for i := range 100 {
		giveBack, err := tries.take("a@x", address(1))
		if err != nil {
			t.Fatalf("number %d: %v", i+1, err)
		}
		giveBack()
	}
}
