package torture

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"dragoman/internal/process"
)

// built is the program, built by TestMain, in builds.
var built, builds string

// atTheEnd is what TestMain ends when all tests are over.
var atTheEnd []func()

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if err := readFlags(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	folder, err := os.MkdirTemp("", "dragoman-torture")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	builds = folder
	if built, err = process.Build(context.Background(), folder, raceEnabled); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		for _, end := range atTheEnd {
			end()
		}
	}()
	code := m.Run()
	if err := writeTable(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// patience is how long a test waits for what must come. It is long because the machine may be busy; what comes is not waited for.
const patience = time.Minute

// newProgram returns the program with an empty data folder and a shop; origin is the shop's.
func newProgram(t *testing.T, language string) (p *process.Program, site string) {
	t.Helper()
	p = &process.Program{Binary: built, Data: t.TempDir()}
	site, err := p.AddSite(t.Context(), "Alma & Sol", language, shopOrigin)
	if err != nil {
		t.Fatal(err)
	}
	return p, site
}

// shopOrigin is that of the pages of the shop in the tests.
const shopOrigin = "https://shop.example.com"

// serve starts a server that ends with the test; the server's last words are shown if the test failed.
func serve(t *testing.T, p *process.Program, args ...string) *process.Server {
	t.Helper()
	if !slices.Contains(args, "--engine") {
		args = append(args, "--engine", "none")
	}
	s, err := p.Serve(args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("the server did not end well: %v", err)
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", p.Tail())
		}
	})
	return s
}
