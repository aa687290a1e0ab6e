package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/rs/zerolog"
)

// targets runs a test for a target of each kind.
func targets(t *testing.T, test func(t *testing.T, o store.Options)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, store.Options{Database: filepath.Join(t.TempDir(), "target.db"), Log: zerolog.Nop()})
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, store.Options{Database: storetest.PostgresURL(t), Log: zerolog.Nop()})
	})
}

// talked is a backup of a shop in which one line was said.
func talked(t *testing.T, text string) (archive []byte, conversation string) {
	t.Helper()
	sh := newShop(t, storetest.SQLite(t))
	id := sh.append(t, sh.says("", text)).Conversation
	return backup(t, sh.Store), id
}

// saysStill tells that the target holds the conversation, and nothing but it.
func saysStill(t *testing.T, o store.Options, conversation, text string) {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	must(t, err)
	defer s.Close()
	sh := &shop{Store: s}
	sh.checkRevs(t, conversation)
	all := sh.everything(t, conversation, false)
	n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM conversations`)
	must(t, err)
	if n != 1 || len(all) == 0 || all[0].Text != text {
		t.Errorf("%d conversations, the first lines are %+v, want %q", n, all, text)
	}
}

func TestRestoreReplacesOnlyWhenToldTo(t *testing.T) {
	old, oldID := talked(t, "vieja")
	fresh, freshID := talked(t, "nueva")
	targets(t, func(t *testing.T, o store.Options) {
		must(t, store.Restore(t.Context(), o, openArchive(t, old), false))
		if err := store.Restore(t.Context(), o, openArchive(t, fresh), false); !errors.Is(err, store.ErrNotEmpty) {
			t.Fatalf("a database that is in use was overwritten: %v", err)
		}
		saysStill(t, o, oldID, "vieja")
		must(t, store.Restore(t.Context(), o, openArchive(t, fresh), true))
		saysStill(t, o, freshID, "nueva")
	})
}

// Whatever goes wrong half-way, and however the command is stopped, the target is what it was.
func TestRestoreAllOrNothing(t *testing.T) {
	good, id := talked(t, "aquí")
	targets(t, func(t *testing.T, o store.Options) {
		must(t, store.Restore(t.Context(), o, openArchive(t, good), false))
		for what, bad := range map[string][]byte{
			"a row without its parent": edited(t, good, func(m *store.Manifest, lines map[string]string) {
				lines["visitors"] = strings.ReplaceAll(lines["visitors"], `"shop"`, `"nowhere"`)
			}),
			"a number where a text is": edited(t, good, func(m *store.Manifest, lines map[string]string) {
				lines["messages"] = strings.ReplaceAll(lines["messages"], `"aquí"`, "17")
			}),
			"a row less than promised": edited(t, good, func(m *store.Manifest, lines map[string]string) {
				lines["messages"] = ""
			}),
			"half a row": edited(t, good, func(m *store.Manifest, lines map[string]string) {
				lines["messages"] = lines["messages"][:20]
			}),
			"a column that is not there": edited(t, good, func(m *store.Manifest, lines map[string]string) {
				m.Tables[len(m.Tables)-1].Columns[0].Name = "room; DROP TABLE sites"
			}),
			"a schema of the future": edited(t, good, func(m *store.Manifest, lines map[string]string) { m.Schema = 999 }),
			"a table less": edited(t, good, func(m *store.Manifest, lines map[string]string) {
				m.Tables = m.Tables[:len(m.Tables)-1]
			}),
		} {
			if err := store.Restore(t.Context(), o, openArchive(t, bad), true); err == nil {
				t.Errorf("%s was restored", what)
			}
			saysStill(t, o, id, "aquí")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := store.Restore(ctx, o, openArchive(t, good), true); err == nil {
			t.Error("restored although it was stopped")
		}
		saysStill(t, o, id, "aquí")
	})
}

// stopping is a file whose reader gives up when half of it is read.
type stopping struct {
	*bytes.Reader
	stop func()
	left int64
}

// ReadAt reads, and counts.
func (s *stopping) ReadAt(b []byte, off int64) (int, error) {
	n, err := s.Reader.ReadAt(b, off)
	if s.left -= int64(n); s.left < 0 {
		s.stop()
	}
	return n, err
}

// Stopped in the middle of the rows, as by Ctrl-C, the target is what it was.
func TestRestoreStoppedHalfway(t *testing.T) {
	small, id := talked(t, "aquí")
	from := storetest.SQLite(t)
	sh := newShop(t, from)
	big := sh.append(t, sh.says("", "hola")).Conversation
	var posts sync.WaitGroup
	for range 8 {
		posts.Go(func() {
			for range 500 {
				if _, err := from.Append(context.Background(), sh.says(big, chat.NewID())); err != nil {
					t.Error(err)
				}
			}
		})
	}
	posts.Wait()
	large := backup(t, from)
	targets(t, func(t *testing.T, o store.Options) {
		must(t, store.Restore(t.Context(), o, openArchive(t, small), false))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		file := &stopping{Reader: bytes.NewReader(large), stop: func() {}, left: 1 << 40}
		a, err := store.OpenArchive(file, int64(len(large)))
		must(t, err)
		file.left, file.stop = int64(len(large))/2, cancel
		if err := store.Restore(ctx, o, a, true); err == nil {
			t.Fatal("restored although it was stopped half-way")
		}
		saysStill(t, o, id, "aquí")
	})
}

// A file that a failed restore has made is not left behind to be taken for a database.
func TestFailedRestoreLeavesNoFile(t *testing.T) {
	good, _ := talked(t, "aquí")
	bad := edited(t, good, func(m *store.Manifest, lines map[string]string) { lines["messages"] = "" })
	path := filepath.Join(t.TempDir(), "new.db")
	if err := store.Restore(t.Context(), store.Options{Database: path}, openArchive(t, bad), false); err == nil {
		t.Fatal("restored")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}

// A restore looks at a file, and cleans up, only while it holds the lock: a server that has just begun must not go on writing lines into a file
// that has no name any more.
func TestRefusedRestoreTouchesNothing(t *testing.T) {
	archive, _ := talked(t, "aquí")
	path := filepath.Join(t.TempDir(), "new.db")
	release, err := store.LockServer(path)
	must(t, err)
	defer release()
	// As it is while the server makes its file: what is there leads nowhere yet.
	must(t, os.Symlink(path+".later", path))
	if err := store.Restore(t.Context(), store.Options{Database: path}, openArchive(t, archive), true); err == nil {
		t.Fatal("restored beside a server")
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("it has removed what was there: %v", err)
	}
	if _, err := os.Stat(path + ".later"); err == nil {
		t.Error("it has made a file")
	}
}

// edited is a backup with right checksums and wrong contents.
func edited(t *testing.T, archive []byte, edit func(m *store.Manifest, lines map[string]string)) []byte {
	t.Helper()
	a := openArchive(t, archive)
	var m store.Manifest
	text, err := json.Marshal(a.Manifest) // a deep copy
	must(t, err)
	must(t, json.Unmarshal(text, &m))
	lines := map[string]string{}
	for _, own := range m.Tables {
		lines[own.Name], err = a.Lines(own.Name)
		must(t, err)
	}
	edit(&m, lines)
	var b bytes.Buffer
	must(t, store.WriteArchive(&b, m, lines))
	return b.Bytes()
}

// Half a backup, one that was changed, and what never was one are refused before anything is touched.
func TestDamagedBackups(t *testing.T) {
	good, _ := talked(t, "aquí")
	refused := func(what string, b []byte) {
		t.Helper()
		if _, err := store.OpenArchive(bytes.NewReader(b), int64(len(b))); err == nil {
			t.Errorf("%s was opened", what)
		} else if strings.Contains(err.Error(), "zip:") {
			t.Errorf("%s: %v speaks of the inside", what, err)
		}
	}
	for n := 0; n < len(good); n += 1 + len(good)/97 {
		refused(fmt.Sprintf("the first %d of %d bytes", n, len(good)), good[:n])
	}
	refused("a picture", []byte("\x89PNG\r\n\x1a\n"))
	refused("another format", edited(t, good, func(m *store.Manifest, _ map[string]string) { m.Format = "other" }))
	refused("a newer format", edited(t, good, func(m *store.Manifest, _ map[string]string) { m.Version = 2 }))
	refused("an unknown table", edited(t, good, func(m *store.Manifest, lines map[string]string) {
		m.Tables = append(m.Tables, store.ManifestTable{Name: "pg_authid"})
	}))
	want := openArchive(t, good)
	for i := 0; i < len(good); i += 3 {
		b := slices.Clone(good)
		b[i] ^= 0x20
		got, err := store.OpenArchive(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			continue
		}
		// The byte was one of those that mean nothing here, such as a time in the zip's headers.
		if !reflect.DeepEqual(got.Manifest, want.Manifest) {
			t.Fatalf("byte %d: another manifest was opened", i)
		}
		for _, own := range want.Manifest.Tables {
			x, _ := want.Lines(own.Name)
			if y, err := got.Lines(own.Name); err != nil || x != y {
				t.Fatalf("byte %d: other rows of %s were opened: %v", i, own.Name, err)
			}
		}
	}
}

// FuzzArchive: whatever the file holds, it is refused or restored as a whole, and never a crash.
func FuzzArchive(f *testing.F) {
	s, err := store.Open(f.Context(), store.Options{Database: filepath.Join(f.TempDir(), "seed.db"), Create: true, Log: zerolog.Nop()})
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	newShop(f, s)
	var b bytes.Buffer
	if _, err := s.Backup(f.Context(), &b, nil, "fuzz"); err != nil {
		f.Fatal(err)
	}
	a, err := store.OpenArchive(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		f.Fatal(err)
	}
	manifest, _ := json.Marshal(a.Manifest)
	visitors, _ := a.Lines("visitors")
	f.Add(manifest, visitors)
	f.Fuzz(func(t *testing.T, manifest []byte, visitors string) {
		var m store.Manifest
		if json.Unmarshal(manifest, &m) != nil {
			return
		}
		lines := map[string]string{}
		for _, own := range m.Tables {
			lines[own.Name], _ = a.Lines(own.Name)
		}
		lines["visitors"] = visitors
		var b bytes.Buffer
		if store.WriteArchive(&b, m, lines) != nil {
			return
		}
		archive, err := store.OpenArchive(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "x.db")
		if store.Restore(t.Context(), store.Options{Database: path, Log: zerolog.Nop()}, archive, false) != nil {
			if _, err := os.Stat(path); err == nil {
				t.Fatal("a refused backup left a database")
			}
			return
		}
		s, err := store.Open(t.Context(), store.Options{Database: path, Log: zerolog.Nop()})
		if err != nil {
			t.Fatalf("restored, and cannot be opened: %v", err)
		}
		s.Close()
	})
}

// No restore beside a server, and no server beside a restore.
func TestRestoreAndServersKeepApart(t *testing.T) {
	archive, _ := talked(t, "aquí")
	targets(t, func(t *testing.T, o store.Options) {
		server := o
		server.Create, server.Server = true, true
		s, err := store.Open(t.Context(), server)
		must(t, err)
		err = store.Restore(t.Context(), o, openArchive(t, archive), true)
		if err == nil || !strings.Contains(err.Error(), "server is running on the database") {
			t.Errorf("beside a server: %v", err)
		}
		must(t, s.Close())
		must(t, store.Restore(t.Context(), o, openArchive(t, archive), true))
		alone := o
		alone.Alone = true
		mover, err := store.Open(t.Context(), alone)
		must(t, err)
		if s, err := store.Open(t.Context(), server); err == nil {
			s.Close()
			t.Error("a server started beside whoever wants the database alone")
		}
		must(t, mover.Close())
	})
}

// Several servers share a PostgreSQL, each counts, and one that loses the connection that says so says it again.
func TestPresence(t *testing.T) {
	url := storetest.PostgresURL(t)
	storetest.Open(t, storetest.PostgresURL(t)) // another database's server is none of this one
	count := func(s *store.Store) int {
		n, err := s.Servers(t.Context())
		must(t, err)
		return n
	}
	a, b := storetest.Open(t, url), storetest.Open(t, url)
	if n := count(a); n != 2 {
		t.Fatalf("%d servers are known, want 2", n)
	}
	if v, err := a.PresenceSetting(t.Context(), "tcp_keepalives_idle"); err != nil || v != "15" {
		t.Errorf("PostgreSQL asks after %s s whether a server is still there: %v", v, err)
	}
	must(t, b.Close())
	if n := count(a); n != 1 {
		t.Fatalf("%d servers are known after one has ended", n)
	}
	if n, err := a.Int(t.Context(), store.LosePresence); err != nil || n != 1 {
		t.Fatalf("%d connections were ended: %v", n, err)
	}
	deadline := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	lost := false
	for !lost || count(a) != 1 {
		lost = lost || count(a) == 0
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("the server is not known again (lost: %v)", lost)
		}
	}
}

// A database of somebody else, or of a newer version, is left alone even when it may be replaced.
func TestRestoreIntoForeign(t *testing.T) {
	archive, _ := talked(t, "aquí")
	targets(t, func(t *testing.T, o store.Options) {
		must(t, store.Restore(t.Context(), o, openArchive(t, archive), false))
		s, err := store.Open(t.Context(), o)
		must(t, err)
		must(t, s.Exec(t.Context(), `INSERT INTO schema_steps (number, name, applied_at) VALUES (999, 'later', 0)`))
		must(t, s.Close())
		err = store.Restore(t.Context(), o, openArchive(t, archive), true)
		if err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("a newer database was overwritten: %v", err)
		}
	})
}

// A backup that an earlier schema wrote is restored and brought up to date, for ever.
func TestRestoreOldBackup(t *testing.T) {
	b, err := os.ReadFile("testdata/backup-schema1.zip")
	must(t, err)
	targets(t, func(t *testing.T, o store.Options) {
		must(t, store.Restore(t.Context(), o, openArchive(t, b), false))
		s, err := store.Open(t.Context(), o)
		must(t, err)
		defer s.Close()
		a, hash, err := s.AgentByEmail(t.Context(), "Ann@shop.example")
		must(t, err)
		if a.Name != "Ann" || hash != "hash of Ann" {
			t.Errorf("agent %+v with %q", a, hash)
		}
		page, _, err := s.Inbox(t.Context(), []string{"shop"}, chat.InboxFilter{}, chat.OrderNewest, "", 10)
		must(t, err)
		if len(page) != 1 || page[0].Last.Text != "una línea de la primera versión 👋" {
			t.Fatalf("the inbox is %+v", page)
		}
		sh := &shop{Store: s}
		sh.checkRevs(t, page[0].ID)
	})
}
