package store

import (
	"archive/zip"
	"context"
	"io"
	"slices"
	"strings"
)

// Tables returns the tables that backups know, and which of them they keep.
func Tables() (all, kept []string) {
	for _, t := range tables {
		all = append(all, t.name)
		if t.kept {
			kept = append(kept, t.name)
		}
	}
	return all, kept
}

// SchemaTables returns the tables that the database has.
func (s *Store) SchemaTables(ctx context.Context) ([]string, error) {
	query := `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_terms_%'`
	if s.db.dialect() == dialectPostgres {
		query = `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()`
	}
	return s.texts(ctx, query)
}

func (s *Store) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	return read(ctx, s, func(t tx) (all []string, err error) {
		err = each(t, func(r scanner) error {
			var one string
			err := r.Scan(&one)
			all = append(all, one)
			return err
		}, query, args...)
		return all, err
	})
}

// Columns returns the columns of a table by name: the databases may have them in another order.
func (s *Store) Columns(ctx context.Context, table string) ([]Column, error) {
	return read(ctx, s, func(t tx) ([]Column, error) {
		all, err := columns(t, s.db.dialect(), table)
		slices.SortFunc(all, func(a, b Column) int { return strings.Compare(a.Name, b.Name) })
		return all, err
	})
}

// Parents returns, for a column of a SQLite table that refers to another, that table and column.
func (s *Store) Parents(ctx context.Context, table string) (map[string][2]string, error) {
	return read(ctx, s, func(t tx) (map[string][2]string, error) {
		all := map[string][2]string{}
		err := each(t, func(r scanner) error {
			var column, parent, of string
			err := r.Scan(&column, &parent, &of)
			all[column] = [2]string{parent, of}
			return err
		}, `SELECT "from", "table", "to" FROM pragma_foreign_key_list($1)`, table)
		return all, err
	})
}

// Rows returns the rows of a table.
func (s *Store) Rows(ctx context.Context, table string, columns []Column) ([][]any, error) {
	return read(ctx, s, func(t tx) (all [][]any, err error) {
		err = eachRow(ctx, t, table, columns, func(row []any) error {
			all = append(all, slices.Clone(row))
			return nil
		})
		return all, err
	})
}

// Insert puts a row in.
func (s *Store) Insert(ctx context.Context, table string, columns []Column, row []any) error {
	return s.Exec(ctx, insertInto(table, columns), row...)
}

// SnapshotSetting returns a setting of PostgreSQL as backups have it.
func (s *Store) SnapshotSetting(ctx context.Context, name string) (value string, err error) {
	err = s.snapshot(ctx, func(t tx) error { return t.row(`SELECT current_setting($1)`, name).Scan(&value) })
	return value, err
}

// WriteArchive writes an archive with these rows, as lines of JSON, and whatever manifest.
func WriteArchive(to io.Writer, m Manifest, lines map[string]string) error {
	w := &archiveWriter{zip: zip.NewWriter(to)}
	for i, t := range m.Tables {
		entry, err := w.begin(tableEntry(t.Name))
		if err != nil {
			return err
		}
		if _, err := io.WriteString(entry, lines[t.Name]); err != nil {
			return err
		}
		m.Tables[i].SHA256 = w.end()
	}
	for i, f := range m.Files {
		entry, err := w.begin(filesFolder + f.Name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(entry, lines[filesFolder+f.Name]); err != nil {
			return err
		}
		m.Files[i].SHA256 = w.end()
	}
	return w.finish(&m)
}

// Lines reads the rows of a table out of an archive, as they are written there.
func (a *Archive) Lines(table string) (string, error) {
	f, err := a.open(tableEntry(table))
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

// LockServer takes the lock of a SQLite file as a server does.
func LockServer(path string) (release func(), err error) {
	l, err := lockServer(path)
	if err != nil {
		return nil, err
	}
	return l.release, nil
}

// PresenceSetting returns a setting of the connection that holds the lock of servers.
func (s *Store) PresenceSetting(ctx context.Context, name string) (value string, err error) {
	conn, err := s.db.(*postgresDB).lockedConn(ctx, false)
	if err != nil {
		return "", err
	}
	defer unlock(conn)
	err = conn.QueryRow(ctx, `SELECT current_setting($1)`, name).Scan(&value)
	return value, err
}

// LosePresence ends the connections that hold the lock of servers, as a restart of PostgreSQL does.
const LosePresence = `SELECT COUNT(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1685217648 AND mode = 'ShareLock' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
