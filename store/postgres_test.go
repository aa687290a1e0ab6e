package store_test

import (
	"bytes"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
)

func TestNodesStartTogether(t *testing.T) {
	url := storetest.PostgresURL(t)
	const nodes = 4
	stores := make([]*store.Store, nodes)
	together(t, nodes, func(i int) error {
		var err error
		stores[i], err = store.Open(t.Context(), store.Options{Database: url, Server: true})
		return err
	})
	epochs := map[string]bool{}
	for _, s := range stores {
		epoch, err := s.Epoch(t.Context())
		must(t, err)
		epochs[epoch] = true
		must(t, s.Close())
	}
	if len(epochs) != 1 {
		t.Fatalf("the nodes see the epochs %v", epochs)
	}
}

func TestPostgresIsRefused(t *testing.T) {
	url := storetest.PostgresURL(t)
	_, err := open(t, url+"?options=-csynchronous_commit%3Doff", false, true)
	wantSentence(t, err, "synchronous_commit=off", "would lose messages", "set both to on")
	_, err = open(t, "postgres://nobody:hidden@127.0.0.1:1/none", false, true)
	wantSentence(t, err, "cannot reach the database", "postgres://nobody@127.0.0.1:1/none")
	if s := err.Error(); contains(s, "hidden") {
		t.Fatalf("the error shows the password: %s", s)
	}
	_, err = open(t, "postgres://nobody:12/hidden@127.0.0.1:1/none", false, true)
	wantSentence(t, err, "%2F")
	if s := err.Error(); contains(s, "hidden") {
		t.Fatalf("the error shows the password: %s", s)
	}
	_, err = open(t, "postgres://a b@::::", false, true)
	wantSentence(t, err, "address")
}

// TestConnectionsAreCut ends all connections of the store while it is used: callers hear unavailable or are served, and with the same key
// everything arrives once.
func TestConnectionsAreCut(t *testing.T) {
	url := storetest.PostgresURL(t)
	s := storetest.Open(t, url)
	sh := newShop(t, s)
	id := sh.append(t, sh.says("", "hola")).Conversation
	admin, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer admin.Close(t.Context())
	const writers, lines = 4, 15
	stop := make(chan struct{})
	var cutter sync.WaitGroup
	cutter.Go(func() {
		tick := time.NewTicker(40 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	together(t, writers, func(int) error {
		for range lines {
			p := sh.says(id, "línea")
			for {
				_, err := s.Append(t.Context(), p)
				if err == nil {
					break
				}
				if chat.CodeOf(err) != chat.Unavailable {
					return err
				}
			}
		}
		return nil
	})
	close(stop)
	cutter.Wait()
	waitFor(t, "the store to answer", func() bool {
		_, err := s.Epoch(t.Context())
		return err == nil
	})
	if c := sh.get(t, id); c.Seq != writers*lines+1 {
		t.Fatalf("seq %d, want %d", c.Seq, writers*lines+1)
	}
	sh.checkRevs(t, id)
}

// TestLockTimeout holds a conversation from outside: the caller hears unavailable after the lock time-out, and not much later.
func TestLockTimeout(t *testing.T) {
	url := storetest.PostgresURL(t)
	s := storetest.Open(t, url)
	sh := newShop(t, s)
	id := sh.append(t, sh.says("", "hola")).Conversation
	holder, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer holder.Close(t.Context())
	tx, err := holder.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), `SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE`, id)
	must(t, err)
	begin := time.Now()
	_, err = s.Append(t.Context(), sh.says(id, "espera"))
	wantCode(t, err, chat.Unavailable)
	if took := time.Since(begin); took > 30*time.Second {
		t.Fatalf("waited %v", took)
	}
	must(t, tx.Rollback(t.Context()))
	sh.append(t, sh.says(id, "ya"))
	sh.checkRevs(t, id)
}

// fsync is the whole server's. It is refused as well, and used by whoever insists, with a warning.
func TestPostgresWithoutFsync(t *testing.T) {
	url := storetest.PostgresURL(t)
	admin, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer admin.Close(t.Context())
	set := func(value string) {
		t.Helper()
		_, err := admin.Exec(t.Context(), `ALTER SYSTEM SET fsync = `+value)
		must(t, err)
		_, err = admin.Exec(t.Context(), `SELECT pg_reload_conf()`)
		must(t, err)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for end := time.Now().Add(20 * time.Second); ; <-tick.C {
			// A connection of its own shows what others will see.
			var now string
			c, err := pgx.Connect(t.Context(), url)
			must(t, err)
			must(t, c.QueryRow(t.Context(), `SELECT current_setting('fsync')`).Scan(&now))
			must(t, c.Close(t.Context()))
			if now == value {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("fsync stays %s", now)
			}
		}
	}
	set("off")
	defer set("on")
	_, err = open(t, url, false, true)
	wantSentence(t, err, "fsync=off", "would lose messages", "--allow-unsafe-database")
	var said bytes.Buffer
	s, err := store.Open(t.Context(), store.Options{Database: url, Server: true, AllowUnsafe: true, Log: zerolog.New(&said)})
	must(t, err)
	must(t, s.Close())
	if !strings.Contains(said.String(), `"level":"warn"`) || !strings.Contains(said.String(), "fsync=off") {
		t.Errorf("it is used without a warning: %s", said.String())
	}
}

// TestPostgresThatSwallowsEverything: nobody waits for ever for a database behind a network that neither answers nor refuses, also who has set no
// time himself: the sweeps, the check of the schema, and whoever looks whether a login still holds.
func TestPostgresThatSwallowsEverything(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(storetest.PostgresURL(t))
	must(t, err)
	hole := dig(t, address.Host)
	address.Host = hole.Addr().String()
	s := storetest.Open(t, address.String())
	_, err = s.SettingsRev(t.Context())
	must(t, err)
	hole.deaf.Store(true)
	defer hole.deaf.Store(false)
	done := make(chan error, 3)
	go func() { done <- s.CheckSchema(t.Context()) }()
	go func() { _, err := s.SettingsRev(t.Context()); done <- err }()
	go func() { _, err := s.ClaimTranslations(t.Context(), 1); done <- err }()
	for range cap(done) {
		select {
		case err := <-done:
			if chat.CodeOf(err) != chat.Unavailable {
				t.Errorf("got %v", err)
			}
		case <-time.After(2 * time.Minute):
			t.Fatal("it still waits")
		}
	}
}

// pit passes bytes on between a database and whoever connects, until it is deaf: then it swallows them.
type pit struct {
	net.Listener
	deaf atomic.Bool
}

// dig makes a pit before an address.
func dig(t *testing.T, address string) *pit {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &pit{Listener: l}
	var work sync.WaitGroup
	t.Cleanup(work.Wait)
	t.Cleanup(func() { l.Close() })
	work.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", address)
			if err != nil {
				in.Close()
				continue
			}
			work.Go(func() { p.pass(out, in) })
			work.Go(func() { p.pass(in, out) })
		}
	})
	return p
}

func (p *pit) pass(to, from net.Conn) {
	defer to.Close()
	b := make([]byte, 4096)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		if !p.deaf.Load() {
			to.Write(b[:n])
		}
	}
}
