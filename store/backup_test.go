package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/rs/zerolog"
)

// A migration that makes a table must say whether backups keep it.
func TestBackupsKnowEveryTable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		there, err := s.SchemaTables(t.Context())
		must(t, err)
		known, _ := store.Tables()
		if strings.HasPrefix(s.Describe(), "postgres") {
			known = slices.DeleteFunc(known, func(name string) bool { return name == "search_terms" })
		}
		slices.Sort(there)
		slices.Sort(known)
		if !slices.Equal(there, known) {
			t.Fatalf("the schema has %v, backups know %v: see tables.go", there, known)
		}
		for _, table := range known {
			columns, err := s.Columns(t.Context(), table)
			if err != nil || len(columns) == 0 {
				t.Errorf("columns of %s: %v, %v", table, columns, err)
			}
		}
	})
}

// Both databases must have the same columns with the same kinds, or a backup of one does not fit the other.
func TestColumnsAreTheSame(t *testing.T) {
	sqlite, postgres := storetest.SQLite(t), storetest.Postgres(t)
	_, kept := store.Tables()
	for _, table := range kept {
		a, err := sqlite.Columns(t.Context(), table)
		must(t, err)
		b, err := postgres.Columns(t.Context(), table)
		must(t, err)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: SQLite has %v, PostgreSQL %v", table, a, b)
		}
	}
}

// SQLite, backup, PostgreSQL, backup, SQLite: every row of every table is what it was.
func TestBackupGoesRound(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	first := storetest.SQLite(t)
	fillAtRandom(t, first, r)
	want := everyRow(t, first)

	second := restored(t, storetest.PostgresURL(t), backup(t, first), false)
	compareRows(t, want, everyRow(t, second))
	third := restored(t, filepath.Join(t.TempDir(), "third.db"), backup(t, second), false)
	compareRows(t, want, everyRow(t, third))

	epochs := map[string]bool{}
	for _, s := range []*store.Store{first, second, third} {
		epoch, err := s.Epoch(t.Context())
		must(t, err)
		epochs[epoch] = true
	}
	if len(epochs) != 3 {
		t.Errorf("three databases and the epochs %v", epochs)
	}
}

// fillAtRandom puts rows into every kept table, whatever columns it has.
func fillAtRandom(t *testing.T, s *store.Store, r *rand.Rand) {
	t.Helper()
	const rows = 40
	values := map[[2]string][]any{}
	_, kept := store.Tables()
	for _, table := range kept {
		columns, err := s.Columns(t.Context(), table)
		must(t, err)
		parents, err := s.Parents(t.Context(), table)
		must(t, err)
		for n := range rows {
			var row []any
			// A random row may meet a unique index. The next one will not.
			for try := 0; ; try++ {
				row = nil
				for _, c := range columns {
					if parent, ok := parents[c.Name]; ok {
						of := values[parent]
						row = append(row, of[r.IntN(len(of))])
						continue
					}
					row = append(row, randomValue(r, table, c, n))
				}
				if err = s.Insert(t.Context(), table, columns, slices.Clone(row)); err == nil {
					break
				}
				if try == 50 {
					t.Fatalf("cannot fill %s: %v", table, err)
				}
			}
			for i, c := range columns {
				values[[2]string{table, c.Name}] = append(values[[2]string{table, c.Name}], row[i])
			}
		}
	}
}

func randomValue(r *rand.Rand, table string, c store.Column, n int) any {
	switch {
	case c.Name == "key" && table == "messages" && n%3 == 0:
		return nil // as in lines of the system
	case c.Kind == "int":
		return []int64{0, 1, -1, r.Int64(), -r.Int64(), 1<<63 - 1, -1 << 63}[r.IntN(7)]
	case c.Kind == "bool":
		return r.IntN(2) == 0
	case c.Kind == "bytes":
		b := make([]byte, 1+r.IntN(64))
		for i := range b {
			b[i] = byte(r.IntN(256))
		}
		return b
	case c.Name == "text" && n == 7:
		return strings.Repeat(randomText(r, 100), 2000)
	}
	return randomText(r, 30)
}

// randomText is valid UTF-8 without NUL: what the store keeps.
func randomText(r *rand.Rand, length int) string {
	some := []rune("aZ09 \t\n\r\"'\\/<>&{}[],:éßøñ日本語한국어العربيةעברית👩‍👩‍👧‍👦🇵🇹🏽\u200b\u202e\u2028\ufeff\u0001\u007f\U0010FFFF")
	var b strings.Builder
	for range 8 + r.IntN(length) {
		b.WriteRune(some[r.IntN(len(some))])
	}
	return b.String()
}

// everyRow is everything that a backup must keep, by table, in an order that does not depend on the database.
func everyRow(t *testing.T, s *store.Store) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	_, kept := store.Tables()
	for _, table := range kept {
		columns, err := s.Columns(t.Context(), table)
		must(t, err)
		rows, err := s.Rows(t.Context(), table, columns)
		must(t, err)
		for _, row := range rows {
			if table == "meta" && slices.Contains(row, any("epoch")) {
				continue
			}
			all[table] = append(all[table], fmt.Sprintf("%#v", row))
		}
		slices.Sort(all[table])
	}
	return all
}

func compareRows(t *testing.T, want, got map[string][]string) {
	t.Helper()
	for table, rows := range want {
		if len(rows) == 0 {
			t.Errorf("%s has no rows: nothing was compared", table)
		}
		if !slices.Equal(rows, got[table]) {
			t.Errorf("%s: %d rows became %d, or others", table, len(rows), len(got[table]))
			for i := range min(len(rows), len(got[table])) {
				if rows[i] != got[table][i] {
					t.Errorf("was %.300s\nis  %.300s", rows[i], got[table][i])
					break
				}
			}
		}
	}
}

