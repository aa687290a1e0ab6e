package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/rs/zerolog"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDB is a SQLite file: one writer, a few readers, one checkpointer, each with a connection of its own.
type sqliteDB struct {
	path   string
	lock   *fileLock
	writer *sqliteWriter
	// readers holds the idle read-only connections.
	readers chan *sqliteConn
	end     context.CancelFunc
	// done is closed when writer and checkpointer have ended.
	done    sync.WaitGroup
	closing sync.Once
	closed  chan struct{}
}

// readerCount is how many connections read at once. Reads do not wait for the disk, so more than cores are of little use.
func readerCount() int { return max(2, min(8, runtime.GOMAXPROCS(0))) }

func openSQLite(ctx context.Context, o Options) (_ *sqliteDB, err error) {
	path, err := filepath.Abs(o.Database)
	if err != nil {
		return nil, fmt.Errorf("cannot find the database %s: %w", o.Database, err)
	}
	if err := prepareFile(path, o.Create); err != nil {
		return nil, err
	}
	d := &sqliteDB{path: path, closed: make(chan struct{})}
	defer func() {
		if err != nil {
			d.release()
		}
	}()
	if o.Server || o.Alone {
		if d.lock, err = lockServer(path); err != nil {
			return nil, err
		}
	}
	if err := d.migrate(ctx); err != nil {
		return nil, err
	}
	return d, d.start(ctx, o.Log)
}

// prepareFile makes an empty file that only this user may read, or says what is missing.
func prepareFile(path string, create bool) error {
	_, err := os.Stat(path)
	if err == nil {
		return nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot open the database %s: %w", path, err)
	}
	if !create {
		return fmt.Errorf("there is no database at %s: make one with `dragoman serve` or `dragoman site add`, or name another with --database or --data", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("cannot make a folder for the database: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("cannot make the database: %w", err)
	}
	return f.Close()
}

// start opens the connections and begins to work.
func (d *sqliteDB) start(ctx context.Context, log zerolog.Logger) error {
	n := readerCount()
	d.readers = make(chan *sqliteConn, n)
	for range n {
		c, err := openReader(ctx, d.path)
		if err != nil {
			return fmt.Errorf("cannot open the database %s: %w", d.path, err)
		}
		d.readers <- c
	}
	w, err := newSQLiteWriter(ctx, d.path, log)
	if err != nil {
		return fmt.Errorf("cannot open the database %s: %w", d.path, err)
	}
	d.writer = w
	run, end := context.WithCancel(context.Background())
	d.end = end
	d.done.Go(func() { w.run(run) })
	d.done.Go(func() { w.checkpoints(run) })
	return nil
}

func openReader(ctx context.Context, path string) (*sqliteConn, error) {
	return openConn(ctx, path, "query_only(ON)")
}

func (d *sqliteDB) dialect() dialect { return dialectSQLite }
func (d *sqliteDB) describe() string { return d.path }

func (d *sqliteDB) write(ctx context.Context, job func(tx) error) error {
	return d.writer.do(ctx, job)
}

func (d *sqliteDB) read(ctx context.Context, job func(tx) error) error {
	var c *sqliteConn
	select {
	case c = <-d.readers:
	case <-d.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	c.ctx = ctx
	err := inSnapshot(c, job)
	c.ctx = context.Background()
	if broken(err) {
		c = d.renewReader(c)
	}
	d.readers <- c
	select {
	case <-d.closed: // while it was in use: nobody else closes it now
		d.closeReaders()
	default:
	}
	return err
}

// broken tells whether a connection should not be used again. A caller who went away, or a lock, does it no harm.
func broken(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || !sqliteUnavailable(e.Code()) {
		return false
	}
	code := e.Code() & 0xff
	return code != sqlite3.SQLITE_INTERRUPT && code != sqlite3.SQLITE_BUSY
}

// inSnapshot runs a job between BEGIN and COMMIT; in WAL mode all its queries see the same moment.
func inSnapshot(c *sqliteConn, job func(tx) error) error {
	// Nothing was changed, so it does not matter how it ends, only that it does, even when the caller's time is up: a BEGIN that was
	// given up may have begun all the same.
	defer func() {
		c.ctx = context.Background()
		c.exec("ROLLBACK")
	}()
	if _, err := c.exec("BEGIN"); err != nil {
		return err
	}
	return job(c)
}

// renewReader replaces a connection that has failed; if that fails too the old one stays, and is tried again by the next read.
func (d *sqliteDB) renewReader(c *sqliteConn) *sqliteConn {
	fresh, err := openReader(context.Background(), d.path)
	if err != nil {
		return c
	}
	c.close()
	return fresh
}

func (d *sqliteDB) close() error {
	d.closing.Do(func() {
		close(d.closed)
		d.release()
	})
	return nil
}

// release ends whatever was begun.
func (d *sqliteDB) release() {
	if d.end != nil {
		d.end()
		d.done.Wait()
	}
	d.closeReaders()
	if d.writer != nil {
		d.writer.close()
	}
	if d.lock != nil {
		d.lock.release()
	}
}

// closeReaders closes those that are idle. One in use is closed by who uses it.
func (d *sqliteDB) closeReaders() {
	for range cap(d.readers) {
		select {
		case c := <-d.readers:
			c.close()
		default:
		}
	}
}
