package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
)

// presenceRetry is how long is waited before a lost presence is taken again.
const presenceRetry = time.Second

const (
	// The shared lock of a server, and the lock of whoever wants no server there.
	lockShared = `SELECT pg_try_advisory_lock_shared($1)`
	lockAlone  = `SELECT pg_try_advisory_lock($1)`

	// A server whose machine has lost its power or its network is gone for PostgreSQL after half a minute; left to itself that takes two hours, in
	// which it counts as one that runs.
	noticeDeath = `SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3`

	countServers = `SELECT COUNT(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = CAST(CAST($1 AS BIGINT) AS OID)
AND mode = 'ShareLock' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
)

// presence is how a PostgreSQL knows that a server runs on it: an advisory lock on a connection of its own, which PostgreSQL gives back when the
// connection ends, however it ends.
type presence struct {
	end  context.CancelFunc
	done sync.WaitGroup
}

// bePresent takes the lock and holds it until leave; a connection that is lost meanwhile is opened again.
func (d *postgresDB) bePresent(ctx context.Context, alone bool, log zerolog.Logger) (*presence, error) {
	conn, err := d.lockedConn(ctx, alone)
	if err != nil {
		return nil, err
	}
	run, end := context.WithCancel(context.Background())
	p := &presence{end: end}
	p.done.Go(func() {
		for conn != nil {
			// Nothing is ever notified here: this ends when the connection does.
			_, _ = conn.WaitForNotification(run)
			unlock(conn)
			conn = d.lockedAgain(run, alone, log)
		}
	})
	return p, nil
}

// unlock gives the lock back and ends the connection. PostgreSQL would notice the end by itself, but who comes next may be faster.
func unlock(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	_, _ = conn.Exec(ctx, `SELECT pg_advisory_unlock_all()`)
	_ = conn.Close(ctx)
}

// lockedAgain tries until it holds the lock again, or returns nil when ctx has ended.
func (d *postgresDB) lockedAgain(ctx context.Context, alone bool, log zerolog.Logger) *pgx.Conn {
	tick := time.NewTicker(presenceRetry)
	defer tick.Stop()
	for told := false; ; told = true {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		conn, err := d.lockedConn(ctx, alone)
		if err == nil {
			return conn
		}
		if !told && ctx.Err() == nil {
			log.Warn().Err(err).Msg("the database does not know any more that this server runs")
		}
	}
}

// lockedConn opens a connection that holds the lock.
func (d *postgresDB) lockedConn(ctx context.Context, alone bool) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig.Copy())
	if err != nil {
		return nil, fmt.Errorf("cannot reach the database %s: %w", d.where, err)
	}
	query := lockShared
	if alone {
		query = lockAlone
	}
	var locked bool
	if _, err = conn.PgConn().Exec(ctx, noticeDeath).ReadAll(); err == nil {
		err = conn.QueryRow(ctx, query, int64(serverLock)).Scan(&locked)
	}
	if err == nil && locked {
		return conn, nil
	}
	_ = conn.Close(context.WithoutCancel(ctx))
	if err != nil {
		return nil, fmt.Errorf("cannot lock the database %s: %w", d.where, err)
	}
	if alone {
		return nil, d.servers()
	}
	return nil, fmt.Errorf("the database %s is being restored or copied: start again when that has ended", d.where)
}

// Servers counts the servers that have the database open, this one too: see the hub's Store. One that has lost its connection is not counted until it
// has another.
func (s *Store) Servers(ctx context.Context) (int, error) {
	if s.db.dialect() == dialectSQLite {
		return 1, nil
	}
	return read(ctx, s, func(t tx) (n int, err error) {
		err = t.row(countServers, int64(serverLock)).Scan(&n)
		return n, err
	})
}

// servers is the refusal of whoever wants a database without servers.
func (d *postgresDB) servers() error {
	return fmt.Errorf("a server is running on the database %s: stop all of them first", d.where)
}

// leave gives the lock back.
func (p *presence) leave() {
	p.end()
	p.done.Wait()
}
