package hub

import (
	"context"
	"sync"

	"dragoman/chat"
)

// nobody is the Broker of a node that is alone: there is nobody to be told, and what is followed need not be remembered.
type nobody struct{}

// Publish implements Broker.
func (nobody) Publish(context.Context, string, ...chat.Event) error { return nil }

// Follow implements Broker.
func (nobody) Follow(string) {}

// Leave implements Broker.
func (nobody) Leave(string) {}

// Run implements Broker.
func (nobody) Run(ctx context.Context, _ func(string, []chat.Event), _ func([]string)) error {
	<-ctx.Done()
	return ctx.Err()
}

// Memory carries events between hubs of one process, for tests with several.
type Memory struct {
	mu      sync.RWMutex // guards the following
	members []*member
}

// NewMemory makes a broker without members.
func NewMemory() *Memory { return &Memory{} }

// member is one hub's side of a Memory.
type member struct {
	memory *Memory

	mu      sync.RWMutex // guards the following
	topics  map[string]bool
	deliver func(topic string, evs []chat.Event)
}

// Join returns the Broker for one hub.
func (m *Memory) Join() Broker {
	b := &member{memory: m, topics: map[string]bool{}}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.members = append(m.members, b)
	return b
}

// Publish implements Broker.
func (b *member) Publish(_ context.Context, topic string, evs ...chat.Event) error {
	b.memory.mu.RLock()
	members := b.memory.members
	b.memory.mu.RUnlock()
	for _, o := range members {
		o.mu.RLock()
		deliver := o.deliver
		if !o.topics[topic] {
			deliver = nil
		}
		o.mu.RUnlock()
		if deliver != nil {
			deliver(topic, evs)
		}
	}
	return nil
}

// Follow implements Broker.
func (b *member) Follow(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.topics[topic] = true
}

// Leave implements Broker.
func (b *member) Leave(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.topics, topic)
}

// Run implements Broker. Memory loses nothing.
func (b *member) Run(ctx context.Context, deliver func(topic string, evs []chat.Event), _ func([]string)) error {
	b.mu.Lock()
	b.deliver = deliver
	b.mu.Unlock()
	<-ctx.Done()
	b.mu.Lock()
	b.deliver = nil
	b.mu.Unlock()
	return ctx.Err()
}
