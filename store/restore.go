package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// ErrNotEmpty is the refusal to put rows where there are some already.
var ErrNotEmpty = errors.New("there are conversations, sites or agents in it already")

// loader is a transaction that nobody else is beside, in which a whole database is made.
type loader interface {
	schema
	// load puts rows into an empty table, until next returns io.EOF.
	load(table string, columns []Column, next func() ([]any, error)) error
}

// content is what a database is made of: an archive, or another database.
type content struct {
	Manifest
	// rows calls one for every row of a table, in the order of the manifest's columns.
	rows func(t ManifestTable) (next func() ([]any, error), done func(), err error)
}

// Restore makes the database that o names out of a backup, in one transaction: if it fails, or ctx ends, nothing was changed. A database that has rows is
// refused with ErrNotEmpty unless replace is set; then everything of ours in it is dropped first. A backup of an older schema is put in as it is, and then
// brought up to date. The database gets a new epoch, so that clients forget what they have seen.
func Restore(ctx context.Context, o Options, a *Archive, replace bool) error {
	return build(ctx, o, replace, content{a.Manifest, a.rows})
}

// rows reads a table of the archive.
func (a *Archive) rows(t ManifestTable) (next func() ([]any, error), done func(), err error) {
	f, err := a.open(tableEntry(t.Name))
	if err != nil {
		return nil, nil, err
	}
	d := &rowDecoder{json: json.NewDecoder(f), columns: t.Columns}
	d.json.UseNumber()
	return d.next, func() { f.Close() }, nil
}

// build makes a database.
func build(ctx context.Context, o Options, replace bool, c content) error {
	if o.isPostgres() {
		return buildPostgres(ctx, o, func(t loader, where string) error { return fill(ctx, t, dialectPostgres, where, replace, c) })
	}
	return buildSQLite(ctx, o, func(t loader, where string) error { return fill(ctx, t, dialectSQLite, where, replace, c) })
}

// fill does the work inside the transaction.
func fill(ctx context.Context, t loader, d dialect, where string, replace bool, c content) error {
	all, err := steps(d)
	if err != nil {
		return err
	}
	if c.Schema > len(all) || c.Schema < 1 {
		return fmt.Errorf("the backup was made by dragoman %s with the schema %d, and this program knows %d: restore it with that version", c.Program, c.Schema, len(all))
	}
	if err := clearAway(t, d, where, len(all), replace); err != nil {
		return err
	}
	if err := applySteps(t, all[:c.Schema], where); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM meta`); err != nil {
		return err
	}
	if err := loadTables(ctx, t, d, c); err != nil {
		return err
	}
	if err := applySteps(t, all, where); err != nil {
		return err
	}
	return renewEpoch(t)
}

// clearAway drops our tables if they hold nothing, or if that is what is wanted.
func clearAway(t loader, d dialect, where string, known int, replace bool) error {
	var there []string
	for _, own := range tables {
		c, err := columns(t, d, own.name)
		if err != nil {
			return err
		}
		if len(c) > 0 {
			there = append(there, own.name)
		}
	}
	if len(there) == 0 {
		return nil
	}
	var have int
	if err := t.row(schemaStep).Scan(&have); err != nil {
		return fmt.Errorf("%s has tables of somebody else: %w; choose another database", where, err)
	}
	if err := checkVersion(have, known, where); err != nil {
		return err
	}
	if !replace {
		if err := empty(t); err != nil {
			return err
		}
	}
	for i := len(there) - 1; i >= 0; i-- {
		if err := t.script("DROP TABLE " + there[i]); err != nil {
			return fmt.Errorf("cannot drop the table %s: %w", there[i], err)
		}
	}
	return nil
}

// empty refuses a database in which somebody has begun to work. All other rows hang on these.
func empty(t loader) error {
	var n int64
	if err := t.row(`SELECT (SELECT COUNT(*) FROM sites) + (SELECT COUNT(*) FROM agents)`).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return ErrNotEmpty
	}
	return nil
}

// loadTables puts all rows in. The columns must be those of the schema's step: a backup that was changed by hand may say something else.
func loadTables(ctx context.Context, t loader, d dialect, c content) error {
	given := map[string]ManifestTable{}
	for _, m := range c.Tables {
		given[m.Name] = m
	}
	for _, own := range tables {
		want, err := columns(t, d, own.name)
		if err != nil {
			return err
		}
		m, ok := given[own.name]
		if !own.kept || len(want) == 0 && !ok {
			continue
		}
		if !sameColumns(m.Columns, want) {
			return fmt.Errorf("the table %s of the backup does not have the columns that the schema %d has: the backup was changed", own.name, c.Schema)
		}
		if err := loadTable(ctx, t, c, m); err != nil {
			return fmt.Errorf("cannot put the rows of %s in: %w", own.name, err)
		}
	}
	return nil
}

func loadTable(ctx context.Context, t loader, c content, m ManifestTable) error {
	next, done, err := c.rows(m)
	if err != nil {
		return err
	}
	defer done()
	n := int64(0)
	counted := func() ([]any, error) {
		if n%backupPatience == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		row, err := next()
		if err == nil {
			n++
		}
		return row, err
	}
	if err := t.load(m.Name, m.Columns, counted); err != nil {
		return err
	}
	if n != m.Rows {
		return fmt.Errorf("%d rows came, and %d were promised", n, m.Rows)
	}
	return nil
}

// buildPostgres runs a job in one transaction that holds the lock which every server shares.
func buildPostgres(ctx context.Context, o Options, job func(t loader, where string) error) error {
	d, err := connectPostgres(ctx, o)
	if err != nil {
		return err
	}
	defer d.close()
	return pgx.BeginFunc(ctx, d.pool, func(t pgx.Tx) error {
		p := postgresTx{ctx: ctx, db: d, tx: t}
		if err := p.script(noTimeouts); err != nil {
			return err
		}
		var locked bool
		if err := p.row(`SELECT pg_try_advisory_xact_lock($1)`, int64(serverLock)).Scan(&locked); err != nil {
			return fmt.Errorf("cannot lock the database %s: %w", d.where, err)
		}
		if !locked {
			return d.servers()
		}
		if _, err := p.exec(`SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return fmt.Errorf("cannot lock the schema of %s: %w", d.where, err)
		}
		return job(p, d.where)
	})
}

