package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// shared is the one PostgreSQL of this test process. Starting one takes a second; a database in it takes a few milliseconds.
var shared cluster

// cluster is a PostgreSQL server in a folder of its own.
type cluster struct {
	once sync.Once
	err  error

	folder string
	port   int
	server *exec.Cmd
	// alive is the standard input of the shell that guards the server.
	alive io.WriteCloser
}

// PostgresURL returns the address of an empty database. The server is started by the first call.
func PostgresURL(tb testing.TB) string {
	tb.Helper()
	shared.once.Do(func() { shared.err = shared.start() })
	if shared.err != nil {
		tb.Fatalf("no PostgreSQL for the tests: %v", shared.err)
	}
	name := "t" + uuid.NewString()[:8]
	if err := shared.admin(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "CREATE DATABASE "+name)
		return err
	}); err != nil {
		tb.Fatalf("make a database: %v", err)
	}
	tb.Cleanup(func() {
		if err := shared.admin(func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			return err
		}); err != nil {
			tb.Errorf("drop a database: %v", err)
		}
	})
	return shared.url(name)
}

func (c *cluster) url(database string) string {
	return fmt.Sprintf("postgres://dragoman@127.0.0.1:%d/%s", c.port, database)
}

func (c *cluster) admin(do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return do(ctx, conn)
}

// start makes the folder and runs the server until the process ends.
func (c *cluster) start() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	if c.folder, err = os.MkdirTemp("", "dragoman-pg-"); err != nil {
		return err
	}
	who, err := owner(c.folder)
	if err != nil {
		return err
	}
	data := filepath.Join(c.folder, "data")
	// Locale C sorts and compares bytes as SQLite does. --no-sync only leaves out the sync of the fresh folder.
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--username", "dragoman", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	who.apply(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if c.port, err = freePort(); err != nil {
		return err
	}
	// The shell ends the server and removes the folder as soon as its standard input closes, and that the system does for us however
	// this process ends.
	const guard = `trap "" INT HUP; folder=$1; shift; "$@" & cat >/dev/null; kill -INT $!; wait $!; rm -rf "$folder"`
	c.server = exec.Command("sh", "-c", guard, "guard", c.folder, filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(c.port), "-k", c.folder,
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	who.apply(c.server)
	var log bytes.Buffer
	c.server.Stdout, c.server.Stderr = &log, &log
	if c.alive, err = c.server.StdinPipe(); err != nil {
		return err
	}
	if err := c.server.Start(); err != nil {
		return err
	}
	return c.await(&log)
}

// await waits until the server answers.
func (c *cluster) await(log *bytes.Buffer) error {
	var err error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if err = c.admin(func(ctx context.Context, conn *pgx.Conn) error { return conn.Ping(ctx) }); err == nil {
			return nil
		}
		<-time.After(20 * time.Millisecond) // nothing tells when a server has begun to listen
	}
	c.stop()
	return fmt.Errorf("postgres did not start: %w: %s", err, log.String())
}

// stop ends the server and waits until its folder is gone.
func (c *cluster) stop() {
	if c.alive == nil {
		return
	}
	c.alive.Close()
	c.server.Wait()
	c.alive = nil
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

// freePort returns a port on which nobody listens. Another process may take it before the server does; the server then does not start,
// and says so.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// owner gives the folder to the user who must run the server: PostgreSQL refuses root.
func owner(folder string) (account, error) {
	if os.Getuid() != 0 {
		return account{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return account{}, errors.New("root cannot run it and there is no user postgres; scripts/setup installs everything that the tests need")
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return account{set: true, uid: uint32(uid), gid: uint32(gid)}, os.Chown(folder, int(uid), int(gid))
}

// account is a user to run a command as, or this process's own.
type account struct {
	set      bool
	uid, gid uint32
}
