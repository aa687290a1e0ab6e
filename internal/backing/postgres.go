package backing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// home is a database that is always there.
const home = "postgres"

// Postgres is a PostgreSQL server in a folder of its own. Starting one takes a second; a database in it takes a few milliseconds.
type Postgres struct {
	guarded
	// parent is where its folder is; empty: where temporary files are.
	parent string
}

// StartPostgres starts a server with these settings, each like shared_buffers=64MB, and waits until it answers.
func StartPostgres(settings ...string) (*Postgres, error) { return startPostgres("", settings) }

// StartPostgresInMemory is StartPostgres with the data in memory, if this machine has room for it there. For tests that make and drop
// hundreds of databases: each has three hundred files, and a disk spends more on those than the tests do. All else is as on a disk, but that
// a sync costs nothing.
func StartPostgresInMemory(settings ...string) (*Postgres, error) {
	return startPostgres(memory(), append(settings, "max_wal_size=256MB"))
}

func startPostgres(parent string, settings []string) (*Postgres, error) {
	p := &Postgres{parent: parent}
	if err := p.start(settings); err != nil {
		return nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	return p, nil
}

func (p *Postgres) start(settings []string) error {
	// Locale C sorts and compares bytes as SQLite does. --no-sync only leaves out the sync of the fresh folder.
	return p.startFrom(settings, "initdb", "--username", "dragoman", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
}

// startFrom has one of PostgreSQL's programs make the data folder, and serves it.
func (p *Postgres) startFrom(settings []string, program string, args ...string) error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	if p.folder, err = os.MkdirTemp(p.parent, "dragoman-pg-"); err != nil {
		return err
	}
	who, err := owner(p.folder)
	if err != nil {
		return err
	}
	data := filepath.Join(p.folder, "data")
	command := exec.Command(filepath.Join(bin, program), append([]string{"--pgdata", data}, args...)...)
	who.apply(command)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	if p.port, err = TakePort(); err != nil {
		return err
	}
	return p.serve(who, bin, data, settings)
}

func (p *Postgres) serve(who account, bin, data string, settings []string) error {
	server := []string{filepath.Join(bin, "postgres"), "-D", data, "-p", p.port.String(), "-k", p.folder, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"}
	for _, s := range settings {
		server = append(server, "-c", s)
	}
	if err := p.guarded.start(who, server...); err != nil {
		return err
	}
	return p.await(p.ping)
}

func (p *Postgres) ping() error {
	return p.In(home, func(ctx context.Context, c *pgx.Conn) error { return c.Ping(ctx) })
}

// Clone starts a second server with a copy of what the first holds at this moment, as a standby has that stops listening.
func (p *Postgres) Clone() (*Postgres, error) { return p.clone() }

// CloneAhead is Clone with a clock that is ahead of this machine's by a number of seconds, or behind it.
func (p *Postgres) CloneAhead(seconds int) (*Postgres, error) {
	found, _ := filepath.Glob("/usr/lib/*/faketime/libfaketime.so.1")
	if len(found) == 0 {
		return nil, errors.New("PostgreSQL with another clock: libfaketime is not installed; scripts/setup installs everything that the tests need")
	}
	return p.clone("LD_PRELOAD="+found[0], fmt.Sprintf("FAKETIME=%+ds", seconds), "DONT_FAKE_MONOTONIC=1")
}

func (p *Postgres) clone(env ...string) (*Postgres, error) {
	c := &Postgres{}
	c.env = env
	if err := c.startFrom(nil, "pg_basebackup", "--dbname", p.URL(home), "--checkpoint", "fast", "--no-sync"); err != nil {
		return nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	return c, nil
}

// Crash ends the server without a checkpoint, as "pg_ctl stop -m immediate" does: at its next start it has to recover.
func (p *Postgres) Crash() { p.end("QUIT") }

// Restart runs a server again that has crashed, in the same place, and waits until it answers.
func (p *Postgres) Restart() error {
	if err := p.run(); err != nil {
		return fmt.Errorf("PostgreSQL: %w", err)
	}
	return p.await(p.ping)
}

// Address is host:port.
func (p *Postgres) Address() string { return p.port.Address() }

// URL is the address of a database.
func (p *Postgres) URL(database string) string { return PostgresURL(p.Address(), database) }

// PostgresURL is the address of a database on a server of ours that is reached by another way, such as a proxy.
func PostgresURL(address, database string) string {
	return fmt.Sprintf("postgres://dragoman@%s/%s", address, database)
}

// Create makes an empty database; name is a plain identifier.
func (p *Postgres) Create(name string) error {
	return p.Exec(home, "CREATE DATABASE "+name)
}

// CreateFrom makes a database that begins as a copy of another, to which nobody may be connected.
func (p *Postgres) CreateFrom(template, name string) error {
	return p.Exec(home, "CREATE DATABASE "+name+" TEMPLATE "+template)
}

// Drop removes a database, whoever is connected to it.
func (p *Postgres) Drop(name string) error {
	return p.Exec(home, "DROP DATABASE "+name+" WITH (FORCE)")
}

// In does something on a connection to a database, within half a minute.
func (p *Postgres) In(database string, do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, p.URL(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return do(ctx, conn)
}

// Exec runs one statement in a database.
func (p *Postgres) Exec(database, statement string, args ...any) error {
	return p.In(database, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, statement, args...)
		return err
	})
}

// binaries finds the newest PostgreSQL of this machine.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(found[len(found)-1]), nil
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", errors.New("it is not installed; scripts/setup installs everything that the tests need")
}

func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}
