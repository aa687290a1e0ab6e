package store

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"dragoman/chat"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errClosed is what a store answers that was closed.
var errClosed = errors.New("the store is closed")

// errReadOnly is what a store answers while its last commit has failed and no trial write has succeeded since.
var errReadOnly = errors.New("the database cannot be written to")

// explain turns a database that cannot be reached into chat.Unavailable, whose cause goes to the log, and leaves all
// other errors as they are.
func (s *Store) explain(err error) error {
	if _, ok := errors.AsType[*chat.Error](err); ok {
		return err
	}
	if !unavailable(err) && !mayRepeat(err) {
		return err
	}
	if !errors.Is(err, errReadOnly) && !errors.Is(err, context.Canceled) {
		s.log.Warn().Err(err).Msg("the database did not answer")
	}
	s.failures.Add(1)
	return chat.Errorf(chat.Unavailable, "The database cannot be reached at the moment. Try again in a few seconds.")
}

// unavailable tells whether err says nothing about the request, only about the database's health.
func unavailable(err error) bool {
	if errors.Is(err, errClosed) || errors.Is(err, errReadOnly) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, context.Canceled) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return true
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteUnavailable(e.Code())
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresUnavailable(e.Code)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return pgconn.Timeout(err) || pgconn.SafeToRetry(err) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "closed pool")
}

func sqliteUnavailable(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

// postgresUnavailable knows the classes of SQLSTATE: connection, resources, operator intervention, system; and the time-outs, a standby that
// cannot be written to.
func postgresUnavailable(code string) bool {
	switch code {
	case "25006", "25P03", "55P03":
		return true
	}
	for _, class := range []string{"08", "53", "57", "58", "XX"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}

// unique tells whether a unique index refused a row: somebody else was faster.
func unique(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	return false
}

// deadlocked tells whether PostgreSQL has ended a transaction so that those it has held up get on.
func deadlocked(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "40P01"
}

// mayRepeat tells whether the same transaction, run again, finds the other one's work and goes on from there. Nothing of the first
// try is stored then.
func mayRepeat(err error) bool {
	if unique(err) {
		return true
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "40001" || e.Code == "40P01"
	}
	return false
}
