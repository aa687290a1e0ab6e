package store_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

// TestReadersOutliveImpatience: callers who give up at any moment, also in the middle of a BEGIN, leave no reader inside a transaction.
func TestReadersOutliveImpatience(t *testing.T) {
	s, err := open(t, filepath.Join(t.TempDir(), "dragoman.db"), true, false)
	must(t, err)
	for range 20000 {
		ctx, cancel := context.WithTimeout(t.Context(), rand.N(80*time.Microsecond))
		s.Epoch(ctx)
		cancel()
	}
	for range 20 {
		if _, err := s.Epoch(t.Context()); err != nil {
			t.Fatalf("a reader is of no use any more: %v", err)
		}
	}
}
