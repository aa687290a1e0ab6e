package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// shared are the Chromiums that the people of a test process have in common.
var shared chromiums

// chromiums are Chromiums by what their users have in common. The zero chromiums shares none.
type chromiums struct {
	mu sync.Mutex // guards by
	by map[kind]*chromium
}

// chromium is one that is started when it is first asked for, and again where it is asked for after it has died.
type chromium struct {
	kind    kind
	mu      sync.Mutex // guards running; it is held while one starts, for which everybody waits who wants in
	running *process
}

// process is a Chromium that was started.
type process struct {
	ctx     context.Context
	end     func()
	profile string
}

// Main runs a package's tests, whose browsers share Chromiums from then on; then it ends those and waits until they are gone.
func Main(run func() int) int {
	shared.mu.Lock()
	shared.by = map[kind]*chromium{}
	shared.mu.Unlock()
	defer shared.close()
	return run()
}

// of returns the Chromium of people of this kind, nil if everybody has one of their own.
func (s *chromiums) of(k kind) *chromium {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		return nil
	}
	c := s.by[k]
	if c == nil {
		c = &chromium{kind: k}
		s.by[k] = c
	}
	return c
}

func (s *chromiums) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.by {
		c.close()
	}
	s.by = nil
}

func (c *chromium) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		c.running.close()
	}
	c.running = nil
}

// start starts a Chromium with an empty profile.
func start(k kind) (*process, error) {
	profile, err := os.MkdirTemp("", "dragoman-chromium-")
	if err != nil {
		return nil, err
	}
	// With each page a Chromium starts a process more, for the next one. That is quicker for who opens one page after the other, and dearer for all together; what is
	// measured runs alone, and has it. The other features are those that chromedp switches off.
	ctx, end, err := launch(k, profile, chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,SpareRendererForSitePerProcess"))
	p := &process{ctx, end, profile}
	if err != nil {
		p.end = func() {} // launch has done so
		p.close()
		return nil, err
	}
	return p, nil
}

// close ends a Chromium and waits until it is gone. A helper of it may write into the profile still: what is left then is said, and fails no test.
func (p *process) close() {
	p.end()
	if err := os.RemoveAll(p.profile); err != nil {
		fmt.Fprintln(os.Stderr, "cannot tidy up after Chromium:", err)
	}
}

// call asks a Chromium for something that it does at once. One that hangs is an error and holds nobody.
func call[P, R any](p *process, command cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	return cdp.Call(ctx, chromedp.FromContext(p.ctx).Browser, command, params)
}

// guest lets one person more into the Chromium: a part of it that is as empty as a new profile, and that is thrown away with all tabs when the test ends.
func (c *chromium) guest(tb testing.TB) *Browser {
	tb.Helper()
	p, guest, err := c.letIn()
	if err != nil {
		tb.Fatalf("cannot let somebody into Chromium: %v", err)
	}
	end := sync.OnceFunc(func() {
		if _, err := call(p, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: guest}); err != nil {
			tb.Errorf("cannot throw away what a person has left in Chromium: %v", err)
		}
	})
	tb.Cleanup(end)
	return &Browser{ctx: p.ctx, tb: tb, end: end, guest: guest}
}

// letIn makes the part of a person. A Chromium that has died is replaced: it fails the tests of who was in it, and nobody who comes later.
func (c *chromium) letIn() (*process, cdp.BrowserContextID, error) {
	var gone *process
	for {
		p, err := c.alive(gone)
		if err != nil {
			return nil, "", err
		}
		made, err := call(p, target.CreateBrowserContext, target.CreateBrowserContextParams{})
		if err == nil || gone != nil || errors.Is(err, context.DeadlineExceeded) { // others may be in one that is only slow
			return p, made.BrowserContextID, err
		}
		gone = p
	}
}

// alive returns a Chromium that runs as far as is known, and is not the one that somebody has found gone.
func (c *chromium) alive(gone *process) (*process, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.running; p != nil && p != gone && p.ctx.Err() == nil {
		return p, nil
	}
	if c.running != nil {
		c.running.close()
	}
	var err error
	c.running, err = start(c.kind)
	return c.running, err
}
