package store

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// sqliteConn is one connection with its prepared statements. One goroutine uses it at a time. It fulfils tx: between BEGIN
// and COMMIT it is the transaction.
type sqliteConn struct {
	db   *sql.DB
	conn *sql.Conn
	// ctx bounds the statements of the current job. The writer's never ends: a write that has begun is finished.
	ctx   context.Context
	stmts map[string]*preparedSQLite
	// changed is set by every statement that may have changed something; the writer clears it.
	changed bool
}

type preparedSQLite struct {
	stmt   *sql.Stmt
	order  []int
	writes bool
}

// openConn opens a connection of its own to the file. pragmas come after those that all connections share.
func openConn(ctx context.Context, path string, pragmas ...string) (*sqliteConn, error) {
	v := url.Values{}
	// busy_timeout first: the change into WAL may meet another process.
	for _, p := range append([]string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)"}, pragmas...) {
		v.Add("_pragma", p)
	}
	v.Set("_dqs", "0")
	file := filepath.ToSlash(path)
	if !strings.HasPrefix(file, "/") {
		file = "/" + file // C:/... on Windows
	}
	u := url.URL{Scheme: "file", Path: file, RawQuery: v.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &sqliteConn{db: db, conn: conn, ctx: context.Background(), stmts: map[string]*preparedSQLite{}}, nil
}

// shrink gives back the memory of cached pages. Nothing depends on it, so nobody is told if it fails.
func (c *sqliteConn) shrink() { c.exec("PRAGMA shrink_memory") }

func (c *sqliteConn) close() error {
	for _, p := range c.stmts {
		p.stmt.Close()
	}
	c.conn.Close()
	return c.db.Close()
}

func (c *sqliteConn) prepared(query string) (*preparedSQLite, error) {
	if p, ok := c.stmts[query]; ok {
		return p, nil
	}
	s, err := compile(dialectSQLite, query)
	if err != nil {
		return nil, err
	}
	stmt, err := c.conn.PrepareContext(c.ctx, s.text)
	if err != nil {
		return nil, err
	}
	p := &preparedSQLite{stmt: stmt, order: s.order, writes: !strings.HasPrefix(query, "SELECT")}
	c.stmts[query] = p
	return p, nil
}

func (c *sqliteConn) exec(query string, args ...any) (int64, error) {
	p, err := c.prepared(query)
	if err != nil {
		return 0, err
	}
	r, err := p.stmt.ExecContext(c.ctx, p.bind(args)...)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	c.changed = c.changed || n > 0 && p.writes
	return n, err
}

func (c *sqliteConn) query(query string, args ...any) (rows, error) {
	p, err := c.prepared(query)
	if err != nil {
		return nil, err
	}
	c.changed = c.changed || p.writes
	r, err := p.stmt.QueryContext(c.ctx, p.bind(args)...)
	if err != nil {
		return nil, err
	}
	return sqlRows{r}, nil
}

func (c *sqliteConn) row(query string, args ...any) scanner {
	r, err := c.query(query, args...)
	if err != nil {
		return failedRow{err}
	}
	return oneRow{r}
}

// script runs several statements that have no arguments.
func (c *sqliteConn) script(text string) error {
	s, err := compile(dialectSQLite, text)
	if err != nil {
		return err
	}
	_, err = c.conn.ExecContext(c.ctx, s.text)
	return err
}

// bind puts the arguments into the order of the question marks, lists as JSON.
func (p *preparedSQLite) bind(args []any) []any {
	args = cleaned(args)
	bound := make([]any, len(p.order))
	for i, n := range p.order {
		switch v := args[n].(type) {
		case []string:
			bound[i] = asJSON(v)
		case []int64:
			bound[i] = asJSON(v)
		default:
			bound[i] = v
		}
	}
	return bound
}

type sqlRows struct{ *sql.Rows }

func (r sqlRows) Close() { r.Rows.Close() }

type oneRow struct{ rows }

func (r oneRow) Scan(to ...any) error {
	defer r.Close()
	if !r.Next() {
		if err := r.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(to...); err != nil {
		return err
	}
	// Read to the end: what a RETURNING statement changes is complete only then.
	for r.Next() {
	}
	return r.Err()
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }
