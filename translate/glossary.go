package translate

import (
	"cmp"
	"context"
	"sync"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// GlossaryStore is what a Glossary needs of a database.
type GlossaryStore interface {
	// Terms returns the terms of a site and their revision; if that is known already, no terms.
	Terms(ctx context.Context, site string, known int64) (terms []chat.Term, rev int64, err error)
}

// GlossaryOptions are the options of NewGlossary. Only Store must be set.
type GlossaryOptions struct {
	Store GlossaryStore
	// Every is how often a site's terms are looked for anew while it is asked; zero means DefaultMemoryEvery.
	Every time.Duration
	Log   zerolog.Logger

	now func() time.Time
}

// Glossary is how the sites want their words translated.
type Glossary struct {
	opts  GlossaryOptions
	mu    sync.Mutex // guards sites
	sites map[string]*siteTerms
}

// NewGlossary returns the glossaries of what the store has. It reads a site with its first line.
func NewGlossary(o GlossaryOptions) *Glossary {
	o.Every = cmp.Or(o.Every, DefaultMemoryEvery)
	if o.now == nil {
		o.now = time.Now
	}
	return &Glossary{opts: o, sites: map[string]*siteTerms{}}
}

// siteTerms is what is held of one site.
type siteTerms struct {
	lookout
	rev int64 // only who reads touches it

	mu       sync.Mutex // guards the following
	terms    []chat.Term
	lexicons map[[2]language.Tag]*lexicon
}

// lexicon returns the terms of a site for a writer of from and a reader of to, or nil if there are none.
func (g *Glossary) lexicon(ctx context.Context, site string, from, to language.Tag) *lexicon {
	g.mu.Lock()
	s := g.sites[site]
	if s == nil {
		s = &siteTerms{lookout: newLookout(), rev: -1}
		g.sites[site] = s
	}
	g.mu.Unlock()
	g.refresh(ctx, s, site)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.terms) == 0 {
		return nil
	}
	pair := [2]language.Tag{from, to}
	x, known := s.lexicons[pair]
	if !known {
		if len(s.lexicons) >= maxRoutes {
			clear(s.lexicons)
		}
		x = newLexicon(site, s.terms, from, to)
		s.lexicons[pair] = x
	}
	return x
}

// refresh reads the terms of a site if nobody has looked for a while. While the database does not answer, those that are known hold.
func (g *Glossary) refresh(ctx context.Context, s *siteTerms, site string) {
	s.look(ctx, g.opts.now, g.opts.Every, func(ctx context.Context) time.Time {
		asked := g.opts.now()
		terms, rev, err := g.opts.Store.Terms(ctx, site, s.rev)
		switch {
		case err != nil:
			if chat.CodeOf(err) != chat.NotFound && ctx.Err() == nil {
				g.opts.Log.Warn().Err(err).Str("site", site).Msg("cannot read the glossary; what is known of it holds")
			}
		case rev != s.rev:
			s.mu.Lock()
			s.terms, s.lexicons = terms, map[[2]language.Tag]*lexicon{}
			s.mu.Unlock()
			s.rev = rev
		}
		return asked
	})
}
