package backing

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Stopped servers are gone, with their folders: a test run leaves nothing behind.
func TestStop(t *testing.T) {
	p, err := StartPostgresInMemory("shared_buffers=16MB")
	if err != nil {
		t.Fatal(err)
	}
	r, err := StartRedis()
	if err != nil {
		p.Stop()
		t.Fatal(err)
	}
	if err := p.Create("one"); err != nil {
		t.Error(err)
	}
	if err := p.Drop("one"); err != nil {
		t.Error(err)
	}
	if err := p.Drop("one"); err == nil {
		t.Error("a database that is not there was dropped")
	}
	// While the ports are theirs.
	p.end("")
	r.end("")
	for _, port := range []*Port{p.port, r.port} {
		if c, err := net.Dial("tcp", port.at(0)); err == nil {
			c.Close()
			t.Errorf("somebody still listens on %s", port)
		}
	}
	p.Stop()
	r.Stop()
	r.Stop()
	for _, folder := range []string{p.folder, r.folder} {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

// A port is nobody else's while its server is about to start, or is down; and one on which somebody listens for reasons of his own is not given out.
func TestPort(t *testing.T) {
	const further = 10_000
	p, err := TakePort(further)
	if err != nil {
		t.Fatal(err)
	}
	defer p.GiveBack()
	if take(p.number, nil) != nil {
		t.Errorf("%s was given out twice", p)
	}
	for _, above := range []int{0, further} {
		l, err := net.Listen("tcp", p.at(above))
		if err != nil {
			t.Fatalf("it is not free %d above: %v", above, err)
		}
		if p.isFree([]int{0, further}) {
			t.Errorf("somebody listens %d above it, and it is free", above)
		}
		l.Close()
	}
}

// A server that has crashed comes back in its place, PostgreSQL with what it has confirmed.
func TestCrash(t *testing.T) {
	p, err := StartPostgres("shared_buffers=16MB")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if err := p.Create("one"); err != nil {
		t.Fatal(err)
	}
	p.Crash()
	if p.ping() == nil {
		t.Error("PostgreSQL has crashed and answers")
	}
	if err := p.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := p.Drop("one"); err != nil {
		t.Errorf("a database that was confirmed is gone: %v", err)
	}
	p.Crash()

	r, err := StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Stop()
	if answer, err := r.Do("CLIENT KILL TYPE pubsub"); err != nil || answer != ":0" {
		t.Errorf("CLIENT KILL: %q, %v", answer, err)
	}
	if _, err := r.Do("NONSENSE"); err == nil {
		t.Error("nonsense is no error")
	}
	r.Crash()
	if r.ping() == nil {
		t.Error("Redis has crashed and answers")
	}
	if err := r.Restart(); err != nil {
		t.Fatal(err)
	}
	p.Stop()
	if _, err := os.Stat(p.folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a server that had crashed leaves its folder: %v", err)
	}
}

// A clone has what the first held then, and goes its own way; its clock may be another.
func TestClone(t *testing.T) {
	p, err := StartPostgres("shared_buffers=16MB")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if err := p.Create("one"); err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	c, err := p.CloneAhead(int(day.Seconds()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	if err := p.Drop("one"); err != nil {
		t.Fatal(err)
	}
	if err := c.CreateFrom("one", "two"); err != nil {
		t.Errorf("the clone has lost a database with the first: %v", err)
	}
	var now time.Time
	if err := c.In("two", func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now)
	}); err != nil {
		t.Fatal(err)
	}
	if off := time.Until(now) - day; off.Abs() > time.Minute {
		t.Errorf("its clock is %s ahead", time.Until(now))
	}
}
