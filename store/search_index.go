package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// indexEvery is how often what was told of is indexed: a line and its translation are then written once.
	indexEvery = time.Second
	// scanEvery is how often all conversations are compared with the index. It finds what nobody has told of: what a server knew that has died, and what
	// commands have changed.
	scanEvery = 15 * time.Minute
	// indexLines is how many lines, and indexTalks how many conversations, are indexed in one transaction: all others who write wait for it.
	indexLines = 64
	indexTalks = 64
	// scanRows is how many conversations are compared at once.
	scanRows = 500
	// calmRest and rushRest are how many times as long as it has worked the indexer rests. It is in a rush while more than rushLines lines and changes a
	// second are stored here: these go first, and the index follows when it is quieter.
	calmRest  = 4
	rushRest  = 64
	rushLines = 200
	// longestRest bounds both: what takes long on a busy machine is mostly waiting, and costs nobody anything.
	longestRest = 2 * time.Second
	// mostTold is how many conversations are remembered that were told of; beyond that the next scan finds them.
	mostTold = 50_000
)

// IndexerOptions are what an Indexer is made of. Only Store must be set.
type IndexerOptions struct {
	Store *Store
	Log   zerolog.Logger
	// Every and ScanEvery are 0 for a second and a quarter of an hour.
	Every, ScanEvery time.Duration
}

// Indexer keeps what search looks in up to date, behind everybody's back. Several nodes may each have one on one database: who comes second finds
// nothing to do. It may be stopped at any moment, and goes on where it was.
type Indexer struct {
	o       IndexerOptions
	trouble zerolog.Logger

	mu sync.Mutex // guards the following; a leaf
	// told are conversations in which something has changed.
	told map[string]struct{}
	// forgotten tells that there were too many.
	forgotten bool
	// changes are counted since counted, and were rate a second before that.
	changes int
	rate    float64
	counted time.Time
}

// NewIndexer makes one that does nothing until Run is called.
func NewIndexer(o IndexerOptions) *Indexer {
	o.Every, o.ScanEvery = cmp.Or(o.Every, indexEvery), cmp.Or(o.ScanEvery, scanEvery)
	return &Indexer{
		o: o, trouble: o.Log.Sample(&zerolog.BurstSampler{Burst: 2, Period: time.Minute}),
		told: map[string]struct{}{}, counted: time.Now(),
	}
}

// Tell says that something of a conversation has changed. It never blocks.
func (x *Indexer) Tell(conversation string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changes++
	if len(x.told) < mostTold {
		x.told[conversation] = struct{}{}
	} else {
		x.forgotten = true
	}
}

// Run indexes until ctx ends.
func (x *Indexer) Run(ctx context.Context) error {
	tick := time.NewTicker(x.o.Every)
	defer tick.Stop()
	sc := &scan{begin: time.Now(), first: true}
	for fresh := true; ctx.Err() == nil; {
		err := x.round(ctx, sc, fresh)
		if err != nil && ctx.Err() == nil {
			x.trouble.Warn().Err(err).Msg("cannot index what was said; trying again")
		}
		fresh = ticked(ctx, tick.C, err != nil || !sc.running)
	}
	return nil
}

// ticked tells whether there was a tick; it waits for it, or for the end of ctx, if it is to.
func ticked(ctx context.Context, tick <-chan time.Time, wait bool) bool {
	if !wait {
		select {
		case <-tick:
			return true
		default:
			return false
		}
	}
	select {
	case <-tick:
		return true
	case <-ctx.Done():
		return false
	}
}

// round indexes what was told of, if it is time for that, then a piece of what was not. So what is said while a large database is indexed for the first
// time waits for one piece and no more.
func (x *Indexer) round(ctx context.Context, sc *scan, fresh bool) error {
	if fresh {
		if err := x.indexTold(ctx); err != nil {
			return err
		}
	}
	return x.scanSome(ctx, sc)
}

func (x *Indexer) indexTold(ctx context.Context) error {
	ids := x.take()
	left, err := x.index(ctx, ids)
	if err != nil {
		x.giveBack(left)
	}
	return err
}

func (x *Indexer) take() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	ids := slices.Collect(maps.Keys(x.told))
	clear(x.told)
	return ids
}

func (x *Indexer) giveBack(ids []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		x.told[id] = struct{}{}
	}
}

// index indexes conversations, with rests, and returns those that it did not come to.
func (x *Indexer) index(ctx context.Context, ids []string) (left []string, err error) {
	for len(ids) > 0 && err == nil {
		ids, err = x.some(ctx, ids, true)
	}
	return ids, err
}

// some indexes a piece of conversations, and returns those that are left. It rests afterwards, if it is to.
func (x *Indexer) some(ctx context.Context, ids []string, rest bool) (left []string, err error) {
	began := time.Now()
	n, again, err := x.piece(ctx, ids)
	if err != nil {
		return ids, err
	}
	left = append(ids[n:], again...)
	if rest && !pause(ctx, x.restAfter(time.Since(began))) {
		err = ctx.Err()
	}
	return left, err
}

// piece indexes what fits into one transaction. It returns how many of the conversations it has looked at, and which of those have more.
func (x *Indexer) piece(ctx context.Context, ids []string) (n int, again []string, err error) {
	s := x.o.Store
	all, err := read(ctx, s, func(t tx) (all []*stretch, err error) {
		lines := 0
		for n = 0; n < min(len(ids), indexTalks) && lines < indexLines; n++ {
			p, err := s.stretch(t, ids[n], indexLines-lines)
			if err != nil {
				return nil, err
			}
			if p != nil {
				all = append(all, p)
				lines += len(p.docs)
			}
		}
		return all, nil
	})
	if err != nil || len(all) == 0 {
		return n, nil, err
	}
	for _, p := range all {
		if p.more {
			again = append(again, p.conversation)
		}
	}
	// In one order on all nodes, and in walks too, which go the other way: each is held until the commit.
	slices.SortFunc(all, func(a, b *stretch) int { return strings.Compare(a.conversation, b.conversation) })
	return n, again, s.putStretches(ctx, all)
}

// restAfter is how long to rest after so much work.
func (x *Indexer) restAfter(worked time.Duration) time.Duration {
	x.mu.Lock()
	defer x.mu.Unlock()
	if since := time.Since(x.counted); since >= time.Second {
		x.rate, x.changes, x.counted = float64(x.changes)/since.Seconds(), 0, time.Now()
	}
	if x.rate > rushLines {
		return min(rushRest*worked, longestRest)
	}
	return min(calmRest*worked, longestRest)
}

// pause waits; false means that ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// CatchUp indexes everything that there is, without a rest: for whoever waits for it.
func (x *Indexer) CatchUp(ctx context.Context) error {
	x.take()
	sc := &scan{begin: time.Now(), first: true, hurry: true}
	for {
		if err := x.scanSome(ctx, sc); err != nil {
			return err
		}
		if !sc.running {
			return nil
		}
	}
}
