package translate

import (
	"context"
	"slices"
	"sync"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// plan is what a site's settings come to on this server. It is made once for each version of the settings.
type plan struct {
	set     *chat.Translating
	order   []*station
	pairs   []Pair // those with an order of their own
	orders  [][]*station
	missing []string // engines that are named and that this server has not got

	mu      sync.Mutex // guards choices
	choices map[[2]language.Tag]choice
}

// choice is what a plan says of one pair of languages.
type choice struct {
	order     []*station
	formality chat.Formality
}

// plan returns the plan of a site.
func (p *Pipeline) plan(site string) *plan {
	set := p.defaults
	if p.opts.Settings != nil {
		if s := p.opts.Settings.Translating(site); s != nil {
			set = s
		}
	}
	p.plansMu.Lock()
	defer p.plansMu.Unlock()
	if known := p.plans[site]; known != nil && known.set == set {
		return known
	}
	if p.plans == nil || len(p.plans) > maxPlans {
		p.plans = map[string]*plan{}
	}
	made := p.newPlan(set)
	p.plans[site] = made
	return made
}

// maxPlans bounds the plans that are kept.
const maxPlans = 10_000

func (p *Pipeline) newPlan(set *chat.Translating) *plan {
	made := &plan{set: set, choices: map[[2]language.Tag]choice{}}
	made.order = p.stations
	if len(set.Engines) > 0 {
		made.order = p.named(made, set.Engines)
	}
	for pair, names := range set.PairEngines {
		from, to, err := chat.ParsePair(pair)
		if err != nil {
			continue // settings are checked where they are written down
		}
		made.pairs = append(made.pairs, Pair{From: from, To: to})
		made.orders = append(made.orders, p.named(made, names))
	}
	slices.Sort(made.missing)
	made.missing = slices.Compact(made.missing)
	return made
}

// named returns the engines of these names in this order, without those that are not here.
func (p *Pipeline) named(made *plan, names []string) []*station {
	var order []*station
	for _, name := range names {
		i := slices.IndexFunc(p.stations, func(s *station) bool { return s.Name() == name })
		if i < 0 {
			made.missing = append(made.missing, name)
			continue
		}
		order = append(order, p.stations[i])
	}
	return order
}

// choose returns the order of the engines for a pair, and how a visitor who reads to is addressed.
func (pl *plan) choose(from, to language.Tag) choice {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	c, ok := pl.choices[[2]language.Tag{from, to}]
	if ok {
		return c
	}
	c = choice{order: pl.order, formality: formalityFor(pl.set.Formality, to)}
	if best, found := MatchPair(pl.pairs, from, to); found {
		i := slices.IndexFunc(pl.pairs, func(p Pair) bool { return p == best })
		c.order = pl.orders[i]
	}
	if len(pl.choices) > maxRoutes {
		clear(pl.choices)
	}
	pl.choices[[2]language.Tag{from, to}] = c
	return c
}

// thrift is an order for a site that has to save: engines that cost nothing first.
func thrift(ctx context.Context, order []*station) []*station {
	var free, paid []*station
	for _, s := range order {
		if caps, err := s.Caps(ctx); err == nil && caps.Free {
			free = append(free, s)
			continue
		}
		paid = append(paid, s)
	}
	return append(free, paid...)
}

// MissingEngines returns the engines that a site names and that this server has not got: they are passed over.
func (p *Pipeline) MissingEngines(site string) []string { return slices.Clone(p.plan(site).missing) }

// SiteEngines returns the engines that a site's lines go to, in its order.
func (p *Pipeline) SiteEngines(site string) []string {
	var names []string
	for _, s := range p.plan(site).order {
		names = append(names, s.Name())
	}
	return names
}
