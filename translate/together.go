package translate

import (
	"context"
	"errors"
	"sync"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// ManyTargets is an engine that translates into several languages with one call. A line that is wanted in several at the same moment asks it once.
type ManyTargets interface {
	// TranslateMany is Translate into each of to; r.To says nothing. It answers with one Response for each, in order; one that is nil had no answer. An error is
	// that of all of them.
	TranslateMany(ctx context.Context, r *Request, to []language.Tag) ([]*Response, error)
}

// togetherWait is how long a language at most waits for the others of its line before an engine is asked without them.
const togetherWait = 25 * time.Millisecond

// TranslateAll translates a text into several languages: us differ in To and in who reads them. Each goes its own way, with memory, cache, budget and the next engine of its
// own; only a call to an engine that can answer for several is made once for those who come to it at the same moment. done is called with the place in us and
// what came of it as soon as that is there, from any goroutine; TranslateAll returns behind the last call of it.
func (p *Pipeline) TranslateAll(ctx context.Context, us []chat.Untranslated, done func(i int, t chat.Translation)) {
	if len(us) == 1 {
		done(0, p.Translate(ctx, us[0]))
		return
	}
	pt := &party{coming: len(us), tables: map[seating]*table{}}
	var wait sync.WaitGroup
	for i, u := range us {
		wait.Go(func() {
			g := &guest{party: pt}
			t := p.line(ctx, u, nil, g)
			g.leave()
			done(i, t)
		})
	}
	wait.Wait()
}

// party is a line that is wanted in several languages at the same moment. Each language is a guest. Who wants to ask an engine that answers for several sits down at a
// table, and waits for those who may yet come to it: those who are not at another table, with another engine, or done.
type party struct {
	mu     sync.Mutex // guards all below, and its guests
	coming int        // guests who may yet come to a table
	tables map[seating]*table
}

// seating is what languages must have in common that are asked for in one call: the engine, and the question but for its language.
type seating struct {
	station  *station
	question key
	second   bool
}

// table is a call that has not begun.
type table struct {
	to     []language.Tag
	full   chan struct{} // closed when nobody is waited for
	served chan struct{} // closed when there is an answer
	all    []*Response
	err    error
}

// guest is a language of a party. A nil guest is one that came alone.
type guest struct {
	party *party
	away  bool // it comes to no table any more
}

// leave says that nobody needs to wait for the guest.
func (g *guest) leave() {
	if g == nil {
		return
	}
	g.party.mu.Lock()
	defer g.party.mu.Unlock()
	if !g.away {
		g.away = true
		g.party.coming--
	}
	g.party.serve()
}

// serve lets those be served who have sat down, if nobody is waited for.
func (p *party) serve() {
	if p.coming > 0 {
		return
	}
	for at, t := range p.tables {
		close(t.full)
		delete(p.tables, at)
	}
}

// sit takes a place at the table of those who ask the same. first is true for the one who makes the call.
func (g *guest) sit(at seating, to language.Tag) (t *table, place int, first bool) {
	p := g.party
	p.mu.Lock()
	defer p.mu.Unlock()
	if t = p.tables[at]; t == nil {
		t, first = &table{full: make(chan struct{}), served: make(chan struct{})}, true
		p.tables[at] = t
	}
	t.to = append(t.to, to)
	if !g.away {
		p.coming--
	}
	p.serve()
	return t, len(t.to) - 1, first
}

// rise makes the guest one of those who are waited for again: it may have to ask once more.
func (g *guest) rise() {
	g.party.mu.Lock()
	defer g.party.mu.Unlock()
	if !g.away {
		g.party.coming++
	}
}

// clear takes the table away, so that nobody sits down at it any more.
func (p *party) clear(at seating, t *table) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tables[at] == t {
		delete(p.tables, at)
	}
}

// deliver asks the engine, with the other languages of the line if it can answer for several.
func (t try) deliver(ctx context.Context, req *Request) (*Response, error) {
	many, ok := t.Engine.(ManyTargets)
	if t.guest == nil || !ok || t.key.terms != "" { // words that are told differ from one language to the next
		t.guest.leave()
		return t.Translate(ctx, req)
	}
	at := seating{station: t.station, question: t.key, second: req.SecondCarrier}
	at.question.to = ""
	tb, place, first := t.guest.sit(at, req.To)
	defer t.guest.rise()
	if first {
		return t.host(ctx, many, at, tb, req)
	}
	select {
	case <-tb.served:
	case <-ctx.Done():
		return nil, &Error{Kind: Transient, Text: "it did not answer in time", Err: ctx.Err()}
	}
	resp, err := tb.answer(place)
	if alone(err) {
		return t.Translate(ctx, req)
	}
	if err != nil {
		err = &echo{err}
	}
	return resp, err
}

// host makes the call for all who have sat down.
func (t try) host(ctx context.Context, many ManyTargets, at seating, tb *table, req *Request) (*Response, error) {
	patience := time.NewTimer(togetherWait)
	defer patience.Stop()
	select {
	case <-tb.full:
	case <-patience.C:
	case <-ctx.Done():
	}
	t.guest.party.clear(at, tb)
	if len(tb.to) == 1 {
		return t.Translate(ctx, req)
	}
	tb.call(ctx, many, req)
	resp, err := tb.answer(0)
	if alone(err) {
		return t.Translate(ctx, req)
	}
	return resp, err
}

// call asks the engine. One that panics leaves nobody waiting.
func (t *table) call(ctx context.Context, many ManyTargets, req *Request) {
	defer close(t.served)
	t.err = &Error{Kind: Transient, Text: "it panicked"}
	t.all, t.err = many.TranslateMany(ctx, req, t.to)
}

// answer is what the one at that place gets.
func (t *table) answer(place int) (*Response, error) {
	switch {
	case t.err != nil:
		return nil, t.err
	case place >= len(t.all) || t.all[place] == nil:
		return nil, &Error{Kind: BadOutput, Text: "it answered for other languages than it was asked for", Rule: "count"}
	}
	return t.all[place], nil
}

// alone tells whether one of several languages may be what an engine did not like, so that each asks for itself. Where it is the engine that has no time, no key or no
// quota, that would not help.
func alone(err error) bool {
	if err == nil {
		return false
	}
	switch KindOf(err) {
	case NoPair, BadRequest, TooLarge, BadOutput:
		return true
	}
	return false
}

// echo is the failure of a call that somebody else has made and reported: it fails this language too, but is no further failure of the engine.
type echo struct{ error }

func (e *echo) Unwrap() error { return e.error }

func isEcho(err error) bool {
	var e *echo
	return errors.As(err, &e)
}
