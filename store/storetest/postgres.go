package storetest

import (
	"context"
	"sync"
	"testing"

	"dragoman/chat"
	"dragoman/internal/backing"
	"dragoman/store"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
)

// shared is the one PostgreSQL of this test process.
var shared cluster

// furnished is the database there that has the schema and nothing else, of which those for tests are copies.
const furnished = "furnished"

// cluster is started by the first who needs it, and furnished by the first who needs that.
type cluster struct {
	once   sync.Once
	err    error
	server *backing.Postgres

	furnishing  sync.Once
	unfurnished error
}

// PostgresURL returns the address of an empty database. The server is started by the first call.
func PostgresURL(tb testing.TB) string {
	tb.Helper()
	shared.start(tb)
	return shared.database(tb, shared.server.Create)
}

// furnishedURL returns the address of a database that has the schema already, and an epoch of its own as every database has.
func furnishedURL(tb testing.TB) string {
	tb.Helper()
	shared.start(tb)
	shared.furnishing.Do(func() { shared.unfurnished = shared.furnish() })
	if shared.unfurnished != nil {
		tb.Fatalf("make the database that others are copied from: %v", shared.unfurnished)
	}
	return shared.database(tb, func(name string) error {
		if err := shared.server.CreateFrom(furnished, name); err != nil {
			return err
		}
		return shared.server.Exec(name, "UPDATE meta SET value = $1 WHERE name = 'epoch'", chat.NewID())
	})
}

func (c *cluster) start(tb testing.TB) {
	tb.Helper()
	c.once.Do(func() { c.server, c.err = backing.StartPostgresInMemory("shared_buffers=64MB") })
	if c.err != nil {
		tb.Fatalf("no server for the tests: %v", c.err)
	}
}

// database makes a database that ends with the test, and returns its address.
func (c *cluster) database(tb testing.TB, create func(name string) error) string {
	tb.Helper()
	name := "t" + uuid.NewString()[:8]
	if err := create(name); err != nil {
		tb.Fatalf("make a database: %v", err)
	}
	tb.Cleanup(func() {
		if err := c.server.Drop(name); err != nil {
			tb.Errorf("drop a database: %v", err)
		}
	})
	return c.server.URL(name)
}

func (c *cluster) furnish() error {
	if err := c.server.Create(furnished); err != nil {
		return err
	}
	s, err := store.Open(context.Background(), store.Options{Database: c.server.URL(furnished), Log: zerolog.Nop()})
	if err != nil {
		return err
	}
	return s.Close()
}

// stop ends the server, if one was started.
func (c *cluster) stop() {
	if c.server != nil {
		c.server.Stop()
	}
}
