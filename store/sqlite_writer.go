package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// maxBatch is how many jobs are committed together.
	maxBatch = 256
	// probeEvery is how often a database that has refused a commit is tried again.
	probeEvery = 500 * time.Millisecond
	// shrinkAfter is how long nothing must have been written before the writer gives its page cache back, up to 8 MiB: the pages are in
	// the operating system's cache anyway, and thousands of idle sockets are what the memory is wanted for then.
	shrinkAfter = 5 * time.Second
)

// sqliteWriter is the one connection that changes a SQLite file. Jobs wait in a queue; whatever waits is run in one transaction,
// each job in a savepoint of its own, and every caller is answered after the commit: a commit costs an fsync, however
// much is in it.
type sqliteWriter struct {
	path  string
	log   zerolog.Logger
	queue chan *writeJob
	// ended is closed when nothing will be taken from queue any more.
	ended chan struct{}

	// Owned by run: the connection, and whether a commit has failed since the last one that went well.
	conn  *sqliteConn
	broke bool
	// readOnly is broke for others to see.
	readOnly atomic.Bool
	pacer    pacer[*writeJob]

	wal walState
}

// writeJob is a transaction that somebody waits for.
type writeJob struct {
	do   func(tx) error
	done chan error
	// taken is set by whoever comes first: the writer, who then runs the job, or a caller who gives up waiting.
	taken atomic.Bool
	err   error
}

func newSQLiteWriter(ctx context.Context, path string, log zerolog.Logger) (*sqliteWriter, error) {
	w := &sqliteWriter{
		path: path, log: log,
		queue: make(chan *writeJob, maxBatch),
		ended: make(chan struct{}),
		wal:   walState{poke: make(chan struct{}, 1)},
	}
	w.pacer = pacer[*writeJob]{queue: w.queue, most: maxBatch}
	var err error
	if w.conn, err = openWriter(ctx, path); err != nil {
		return nil, err
	}
	if w.wal.file, err = os.OpenFile(path, os.O_RDWR, 0); err != nil {
		log.Warn().Err(err).Msg("commits will wait while the database's log is copied")
	}
	return w, nil
}

// openWriter opens a connection that never checkpoints by itself: that would make some caller wait for it.
func openWriter(ctx context.Context, path string) (*sqliteConn, error) {
	return openConn(ctx, path, "wal_autocheckpoint(0)", "cache_size(-8192)", "temp_store(MEMORY)")
}

// do hands a job to the writer and waits until it is committed or refused. A caller whose time is up before the job was begun takes it
// back; a job that was begun is waited for, so that nobody writes into results that nobody holds any more.
func (w *sqliteWriter) do(ctx context.Context, job func(tx) error) error {
	j := &writeJob{do: job, done: make(chan error, 1)}
	select {
	case w.queue <- j:
	case <-w.ended:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-w.ended:
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
	}
	select {
	case err := <-j.done:
		return err
	case <-w.ended:
		select {
		case err := <-j.done:
			return err
		default:
			return errClosed
		}
	}
}

// run commits what waits until ctx ends; what waits then is refused.
func (w *sqliteWriter) run(ctx context.Context) {
	defer close(w.ended)
	probe := time.NewTicker(probeEvery)
	defer probe.Stop()
	batch := make([]*writeJob, 0, maxBatch)
	var wrote time.Time // zero: the cache is as small as it gets
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-w.queue:
			batch = w.pacer.gather(append(batch[:0], j))
			w.commit(batch)
			w.afterCommit(len(batch))
			wrote = time.Now()
		case <-probe.C:
			if w.broke {
				w.probe(ctx)
			} else if !wrote.IsZero() && time.Since(wrote) >= shrinkAfter {
				wrote = time.Time{}
				w.conn.shrink()
			}
		}
	}
}

