package files

import (
	"io"
	"sync"
	"time"

	"dragoman/chat"
)

const (
	// progressTime is the time within which a file has to come on by Limits.ProgressBytes. A connection that stands still for twenty seconds again and again
	// must not look like one that is held back.
	progressTime = time.Minute
	// progressStep is how exactly that is known.
	progressStep = time.Second
	// slowPause is when somebody whose file has given its place up may try again.
	slowPause = 30 * time.Second
)

// arrivals are the places in which files arrive: so many at once. When all are taken, the slowest of those that have hardly moved within the last minute gives
// its own to who comes; while there is room it may be as slow as it likes.
type arrivals struct {
	most, progress int64
	now            func() time.Time

	mu    sync.Mutex // guards the following, and what is said so in an arrival
	count int64
	held  map[*arrival]struct{} // those whose file is not there yet
}

// arrival is a file that arrives, and has a place.
type arrival struct {
	of   *arrivals
	from io.Reader

	// All guarded by of.mu.
	total int64    // bytes that have come
	marks []marked // oldest first: one before the last minute, and those within it
	lost  bool     // somebody else has it
	free  bool     // it is given back
}

// marked is how much had come at a time.
type marked struct {
	at    time.Time
	total int64
}

func newArrivals(l Limits, now func() time.Time) *arrivals {
	return &arrivals{most: l.AtOnce, progress: l.ProgressBytes, now: now, held: map[*arrival]struct{}{}}
}

// enter finds a place for a file, or returns nil. If from has a method GiveWay, that makes a Read return that waits.
func (s *arrivals) enter(from io.Reader) *arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.count >= s.most && !s.clearLocked(now) {
		return nil
	}
	p := &arrival{of: s, from: from, marks: []marked{{at: now}}}
	s.count++
	s.held[p] = struct{}{}
	return p
}

// clearLocked takes the place of the slowest, if it is too slow.
func (s *arrivals) clearLocked(now time.Time) bool {
	var slowest *arrival
	least := s.progress
	for p := range s.held {
		if n, known := p.lately(now); known && n < least {
			slowest, least = p, n
		}
	}
	if slowest == nil {
		return false
	}
	slowest.lost = true
	slowest.leaveLocked()
	if g, ok := slowest.from.(interface{ GiveWay() }); ok {
		g.GiveWay()
	}
	return true
}

// lately returns how much has come within the last minute, if it is so long that it comes.
func (p *arrival) lately(now time.Time) (bytes int64, known bool) {
	if now.Sub(p.marks[0].at) < progressTime {
		return 0, false
	}
	p.forget(now)
	return p.total - p.marks[0].total, true
}

// forget drops all marks before the last minute but the newest of them.
func (p *arrival) forget(now time.Time) {
	for len(p.marks) > 1 && now.Sub(p.marks[1].at) >= progressTime {
		p.marks = p.marks[1:]
	}
}

// Read reads the file that arrives. Whoever has lost the place is told so, also at the end of the file.
func (p *arrival) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	s := p.of
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.lost {
		return 0, tooSlow()
	}
	p.total += int64(n)
	if now := s.now(); now.Sub(p.marks[len(p.marks)-1].at) >= progressStep {
		p.marks = append(p.marks, marked{now, p.total})
		p.forget(now)
	}
	if err != nil { // it is there, or will never be: what is done with it now takes as long as it takes
		delete(s.held, p)
	}
	return n, err
}

// leave gives the place back.
func (p *arrival) leave() {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.leaveLocked()
}

func (p *arrival) leaveLocked() {
	delete(p.of.held, p)
	if !p.free {
		p.free = true
		p.of.count--
	}
}

func busy() error {
	e := chat.Errorf(chat.RateLimited, "Many files arrive at the moment. Please try again in a few seconds.")
	e.RetryAfterS = 5
	return e
}

func tooSlow() error {
	e := chat.Errorf(chat.RateLimited, "Many files arrive at the moment, and this one was too slow. Please try again in a moment, or where the connection is better.")
	e.RetryAfterS = int(slowPause / time.Second)
	return e
}
