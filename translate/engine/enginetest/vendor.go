package enginetest

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
	"dragoman/translate"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// Vendor is an engine over HTTP in front of a scripted server: it passes the Suite, and comes to a visible and harmless end whatever the
// server does.
type Vendor struct {
	// New returns the engine for the server at url, with Key as its key and the time that one request may take.
	New func(t testing.TB, url string, timeout time.Duration) translate.Engine
	// From and To are a pair that the server has, From being one of the corpus.
	From, To language.Tag
	// Serve is the server as it should be. It refuses what its vendor would refuse, and translates with Tail.
	Serve func(Asked) Answer
	// Translates tells requests for a translation from all others.
	Translates func(Asked) bool
	// Texts are what a request wants translated, as they go over the wire.
	Texts func(Asked) []string
	// Say is the body of a good answer to a request, with these texts.
	Say func(a Asked, texts ...string) string
	// Faults are the vendor's own, by name. They come on top of those that every server has, and may replace one.
	Faults map[string]Fault
	// Varieties are the languages of a writer and a reader ("en pt-BR"), and what stands in the request for them; nothing if there is
	// no such pair.
	Varieties map[string]string
	// Keyless says that the vendor knows no keys.
	Keyless bool
	// PerRequest is how many texts go into one request.
	PerRequest int
}

// Key is the secret of engines under test.
const Key = "s3cret-key"

// every is for the long lane: all damages of all lines instead of each line's own.
var every = flag.Bool("every", false, "damage each line of the corpus in each way")

// private are the words of the line that no sentence and no log may have.
const private = "private words"

// Tail "translates": it puts an o behind each word of small letters, and leaves all else alone.
func Tail(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" {
			words[i] += "o"
		}
	}
	return strings.Join(words, " ")
}

// Run runs the suite and all that is about HTTP.
func (v Vendor) Run(t *testing.T) {
	t.Run("Suite", func(t *testing.T) {
		s := NewServer(t, v.Serve)
		Suite{New: func(t *testing.T) translate.Engine { return v.New(t, s.URL, patience) }, From: v.From, To: v.To}.Run(t)
		v.discreet(t, s)
	})
	for name, test := range map[string]func(*testing.T){
		"Faults": v.faults, "BadTexts": v.badTexts, "Requests": v.requests, "Varieties": v.varieties, "Redirect": v.redirect,
		"Quotes": v.quotes, "Down": v.down, "Hints": v.hints, "Silent": v.silent, "Hangs": v.hangs,
		"Corpus": v.corpus, "SecondCarrier": v.secondCarrier, "Several": v.several,
	} {
		t.Run(name, test)
	}
}

func (v Vendor) engine(t testing.TB, reply func(Asked) Answer, timeout time.Duration) (*Server, translate.Engine) {
	s := NewServer(t, reply)
	e := v.New(t, s.URL, timeout)
	t.Cleanup(func() { e.Close() })
	return s, e
}

// except is the server as it should be, but for what it answers to requests for translations.
func (v Vendor) except(reply func(Asked) Answer) func(Asked) Answer {
	return func(a Asked) Answer {
		if v.Translates(a) {
			return reply(a)
		}
		return v.Serve(a)
	}
}

// asked returns the requests for translations until now.
func (v Vendor) asked(s *Server) []Asked {
	return slices.DeleteFunc(s.Asked(""), func(a Asked) bool { return !v.Translates(a) })
}

func (v Vendor) pair(t testing.TB, e translate.Engine) translate.Pair {
	t.Helper()
	var p translate.Pair
	var err error
	// An engine with little time may not hear the languages at once on a busy machine.
	if !Eventually(func() bool {
		var caps *translate.Caps
		if caps, err = e.Caps(t.Context()); err == nil {
			p, _ = caps.Match(v.From, v.To)
		}
		return err == nil
	}) || p.From == language.Und {
		t.Fatalf("no pair %s > %s: %v", v.From, v.To, err)
	}
	return p
}

// discreet looks for the key where it must never be.
func (v Vendor) discreet(t *testing.T, s *Server) {
	for _, a := range s.Asked("") {
		if strings.Contains(a.Path, Key) || strings.Contains(a.Path, "private") {
			t.Errorf("the key or a word stands in an address: %s", a.Path)
		}
	}
}

