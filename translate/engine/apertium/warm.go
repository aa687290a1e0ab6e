package apertium

import (
	"context"
	"sync"
	"time"
)

// warm bounds how many modes have programs at once: each holds 45 to 630 MB, and visitors choose their languages. Who wants to start and
// finds no place asks the one that was used longest ago to stop.
type warm struct {
	places chan struct{} // one in it for each mode that runs

	mu   sync.Mutex // guards used
	used map[*worker]time.Time
}

func newWarm(limit int) *warm {
	return &warm{places: make(chan struct{}, limit), used: map[*worker]time.Time{}}
}

// evictEvery is how often who waits for a place asks one more to stop.
const evictEvery = 5 * time.Millisecond

// enter takes a place for w, and waits for one if it must.
func (a *warm) enter(ctx context.Context, w *worker) error {
	for !a.free() {
		// Again and again, because others wait too and may take the place that this one makes.
		a.evict()
		select {
		case <-time.After(evictEvery):
		case <-ctx.Done():
			return expired(ctx)
		case <-w.closed.Done():
			return errClosed
		}
	}
	select {
	case <-w.evict: // meant for the programs before these
	default:
	}
	a.touch(w)
	return nil
}

// free takes a place if there is one.
func (a *warm) free() bool {
	select {
	case a.places <- struct{}{}:
		return true
	default:
		return false
	}
}

// full tells whether there is no free place now.
func (a *warm) full() bool { return len(a.places) == cap(a.places) }

// leave gives w's place back.
func (a *warm) leave(w *worker) {
	a.mu.Lock()
	delete(a.used, w)
	a.mu.Unlock()
	<-a.places
}

func (a *warm) touch(w *worker) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used[w] = time.Now()
}

// evict asks one worker to stop after the line that it is at. It is forgotten at once, so that the next one in need asks
// another.
func (a *warm) evict() {
	a.mu.Lock()
	defer a.mu.Unlock()
	var oldest *worker
	for w, at := range a.used {
		if oldest == nil || at.Before(a.used[oldest]) {
			oldest = w
		}
	}
	if oldest == nil {
		return
	}
	delete(a.used, oldest)
	select {
	case oldest.evict <- struct{}{}:
	default:
	}
}