// commit runs a batch in one transaction and answers everybody.
func (w *sqliteWriter) commit(batch []*writeJob) {
	live := batch[:0]
	for _, j := range batch {
		if j.taken.CompareAndSwap(false, true) {
			live = append(live, j)
		}
	}
	err := w.transact(live)
	for _, j := range live {
		if err != nil {
			j.err = err
		}
		j.done <- j.err
	}
}

// transact returns an error if the whole batch must be refused; the errors of single jobs stand in the jobs.
func (w *sqliteWriter) transact(batch []*writeJob) error {
	if len(batch) == 0 {
		return nil
	}
	if w.broke {
		return errReadOnly
	}
	clean, err := w.attempt(batch, false)
	if err == nil && !clean {
		_, err = w.attempt(batch, true)
	}
	if err != nil {
		return w.fail(err)
	}
	return nil
}

// attempt runs a batch in one transaction. Savepoints cost a copy of every page that a job touches, and nearly no job fails after
// it has changed something; so the first attempt goes without, and if one does fail nothing is stored, clean is false and all jobs are run again, each
// in a savepoint of its own.
func (w *sqliteWriter) attempt(batch []*writeJob, savepoints bool) (clean bool, err error) {
	// Another process (a command) may hold the lock for a moment; nothing is wrong with the file then.
	if _, err := w.conn.exec("BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	for _, j := range batch {
		if savepoints {
			err = w.runSaved(j)
		} else {
			w.conn.changed = false
			j.err = w.guard(j)
			err = harmful(j.err)
		}
		if err != nil {
			return false, err
		}
		if j.err != nil && w.conn.changed && !savepoints {
			_, err := w.conn.exec("ROLLBACK")
			return len(batch) == 1, err
		}
	}
	_, err = w.conn.exec("COMMIT")
	return true, err
}

// runSaved runs one job in a savepoint. An error means that the whole transaction is lost.
func (w *sqliteWriter) runSaved(j *writeJob) error {
	if _, err := w.conn.exec("SAVEPOINT job"); err != nil {
		return err
	}
	j.err = w.guard(j)
	if err := harmful(j.err); err != nil {
		return err
	}
	if j.err != nil {
		if _, err := w.conn.exec("ROLLBACK TO job"); err != nil {
			return err
		}
	}
	_, err := w.conn.exec("RELEASE job")
	return err
}

// guard turns a panic of a job into its error: one bad request must not end the writer of all.
func (w *sqliteWriter) guard(j *writeJob) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return j.do(w.conn)
}

// harmful returns err if SQLite may have rolled the whole transaction back because of it.
func harmful(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && sqliteUnavailable(e.Code()) {
		return err
	}
	return nil
}

// fail ends a transaction that went wrong. A lock that somebody else holds is nothing; after anything else (a full disk, an fsync that
// failed) the state of the file's pages in memory is not to be trusted: the connection is thrown away, and everything is refused
// until a fresh one has written something.
func (w *sqliteWriter) fail(cause error) error {
	if e, ok := errors.AsType[*sqlite.Error](cause); ok && e.Code()&0xff == sqlite3.SQLITE_BUSY {
		w.conn.exec("ROLLBACK")
		return cause
	}
	w.conn.exec("ROLLBACK") // it is gone already, or goes with the connection
	w.log.Error().Err(cause).Msg("a commit failed: nothing is stored until a trial write succeeds")
	w.broke = true
	w.readOnly.Store(true)
	return cause
}

// probe opens a fresh connection and writes a trial row.
func (w *sqliteWriter) probe(ctx context.Context) {
	w.conn.close()
	conn, err := openWriter(ctx, w.path)
	if err != nil {
		return
	}
	w.conn = conn
	if _, err := conn.exec(upsertMeta, "probe", time.Now().UTC().Format(time.RFC3339)); err != nil {
		return
	}
	w.broke = false
	w.readOnly.Store(false)
	w.log.Info().Msg("the database can be written to again")
}

func (w *sqliteWriter) close() {
	w.conn.close()
	if w.wal.file != nil {
		w.wal.file.Close()
	}
}