// faults wants the kind that the chain acts upon, one request (trying again is the chain's matter), and nobody's line or key in the sentence;
// then the same through a pipeline, alone and before another engine.
func (v Vendor) faults(t *testing.T) {
	all := v.httpFaults()
	maps.Copy(all, v.Faults)
	for name, f := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply := f.Reply
			if reply == nil {
				reply = func(Asked) Answer { return f.Answer }
			}
			s, e := v.engine(t, v.except(reply), f.timeout())
			p := v.pair(t, e)
			ctx, cancel := context.WithTimeout(t.Context(), f.timeout())
			defer cancel()
			_, err := ask(ctx, e, p, private)
			var te *translate.Error
			slack := f.After/100 + min(f.After, 2*time.Second)
			if !errors.As(err, &te) || te.Kind != f.Kind || te.After < f.After-slack || te.After > f.After+slack {
				t.Fatalf("%v (%+v), want %s after %v", err, te, f.Kind, f.After)
			}
			if strings.Contains(err.Error(), Key) || strings.Contains(err.Error(), "private") {
				t.Errorf("the sentence tells too much: %v", err)
			}
			if n := len(v.asked(s)); n != 1 {
				t.Errorf("asked %d times", n)
			}
			v.discreet(t, s)
			v.end(t, reply, f)
		})
	}
}

// reasons are what a reader is told.
var reasons = map[translate.ErrorKind]chat.Reason{
	translate.BadOutput: chat.ReasonDamaged, translate.TooLarge: chat.ReasonTooLong, translate.NoPair: chat.ReasonNoPair,
}

func (v Vendor) end(t *testing.T, reply func(Asked) Answer, f Fault) {
	var log bytes.Buffer
	s, e := v.engine(t, v.except(reply), f.timeout())
	v.pair(t, e)
	alone := translate.New(translate.Options{Engines: []translate.Engine{e}, Log: zerolog.New(&log)})
	defer alone.Close()
	want := reasons[f.Kind]
	if want == "" {
		want = chat.ReasonEngine
	}
	rep := alone.Explain(t.Context(), chat.Untranslated{Text: private, From: v.From, To: v.To})
	if got := rep.Translation; got.State != chat.TranslationFailed || got.Reason != want || got.Text != "" {
		t.Errorf("alone: %+v, want failed for %s", got, want)
	}
	if said := rep.Trouble + log.String(); strings.Contains(said, Key) || strings.Contains(said, "private") {
		t.Errorf("the report or the log tells too much: %s", said)
	}
	before, tries := len(v.asked(s)), 1
	if (f.Kind == translate.Transient || f.Kind == translate.Rate) && f.After <= time.Second {
		tries = 2
	}
	if before != tries {
		t.Errorf("the pipeline asked %d times, want %d", before, tries)
	}
	alone.Translate(t.Context(), chat.Untranslated{Text: "another line", From: v.From, To: v.To})
	if n := len(v.asked(s)) - before; n > 0 && (f.Kind == translate.Auth || f.Kind == translate.Quota || f.After > time.Second) {
		t.Errorf("it was asked %d times more, though it said that it is of no use", n)
	}
	_, e = v.engine(t, v.except(reply), f.timeout())
	v.pair(t, e)
	both := translate.New(translate.Options{Engines: []translate.Engine{e, second{v.From, v.To}}})
	defer both.Close()
	if got := both.Translate(t.Context(), chat.Untranslated{Text: private, From: v.From, To: v.To}); got.State != chat.TranslationDone || got.By.Name != "second" {
		t.Errorf("with another engine behind it: %+v", got)
	}
}

// second is an engine that is always there.
type second struct{ from, to language.Tag }

func (second) Name() string { return "second" }
func (s second) Caps(context.Context) (*translate.Caps, error) {
	return &translate.Caps{Pairs: []translate.Pair{{From: s.from, To: s.to, Class: translate.ClassB}}}, nil
}
func (second) Translate(_ context.Context, r *translate.Request) (*translate.Response, error) {
	resp := &translate.Response{}
	for _, s := range r.Segments {
		resp.Results = append(resp.Results, translate.Result{Text: Tail(s.Text)})
	}
	return resp, nil
}
func (second) Close() error { return nil }

