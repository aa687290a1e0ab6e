// Package storetest gives tests a real database of each kind: a SQLite file in the test's folder, and a PostgreSQL that the test process
// starts itself, with a data folder of its own that disappears with it.
//
// That PostgreSQL ends with the process. A package that counts what is left over at its end calls Main from TestMain, which waits for it.
package storetest

import (
	"os"
	"strings"
	"testing"
	"time"

	"dragoman/store"

	"github.com/rs/zerolog"
)

// Main runs a package's tests, then stops the PostgreSQL that they have started and waits until it is gone: os.Exit(storetest.Main(m)).
func Main(m *testing.M) int {
	defer shared.stop()
	return m.Run()
}

// Each runs a test on an empty store of each kind.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite opens an empty store in a file of its own.
func SQLite(tb testing.TB) *store.Store {
	tb.Helper()
	return Open(tb, sqliteFile(tb))
}

// Postgres opens an empty store in a database of its own.
func Postgres(tb testing.TB) *store.Store {
	tb.Helper()
	return Open(tb, furnishedURL(tb))
}

// Open opens the store with this path or address until the test ends.
func Open(tb testing.TB, database string) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), store.Options{Database: database, Create: true, Server: true, SearchTime: time.Minute, Log: zerolog.New(os.Stderr).Level(zerolog.ErrorLevel)})
	if err != nil {
		tb.Fatalf("open store: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close store: %v", err)
		}
	})
	return s
}

// Reopen opens the same database once more, as another node does; a SQLite file is opened as by a command, beside the server.
func Reopen(tb testing.TB, s *store.Store) *store.Store {
	tb.Helper()
	database := s.Describe()
	if strings.HasPrefix(database, "postgres://") {
		return Open(tb, database)
	}
	other, err := store.Open(tb.Context(), store.Options{Database: database, Log: zerolog.Nop()})
	if err != nil {
		tb.Fatalf("open store again: %v", err)
	}
	tb.Cleanup(func() { other.Close() })
	return other
}
