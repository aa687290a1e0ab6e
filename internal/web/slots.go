package web

import (
	"sync"
	"sync/atomic"
)

// Slots counts what is there at once, by key, and refuses above a maximum. A key that holds nothing takes no memory.
type Slots[K comparable] struct {
	max int

	mu   sync.Mutex
	held map[K]int // guarded by mu
}

// NewSlots makes a counter; a max of 0 is no limit.
func NewSlots[K comparable](max int) *Slots[K] {
	return &Slots[K]{max: max, held: map[K]int{}}
}

// Take takes a slot of key, if one is free. release gives it back and may be called more than once.
func (s *Slots[K]) Take(key K) (release func(), ok bool) {
	if s.max <= 0 {
		return func() {}, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[key] >= s.max {
		return nil, false
	}
	s.held[key]++
	var given atomic.Bool // smaller than a sync.OnceFunc, and there are two slots for every socket
	return func() {
		if !given.Swap(true) {
			s.give(key)
		}
	}, true
}

func (s *Slots[K]) give(key K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[key]--; s.held[key] <= 0 {
		delete(s.held, key)
	}
}

// Held returns how many slots of key are taken.
func (s *Slots[K]) Held(key K) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[key]
}
