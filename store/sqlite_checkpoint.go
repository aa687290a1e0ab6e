package store

import (
	"context"
	"os"
	"sync/atomic"
)

const (
	// walSoft is the size of the log, in bytes, from which on it is copied into the database beside the writer.
	walSoft = 8 << 20
	// walCheckEvery is after how many commits the size is looked at.
	walCheckEvery = 16
)

// walState is what the writer and the checkpointer tell each other.
type walState struct {
	// poke wakes the checkpointer.
	poke chan struct{}
	// finish asks the writer to copy the rest: SQLite begins the log anew only when all of it is copied, which under
	// a steady stream of commits never happens beside the writer.
	finish  atomic.Bool
	commits int
}

// afterCommit is the writer's part: to notice that the log has grown, and to copy the last few pages when asked.
func (w *sqliteWriter) afterCommit() {
	if w.wal.finish.CompareAndSwap(true, false) {
		copyWAL(w.conn)
	}
	if w.wal.commits++; w.wal.commits%walCheckEvery != 0 {
		return
	}
	if i, err := os.Stat(w.path + "-wal"); err != nil || i.Size() < walSoft {
		return
	}
	select {
	case w.wal.poke <- struct{}{}:
	default:
	}
}

// checkpoints copies the log into the database whenever it has grown, on a connection of its own: the writer goes on meanwhile.
func (w *sqliteWriter) checkpoints(ctx context.Context) {
	conn, err := openWriter(ctx, w.path)
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
			if copyWAL(conn) {
				w.wal.finish.Store(true)
			}
		}
	}
}

// copyWAL copies what no reader needs any more and nobody writes; it tells whether something was copied.
func copyWAL(conn *sqliteConn) bool {
	var busy, pages, copied int64
	if err := conn.row("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &copied); err != nil {
		return false
	}
	return copied > 0
}