func (v Vendor) badTexts(t *testing.T) {
	if len(badTexts) < 12 {
		t.Fatalf("%d bad texts", len(badTexts))
	}
	for name, text := range badTexts {
		_, e := v.engine(t, v.except(func(a Asked) Answer { return Answer{Body: v.Say(a, text)} }), patience)
		p := translate.New(translate.Options{Engines: []translate.Engine{e}})
		got := p.Translate(t.Context(), chat.Untranslated{Text: badSource, From: v.From, To: v.To})
		p.Close()
		if got.State != chat.TranslationFailed || got.Reason != chat.ReasonDamaged || got.Text != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	good := "¿Dónde está la lámpara azul que le pedí la semana pasada?"
	_, e := v.engine(t, v.except(func(a Asked) Answer { return Answer{Body: v.Say(a, good)} }), patience)
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	defer p.Close()
	if got := p.Translate(t.Context(), chat.Untranslated{Text: badSource, From: v.From, To: v.To}); got.Text != good {
		t.Errorf("a good answer: %+v", got)
	}
}

// requests wants one socket for many calls, our name on each, few requests for many texts, and the languages asked for once.
func (v Vendor) requests(t *testing.T) {
	s, e := v.engine(t, v.Serve, patience)
	p := v.pair(t, e)
	others := len(s.Asked("")) // what it takes to learn the languages
	for range 20 {
		if _, err := ask(t.Context(), e, p, "one"); err != nil {
			t.Fatal(err)
		}
	}
	sockets := map[string]bool{}
	for _, a := range s.Asked("") {
		sockets[a.Socket] = true
		if a.Header.Get("User-Agent") != "dragoman" {
			t.Errorf("user agent %q", a.Header.Get("User-Agent"))
		}
	}
	if len(sockets) != 1 {
		t.Errorf("20 calls used %d sockets", len(sockets))
	}
	if all, n := len(s.Asked("")), len(v.asked(s)); n != 20 || all-n > others {
		t.Errorf("20 calls were %d requests, %d of them translations", all, n)
	}
	before := len(v.asked(s))
	if _, err := ask(t.Context(), e, p, slices.Repeat([]string{"one"}, 50)...); err != nil {
		t.Fatal(err)
	}
	if n, want := len(v.asked(s))-before, (50+v.PerRequest-1)/v.PerRequest; n != want {
		t.Errorf("50 texts took %d requests, want %d", n, want)
	}
}

func (v Vendor) varieties(t *testing.T) {
	s, e := v.engine(t, v.Serve, patience)
	caps, err := e.Caps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for tags, want := range v.Varieties {
		from, to, _ := strings.Cut(tags, " ")
		pair, ok := caps.Match(language.MustParse(from), language.MustParse(to))
		if ok != (want != "") {
			t.Errorf("%s: %v, %v", tags, pair, ok)
		}
		if !ok {
			continue
		}
		if _, err := ask(t.Context(), e, pair, "x"); err != nil {
			t.Errorf("%s: %v", tags, err)
			continue
		}
		asked := v.asked(s)
		if last := asked[len(asked)-1]; !strings.Contains(last.Path+" "+last.Body, want) {
			t.Errorf("%s: asked %s %s, want %s", tags, last.Path, last.Body, want)
		}
	}
}

// redirect: following one would carry key and line to an address that nobody configured.
func (v Vendor) redirect(t *testing.T) {
	elsewhere := NewServer(t, v.Serve)
	for _, status := range []int{301, 302, 303, 307, 308} {
		reply := func(a Asked) Answer {
			return Answer{Status: status, Header: map[string]string{"Location": elsewhere.URL + a.Path}}
		}
		_, e := v.engine(t, v.except(reply), patience)
		if _, err := ask(t.Context(), e, v.pair(t, e), private); translate.KindOf(err) != translate.BadRequest || err == nil {
			t.Errorf("%d: %v", status, err)
		}
	}
	if n := len(elsewhere.Asked("")); n > 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

// quotes: a server that repeats line and key in its refusal does not get them into our sentence.
func (v Vendor) quotes(t *testing.T) {
	said := []string{private, "Private... (cut)"}
	if !v.Keyless {
		said = append(said, Key, "x "+Key+" y "+private)
	}
	for _, said := range said {
		for _, body := range []string{`{"error":%q}`, `{"error":{"message":%q}}`, `{"message":%q}`, `{"explanation":%q}`, `%s`} {
			_, e := v.engine(t, v.except(func(Asked) Answer { return Answer{Status: 400, Body: fmt.Sprintf(body, said)} }), patience)
			_, err := ask(t.Context(), e, v.pair(t, e), private)
			if err == nil || strings.Contains(strings.ToLower(err.Error()), "private") || strings.Contains(err.Error(), Key) {
				t.Errorf("%s: %v", said, err)
			}
		}
	}
}

// down: an engine whose server is not there is found, and does not answer.
func (v Vendor) down(t *testing.T) {
	s, e := v.engine(t, v.Serve, patience)
	s.Close()
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	defer p.Close()
	if got := p.Translate(t.Context(), chat.Untranslated{Text: private, From: v.From, To: v.To}); got.Reason != chat.ReasonEngine {
		t.Errorf("a server that is down: %+v", got)
	}
	if st := p.Engines(t.Context())[0]; !st.Found || st.Answers || !strings.Contains(st.Error, "cannot reach") {
		t.Errorf("%+v", st)
	}
}

// silent: what needs no engine asks none.
func (v Vendor) silent(t *testing.T) {
	s, e := v.engine(t, v.Serve, patience)
	v.pair(t, e)
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	defer p.Close()
	for _, text := range []string{"", " ", "😀", "12345", "https://example.com/a?b=c", "ana@example.com", "#4711", "!!!"} {
		p.Translate(t.Context(), chat.Untranslated{Text: text, From: v.From, To: v.To})
	}
	p.Translate(t.Context(), chat.Untranslated{Text: private, From: v.From, To: v.From})
	if asked := v.asked(s); len(asked) > 0 {
		t.Errorf("asked %d times: %s", len(asked), asked[0].Body)
	}
}

// hangs: a caller who leaves is let go while the server says nothing, and the server's connection is closed. All of it happens while the clock of the bubble stands
// still, so nothing on the way back waits for any time to pass, be it 50 ms or one.
func (v Vendor) hangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		came, gone := make(chan struct{}, 64), make(chan struct{}, 64)
		_, e := v.engine(t, v.except(func(a Asked) Answer { came <- struct{}{}; <-a.Gone; gone <- struct{}{}; return Answer{Status: 503} }), patience)
		p := v.pair(t, e)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { _, err := ask(ctx, e, p, private); done <- err }()
		select {
		case <-came:
		case err := <-done:
			t.Fatalf("the server was never asked: %v", err)
		}
		left := time.Now()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) || time.Since(left) != 0 {
			t.Errorf("%v, after %v", err, time.Since(left))
		}
		<-gone
	})
}

