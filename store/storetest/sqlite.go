package storetest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"dragoman/chat"
	"dragoman/store"

	"github.com/rs/zerolog"
)

// blank is a SQLite file that has the schema and nothing else, and the epoch in it. Under the race detector the steps of the schema take
// longer than most tests, so each file is a copy of the first.
type blank struct {
	file  []byte
	epoch string
}

// theBlank is made by the first who needs it.
var theBlank = sync.OnceValues(makeBlank)

func makeBlank() (b blank, err error) {
	folder, err := os.MkdirTemp("", "dragoman-blank-")
	if err != nil {
		return b, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "dragoman.db")
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{Database: path, Create: true, Alone: true, Log: zerolog.Nop()})
	if err != nil {
		return b, err
	}
	b.epoch, err = s.Epoch(ctx)
	// Who closes it last brings everything that was written into the file.
	if err := errors.Join(err, s.Close()); err != nil {
		return b, err
	}
	b.file, err = os.ReadFile(path)
	return b, err
}

// copyTo writes the file with an epoch of its own, as every database has.
func (b blank) copyTo(path string) error {
	was, is := []byte(b.epoch), []byte(chat.NewID())
	if len(was) != len(is) || bytes.Count(b.file, was) != 1 {
		return errors.New("the file does not hold its epoch once")
	}
	return os.WriteFile(path, bytes.Replace(b.file, was, is, 1), 0o600)
}

// sqliteFile returns the path of a database that has the schema already.
func sqliteFile(tb testing.TB) string {
	tb.Helper()
	b, err := theBlank()
	if err != nil {
		tb.Fatalf("make the database that others are copied from: %v", err)
	}
	path := filepath.Join(tb.TempDir(), "dragoman.db")
	if err := b.copyTo(path); err != nil {
		tb.Fatalf("make a database: %v", err)
	}
	return path
}
