package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// open opens as the program does.
func open(t *testing.T, path string, create, server bool) (*store.Store, error) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Database: path, Create: create, Server: server, Log: zerolog.Nop()})
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

// wantRefused checks that an error says why for programs as well.
func wantRefused(t *testing.T, err error, want chat.Refused) {
	t.Helper()
	if e, ok := errors.AsType[*chat.Error](err); !ok || e.Refused != want {
		t.Fatalf("error %v is refused as %+v, want %+v", err, e, want)
	}
}

// wantSentence checks that an error says what to do.
func wantSentence(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Fatalf("error %q does not say %q", err, p)
		}
	}
}

func TestOpenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "what? 100% #1.db")
	_, err := open(t, path, false, false)
	wantSentence(t, err, path, "dragoman serve", "dragoman site add")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a refused open made the file: %v", err)
	}
	s, err := open(t, path, true, false)
	must(t, err)
	if s.Describe() != path {
		t.Fatalf("described as %q", s.Describe())
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Fatalf("others may read it: %v", info.Mode())
	}
	noise := filepath.Join(t.TempDir(), "noise.db")
	must(t, os.WriteFile(noise, []byte(strings.Repeat("this is no database ", 300)), 0o600))
	_, err = open(t, noise, true, false)
	wantSentence(t, err, noise, "Is it a database of dragoman?")
	_, err = open(t, filepath.Join(path, "below a file.db"), true, false)
	wantSentence(t, err, "cannot")
}

// TestClosedAtOnce: a command opens and closes within milliseconds; that is nothing to complain about.
func TestClosedAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	var log bytes.Buffer
	for range 40 {
		s, err := store.Open(t.Context(), store.Options{Database: path, Create: true, Log: zerolog.New(&log)})
		must(t, err)
		must(t, s.Close())
	}
	if log.Len() > 0 {
		t.Errorf("the log says %s", log.String())
	}
}

func TestSecondServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dragoman.db")
	first, err := open(t, path, true, true)
	must(t, err)
	_, err = open(t, path, true, true)
	wantSentence(t, err, "another server is running", path, "--data")
	// A command works beside it, and both see what the other does.
	command, err := open(t, path, false, false)
	must(t, err)
	sh := newShop(t, command)
	if _, err := first.Site(t.Context(), sh.site.Key); err != nil {
		t.Fatalf("the server does not see the command's site: %v", err)
	}
	must(t, first.Close())
	if _, err := first.Site(t.Context(), sh.site.Key); chat.CodeOf(err) != chat.Unavailable {
		t.Fatalf("a closed store answers %v", err)
	}
	if err := first.RemoveSite(t.Context(), sh.site.Key); chat.CodeOf(err) != chat.Unavailable {
		t.Fatalf("a closed store answers %v", err)
	}
	must(t, first.Close())
	_, err = open(t, path, false, true)
	must(t, err)
}

func TestServerAndCommandWriteAtOnce(t *testing.T) {
	s := storetest.SQLite(t)
	sh := newShop(t, s)
	id := sh.append(t, sh.says("", "hola")).Conversation
	command := storetest.Reopen(t, s)
	together(t, 4, func(i int) error {
		from := s
		if i%2 == 1 {
			from = command
		}
		for range 40 {
			if _, err := from.Append(t.Context(), sh.says(id, "línea")); err != nil {
				return err
			}
		}
		return nil
	})
	sh.checkRevs(t, id)
}

func TestNewerDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		must(t, s.Exec(t.Context(), `INSERT INTO schema_steps (number, name, applied_at) VALUES (9999, '9999_future', 0)`))
		where := s.Describe()
		must(t, s.Close())
		_, err := open(t, where, true, true)
		wantSentence(t, err, "newer version", "install that version", "restore a backup")
	})
}

