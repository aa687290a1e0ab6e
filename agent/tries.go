package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"
)

// How many wrong passwords are let through. An account is not locked: that would let anybody lock anybody out. Whoever has
// failed too often waits, and an agent who sits elsewhere can still log in until the account itself has been tried very often.
const (
	triesWindow  = 15 * time.Minute
	accountTries = 5  // for one account from one address
	addressTries = 20 // from one address for all accounts
	wideTries    = 50 // for one account from everywhere
)

type account [sha256.Size]byte

// String is the hash of the mail address, as far as it is needed to tell accounts apart.
func (a account) String() string { return hex.EncodeToString(a[:16]) }

type accountFrom struct {
	account account
	from    netip.Prefix
}

// tries counts. Every try is taken before the password is looked at, so that a thousand at once do not slip through, and given back if
// it was right.
type tries struct {
	near *web.Limiter[accountFrom]
	wide *web.Limiter[account]
	from *web.Limiter[netip.Prefix]
}

func newTries(sharing *web.Sharing) *tries {
	rate := func(n int) web.Rate { return web.Rate{N: float64(n), Per: triesWindow, Burst: n} }
	t := &tries{
		near: web.NewLimiter[accountFrom](rate(accountTries), 0),
		wide: web.NewLimiter[account](rate(wideTries), 0),
		from: web.NewLimiter[netip.Prefix](rate(addressTries), 0),
	}
	web.Share(sharing, "tries-near", t.near, func(k accountFrom) string { return k.account.String() + k.from.String() })
	web.Share(sharing, "tries-wide", t.wide, account.String)
	web.Share(sharing, "tries-from", t.from, netip.Prefix.String)
	return t
}

// take takes one try and returns how to give it back.
func (t *tries) take(email string, addr netip.Addr) (giveBack func(), err error) {
	acc := account(sha256.Sum256([]byte(chat.EmailKey(email))))
	from := web.AddressKey(addr)
	near := accountFrom{acc, from}
	wait, ok := t.from.Allow(from)
	if !ok {
		return nil, tooManyTries(wait)
	}
	if wait, ok = t.near.Allow(near); !ok {
		return nil, tooManyTries(wait)
	}
	if wait, ok = t.wide.Allow(acc); !ok {
		return nil, tooManyTries(wait)
	}
	return func() {
		t.from.Give(from)
		t.near.Give(near)
		t.wide.Give(acc)
	}, nil
}

func tooManyTries(wait time.Duration) error {
	return web.TooMany(wait, "Too many tries. Please wait before you try again.")
}
