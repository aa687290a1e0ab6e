package storetest

import (
	"sync"
	"testing"

	"dragoman/internal/backing"

	"github.com/google/uuid"
)

// shared is the one PostgreSQL of this test process.
var shared cluster

// cluster is started by the first who needs it.
type cluster struct {
	once   sync.Once
	err    error
	server *backing.Postgres
}

// PostgresURL returns the address of an empty database. The server is started by the first call.
func PostgresURL(tb testing.TB) string {
	tb.Helper()
	shared.once.Do(func() { shared.server, shared.err = backing.StartPostgres("shared_buffers=64MB") })
	if shared.err != nil {
		tb.Fatalf("no server for the tests: %v", shared.err)
	}
	name := "t" + uuid.NewString()[:8]
	if err := shared.server.Create(name); err != nil {
		tb.Fatalf("make a database: %v", err)
	}
	tb.Cleanup(func() {
		if err := shared.server.Drop(name); err != nil {
			tb.Errorf("drop a database: %v", err)
		}
	})
	return shared.server.URL(name)
}

// stop ends the server, if one was started.
func (c *cluster) stop() {
	if c.server != nil {
		c.server.Stop()
	}
}
