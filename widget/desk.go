package widget

import (
	"context"
	"slices"
	"sync"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/sync/singleflight"
)

const (
	// facesMost is how many agents a visitor is shown, facesFor how long they are believed.
	facesMost = 3
	facesFor  = 10 * time.Second
	// repliesWithin is the time whose first answers count, repliesLeast how many of them it takes to say anything, repliesFor how long what was found is believed.
	repliesWithin = time.Hour
	repliesLeast  = 10
	repliesFor    = time.Minute
	// deskPatience is how long a session waits for either: it is said with the next one, then.
	deskPatience = 250 * time.Millisecond
)

// desk is what visitors are told of those who answer. Neither is worth a question to the database per visitor, so both are kept per site for a while.
type desk struct {
	faces   kept[[]chat.Face]
	replies kept[int]
}

func newDesk(e *Edge) *desk {
	return &desk{
		faces: kept[[]chat.Face]{lasts: facesFor, log: e.log, ask: func(ctx context.Context, site string) ([]chat.Face, error) {
			return e.hub.SiteFaces(ctx, site, facesMost), nil
		}},
		replies: kept[int]{lasts: repliesFor, log: e.log, ask: func(ctx context.Context, site string) (int, error) {
			all, err := e.store.FirstReplies(ctx, site, repliesWithin)
			return median(all), err
		}},
	}
}

// median returns the middle in whole seconds, at least 1; 0 if there are too few.
func median(all []time.Duration) int {
	if len(all) < repliesLeast {
		return 0
	}
	slices.Sort(all)
	return max(1, int(all[len(all)/2].Round(time.Second)/time.Second))
}

// kept holds an answer per site. Only sites that exist are asked about, so there are no more answers than sites.
type kept[T any] struct {
	lasts  time.Duration
	ask    func(ctx context.Context, site string) (T, error)
	log    zerolog.Logger
	flight singleflight.Group

	mu   sync.Mutex // guards have
	have map[string]keptAnswer[T]
}

type keptAnswer[T any] struct {
	value T
	at    time.Time
}

// get returns the answer of a moment ago, or asks. Where asking fails or takes long, the last answer holds, or none.
func (k *kept[T]) get(ctx context.Context, site string) T {
	k.mu.Lock()
	old, ok := k.have[site]
	k.mu.Unlock()
	if ok && time.Since(old.at) < k.lasts {
		return old.value
	}
	got := k.flight.DoChan(site, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		value, err := k.ask(ctx, site)
		if err != nil {
			k.log.Warn().Err(err).Str("site", site).Msg("cannot ask who answers, and how soon")
			value = old.value
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.have == nil {
			k.have = map[string]keptAnswer[T]{}
		}
		k.have[site] = keptAnswer[T]{value, time.Now()}
		return value, nil
	})
	enough := time.NewTimer(deskPatience)
	defer enough.Stop()
	select {
	case r := <-got:
		return r.Val.(T)
	case <-enough.C:
	case <-ctx.Done():
	}
	return old.value
}
