package translate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dragoman/chat"
)

// answer is what the chain found: a masked text, and who made it.
type answer struct {
	text    string
	m       masked // of which text is the translation
	engine  string
	pair    Pair
	level   Level       // of the cache it comes from; empty if an engine was asked
	failure chat.Reason // empty if there is a text
	err     error       // the last thing that went wrong, also if another engine then had an answer
}

// try is one engine that may have an answer for a line: its pair, and the question in its terms.
type try struct {
	*station
	route route
	caps  *Caps
	key   key
	req   Request
	m     masked // the text that is asked for
	// budget is the site's.
	budget chat.Budget
	// last is true if there is no engine behind this one.
	last bool
	// private is true for a text that was not sent, and for one that has an address or a telephone openly in it: no store gets to know it.
	private bool
	// again is true if what is known already is not to be looked for.
	again bool
	// guest is the line's.
	guest *guest
}

// chain asks the engines in order until one has an answer that holds. A site that has to save gets what is known already first, whichever engine
// made it, and then engines that cost nothing.
func (p *Pipeline) chain(ctx context.Context, l *line) answer {
	a := answer{failure: chat.ReasonNoEngine}
	order := l.choice.order
	standing := p.ledger.standing(l.Site, l.set.Budget)
	l.rep.site(l.plan, standing)
	if standing != chat.BudgetOpen {
		for _, s := range order {
			if known, ok := p.known(ctx, l, s); ok {
				return known
			}
		}
		order = thrift(ctx, order)
	}
	for i, s := range order {
		t, reason, err := p.prepare(ctx, l, s)
		if reason != "" {
			a.fail(reason, s.Name(), err)
			l.rep.skip(s.Name(), reason, err)
			continue
		}
		l.rep.asked(t.req)
		t.last = i == len(order)-1
		for _, v := range l.variants(t.caps) {
			done, err := p.answered(ctx, l, t.as(v))
			if err == nil {
				done.err = a.err
				return done
			}
			a.fail(reasonOf(err), s.Name(), err)
			l.rep.skip(s.Name(), reasonOf(err), err)
			if !mayDoBetter(err) {
				break
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	return a
}

// prepare puts a line into an engine's terms. A reason means that the engine cannot be asked; err may say more.
func (p *Pipeline) prepare(ctx context.Context, l *line, s *station) (t try, reason chat.Reason, err error) {
	r, caps, err := s.route(ctx, l.From, l.To)
	switch {
	case err != nil && KindOf(err) == Unavailable:
		return t, chat.ReasonNoEngine, err
	case err != nil:
		return t, chat.ReasonEngine, err
	case !r.found:
		return t, chat.ReasonNoPair, nil
	}
	k := key{engine: s.Name(), config: caps.Config, site: l.Site, from: r.from, to: r.to, quick: caps.Quick}
	req := Request{From: r.From, To: r.To}
	if caps.Formality {
		req.Formality = l.formality()
		k.formality = string(req.Formality)
	}
	if caps.Context {
		req.Context = l.context(ctx)
		k.context = strings.Join(req.Context, "\n")
	}
	return try{station: s, route: r, caps: caps, key: k, req: req, budget: l.set.Budget, private: l.Passing || l.set.SendPersonal && personal(l.m.text), again: l.Again, guest: l.guest}, "", nil
}

// as is the question in one of the ways in which it can be asked.
func (t try) as(v variant) try {
	t.m, t.req.Glossary = v.m, v.terms
	t.key.text, t.key.kinds, t.key.terms = v.m.text, v.m.kinds(), v.epoch
	return t
}

// answered asks an engine in one way, unless the answer is in the cache.
func (p *Pipeline) answered(ctx context.Context, l *line, t try) (answer, error) {
	a := answer{m: t.m, engine: t.Name(), pair: t.route.Pair}
	text, ok := p.cache.get(t.key)
	l.rep.step("cache")
	if ok && !t.again {
		a.text, a.level = text, LevelCache
		return a, nil
	}
	var err error
	a.text, a.level, err = p.share(ctx, t, t.m)
	l.rep.step(t.Name())
	return a, err
}

// known looks whether an engine has translated a line before.
func (p *Pipeline) known(ctx context.Context, l *line, s *station) (answer, bool) {
	t, reason, _ := p.prepare(ctx, l, s)
	if reason != "" || t.again {
		return answer{}, false
	}
	for _, v := range l.variants(t.caps) {
		t := t.as(v)
		if text, level := p.lookUp(ctx, t.key); level != "" {
			return answer{text: text, m: t.m, engine: s.Name(), pair: t.route.Pair, level: level}, true
		}
	}
	return answer{}, false
}

// lookUp asks both levels of the cache.
func (p *Pipeline) lookUp(ctx context.Context, k key) (string, Level) {
	if text, ok := p.cache.get(k); ok {
		return text, LevelCache
	}
	if text, ok := p.answers.get(ctx, k); ok {
		p.cache.set(k, text)
		return text, LevelStore
	}
	return "", ""
}

// fail keeps the reason that tells most: an engine that tried says more than one that has not got the pair.
func (a *answer) fail(reason chat.Reason, engine string, err error) {
	weight := map[chat.Reason]int{chat.ReasonNoPair: 1, chat.ReasonTooLong: 2, chat.ReasonEngine: 3, chat.ReasonDamaged: 4, chat.ReasonBudget: 5}
	if weight[reason] > weight[a.failure] {
		a.failure = reason
	}
	if err != nil {
		a.err = fmt.Errorf("%s: %w", engine, err)
	}
}

func reasonOf(err error) chat.Reason {
	switch KindOf(err) {
	case BadOutput, NoTerms:
		return chat.ReasonDamaged
	case TooLarge:
		return chat.ReasonTooLong
	case NoPair:
		return chat.ReasonNoPair
	case Spent:
		return chat.ReasonBudget
	}
	return chat.ReasonEngine
}

// flight is what everybody gets who waited for one call.
type flight struct {
	text  string
	level Level
}

// share lets everybody who wants the same line at the same time wait for one call. The call belongs to the pipeline and not to who came first:
// he may hang up, the others and the cache still want the answer.
func (p *Pipeline) share(ctx context.Context, t try, m masked) (string, Level, error) {
	flightKey := t.key.flight()
	if t.again {
		flightKey += "\x00again" // another call may be about to find what is known
	}
	done := p.flights.DoChan(flightKey, func() (any, error) {
		if !p.enter() {
			return flight{}, &Error{Kind: Transient, Text: "the translation pipeline is closed"}
		}
		defer p.calls.Done()
		ctx, cancel := context.WithTimeout(p.ctx, p.opts.Timeout)
		defer cancel()
		// Somebody else's call may have ended between our look into the cache and here.
		if text, level := p.lookUp(ctx, t.key); level != "" && !t.again {
			return flight{text, level}, nil
		}
		text, err := p.ask(ctx, t, m)
		if err == nil {
			p.cache.set(t.key, text)
			if !t.private {
				p.answers.set(t.key, text)
			}
		}
		return flight{text: text}, err
	})
	select {
	case <-ctx.Done():
		return "", "", &Error{Kind: Transient, Text: "nobody waits any longer", Err: ctx.Err()}
	case res := <-done:
		f, _ := res.Val.(flight)
		return f.text, f.level, res.Err
	}
}

// ask has one engine translate a masked text, twice if that may help, and verifies the answer.
func (p *Pipeline) ask(ctx context.Context, t try, m masked) (text string, err error) {
	g := t.gate(t.route, t.caps)
	if !g.sit(ctx, t.last, t.guest.leave) {
		return "", &Error{Kind: Transient, Text: "it has too much to do"}
	}
	defer g.rise()
	bill, err := p.ledger.open(ctx, t, m)
	if err != nil {
		return "", err
	}
	defer bill.close()
	turn := g.allow(p.opts.now())
	if turn == 0 {
		return "", &Error{Kind: Transient, Text: "it has failed too often and is left alone for a while"}
	}
	defer func() { g.done(turn, err, p.opts.now()) }()
	began := time.Now()
	text, err = p.call(ctx, t, m, bill)
	// One that took so long would take as long again, and leave no time for the engine behind it.
	if err == nil || ctx.Err() != nil || time.Since(began) > p.opts.Timeout/4 {
		return text, err
	}
	if other, ok := t.caps.otherwise(t.req, m, err); ok {
		t.req = other
		return p.call(ctx, t, m, bill)
	}
	if t.caps.Isolated {
		return text, err
	}
	switch wait := afterOf(err); {
	case KindOf(err) != Transient && KindOf(err) != Rate, wait > time.Second:
		return text, err
	case !pause(ctx, max(wait, 50*time.Millisecond)):
		return text, err
	}
	return p.call(ctx, t, m, bill)
}

// call is one attempt. An engine that panics has only failed.
func (p *Pipeline) call(ctx context.Context, t try, m masked, bill *bill) (text string, err error) {
	began, sent := time.Now(), 0
	defer func() {
		p.figures.Called(t.Name(), t.route.Pair, kindOrNone(err), time.Since(began), sent)
	}()
	defer func() {
		if v := recover(); v != nil {
			p.opts.Log.Error().Str("engine", t.Name()).Interface("panic", v).Msg("an engine panicked")
			err = &Error{Kind: Transient, Text: "it panicked"}
		}
	}()
	timeout, limit := t.caps.Timeout, t.caps.MaxBytes
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
	req := t.req
	req.Segments = segs
	resp, err := t.deliver(ctx, &req)
	sent = bill.add(segs, resp, err)
	if err == nil {
		err = p.holds(segs, resp, req)
	}
	if err != nil {
		if KindOf(err) == BadOutput {
			p.figures.Rejected(t.Name(), ruleOf(err))
		}
		return "", typed(err)
	}
	return join(pieces, resp.Results), nil
}

// holds verifies an answer, and puts what stands too close to a mark apart.
func (p *Pipeline) holds(segs []Segment, resp *Response, req Request) error {
	if resp == nil || len(resp.Results) != len(segs) {
		return &Error{Kind: BadOutput, Text: "it answered with another number of texts than it was asked for", Rule: "count"}
	}
	for i, seg := range segs {
		if err := verify(seg, resp.Results[i].Text, req.From, req.To); err != nil {
			return err
		}
		if why := checkLanguage(p.opts.Detect, resp.Results[i].Text, req.From, req.To); why != "" {
			return broken("language", why)
		}
		resp.Results[i].Text = apart(seg, resp.Results[i].Text)
	}
	return nil
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
