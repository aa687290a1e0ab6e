package web

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"dragoman/chat"
)

// Tokens that are nobody's use up an address; good ones do not, nor does a database that does not answer; and who was good lately is let in by
// an address that is used up, until his token has ended.
func TestGuesses(t *testing.T) {
	g := NewGuesses[string](NewLimiter[netip.Prefix](Rate{N: 1, Per: time.Hour, Burst: 3}, 0))
	here, there := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32")
	nobody := func() error { return chat.Errorf(chat.BadToken, "") }
	for i, c := range []struct {
		name, token string
		from        netip.Prefix
		look        func() error
		refused     bool
	}{
		{"a good one", "ana", here, func() error { return nil }, false},
		{"a database that is away", "ben", here, func() error { return chat.Errorf(chat.Unavailable, "") }, false},
		{"a page that may not", "eva", here, func() error { return chat.Errorf(chat.BadOrigin, "") }, false},
		{"a fault of ours", "eva", here, func() error { return errors.New("oh") }, false},
		{"the first of nobody", "x", here, nobody, false},
		{"the second", "y", here, nobody, false},
		{"a login that has ended", "z", here, func() error { return chat.Errorf(chat.BadLogin, "") }, false},
		{"one more of nobody", "z", here, nobody, true},
		{"one of which nothing is known", "ben", here, func() error { return nil }, true},
		{"one from elsewhere", "ben", there, func() error { return nil }, false},
		{"the same here, now that it is known", "ben", here, func() error { return nil }, false},
		{"the good one again", "ana", here, func() error { return nil }, false},
		{"it has ended", "ana", here, nobody, false},
		{"it is nobody's now", "ana", here, nobody, true},
	} {
		looked := false
		wait, err := g.Try(c.from, c.token, func() error {
			looked = true
			return c.look()
		})
		if looked == c.refused || wait > 0 != c.refused || c.refused && err != nil {
			t.Errorf("%d, %s: looked %v, wait %s, %v", i, c.name, looked, wait, err)
		}
	}
	if g.Good("new"); !g.good.has("new") {
		t.Error("a token that was just made is not known")
	}
}

// What is remembered is bounded, and the newest are.
func TestRecent(t *testing.T) {
	r := &recent[int]{most: 10}
	for n := range 1000 {
		r.add(n)
		if len(r.newest)+len(r.older) > 20 {
			t.Fatalf("%d keys", len(r.newest)+len(r.older))
		}
		for back := range min(n, 9) {
			if !r.has(n - back) {
				t.Fatalf("after %d, %d is forgotten", n, n-back)
			}
		}
	}
	if r.has(500) {
		t.Error("an old one is remembered")
	}
}
