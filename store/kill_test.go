package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"dragoman/store/storetest"

	"github.com/google/uuid"
)

func contextWithCancel(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

func contextFor(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}

// newToken returns 32 random bytes.
func newToken() []byte {
	a, b := uuid.New(), uuid.New()
	return append(a[:], b[:]...)
}

// TestKill kills a process in the middle of its commits, several times over on the same file. Whatever it has confirmed is there
// afterwards, in its place, and nothing has a gap.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dragoman.db")
	s, err := open(t, path, true, true)
	must(t, err)
	newShop(t, s)
	must(t, s.Close())
	for round := range 6 {
		confirmed := killedAfter(t, path, 200+round*150)
		s := storetest.Open(t, path)
		sh := &shop{Store: s}
		talks := map[string]bool{}
		for _, c := range confirmed {
			talks[c.conversation] = true
			h, err := s.History(t.Context(), c.conversation, c.seq+1, 1, false)
			must(t, err)
			if len(h) != 1 || h[0].Seq != c.seq || h[0].Rev != c.rev || h[0].Key != c.key {
				t.Fatalf("round %d: confirmed %+v, stored %+v", round, c, h)
			}
		}
		for id := range talks {
			sh.checkRevs(t, id)
		}
		must(t, s.Close())
	}
}

type confirmedLine struct {
	conversation string
	seq, rev     int64
	key          string
}

// killedAfter runs a child until it has confirmed so many lines, kills it, and returns all that it had confirmed.
func killedAfter(t *testing.T, path string, lines int) []confirmedLine {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	defer child.Wait()
	defer child.Process.Kill()
	var all []confirmedLine
	for in := bufio.NewScanner(out); in.Scan(); {
		var c confirmedLine
		// The last line may be torn; it was confirmed all the same, but nobody knows its name.
		if _, err := fmt.Sscan(in.Text(), &c.conversation, &c.seq, &c.rev, &c.key); err == nil && len(c.key) == 36 {
			all = append(all, c)
		}
		if len(all) == lines {
			must(t, child.Process.Kill())
		}
	}
	if len(all) < lines {
		t.Fatalf("the child ended after %d lines", len(all))
	}
	return all
}
