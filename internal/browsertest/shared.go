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

// chromiums are Chromiums by the languages that their users prefer. The zero chromiums shares none.
type chromiums struct {
	mu sync.Mutex // guards by
	by map[string]*chromium
}

// chromium is one that is started when it is first asked for.
type chromium struct {
	once    sync.Once
	ctx     context.Context
	end     func()
	profile string
	err     error
}

// Main runs a package's tests, whose browsers share Chromiums from then on; then it ends those and waits until they are gone.
func Main(run func() int) int {
	shared.mu.Lock()
	shared.by = map[string]*chromium{}
	shared.mu.Unlock()
	code := run()
	if err := shared.close(); err != nil {
		fmt.Fprintln(os.Stderr, "cannot tidy up after Chromium:", err)
		return max(code, 1)
	}
	return code
}

// of returns the Chromium of people with these languages, nil if everybody has one of their own.
func (s *chromiums) of(languages string) *chromium {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		return nil
	}
	c := s.by[languages]
	if c == nil {
		c = &chromium{}
		s.by[languages] = c
	}
	return c
}

func (s *chromiums) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, c := range s.by {
		if c.end != nil {
			c.end()
		}
		errs = append(errs, os.RemoveAll(c.profile))
	}
	s.by = nil
	return errors.Join(errs...)
}

func (c *chromium) start(languages string) {
	if c.profile, c.err = os.MkdirTemp("", "dragoman-chromium-"); c.err == nil {
		c.ctx, c.end, c.err = launch(languages, c.profile)
	}
}

// guest lets one person more into the Chromium: a part of it that is as empty as a new profile, and that is thrown away with all tabs when the test ends.
func (c *chromium) guest(tb testing.TB, languages string) *Browser {
	tb.Helper()
	c.once.Do(func() { c.start(languages) })
	if c.err != nil {
		tb.Fatal(c.err)
	}
	browser := chromedp.FromContext(c.ctx).Browser
	made, err := cdp.Call(c.ctx, browser, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		tb.Fatalf("cannot let somebody into Chromium: %v", err)
	}
	guest := made.BrowserContextID
	end := sync.OnceFunc(func() {
		if _, err := cdp.Call(c.ctx, browser, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: guest}); err != nil {
			tb.Errorf("cannot throw away what a person has left in Chromium: %v", err)
		}
	})
	tb.Cleanup(end)
	return &Browser{ctx: c.ctx, tb: tb, end: end, guest: guest}
}
