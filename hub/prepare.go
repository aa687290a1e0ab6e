package hub

import (
	"sync"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	// preparedFor is how long a pair counts as prepared. Engines keep what they have started for longer than that.
	preparedFor = 5 * time.Minute
	// preparedAtOnce is how many pairs are prepared at a time on this node; what comes meanwhile is not: its first line starts it.
	preparedAtOnce = 2
	// preparedPairs is how many pairs are remembered.
	preparedPairs = 64
	// prepareTimeout is how long preparing a pair may take.
	prepareTimeout = 10 * time.Second
)

// direction is from one language into another.
type direction struct{ from, to language.Tag }

// prepared remembers for which pairs the translator was prepared.
type prepared struct {
	mu      sync.Mutex // guards the rest
	at      map[direction]time.Duration
	running int
}

// Prepare tells that two people are about to talk who write and read these languages, so that the first line of each does not wait until an engine has
// started its programs. It returns at once.
func (h *Hub) Prepare(a, b language.Tag) {
	if h.options.Prepare == nil || chat.SameLanguage(a, b) {
		return
	}
	for _, pair := range []direction{{a, b}, {b, a}} {
		if h.prepared.take(pair, h.clock()) {
			h.tasks.start(func() { h.guard("preparing an engine", func() { h.prepare(pair) }) })
		}
	}
}

func (h *Hub) prepare(pair direction) {
	defer h.prepared.done()
	ctx, cancel := h.within(prepareTimeout)
	defer cancel()
	if err := h.options.Prepare(ctx, pair.from, pair.to); err != nil && ctx.Err() == nil {
		h.log.Debug().Err(err).Str("from", pair.from.String()).Str("to", pair.to.String()).Msg("an engine could not be prepared; the first line starts it")
	}
}

// take tells whether a pair is to be prepared now.
func (p *prepared) take(pair direction, now time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, known := p.at[pair]; p.running == preparedAtOnce || known && now-at < preparedFor {
		return false
	}
	if p.at == nil || len(p.at) == preparedPairs {
		p.at = map[direction]time.Duration{} // rather prepared twice than remembered one by one
	}
	p.at[pair] = now
	p.running++
	return true
}

func (p *prepared) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
}
