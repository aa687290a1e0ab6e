package translate

import (
	"context"
	"sync/atomic"
	"time"
)

// lookout looks for what is new of a site in a store: one reader at a time, and not too often.
type lookout struct {
	reading chan struct{} // capacity 1: who is in it reads the store
	last    atomic.Int64  // when the store was last asked, in nanoseconds since 1970; 0: never, or it has something new
}

func newLookout() lookout { return lookout{reading: make(chan struct{}, 1)} }

// stale says that there is something new.
func (l *lookout) stale() { l.last.Store(0) }

func (l *lookout) due(now time.Time, every time.Duration) bool {
	last := l.last.Load()
	return last == 0 || now.UnixNano()-last >= int64(every)
}

// look calls read, unless somebody has looked within every; while somebody does, it waits for him, and memoryPatience at most. read returns when it
// last asked the store, or nothing if it did not come to the end.
func (l *lookout) look(ctx context.Context, now func() time.Time, every time.Duration, read func(context.Context) time.Time) {
	if !l.due(now(), every) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, memoryPatience)
	defer cancel()
	select {
	case l.reading <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-l.reading }()
	if !l.due(now(), every) {
		return // somebody else has just read it
	}
	if asked := read(ctx); !asked.IsZero() {
		l.last.Store(asked.UnixNano())
	}
}
