package widget

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/sync/singleflight"
	"golang.org/x/text/language"
)

// sitesFor is how long the sites are believed: changes show within two seconds, and the loader, which every page of every shop asks
// for, costs no query.
const sitesFor = time.Second

// sitesPatience is how long somebody waits for the sites of today before those of a moment ago will do.
const sitesPatience = 250 * time.Millisecond

// sites keeps all sites in memory. While the database cannot be reached the last known ones stay: a shop must not lose its
// launcher over that, nor wait for it.
type sites struct {
	store Store
	now   atomic.Pointer[siteSet]
	load  singleflight.Group
}

// siteSet is the sites at one moment; it is never changed.
type siteSet struct {
	at      time.Time
	rev     int64 // of the settings
	byKey   map[string]*site
	origins map[web.Origin]bool // those of all sites
}

// site is a site with what is worked out from it.
type site struct {
	chat.Site
	origins []web.Origin
	loader  atomic.Pointer[loaderScript]

	mu    sync.Mutex // guards words
	words map[language.Tag]words
}

// allows tells whether pages of this origin belong to the site.
func (s *site) allows(o web.Origin) bool {
	for _, a := range s.origins {
		if a == o {
			return true
		}
	}
	return false
}

// find returns a site that is not closed, or chat.NotFound.
func (s *sites) find(ctx context.Context, key string) (*site, error) {
	set, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	found, ok := set.byKey[key]
	if !ok {
		return nil, chat.Errorf(chat.NotFound, "There is no such site here: compare the key in the script tag with what \"dragoman site list\" shows.")
	}
	return found, nil
}

// all returns the sites, at most sitesFor old unless the database cannot be reached.
func (s *sites) all(ctx context.Context) (*siteSet, error) {
	old := s.now.Load()
	if old != nil && time.Since(old.at) < sitesFor {
		return old, nil
	}
	got := s.load.DoChan("", func() (any, error) {
		// Whoever asked first may hang up; the others still want the answer.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		set, err := s.read(ctx)
		if err == nil {
			s.now.Store(set)
		}
		return set, err
	})
	var enough <-chan time.Time
	if old != nil {
		enough = time.After(sitesPatience)
	}
	select {
	case r := <-got:
		if r.Err == nil {
			return r.Val.(*siteSet), nil
		}
		if old != nil {
			return old, nil
		}
		return nil, r.Err
	case <-enough:
		return old, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read returns the sites of now; those of a moment ago, if nobody has changed any since.
func (s *sites) read(ctx context.Context) (*siteSet, error) {
	rev, err := s.store.SettingsRev(ctx) // before the sites: what changes meanwhile has a higher one
	if err != nil {
		return nil, err
	}
	old := s.now.Load()
	if old != nil && old.rev == rev {
		set := *old
		set.at = time.Now()
		return &set, nil
	}
	list, err := s.store.Sites(ctx)
	if err != nil {
		return nil, err
	}
	set := newSiteSet(list, old)
	set.rev = rev
	return set, nil
}

func newSite(c chat.Site) *site {
	s := &site{Site: c}
	for _, text := range c.Origins {
		// What is no origin matches nothing; it is refused where it is written down.
		if o, err := web.ParseOrigin(text); err == nil {
			s.origins = append(s.origins, o)
		}
	}
	return s
}

// newSiteSet works out whose an origin is. A loader script whose settings are the same is carried over from old, compressed as it is.
func newSiteSet(list []chat.Site, old *siteSet) *siteSet {
	set := &siteSet{at: time.Now(), byKey: make(map[string]*site, len(list)), origins: map[web.Origin]bool{}}
	for _, c := range list {
		if c.Closed {
			continue
		}
		one := newSite(c)
		for _, o := range one.origins {
			set.origins[o] = true
		}
		if old != nil {
			if was, ok := old.byKey[c.Key]; ok {
				one.loader.Store(was.loader.Load())
			}
		}
		set.byKey[c.Key] = one
	}
	return set
}
