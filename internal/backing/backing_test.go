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