// TestCommitsAreOnDisk holds the writer to its settings, also after it had to open a new connection. With NORMAL a power cut loses confirmed lines,
// which no test on a running machine would notice.
func TestCommitsAreOnDisk(t *testing.T) {
	s := storetest.SQLite(t)
	sh := newShop(t, s)
	check := func() {
		t.Helper()
		for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "wal_autocheckpoint": "0", "busy_timeout": "5000"} {
			if got := s.WriterPragma(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
	check()
	s.LimitPages(1)
	waitFor(t, "the disk to be full", func() bool {
		_, err := s.Append(t.Context(), sh.says("", strings.Repeat("ñ", chat.DefaultTextLimit)))
		return err != nil
	})
	waitFor(t, "the store to write again", func() bool {
		_, err := s.Append(t.Context(), sh.says("", "hola"))
		return err == nil
	})
	check()
}

// TestOneBadJobInABatch runs jobs in one transaction of which some fail: before and after they have changed something, by an error and by a panic.
func TestOneBadJobInABatch(t *testing.T) {
	s := storetest.SQLite(t)
	refused := errors.New("refused")
	put := func(name string, after error) func(func(string, ...any) (int64, error)) error {
		return func(exec func(string, ...any) (int64, error)) error {
			if _, err := exec(`INSERT INTO meta (name, value) VALUES ($1, '')`, name); err != nil {
				return err
			}
			if name == "panics" {
				panic("a bug")
			}
			return after
		}
	}
	errs := s.Together(
		put("a", nil),
		put("b", refused),
		func(func(string, ...any) (int64, error)) error { return refused },
		put("panics", nil),
		put("c", nil),
		put("a", nil), // a unique index refuses it
	)
	if errs[0] != nil || errs[4] != nil || errs[1] != refused || errs[2] != refused || errs[3] == nil || errs[5] == nil {
		t.Fatalf("errors %v", errs)
	}
	n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM meta WHERE name IN ('a', 'b', 'c', 'panics')`)
	must(t, err)
	if n != 2 {
		t.Fatalf("%d rows stored, want a and c", n)
	}
}

// TestFullDisk fills the database up to a limit: everything is refused as unavailable, nothing that was confirmed is lost, and it heals by
// itself.
func TestFullDisk(t *testing.T) {
	s := storetest.SQLite(t)
	sh := newShop(t, s)
	id := sh.append(t, sh.says("", "hola")).Conversation
	s.LimitPages(60)
	long := strings.Repeat("ñ", chat.DefaultTextLimit)
	confirmed := int64(1)
	for {
		p, err := s.Append(t.Context(), sh.says(id, long))
		if err != nil {
			wantCode(t, err, chat.Unavailable)
			break
		}
		confirmed = p.Message.Seq
		if confirmed > 1000 {
			t.Fatal("the limit limits nothing")
		}
	}
	// Reading goes on.
	if c := sh.get(t, id); c.Seq != confirmed {
		t.Fatalf("seq %d, confirmed %d", c.Seq, confirmed)
	}
	waitFor(t, "the store to write again", func() bool {
		_, err := s.Append(t.Context(), sh.says(id, "de nuevo"))
		return err == nil
	})
	sh.checkRevs(t, id)
	if c := sh.get(t, id); c.Seq != confirmed+1 {
		t.Fatalf("seq %d after healing, want %d", c.Seq, confirmed+1)
	}
}

// waitFor polls for something that nothing tells of.
func waitFor(t *testing.T, what string, ready func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-tick.C {
		if ready() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// TestLogBeginsAnew checks that the write-ahead log does not grow for ever, although someone writes and reads all the time.
func TestLogBeginsAnew(t *testing.T) {
	s := storetest.SQLite(t)
	sh := newShop(t, s)
	const talks = 20
	ids := make([]string, talks)
	for i := range ids {
		ids[i] = sh.talk(t, "shop", i, "hola")
	}
	var stop atomic.Bool
	ended := make(chan error)
	go func() {
		for !stop.Load() {
			if _, _, err := s.Inbox(t.Context(), []string{"shop"}, chat.InboxFilter{}, chat.OrderNewest, "", 20); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	first := logSequence(t, s)
	// Where reads take longer than the writer waits for them, on a machine that is very busy, it is left for the next time.
	deadline := time.Now().Add(5 * time.Minute)
	for logSequence(t, s) == first && time.Now().Before(deadline) {
		together(t, talks, func(i int) error {
			for range 50 {
				if _, err := s.Append(t.Context(), sh.answers(sh.ann, ids[i], "línea")); err != nil {
					return err
				}
			}
			return nil
		})
	}
	stop.Store(true)
	must(t, <-ended)
	if logSequence(t, s) == first {
		t.Fatal("the log has never begun anew")
	}
}

// logSequence returns how often the log has begun anew, as its header says (https://www.sqlite.org/fileformat2.html#walformat).
func logSequence(t *testing.T, s *store.Store) uint32 {
	t.Helper()
	f, err := os.Open(s.Describe() + "-wal")
	must(t, err)
	defer f.Close()
	var header [32]byte
	_, err = io.ReadFull(f, header[:])
	must(t, err)
	return binary.BigEndian.Uint32(header[12:])
}

// TestCancelledBeforeItsTurn checks that a caller who gives up gets an answer, and that what he wanted is done once or not at all.
func TestCancelledBeforeItsTurn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		for range 20 {
			ctx, cancel := contextWithCancel(t)
			p := sh.says(id, "tal vez")
			answered := make(chan error, 1)
			go func() {
				_, err := s.Append(ctx, p)
				answered <- err
			}()
			cancel()
			if err := <-answered; err != nil {
				wantCode(t, err, chat.Unavailable)
			}
			again := sh.append(t, p)
			if again.Message.Text != "tal vez" {
				t.Fatal("another line came back")
			}
		}
		if c := sh.get(t, id); c.Seq != 21 {
			t.Fatalf("seq %d, want 21", c.Seq)
		}
		sh.checkRevs(t, id)
	})
}

// TestCancelledReads checks that callers who go away in the middle of a read leave nothing behind for those who come after.
func TestCancelledReads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		for range 300 {
			sh.append(t, sh.says(id, "línea"))
		}
		together(t, 4, func(int) error {
			for range 30 {
				ctx, cancel := contextWithCancel(t)
				answered := make(chan error, 1)
				go func() {
					_, err := s.History(ctx, id, 0, 100, false)
					answered <- err
				}()
				cancel()
				if err := <-answered; err != nil && chat.CodeOf(err) != chat.Unavailable {
					return err
				}
				if h, err := s.History(t.Context(), id, 0, 100, false); err != nil || len(h) != 100 {
					return fmt.Errorf("%d messages, %w", len(h), err)
				}
			}
			return nil
		})
	})
}

// childEnv makes the test binary write into this database until it is killed.
const childEnv = "DRAGOMAN_STORE_CHILD"

// writeUntilKilled is the child of TestKill: it prints every line that was confirmed.
func writeUntilKilled(path string) error {
	ctx, cancel := contextFor(time.Minute) // should nobody kill it
	defer cancel()
	s, err := store.Open(ctx, store.Options{Database: path, Server: true, Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for i := range 8 {
		go func() {
			v, err := s.AddVisitor(ctx, chat.NewVisitor{Site: "shop", Token: [32]byte(newToken()), Language: language.Spanish})
			for conversation := ""; err == nil; {
				p := line(v, conversation, fmt.Sprintf("línea de %d", i))
				var posted chat.Posted
				if posted, err = s.Append(ctx, p); err == nil {
					conversation = posted.Conversation
					_, err = fmt.Printf("%s %d %d %s\n", conversation, posted.Message.Seq, posted.Message.Rev, p.Key)
				}
			}
			failed <- err
		}()
	}
	return <-failed
}