// hints: what was said before and how to address the reader reach those engines that say so, and no other. What is protected in them
// reaches nobody.
func (v Vendor) hints(t *testing.T) {
	s, e := v.engine(t, v.Serve, patience)
	caps, err := e.Caps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	defer p.Close()
	for i, l := range []chat.Untranslated{
		{Formality: chat.FormalityMore, Before: chat.Said("the zebra lamp", "card 4111 1111 1111 1111, ana@example.com")},
		{Formality: chat.FormalityLess},
		{Formality: chat.FormalityMore, Before: chat.Said("the zebra lamp")},
		{},
	} {
		before := len(v.asked(s))
		l.Text, l.From, l.To = "which one do you mean?", v.From, v.To
		if rep := p.Explain(t.Context(), l); rep.Translation.State != chat.TranslationDone {
			t.Errorf("%+v: %+v", l, rep)
		}
		asked := v.asked(s)[before:]
		if fresh := i == 0 || caps.Formality && i == 1 || caps.Context && i == 2 || caps.Formality && i == 3; fresh != (len(asked) == 1) {
			t.Errorf("line %d took %d requests", i, len(asked))
		}
		for _, a := range asked {
			if got := strings.Contains(a.Body, "zebra"); got != (caps.Context && l.Before != nil) {
				t.Errorf("context in the request: %v", got)
			}
			if strings.Contains(a.Body, "4111") || strings.Contains(a.Body, "ana@") {
				t.Errorf("the context carries out what is protected: %s", a.Body)
			}
		}
	}
}