// load uses COPY.
func (t postgresTx) load(table string, columns []Column, next func() ([]any, error)) error {
	_, err := t.tx.CopyFrom(t.ctx, pgx.Identifier{table}, columnNames(columns), pgx.CopyFromFunc(func() ([]any, error) {
		row, err := next()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return cleaned(row), err
	}))
	return err
}

// buildSQLite runs a job in one transaction on a file that no server has. A file that it has made goes again if the job fails, while the lock is
// held: without it a server could have begun to write there.
func buildSQLite(ctx context.Context, o Options, job func(t loader, where string) error) (err error) {
	path, err := filepath.Abs(o.Database)
	if err != nil {
		return fmt.Errorf("cannot find the database %s: %w", o.Database, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("cannot make a folder for the database: %w", err)
	}
	lock, err := lockServer(path)
	if err != nil {
		return err
	}
	defer lock.release()
	if _, there := os.Stat(path); errors.Is(there, os.ErrNotExist) {
		defer func() {
			if err != nil {
				removeDatabase(path)
			}
		}()
	}
	if err := prepareFile(path, true); err != nil {
		return err
	}
	conn, err := openConn(ctx, path)
	if err != nil {
		return fmt.Errorf("cannot open the database %s: %w. If it is damaged, move it away and restore into a new one", path, err)
	}
	defer conn.close()
	if _, err := conn.exec("BEGIN EXCLUSIVE"); err != nil {
		return fmt.Errorf("cannot lock the database %s: %w", path, err)
	}
	if err := job(conn, path); err != nil {
		conn.exec("ROLLBACK")
		return err
	}
	if _, err := conn.exec("COMMIT"); err != nil {
		return fmt.Errorf("cannot write the database %s: %w", path, err)
	}
	return nil
}

// removeDatabase removes a SQLite file and what stands beside it.
func removeDatabase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		os.Remove(path + suffix)
	}
}

func (c *sqliteConn) load(table string, columns []Column, next func() ([]any, error)) error {
	query := insertInto(table, columns)
	for {
		row, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := c.exec(query, row...); err != nil {
			return err
		}
	}
}
