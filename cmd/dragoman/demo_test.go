package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
)

// A demo that starts again says of its agents what is stored: somebody may have changed it.
func TestDemoSaysWhatIsStored(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo")
	soon(t, time.Minute, "the greeting", func() bool { return strings.Contains(s.stderr.String(), "Ctrl-C") })
	if said := s.stderr.String(); !strings.Contains(said, "reads English, is an admin") || !strings.Contains(said, "reads Spanish, is an agent") {
		t.Errorf("at first: %s", said)
	}
	password := demoPassword(t, s, "emma@demo.localhost")
	if code := s.end(); code != exitOK {
		t.Fatalf("the server ended with code %d: %s", code, s.stderr)
	}
	good(t, "", "agent", "set", "emma@demo.localhost", "--role", "agent", "--language", "fr", "--data", s.data)
	s = serve(t, s.data, "--demo")
	soon(t, time.Minute, "the greeting", func() bool { return strings.Contains(s.stderr.String(), "Ctrl-C") })
	if said := s.stderr.String(); !strings.Contains(said, "reads French, is an agent") || strings.Contains(said, "is an admin") || !strings.Contains(said, password) {
		t.Errorf("the second time: %s", said)
	}
}

// A database that has no time is asked again, for as long as a start may wait; any other answer counts at once.
func TestDemoIsPatient(t *testing.T) {
	busy := chat.Errorf(chat.Unavailable, "Try again.")
	synctest.Test(t, func(t *testing.T) {
		times := 0
		if err := patiently(t.Context(), func(context.Context) error {
			if times++; times < 4 {
				return busy
			}
			return nil
		}); err != nil || times != 4 {
			t.Errorf("%v after %d times", err, times)
		}
		other, began := errors.New("no such thing"), time.Now()
		if err := patiently(t.Context(), func(context.Context) error { return other }); !errors.Is(err, other) || time.Since(began) != 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if err := patiently(t.Context(), func(context.Context) error { return busy }); !errors.Is(err, busy) || time.Since(began) != demoPatience {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		began = time.Now()
		if err := patiently(t.Context(), func(ctx context.Context) error { <-ctx.Done(); return busy }); !errors.Is(err, busy) || time.Since(began) != demoPatience {
			t.Errorf("one that hangs: %v after %s", err, time.Since(began))
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		began = time.Now()
		if err := patiently(ended, func(context.Context) error { return busy }); !errors.Is(err, busy) || time.Since(began) != 0 {
			t.Errorf("at the end: %v after %s", err, time.Since(began))
		}
	})
}
