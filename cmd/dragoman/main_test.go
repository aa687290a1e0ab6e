package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/internal/backing"
	"dragoman/internal/browsertest"
	"dragoman/internal/web"
	"dragoman/store/storetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(tests(func() int { return browsertest.Main(func() int { return storetest.Main(m) }) }),
		// The ACME library keeps one goroutine per account for the life of the process, and one per lock for some seconds; the authority of
		// the tests has no end at all.
		goleak.IgnoreAnyFunction("github.com/caddyserver/certmagic.(*RingBufferRateLimiter).loop"),
		goleak.IgnoreAnyFunction("github.com/caddyserver/certmagic.keepLockfileFresh"),
		// What is being compressed when a server ends is left to end by itself.
		goleak.IgnoreAnyFunction("dragoman/internal/web.(*Assets).warm"),
		goleak.IgnoreAnyFunction("github.com/letsencrypt/pebble/v2/va.VAImpl.processTasks"))
}

// tests is what goleak wants of a testing.M.
type tests func() int

func (t tests) Run() int { return t() }

// result is what a run of the program left behind.
type result struct {
	code           int
	stdout, stderr string
}

// command runs the program to its end.
func command(t testing.TB, stdin string, env []string, args ...string) result {
	t.Helper()
	var stdout, stderr buffer
	m := Main{Args: args, Env: env, Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := result{code: m.Run(ctx), stdout: stdout.String(), stderr: stderr.String()}
	if ctx.Err() != nil {
		t.Fatalf("dragoman %s did not end; it said: %s", strings.Join(args, " "), r.stderr)
	}
	return r
}

// good runs a command that must succeed, and returns what it printed.
func good(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	r := command(t, stdin, nil, args...)
	if r.code != exitOK {
		t.Fatalf("dragoman %s: code %d: %s", strings.Join(args, " "), r.code, r.stderr)
	}
	return r.stdout
}

// refused runs a command that must fail with this code, in one sentence that holds want.
func refused(t *testing.T, code int, want string, args ...string) {
	t.Helper()
	refusal(t, command(t, "", nil, args...), code, want)
}

func refusal(t *testing.T, r result, code int, want string) {
	t.Helper()
	if r.code != code || !strings.Contains(r.stderr, want) {
		t.Errorf("got code %d, want %d and %q in: %s", r.code, code, want, r.stderr)
	}
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "dragoman: ") {
		t.Errorf("the last line is no sentence: %q", last)
	}
	if strings.Contains(r.stderr, "goroutine ") || strings.Contains(r.stderr, "panic") {
		t.Errorf("a crash is no answer: %s", r.stderr)
	}
}

// built are the front ends' files, which all servers of the tests have in common: to compress them takes a processor more than a second.
var built web.Kept

// serving is a running server.
type serving struct {
	Addresses
	data   string
	stderr *buffer
	end    func() int
}

// under is the address of the server under a name below localhost, as the demo has: each is a site of its own for a browser.
func (s *serving) under(name string) string {
	_, port, _ := strings.Cut(strings.TrimPrefix(s.Public, "http://"), ":")
	return "http://" + name + ".localhost:" + port
}

// serve starts a server on free ports with a data folder of its own, or the given one, and ends it with the test.
func serve(t testing.TB, data string, args ...string) *serving {
	t.Helper()
	return serveBehind(t, nil, data, args...)
}

// serveBehind is serve behind a load balancer that takes its time on the server's way down.
func serveBehind(t testing.TB, balancer func(wait time.Duration), data string, args ...string) *serving {
	t.Helper()
	if data == "" {
		data = t.TempDir()
	}
	s := &serving{data: data, stderr: &buffer{}}
	started := make(chan Addresses, 1)
	ctx, cancel := context.WithCancel(context.Background())
	// Later flags replace earlier ones, but engines add up.
	if !slices.Contains(args, "--engine") {
		args = append(args, "--engine", "none")
	}
	m := Main{
		Args:   append([]string{"serve", "--data", data, "--listen", backing.PortOf(t).Address(), "--admin-listen", "127.0.0.1:0"}, args...),
		Stdin:  strings.NewReader(""),
		Stdout: io.Discard, Stderr: s.stderr,
		Started: func(a Addresses) { started <- a },
		Kept:    &built, Balancer: balancer,
	}
	code := make(chan int, 1)
	go func() { code <- m.Run(ctx) }()
	s.end = sync.OnceValue(func() int { cancel(); return <-code })
	t.Cleanup(func() {
		if c := s.end(); c != exitOK {
			t.Errorf("the server ended with code %d: %s", c, s.stderr)
		}
	})
	select {
	case s.Addresses = <-started:
	case c := <-code:
		code <- c
		t.Fatalf("the server ended with code %d: %s", c, s.stderr)
	case <-time.After(time.Minute):
		t.Fatalf("the server does not start: %s", s.stderr)
	}
	return s
}

// get asks a server; host names another host than the address does.
func get(t testing.TB, url, host string) (status int, header http.Header, body string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Host = host
	c := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

// soon waits until a condition holds, for a minute at least: the machine may be busy with other tests.
func soon(t testing.TB, within time.Duration, what string, holds func() bool) {
	t.Helper()
	within = max(within, time.Minute)
	deadline := time.After(within)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", within, what)
		}
	}
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func write(t *testing.T, text string, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
