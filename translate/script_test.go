package translate

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/text/language"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	en = language.English
	es = language.Spanish
)

// scripted is an engine that answers what a test wants.
type scripted struct {
	name  string
	caps  *Caps
	err   error // of Caps
	reply func(ctx context.Context, s Segment) (string, error)
	calls atomic.Int64
	shut  atomic.Int64
}

func script(name string, reply func(ctx context.Context, s Segment) (string, error)) *scripted {
	return &scripted{name: name, reply: reply, caps: &Caps{Pairs: []Pair{{From: en, To: es, Class: ClassA}, {From: es, To: en, Class: ClassB}}}}
}

func (s *scripted) Name() string                        { return s.name }
func (s *scripted) Caps(context.Context) (*Caps, error) { return s.caps, s.err }
func (s *scripted) Close() error                        { s.shut.Add(1); return nil }

func (s *scripted) Translate(ctx context.Context, r *Request) (*Response, error) {
	s.calls.Add(1)
	resp := &Response{}
	for _, seg := range r.Segments {
		text, err := s.reply(ctx, seg)
		if err != nil {
			return nil, err
		}
		resp.Results = append(resp.Results, Result{Text: text})
	}
	return resp, nil
}

// shout is a good translation for tests: the same letters, great, in the same places.
func shout(_ context.Context, s Segment) (string, error) { return strings.ToUpper(s.Text), nil }

func fails(err error) func(context.Context, Segment) (string, error) {
	return func(context.Context, Segment) (string, error) { return "", err }
}

func says(text string) func(context.Context, Segment) (string, error) {
	return func(context.Context, Segment) (string, error) { return text, nil }
}

// hangs answers when its caller has had enough.
func hangs(ctx context.Context, _ Segment) (string, error) {
	<-ctx.Done()
	return "", &Error{Kind: Transient, Text: "too slow", Err: ctx.Err()}
}

func pipeline(t testing.TB, o Options, engines ...Engine) *Pipeline {
	t.Helper()
	o.Engines = engines
	p := New(o)
	t.Cleanup(func() { p.Close() })
	return p
}

// patience is how long a test waits for something that should take milliseconds.
const patience = time.Minute

func within(t *testing.T, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", what, patience)
	}
}

// shoutWords is shout for lines with addresses in them: those stay as they are.
func shoutWords(_ context.Context, s Segment) (string, error) {
	words := strings.Split(s.Text, " ")
	for i, w := range words {
		if !strings.Contains(w, "@") {
			words[i] = strings.ToUpper(w)
		}
	}
	return strings.Join(words, " "), nil
}
