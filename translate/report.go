package translate

import (
	"context"
	"errors"
	"strconv"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Report is one line's way through the pipeline, for people: the command line, a support case.
type Report struct {
	Translation chat.Translation
	// Engine and Pair are empty if nobody had an answer.
	Engine string
	Pair   Pair
	// Level is where the answer was known from; empty if an engine was asked.
	Level Level
	// Skipped are the engines that were passed over or had no answer, in the order in which they were asked, and the site's that are not here.
	Skipped []Skip
	// Formality is how the reader is addressed, where the engine knows such a thing; Context is what went with the line.
	Formality chat.Formality
	Context   []string
	// Budget is how the site stood.
	Budget chat.BudgetState
	// Memory is the entry of the memory that was used, and nil if none was.
	Memory *chat.MemoryEntry
	// Terms are the forms of the glossary that were wanted.
	Terms []string
	// Masked is the text as engines see it, with {0}, {1} for marks; Spans is what stands there.
	Masked string
	Spans  []MaskedSpan
	Steps  []Step
	// Trouble is what went wrong on the way, also if another engine then had an answer.
	Trouble string

	last time.Time
}

// MaskedSpan is one thing that was kept from the engines.
type MaskedSpan struct {
	Kind Kind
	Text string
}

// Skip is an engine that a line did not come from.
type Skip struct {
	Engine string
	Reason chat.Reason
	// Error says more, if there is more to say.
	Error string
}

// Step is a part of the way and how long it took.
type Step struct {
	Name string
	Took time.Duration
}

// Explain translates like Translate, and tells how.
func (p *Pipeline) Explain(ctx context.Context, u chat.Untranslated) Report {
	var rep Report
	rep.Translation = p.line(ctx, u, &rep, nil)
	return rep
}

// The methods below do nothing on a nil Report, so that nobody has to ask whether somebody listens.

func (r *Report) start() {
	if r != nil {
		r.last = time.Now()
	}
}

func (r *Report) step(name string) {
	if r == nil {
		return
	}
	now := time.Now()
	r.Steps = append(r.Steps, Step{Name: name, Took: now.Sub(r.last)})
	r.last = now
}

func (r *Report) masked(m masked) {
	if r == nil {
		return
	}
	r.Masked = readable(m.text)
	for i, sp := range m.spans {
		r.Spans = append(r.Spans, MaskedSpan{Kind: sp.Kind, Text: m.was[i]})
	}
}

func (r *Report) glossed(l *line) {
	if r != nil && l.terms != nil {
		r.Terms = l.terms
		r.Spans = nil
		r.masked(l.m)
	}
}

func (r *Report) remembered(e *entry) {
	if r != nil {
		r.Memory = &e.MemoryEntry
	}
}

func (r *Report) answered(a answer) {
	if r == nil {
		return
	}
	r.Engine, r.Pair, r.Level = a.engine, a.pair, a.level
	if a.err != nil {
		r.Trouble = a.err.Error()
	}
}

func (r *Report) skip(engine string, reason chat.Reason, err error) {
	if r == nil {
		return
	}
	s := Skip{Engine: engine, Reason: reason}
	if err != nil {
		s.Error = err.Error()
	}
	r.Skipped = append(r.Skipped, s)
}

// asked notes what an engine is asked beside the text.
func (r *Report) asked(req Request) {
	if r != nil {
		r.Formality, r.Context = req.Formality, req.Context
	}
}

// site notes what the site's settings come to.
func (r *Report) site(pl *plan, s chat.BudgetState) {
	if r == nil {
		return
	}
	r.Budget = s
	for _, name := range pl.missing {
		r.skip(name, chat.ReasonNoEngine, errNotHere)
	}
}

// errNotHere is for engines that a site names.
var errNotHere = errors.New("the site names it, and this server has not got it")

// readable shows marks as {0}, {1}.
func readable(s string) string {
	b := make([]byte, 0, len(s)+16)
	for _, r := range s {
		if IsMark(r) {
			b = append(b, '{')
			b = append(b, strconv.Itoa(MarkNumber(r))...)
			b = append(b, '}')
			continue
		}
		b = append(b, string(r)...)
	}
	return string(b)
}

// EngineStatus is how an engine is doing.
type EngineStatus struct {
	Name string
	// Found is false if it is not installed or not configured.
	Found bool
	Pairs []Pair
	// Sources and Targets are the languages of an engine that has no list of pairs; each of the first goes into each of the second.
	Sources, Targets []language.Tag
	// Usage is nil if the engine does not count, or does not tell.
	Usage *Usage
	// Answers tells whether it translated a word just now, and Took how long that took; Error is the sentence if not.
	Answers bool
	Took    time.Duration
	Error   string
	// Open are its breakers that are open.
	Open []OpenBreaker
}

// Engines asks every engine for its pairs, and for one word to see whether it answers. That may take seconds.
func (p *Pipeline) Engines(ctx context.Context) []EngineStatus {
	var all []EngineStatus
	for _, s := range p.stations {
		st := p.status(ctx, s)
		st.Open = s.standing(p.opts.now())
		all = append(all, st)
	}
	return all
}

// OpenBreakers returns the breakers that are open, by engine.
func (p *Pipeline) OpenBreakers() map[string][]OpenBreaker {
	all := map[string][]OpenBreaker{}
	for _, s := range p.stations {
		all[s.Name()] = s.standing(p.opts.now())
	}
	return all
}

func (p *Pipeline) status(ctx context.Context, s *station) EngineStatus {
	st := EngineStatus{Name: s.Name()}
	caps, err := s.Caps(ctx)
	if err != nil {
		st.Error, st.Found = err.Error(), KindOf(err) != Unavailable
		return st
	}
	st.Found, st.Pairs, st.Sources, st.Targets = true, caps.Pairs, caps.Sources, caps.Targets
	pair, ok := trial(caps)
	if !ok {
		st.Error = "It has no pair that is switched on."
		return st
	}
	m, _ := mask(sample(pair.From))
	began := time.Now()
	_, err = p.call(ctx, try{station: s, route: route{Pair: pair}, caps: caps, req: Request{From: pair.From, To: pair.To}}, m, nil)
	st.Took = time.Since(began)
	if st.Answers = err == nil || KindOf(err) == BadOutput; !st.Answers {
		st.Error = err.Error()
	}
	if meter, ok := s.Engine.(Metered); ok {
		if u, err := meter.Usage(ctx); err == nil {
			st.Usage = &u
		}
	}
	return st
}

// trial returns the pair that is tried to see whether an engine answers.
func trial(caps *Caps) (Pair, bool) {
	for _, p := range caps.Pairs {
		if !p.Off {
			return p, true
		}
	}
	for _, from := range caps.Sources {
		for _, to := range caps.Targets {
			if !SameLanguage(from, to) {
				return Pair{From: from, To: to, Class: ClassA}, true
			}
		}
	}
	return Pair{}, false
}

// sample is a word that every engine knows.
func sample(from language.Tag) string {
	words := map[string]string{"en": "Thank you", "es": "Gracias", "pt": "Obrigado", "fr": "Merci", "ca": "Gràcies", "it": "Grazie", "de": "Danke"}
	b, _ := from.Base()
	if w := words[b.String()]; w != "" {
		return w
	}
	return "Radio"
}

// Warm prepares the engine that would serve this pair, so that the first line does not wait for it.
func (p *Pipeline) Warm(ctx context.Context, from, to language.Tag) error {
	if !p.enter() {
		return nil
	}
	defer p.calls.Done()
	for _, s := range p.stations {
		r, _, err := s.route(ctx, from, to)
		if err != nil || !r.found {
			continue
		}
		if w, ok := s.Engine.(Warmer); ok {
			return w.Warm(ctx, r.Pair)
		}
		return nil
	}
	return nil
}
