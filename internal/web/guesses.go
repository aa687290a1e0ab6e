package web

import (
	"net/netip"
	"sync"
	"time"

	"dragoman/chat"
)

// goodTokens is how many tokens that were good lately are remembered at least.
const goodTokens = 1 << 15

// Guesses holds addresses to a limit of tokens that are nobody's: each costs the database a look. A look is taken from the address before it is made,
// so that a thousand at once do not slip through, and given back unless the token is nobody's. One that was good here lately is looked up in any case,
// and costs nothing: whoever shares an address with somebody who tries tokens comes back all the same.
type Guesses[T comparable] struct {
	from *Limiter[netip.Prefix]
	good *recent[T]
}

// NewGuesses counts against a limit, which others may use too.
func NewGuesses[T comparable](from *Limiter[netip.Prefix]) *Guesses[T] {
	return &Guesses[T]{from, &recent[T]{most: goodTokens}}
}

// Try looks a token up by look, whose error is chat.BadToken or chat.BadLogin if it is nobody's. If that was tried too often from the address it is not
// looked up, and wait says after how long it will be.
func (g *Guesses[T]) Try(from netip.Prefix, token T, look func() error) (wait time.Duration, err error) {
	known := g.good.has(token)
	if !known {
		if wait, ok := g.from.Allow(from); !ok {
			return wait, nil
		}
	}
	err = look()
	switch chat.CodeOf(err) {
	case chat.BadToken, chat.BadLogin:
		g.good.drop(token)
		return 0, err
	}
	if !known {
		g.from.Give(from)
	}
	if err == nil {
		g.good.add(token)
	}
	return 0, err
}

// Good remembers a token that was looked up elsewhere, or was just made.
func (g *Guesses[T]) Good(token T) { g.good.add(token) }

// recent remembers the keys that were added last: at least most of them, and fewer than twice as many.
type recent[K comparable] struct {
	most int

	mu     sync.Mutex // guards the following
	newest map[K]struct{}
	older  map[K]struct{}
}

func (r *recent[K]) add(key K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, there := r.newest[key]; !there && len(r.newest) >= r.most {
		r.older, r.newest = r.newest, nil
	}
	if r.newest == nil {
		r.newest = map[K]struct{}{}
	}
	r.newest[key] = struct{}{}
}

func (r *recent[K]) has(key K) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, newest := r.newest[key]
	_, older := r.older[key]
	return newest || older
}

func (r *recent[K]) drop(key K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.newest, key)
	delete(r.older, key)
}
