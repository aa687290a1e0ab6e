package store_test

import (
	"strconv"
	"sync/atomic"
	"testing"

	"dragoman/store"
	"dragoman/store/storetest"
)

type (
	runs  = func(query string, args ...any) error
	reads = func(query string, args ...any) (string, error)
)

// TestDeadlockHasOneVictim lets two transactions wait for each other: PostgreSQL ends one of them, which is repeated, and nobody hears of it.
func TestDeadlockHasOneVictim(t *testing.T) {
	s := storetest.Postgres(t)
	must(t, store.Statements(t.Context(), s, func(exec runs, _ reads) error {
		if err := exec(`CREATE TABLE two (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)`); err != nil {
			return err
		}
		return exec(`INSERT INTO two (id, n) VALUES (0, 0), (1, 0)`)
	}))
	held := []chan struct{}{make(chan struct{}), make(chan struct{})}
	done := []chan struct{}{make(chan struct{}), make(chan struct{})}
	var tries atomic.Int64
	together(t, 2, func(i int) error {
		defer close(done[i])
		first := true
		return store.Statements(t.Context(), s, func(exec runs, _ reads) error {
			tries.Add(1)
			if !first {
				<-done[1-i] // who is repeated finds the other one's work
			}
			// The sooner it looks, the less a busy machine can make the other one wait for too long.
			if err := exec(`SET LOCAL deadlock_timeout = '20ms'`); err != nil {
				return err
			}
			if err := exec(`UPDATE two SET n = n + 1 WHERE id = $1`, int64(i)); err != nil {
				return err
			}
			if first {
				first = false
				close(held[i])
				<-held[1-i]
			}
			return exec(`UPDATE two SET n = n + 1 WHERE id = $1`, int64(1-i))
		})
	})
	if n := tries.Load(); n != 3 {
		t.Errorf("two transactions that wait for each other took %d tries, want 3", n)
	}
	must(t, store.Statements(t.Context(), s, func(_ runs, text reads) error {
		got, err := text(`SELECT string_agg(n::text, ' ') FROM two`)
		if got != "2 2" {
			t.Errorf("the rows have %s, want each change of both", got)
		}
		return err
	}))
}

// TestDeadlocksAreFoundInTime: whoever waits for a row waits for longer than PostgreSQL takes to look for a deadlock, and not for as long as his statement may
// take: he would be told that the database does not answer, with all others who wait.
func TestDeadlocksAreFoundInTime(t *testing.T) {
	must(t, store.Statements(t.Context(), storetest.Postgres(t), func(_ runs, text reads) error {
		before := 0
		for _, name := range []string{"deadlock_timeout", "lock_timeout", "statement_timeout"} {
			got, err := text(`SELECT setting FROM pg_settings WHERE name = $1`, name)
			if err != nil {
				return err
			}
			ms, err := strconv.Atoi(got)
			if err != nil {
				return err
			}
			if ms < before+500 {
				t.Errorf("%s is %d ms, and what ends before it %d", name, ms, before)
			}
			before = ms
		}
		return nil
	}))
}
