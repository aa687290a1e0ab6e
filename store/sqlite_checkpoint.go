package store

import (
	"context"
	"os"
	"sync/atomic"
)

const (
	// checkpointJobs is after how many jobs the log is copied into the database. A line changes a handful of pages, which the lines of a
	// group share in part, and copying pages that were changed many times costs no more than pages that were changed once.
	checkpointJobs = 4000
	// finishPages is how much the writer itself copies, in pages, when that lets the log begin anew.
	finishPages = 1000
)

// walState is what the writer and the checkpointer tell each other.
type walState struct {
	// poke wakes the checkpointer.
	poke chan struct{}
	// finish asks the writer to copy the rest: SQLite begins the log anew only when all of it is copied, which under
	// a steady stream of commits never happens beside the writer.
	finish atomic.Bool
	// jobs counts since the last poke.
	jobs int
	// file is the database, so that what was copied can be flushed beside the writer; nil if it could not be opened. It is closed after all
	// connections of the writer: with any handle of a file POSIX takes all of the process's locks on it.
	file *os.File
}

// flush has what was copied so far written to the disk. SQLite leaves that to the copy that reaches the end of the log, which is the
// writer's, and all commits would wait for megabytes.
func (s *walState) flush() {
	if s.file != nil {
		s.file.Sync() // a fault shows when SQLite flushes, and is told there
	}
}

// afterCommit is the writer's part: to notice that the log has grown, and to copy the last few pages when asked.
func (w *sqliteWriter) afterCommit(jobs int) {
	if w.wal.finish.CompareAndSwap(true, false) && !w.broke {
		w.restartWAL()
	}
	if w.wal.jobs += jobs; w.wal.jobs < checkpointJobs {
		return
	}
	w.wal.jobs = 0
	select {
	case w.wal.poke <- struct{}{}:
	default:
	}
}

// checkpoints copies the log into the database whenever it has grown, on a connection of its own: the writer goes on meanwhile.
func (w *sqliteWriter) checkpoints(ctx context.Context) {
	conn, err := openWriter(ctx, w.path)
	if ctx.Err() != nil {
		if err == nil {
			conn.close()
		}
		return // closed again at once, as commands do
	}
	if err != nil {
		w.log.Error().Err(err).Msg("the database's log cannot be copied; it will grow")
		return
	}
	defer conn.close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wal.poke:
			w.checkpoint(conn)
		}
	}
}

// checkpoint copies until only so little is left that the writer may do it.
func (w *sqliteWriter) checkpoint(conn *sqliteConn) {
	const rounds = 3
	for range rounds {
		if _, err := copyWAL(conn, "PASSIVE"); err != nil {
			w.log.Warn().Err(err).Msg("the database's log could not be copied; it is tried again later")
			return
		}
		w.wal.flush()
		// What has come meanwhile.
		left, err := copyWAL(conn, "PASSIVE")
		w.wal.flush()
		if err == nil && left <= finishPages {
			w.wal.finish.Store(true)
			return
		}
	}
}

// restartWAL copies the rest and lets the next commit begin the log anew. It waits for the reads that have begun already, which take
// milliseconds; later ones do not need the log any more. If one takes longer the log grows on until the next time.
func (w *sqliteWriter) restartWAL() {
	w.conn.exec("PRAGMA busy_timeout = 100")
	defer w.conn.exec("PRAGMA busy_timeout = 5000")
	if _, err := copyWAL(w.conn, "RESTART"); err != nil {
		w.log.Debug().Err(err).Msg("the database's log goes on growing for now")
	}
}

// copyWAL copies what no reader needs any more; it returns how many pages are left.
func copyWAL(conn *sqliteConn, mode string) (left int64, err error) {
	var busy, pages, copied int64
	err = conn.row("PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &pages, &copied)
	return pages - copied, err
}
