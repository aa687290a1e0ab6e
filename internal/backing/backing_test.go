package backing

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"testing"
)

// Stopped servers are gone, with their folders: a test run leaves nothing behind.
func TestStop(t *testing.T) {
	p, err := StartPostgres("shared_buffers=16MB")
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
	p.Stop()
	r.Stop()
	r.Stop()
	for _, folder := range []string{p.folder, r.folder} {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", folder, err)
		}
	}
	for _, port := range []string{p.port, r.port} {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			c.Close()
			t.Errorf("somebody still listens on %s", port)
		}
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
