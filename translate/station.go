package translate

import (
	"context"
	"sync"
	"time"

	"golang.org/x/text/language"
)

// station is an engine in the chain, with what the pipeline remembers of it.
type station struct {
	Engine

	mu     sync.Mutex // guards all below
	caps   *Caps
	routes map[[2]language.Tag]route
	gates  map[string]*gate
}

// route is the answer to "which pair of this engine": the pair, and its languages as the cache's key has them.
type route struct {
	Pair
	found    bool
	from, to string
}

// maxRoutes bounds what is remembered of languages that readers made up.
const maxRoutes = 1000

// route finds the pair for a writer of from and a reader of to.
func (s *station) route(ctx context.Context, from, to language.Tag) (route, *Caps, error) {
	caps, err := s.Caps(ctx)
	if err != nil {
		return route{}, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if caps != s.caps || len(s.routes) > maxRoutes {
		s.caps, s.routes = caps, map[[2]language.Tag]route{}
	}
	r, ok := s.routes[[2]language.Tag{from, to}]
	if !ok {
		r.Pair, r.found = caps.Match(from, to)
		r.found = r.found && !r.Off
		r.from, r.to = r.From.String(), r.To.String()
		s.routes[[2]language.Tag{from, to}] = r
	}
	return r, caps, nil
}

// gate is the way to an engine, or to one pair of it where pairs fail independently of each other: a breaker, and so many seats.
type gate struct {
	breaker
	pair  string // empty for the whole engine
	seats chan struct{}
}

// DefaultCalls is how many calls an engine gets at once (one pair of it, if its pairs are isolated). It is half of what the hub translates at
// once, so that one slow engine leaves room for the others.
const DefaultCalls = 16

// busyWait is how long a line waits for a seat before the next engine gets it, if there is one. The last engine is waited for as long as the line
// has time.
const busyWait = time.Second

func (s *station) gate(r route, caps *Caps) *gate {
	name := ""
	if caps.Isolated {
		name = r.from + ">" + r.to
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.gates[name]
	if g == nil {
		calls := caps.Calls
		if calls <= 0 {
			calls = DefaultCalls
		}
		g = &gate{pair: name, seats: make(chan struct{}, calls)}
		if s.gates == nil {
			s.gates = map[string]*gate{}
		}
		s.gates[name] = g
	}
	return g
}

// sit waits for a seat until ctx ends, or for busyWait if somebody else could do it, and calls queued before it waits. Who got one must call rise.
func (g *gate) sit(ctx context.Context, last bool, queued func()) bool {
	select {
	case g.seats <- struct{}{}:
		return true
	default:
		queued()
	}
	if !last {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, busyWait)
		defer cancel()
	}
	select {
	case g.seats <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (g *gate) rise() { <-g.seats }

// standing is how the breakers of an engine stand at now: those that are open.
func (s *station) standing(now time.Time) []OpenBreaker {
	s.mu.Lock()
	gates := make([]*gate, 0, len(s.gates))
	for _, g := range s.gates {
		gates = append(gates, g)
	}
	s.mu.Unlock()
	var open []OpenBreaker
	for _, g := range gates {
		if until, kind := g.opened(now); !until.IsZero() {
			open = append(open, OpenBreaker{Pair: g.pair, Until: until, Kind: kind})
		}
	}
	return open
}

// OpenBreaker is an engine, or one pair of it, that is left alone for a while.
type OpenBreaker struct {
	// Pair is empty for the whole engine.
	Pair  string
	Until time.Time
	// Kind is the failure that opened it.
	Kind ErrorKind
}