func backup(t *testing.T, s *store.Store) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := s.Backup(t.Context(), &b, nil, "test")
	must(t, err)
	return b.Bytes()
}

func openArchive(t *testing.T, b []byte) *store.Archive {
	t.Helper()
	a, err := store.OpenArchive(bytes.NewReader(b), int64(len(b)))
	must(t, err)
	return a
}

func restored(t *testing.T, database string, b []byte, replace bool) *store.Store {
	t.Helper()
	must(t, store.Restore(t.Context(), store.Options{Database: database, Log: zerolog.Nop()}, openArchive(t, b), replace))
	return storetest.Open(t, database)
}

// What is written while a backup is taken is in it as a whole or not at all.
func TestBackupBesideWriters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var written atomic.Int64
		done := make(chan struct{})
		go func() {
			defer close(done)
			for ctx.Err() == nil {
				if _, err := s.Append(t.Context(), sh.says(id, "otra")); err == nil {
					written.Add(1)
				}
			}
		}()
		var backups [][]byte
		for len(backups) < 10 || written.Load() < 50 {
			if b := backup(t, s); len(backups) < 10 {
				backups = append(backups, b)
			}
		}
		cancel()
		<-done
		last := int64(0)
		for _, b := range backups {
			copied := restored(t, filepath.Join(t.TempDir(), "copy.db"), b, false)
			copy := &shop{Store: copied}
			c := copy.get(t, id)
			if c.Seq < last {
				t.Errorf("a later backup has fewer lines: %d after %d", c.Seq, last)
			}
			last = c.Seq
			copy.checkRevs(t, id)
		}
	})
}

func TestCopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "from.db")
	from, err := store.Open(t.Context(), store.Options{Database: path, Create: true, Alone: true, Log: zerolog.Nop()})
	must(t, err)
	defer from.Close()
	fillAtRandom(t, from, rand.New(rand.NewPCG(1, 2)))
	to := store.Options{Database: storetest.PostgresURL(t), Log: zerolog.Nop()}
	m, err := from.Copy(t.Context(), to, false)
	must(t, err)
	want := everyRow(t, from)
	back, err := store.Open(t.Context(), store.Options{Database: to.Database, Alone: true, Log: zerolog.Nop()})
	must(t, err)
	defer back.Close()
	compareRows(t, want, everyRow(t, back))
	if m.Rows() == 0 {
		t.Error("it says that it has copied nothing")
	}
	again := store.Options{Database: filepath.Join(t.TempDir(), "again.db"), Log: zerolog.Nop()}
	_, err = back.Copy(t.Context(), again, false)
	must(t, err)
	compareRows(t, want, everyRow(t, storetest.Open(t, again.Database)))
	if _, err := from.Copy(t.Context(), again, false); err == nil {
		t.Error("a database that a server uses was copied over")
	}
}

// Uploads come with the database, whatever they are called.
func TestBackupOfUploads(t *testing.T) {
	s := storetest.SQLite(t)
	uploads := fstest.MapFS{"a/b.png": {Data: []byte("png")}, "ünïcode 名.pdf": {Data: bytes.Repeat([]byte("x"), 100000)}, "empty": {}}
	var b bytes.Buffer
	m, err := s.Backup(t.Context(), &b, uploads, "test")
	must(t, err)
	if len(m.Files) != len(uploads) {
		t.Fatalf("%d of %d files", len(m.Files), len(uploads))
	}
	a := openArchive(t, b.Bytes())
	for _, f := range a.Manifest.Files {
		r, err := a.File(f.Name)
		must(t, err)
		var got bytes.Buffer
		_, err = got.ReadFrom(r)
		must(t, err)
		if want := uploads[f.Name]; want == nil || !bytes.Equal(got.Bytes(), want.Data) || f.Bytes != int64(len(want.Data)) {
			t.Errorf("%q came back as %d bytes", f.Name, got.Len())
		}
	}
}

// A backup of a large table takes longer than a request may.
func TestBackupHasTime(t *testing.T) {
	s := storetest.Postgres(t)
	for _, name := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		if value, err := s.SnapshotSetting(t.Context(), name); err != nil || value != "0" {
			t.Errorf("%s is %s in a backup, %v", name, value, err)
		}
	}
}

func TestBackupGivenUp(t *testing.T) {
	s := storetest.SQLite(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Backup(ctx, &bytes.Buffer{}, nil, "test"); !errors.Is(err, context.Canceled) {
		t.Errorf("a backup that was given up ends with %v", err)
	}
	_, err := s.AddVisitor(t.Context(), chat.NewVisitor{Site: "nowhere", Token: [32]byte{1}})
	wantCode(t, err, chat.NotFound)
}

// A program that works on a schema which a newer one has expanded does not know all that must be kept.
func TestNoBackupOfANewerSchema(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		must(t, s.Exec(t.Context(), `INSERT INTO schema_steps (number, name, applied_at) VALUES (999, 'later', 0)`))
		must(t, s.Exec(t.Context(), `INSERT INTO meta (name, value) VALUES ('works_with:999', '1')`))
		_, err := s.Backup(t.Context(), &bytes.Buffer{}, nil, "test")
		if err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("half of a newer database was backed up: %v", err)
		}
	})
}
