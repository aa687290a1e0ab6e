package torture

import (
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
)

// ledger is what everybody was promised, and what everybody was shown, with the time of each.
type ledger struct {
	mu    sync.Mutex
	lines map[string]*entry // by text: every text is typed once
	typed []*entry
}

// entry is one line that somebody has typed. Its fields are guarded by ledger.mu.
type entry struct {
	author *person
	line   *client.Line
	// typed is when it was handed to the outbox with nothing before it, acked when the server had said ok; zero: it has not.
	typed, acked time.Time
	ok           chat.SendOK
	refused      error
	// shown is when each client had it on the screen for the first time.
	shown map[*person]time.Time
}

func newLedger() *ledger { return &ledger{lines: map[string]*entry{}} }

func (l *ledger) note(p *person, line *client.Line) *entry {
	e := &entry{author: p, line: line, typed: time.Now(), shown: map[*person]time.Time{}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines[line.Send.Text] = e
	l.typed = append(l.typed, e)
	return e
}

func (l *ledger) settle(e *entry, ok chat.SendOK, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		e.refused = err
		return
	}
	e.ok, e.acked = ok, time.Now()
}

func (l *ledger) see(p *person, text string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.lines[text]; e != nil && e.shown[p].IsZero() {
		e.shown[p] = at
	}
}

// acks counts the lines that were acknowledged.
func (l *ledger) acks() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, e := range l.typed {
		if !e.acked.IsZero() {
			n++
		}
	}
	return n
}

// ackedAfter returns when the first line was acknowledged that was so after at.
func (l *ledger) ackedAfter(at time.Time) (first time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.typed {
		if e.acked.After(at) && (first.IsZero() || e.acked.Before(first)) {
			first = e.acked
		}
	}
	return first
}

// span is a stretch of time; a zero end is open.
type span struct{ from, to time.Time }

func (s span) holds(at time.Time) bool {
	return !at.Before(s.from) && (s.to.IsZero() || at.Before(s.to))
}

// answers are the times from typed to acknowledged of the lines typed within a span.
func (l *ledger) answers(within span) durations {
	l.mu.Lock()
	defer l.mu.Unlock()
	var d durations
	for _, e := range l.typed {
		if within.holds(e.typed) && !e.acked.IsZero() {
			d = append(d, e.acked.Sub(e.typed))
		}
	}
	return d
}

// deliveries are the times from acknowledged to shown of the lines typed within a span, at every client for whom counts says so. A line
// that is shown before it is acknowledged took no time.
func (l *ledger) deliveries(within span, counts func(author, reader *person) bool) durations {
	l.mu.Lock()
	defer l.mu.Unlock()
	var d durations
	for _, e := range l.typed {
		if !within.holds(e.typed) || e.acked.IsZero() {
			continue
		}
		for reader, at := range e.shown {
			if counts(e.author, reader) {
				d = append(d, max(0, at.Sub(e.acked)))
			}
		}
	}
	return d
}
