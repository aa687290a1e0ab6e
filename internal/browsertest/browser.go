// Package browsertest drives a real Chromium for tests: a browser, a tab, a frame from another site inside it, keys,
// screenshots, and the checks that every screen gets (accessibility rules, layout shift, content policy).
//
// One Browser is one person, with cookies, storage and a cache of her own. People of the same languages share one Chromium where Main has been called, because the start of one
// takes a processor more than a second; of the same languages, because the frames of other sites take theirs from the browser and not from the tab.
// Everything waits for a condition in the page, never for time.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Patience is how long a condition may take to come true before the test fails.
const Patience = time.Minute

// kind is what people must have in common to share a Chromium.
type kind struct {
	program string
	// languages are those that its users prefer, as in "es-ES,es".
	languages string
}

// Browser is one person's Chromium, in which nothing is kept of anybody else.
type Browser struct {
	ctx context.Context
	tb  testing.TB
	end func()
	// guest is the part of a shared Chromium that is this browser's; empty if the Chromium is its own.
	guest cdp.BrowserContextID
}

// Option is something that a browser's user has set. A browser with an option has a Chromium of its own.
type Option func(tb testing.TB, profile string) chromedp.ExecAllocatorOption

// Blocking lets the chat server's pages store nothing, in frames or elsewhere: the mere access throws, as where a person blocks storage of other sites.
func Blocking() Option {
	return func(tb testing.TB, profile string) chromedp.ExecAllocatorOption {
		tb.Helper()
		dir := filepath.Join(profile, "Default")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "Preferences"), []byte(`{"profile":{"content_settings":{"exceptions":{"cookies":{"[*.]chat.localhost,*":{"setting":2},"[*.]chat.test,*":{"setting":2}}}}}}`), 0o600); err != nil {
			tb.Fatal(err)
		}
		return chromedp.UserDataDir(profile)
	}
}

// Plain gives this machine the names below .test as well: plain http there is no secure context, as it is under .localhost.
func Plain() Option {
	return func(testing.TB, string) chromedp.ExecAllocatorOption {
		return chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1")
	}
}

// Profile lets the browser keep what it knows in a folder that outlives it: the next one with the same folder has it.
func Profile(dir string) Option {
	return func(testing.TB, string) chromedp.ExecAllocatorOption { return chromedp.UserDataDir(dir) }
}

// Alone gives the browser a Chromium of its own, which is the whole one: for what is measured, for who ends it, and for who goes back to a page that it keeps alive.
func Alone() Option {
	return func(testing.TB, string) chromedp.ExecAllocatorOption { return func(*chromedp.ExecAllocator) {} }
}

// The programs that run as Chromium, the first that is there: Debian's first. Its script of the headless shell starts the program as a child, which would outlive who
// kills the script, so the program itself is named. A snap, as Ubuntu's chromium-browser begins one, sees no folder of the tests.
var (
	wholeBrowsers  = []string{"chromium", "google-chrome", "chromium-browser"}
	headlessShells = append([]string{"/usr/lib/chromium/chromium-headless-shell"}, wholeBrowsers...)
)

// program returns the path of what runs as Chromium: $CHROME if it is set, else what is installed, the whole browser or rather the headless shell.
func program(whole bool) string {
	if named := os.Getenv("CHROME"); named != "" {
		return named
	}
	names := headlessShells
	if whole {
		names = wholeBrowsers
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil && !strings.HasPrefix(path, "/snap/") {
			return path
		}
	}
	return wholeBrowsers[0] // of which launch says that it is not there
}

// Start starts a browser whose user prefers these languages, as in "es-ES,es". It ends with the test. $CHROME names one program for all browsers.
func Start(tb testing.TB, languages string, options ...Option) *Browser {
	tb.Helper()
	_, measured := tb.(*testing.B)
	if len(options) == 0 {
		if c := shared.of(kind{program(measured), languages}); c != nil {
			return c.guest(tb)
		}
	}
	profile := tb.TempDir()
	var more []chromedp.ExecAllocatorOption
	for _, option := range options {
		more = append(more, option(tb, profile))
	}
	ctx, end, err := launch(kind{program(true), languages}, profile, more...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(end)
	return &Browser{ctx: ctx, tb: tb, end: end}
}

// launch starts a Chromium. end waits until the process is gone: its profile folder is removed next.
func launch(k kind, profile string, more ...chromedp.ExecAllocatorOption) (ctx context.Context, end func(), err error) {
	if _, err := exec.LookPath(k.program); err != nil {
		return nil, nil, fmt.Errorf("cannot find Chromium: %w; run scripts/setup test, or name it in CHROME", err)
	}
	first, _, _ := strings.Cut(k.languages, ",")
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(k.program),
		chromedp.NoSandbox, // the tests of a build machine run as root
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("lang", first),
		chromedp.Flag("accept-lang", k.languages),
		chromedp.Flag("site-per-process", true), // as is the whole browser's way: a frame of another site is a target of its own
		chromedp.UserDataDir(profile),
		chromedp.WindowSize(1280, 800),
		chromedp.WSURLReadTimeout(Patience), // on a busy machine it takes its time to start
	)
	allocated, endAllocator := chromedp.NewExecAllocator(context.Background(), append(opts, more...)...)
	ctx, endContext := chromedp.NewContext(allocated)
	end = sync.OnceFunc(func() {
		polite, cancel := context.WithTimeout(ctx, Patience) // one that hangs does not end by being asked
		defer cancel()
		_ = chromedp.Cancel(polite)
		endContext()
		endAllocator()
	})
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, fmt.Errorf("cannot start Chromium: %w", err)
	}
	return ctx, end, nil
}

// Close ends the browser before the test does. One whose processor was slowed down (Tab.Slow) keeps a real one busy for as long as it runs.
func (b *Browser) Close() { b.end() }

// Kill ends the browser as a crash does, in the middle of everything, and waits until it is gone.
func (b *Browser) Kill() {
	b.tb.Helper()
	if b.guest != "" {
		b.tb.Fatal("others are in this Chromium too: start it with Alone")
	}
	c := chromedp.FromContext(b.ctx)
	if err := c.Browser.Process().Kill(); err != nil {
		b.tb.Fatalf("cannot kill Chromium: %v", err)
	}
	c.Allocator.Wait()
}

// Device is what a tab is shown on.
type Device struct {
	Width, Height int64
	// Phone means touch, a mobile viewport and three pixels for one.
	Phone bool
	Dark  bool
	// Still asks for reduced motion.
	Still bool
	// Forced means that the system sets the colours (forced-colors).
	Forced bool
	// Paper shows what would be printed.
	Paper bool
}

// The devices of the screenshots.
var (
	Desktop = Device{Width: 1280, Height: 800}
	Wide    = Device{Width: 1600, Height: 1000}
	Phone   = Device{Width: 390, Height: 844, Phone: true}
)

// InDark returns the device with its dark colours on.
func (d Device) InDark() Device { d.Dark = true; return d }

// Tab opens an empty tab.
func (b *Browser) Tab(d Device) *Tab {
	b.tb.Helper()
	var opts []chromedp.ContextOption
	if b.guest != "" {
		opts = append(opts, chromedp.WithExistingBrowserContext(b.guest))
	}
	ctx, end := chromedp.NewContext(b.ctx, opts...)
	b.tb.Cleanup(end)
	t := &Tab{ctx: ctx, tb: b.tb, device: d, end: end}
	t.must(chromedp.Do(ctx), "open a tab")
	t.emulate()
	return t
}
