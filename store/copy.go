package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Copy makes the database that o names out of this one, as Restore does out of a backup. The store must have been opened Alone: what a server
// wrote meanwhile would be missing.
func (s *Store) Copy(ctx context.Context, o Options, replace bool) (Manifest, error) {
	var m Manifest
	err := s.snapshot(ctx, func(t tx) (err error) {
		if m, err = s.shape(t); err != nil {
			return err
		}
		for i, own := range m.Tables {
			if err := t.row("SELECT COUNT(*) FROM " + own.Name).Scan(&m.Tables[i].Rows); err != nil {
				return err
			}
		}
		return build(ctx, o, replace, content{m, func(own ManifestTable) (func() ([]any, error), func(), error) {
			next, stop := pulled(ctx, t, own)
			return next, stop, nil
		}})
	})
	return m, err
}

// pulled turns eachRow inside out, for whoever asks for rows one by one.
func pulled(ctx context.Context, t tx, own ManifestTable) (next func() ([]any, error), stop func()) {
	var failed error
	enough := errors.New("enough")
	pull, stop := iter.Pull(func(yield func([]any) bool) {
		failed = eachRow(ctx, t, own.Name, own.Columns, func(row []any) error {
			if !yield(row) {
				return enough
			}
			return nil
		})
	})
	return func() ([]any, error) {
		row, ok := pull()
		switch {
		case ok:
			return row, nil
		case failed != nil:
			return nil, failed
		}
		return nil, io.EOF
	}, stop
}

func insertInto(table string, columns []Column) string {
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return "INSERT INTO " + table + " (" + strings.Join(columnNames(columns), ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
}
