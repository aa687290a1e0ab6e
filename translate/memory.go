package translate

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// MemoryStore is what a Memory needs of a database.
type MemoryStore interface {
	// MemorySince returns what the memory of a site has beyond a place.
	MemorySince(ctx context.Context, site string, since chat.MemoryPlace) (chat.MemoryNews, error)
	// Remember stores entries of one site, all or none; one with the same languages and key replaces the one that is there.
	Remember(ctx context.Context, site string, entries []chat.MemoryEntry) (chat.Kept, error)
	// Unremember takes out the entry with the same languages, key, target and origin, if there is one.
	Unremember(ctx context.Context, e chat.MemoryEntry) error
}

// MemoryOptions are the options of NewMemory. Only Store must be set.
type MemoryOptions struct {
	Store MemoryStore
	// Entries is how many entries of all sites are held; zero means DefaultMemoryHeld. Sites that have not been asked for the longest make room.
	Entries int
	// Every is how often a site's entries are looked for anew while it is asked; zero means DefaultMemoryEvery.
	Every time.Duration
	// Settings say which sites want no memory, for Near; nil: none. (A line of such a site does not get as far as here.)
	Settings Settings
	Log      zerolog.Logger

	now func() time.Time
}

// Defaults of MemoryOptions.
const (
	DefaultMemoryHeld  = 4 * chat.MaxMemoryEntries
	DefaultMemoryEvery = time.Second
)

// memoryPatience is how long one line waits for a memory that is being read.
const memoryPatience = time.Second

// Memory is what people have translated, per site: it answers before any engine is asked, with texts that a person has written or approved and nothing
// else. What another node remembers is known within Options.Every of a line.
type Memory struct {
	opts MemoryOptions

	mu    sync.Mutex // guards all below
	sites map[string]*shelf
	held  int // entries of all sites
}

// NewMemory returns a memory of what the store has. It reads a site with its first line.
func NewMemory(o MemoryOptions) *Memory {
	o.Entries, o.Every = cmp.Or(o.Entries, DefaultMemoryHeld), cmp.Or(o.Every, DefaultMemoryEvery)
	if o.now == nil {
		o.now = time.Now
	}
	return &Memory{opts: o, sites: map[string]*shelf{}}
}

// Remember adds an entry to its site's memory. A site that wants no memory has none, and that is no error; what cannot be an entry is a *chat.Error that
// says why.
func (m *Memory) Remember(ctx context.Context, e chat.MemoryEntry) error {
	_, refused, err := m.RememberAll(ctx, e.Site, []chat.MemoryEntry{e})
	if chat.CodeOf(err) == chat.BadState {
		return nil
	}
	return cmp.Or(err, refused[0])
}

// Forget takes an entry out again, unless another one has taken its place. What cannot be an entry is none, and that is no error.
func (m *Memory) Forget(ctx context.Context, e chat.MemoryEntry) error {
	if err := Key(&e); err != nil {
		return nil
	}
	err := m.opts.Store.Unremember(ctx, e)
	m.shelf(e.Site).stale()
	return err
}

// RememberAll adds the entries that can be entries. refused has the reason of each that cannot, by its place; with err none of them is stored.
func (m *Memory) RememberAll(ctx context.Context, site string, entries []chat.MemoryEntry) (kept chat.Kept, refused map[int]error, err error) {
	refused = map[int]error{}
	var good []chat.MemoryEntry
	for i, e := range entries {
		if err := Key(&e); err != nil {
			refused[i] = err
			continue
		}
		good = append(good, e)
	}
	if len(good) > 0 {
		kept, err = m.opts.Store.Remember(ctx, site, good)
		m.shelf(site).stale()
	}
	return kept, refused, err
}

// Key cleans an entry and makes its key, or says why it cannot be one.
func Key(e *chat.MemoryEntry) error {
	if err := e.Check(); err != nil {
		return err
	}
	clean, err := impersonal(*e)
	if err != nil {
		return err
	}
	c, err := entryOf(clean)
	if err == nil {
		*e = c.MemoryEntry
	}
	return err
}

// shelf returns what is held of a site, which has just been asked for.
func (m *Memory) shelf(site string) *shelf {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sites[site]
	if s == nil {
		s = newShelf(site)
		m.sites[site] = s
	}
	s.used = m.opts.now()
	return s
}

// recall returns what a person has written for a masked text, or false.
func (m *Memory) recall(ctx context.Context, site string, text masked, from, to language.Tag) (string, *entry, bool) {
	s := m.shelf(site)
	m.refresh(ctx, s)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.entries) == 0 {
		return "", nil, false
	}
	f := formOf(text)
	for _, e := range s.find(f, from, to) {
		if answer, ok := e.answer(text, f); ok {
			return answer, e, true
		}
	}
	return "", nil, false
}

// refresh reads what is new of a site, if nobody has looked for a while or somebody is about to. A database that does not answer is asked again later,
// and what is known holds.
func (m *Memory) refresh(ctx context.Context, s *shelf) {
	s.look(ctx, m.opts.now, m.opts.Every, func(ctx context.Context) (asked time.Time) {
		for ctx.Err() == nil {
			asked = m.opts.now()
			news, err := m.opts.Store.MemorySince(ctx, s.site, s.place)
			if err != nil {
				if chat.CodeOf(err) != chat.NotFound && ctx.Err() == nil {
					m.opts.Log.Warn().Err(err).Str("site", s.site).Msg("cannot read the translation memory; what is known of it holds")
				}
				return asked
			}
			m.room(s, s.apply(news))
			if !news.More {
				return asked
			}
		}
		return time.Time{}
	})
}

// room counts how many entries a site has now, and lets go of other sites where there are too many.
func (m *Memory) room(s *shelf, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sites[s.site] != s {
		return // it was let go itself
	}
	m.held += n - s.counted
	s.counted = n
	for m.held > m.opts.Entries && len(m.sites) > 1 {
		var oldest *shelf
		for _, o := range m.sites {
			if o != s && (oldest == nil || o.used.Before(oldest.used)) {
				oldest = o
			}
		}
		m.held -= oldest.counted
		delete(m.sites, oldest.site)
	}
}

// Near returns entries whose source is nearly the text, the nearest first: for a person to look at, never to be sent by themselves. A word may make all the
// difference, such as not.
func (m *Memory) Near(ctx context.Context, site, text string, from, to language.Tag) []chat.Near {
	if m.opts.Settings != nil {
		if set := m.opts.Settings.Translating(site); set != nil && set.NoMemory {
			return nil
		}
	}
	masked, ok := mask(clean(text))
	if !ok || !masked.words || SameLanguage(from, to) {
		return nil
	}
	s := m.shelf(site)
	m.refresh(ctx, s)
	s.mu.RLock()
	defer s.mu.RUnlock()
	f := formOf(masked)
	var found []chat.Near
	for _, e := range s.nearly(f, from, to) {
		if target, ok := e.answer(masked, f); ok {
			found = append(found, chat.Near{Source: e.Source, Target: target, Similarity: e.similarity})
		}
	}
	slices.SortStableFunc(found, func(a, b chat.Near) int {
		return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), cmp.Compare(a.Source, b.Source))
	})
	return found[:min(len(found), MaxNear)]
}

// Near returns what the site's memory has that is nearly a text: see Memory.Near. Without a memory there is nothing.
func (p *Pipeline) Near(ctx context.Context, site, text string, from, to language.Tag) []chat.Near {
	if p.opts.Memory == nil {
		return nil
	}
	return p.opts.Memory.Near(ctx, site, text, from, to)
}
