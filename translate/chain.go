package translate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// station is an engine in the chain, with what the pipeline remembers of it.
type station struct {
	Engine

	mu       sync.Mutex // guards all below
	caps     *Caps
	routes   map[[2]language.Tag]route
	breakers map[string]*breaker
}

// route is the answer to "which pair of this engine": the pair, and its languages as the cache's key has them.
type route struct {
	Pair
	found    bool
	from, to string
}

// maxRoutes bounds what is remembered of languages that readers made up.
const maxRoutes = 1000

// route finds the pair for a writer of from and a reader of to.
func (s *station) route(ctx context.Context, from, to language.Tag) (route, *Caps, error) {
	caps, err := s.Caps(ctx)
	if err != nil {
		return route{}, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if caps != s.caps || len(s.routes) > maxRoutes {
		s.caps, s.routes = caps, map[[2]language.Tag]route{}
	}
	r, ok := s.routes[[2]language.Tag{from, to}]
	if !ok {
		r.Pair, r.found = caps.Match(from, to)
		r.found = r.found && !r.Off
		r.from, r.to = r.From.String(), r.To.String()
		s.routes[[2]language.Tag{from, to}] = r
	}
	return r, caps, nil
}

func (s *station) breaker(r route, caps *Caps) *breaker {
	name := ""
	if caps.Isolated {
		name = r.from + ">" + r.to
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.breakers[name]
	if b == nil {
		b = &breaker{}
		if s.breakers == nil {
			s.breakers = map[string]*breaker{}
		}
		s.breakers[name] = b
	}
	return b
}

// answer is what the chain found: a masked text, and who made it.
type answer struct {
	text    string
	engine  string
	pair    Pair
	cached  bool
	failure chat.Reason // empty if there is a text
	err     error       // the last thing that went wrong, also if another engine then had an answer
}

// chain asks the engines in order until one has an answer that holds.
func (p *Pipeline) chain(ctx context.Context, l *line) answer {
	a := answer{failure: chat.ReasonNoEngine}
	for _, s := range p.stations {
		r, caps, err := s.route(ctx, l.From, l.To)
		switch {
		case KindOf(err) == Unavailable && err != nil:
			a.fail("", s.Name(), err)
			continue
		case err != nil:
			a.fail(chat.ReasonEngine, s.Name(), err)
			continue
		case !r.found:
			a.fail(chat.ReasonNoPair, s.Name(), nil)
			continue
		}
		k := key{engine: s.Name(), site: l.Site, from: r.from, to: r.to, text: l.m.text, kinds: l.m.kinds()}
		req := Request{From: r.From, To: r.To}
		if caps.Formality {
			req.Formality, k.formality = l.Formality, string(l.Formality)
		}
		if caps.Context {
			req.Context = l.context(ctx)
			k.context = strings.Join(req.Context, "\n")
		}
		if text, ok := p.cache.get(k); ok {
			l.rep.step("cache")
			return answer{text: text, engine: s.Name(), pair: r.Pair, cached: true, err: a.err}
		}
		l.rep.step("cache")
		text, err := p.share(ctx, s, r, caps, k, req, l.m)
		l.rep.step(s.Name())
		if err == nil {
			return answer{text: text, engine: s.Name(), pair: r.Pair, err: a.err}
		}
		a.fail(reasonOf(err), s.Name(), err)
		if ctx.Err() != nil {
			break
		}
	}
	return a
}

// fail keeps the reason that tells most: an engine that tried says more than one that has not got the pair.
func (a *answer) fail(reason chat.Reason, engine string, err error) {
	weight := map[chat.Reason]int{chat.ReasonNoPair: 1, chat.ReasonTooLong: 2, chat.ReasonEngine: 3, chat.ReasonDamaged: 4}
	if weight[reason] > weight[a.failure] {
		a.failure = reason
	}
	if err != nil {
		a.err = fmt.Errorf("%s: %w", engine, err)
	}
}

func reasonOf(err error) chat.Reason {
	switch KindOf(err) {
	case BadOutput:
		return chat.ReasonDamaged
	case TooLarge:
		return chat.ReasonTooLong
	case NoPair:
		return chat.ReasonNoPair
	}
	return chat.ReasonEngine
}

// share lets everybody who wants the same line at the same time wait for one call. The call belongs to the pipeline and not to who came first:
// he may hang up, the others and the cache still want the answer.
func (p *Pipeline) share(ctx context.Context, s *station, r route, caps *Caps, k key, req Request, m masked) (string, error) {
	done := p.flights.DoChan(k.flight(), func() (any, error) {
		if !p.enter() {
			return "", &Error{Kind: Transient, Text: "the translation pipeline is closed"}
		}
		defer p.calls.Done()
		// Somebody else's call may have ended between our look into the cache and here.
		if text, ok := p.cache.get(k); ok {
			return text, nil
		}
		ctx, cancel := context.WithTimeout(p.ctx, p.opts.Timeout)
		defer cancel()
		text, err := p.ask(ctx, s, r, caps, req, m)
		if err == nil {
			p.cache.set(k, text)
		}
		return text, err
	})
	select {
	case <-ctx.Done():
		return "", &Error{Kind: Transient, Text: "nobody waits any longer", Err: ctx.Err()}
	case res := <-done:
		text, _ := res.Val.(string)
		return text, res.Err
	}
}

// ask has one engine translate a masked text, twice if that may help, and verifies the answer.
func (p *Pipeline) ask(ctx context.Context, s *station, r route, caps *Caps, req Request, m masked) (text string, err error) {
	b := s.breaker(r, caps)
	if !b.allow(p.opts.now()) {
		return "", &Error{Kind: Transient, Text: "it has failed too often and is left alone for a while"}
	}
	defer func() { b.done(err, p.opts.now()) }()
	began := time.Now()
	text, err = p.call(ctx, s, caps, req, m)
	// One that took so long would take as long again, and leave no time for the engine behind it.
	if err == nil || ctx.Err() != nil || time.Since(began) > p.opts.Timeout/4 {
		return text, err
	}
	if other, ok := caps.otherwise(req, m, err); ok {
		return p.call(ctx, s, caps, other, m)
	}
	if caps.Isolated {
		return text, err
	}
	switch wait := afterOf(err); {
	case KindOf(err) != Transient && KindOf(err) != Rate, wait > time.Second:
		return text, err
	case !pause(ctx, max(wait, 50*time.Millisecond)):
		return text, err
	}
	return p.call(ctx, s, caps, req, m)
}

// call is one attempt. An engine that panics has only failed.
func (p *Pipeline) call(ctx context.Context, s *station, caps *Caps, req Request, m masked) (text string, err error) {
	defer func() {
		if v := recover(); v != nil {
			p.opts.Log.Error().Str("engine", s.Name()).Interface("panic", v).Msg("an engine panicked")
			err = &Error{Kind: Transient, Text: "it panicked"}
		}
	}()
	timeout, limit := caps.Timeout, caps.MaxBytes
	if timeout <= 0 {
		timeout = DefaultEngineTimeout
	}
	if limit <= 0 {
		limit = DefaultSegmentBytes
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	pieces := m.cut(limit)
	segs := m.segments(pieces)
	req.Segments = segs
	resp, err := s.Translate(ctx, &req)
	if err != nil {
		return "", typed(err)
	}
	if resp == nil || len(resp.Results) != len(segs) {
		return "", &Error{Kind: BadOutput, Text: "it answered with another number of texts than it was asked for"}
	}
	for i, seg := range segs {
		if err := verify(seg, resp.Results[i].Text, req.From, req.To); err != nil {
			return "", err
		}
		if why := checkLanguage(p.opts.Detect, resp.Results[i].Text, req.From, req.To); why != "" {
			return "", &Error{Kind: BadOutput, Text: "the answer " + why}
		}
		resp.Results[i].Text = apart(seg, resp.Results[i].Text)
	}
	return join(pieces, resp.Results), nil
}

// typed makes an *Error of whatever an engine returned.
func typed(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return &Error{Kind: Transient, Text: "it failed", Err: err}
}

// pause waits for d, and tells whether ctx let it.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
