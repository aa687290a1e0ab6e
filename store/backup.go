package store

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"dragoman/chat"
)

// backupPatience is how many rows are read between two looks at whether the caller has given up.
const backupPatience = 1000

// Backup writes the database as of one moment, and then the files below uploads (nil: none), while others go on reading and writing. In uploads files
// are added, and those that no row names are removed when they are two days old: so those that a row of that moment names are all there. Names that begin with
// a dot are of files that are not finished. program is the version of the program, for the manifest.
func (s *Store) Backup(ctx context.Context, to io.Writer, uploads fs.FS, program string) (Manifest, error) {
	w := &archiveWriter{zip: zip.NewWriter(to)}
	m := Manifest{Format: archiveFormat, Version: archiveVersion, Program: program, Files: []ManifestFile{}}
	err := s.snapshot(ctx, func(t tx) error {
		shape, err := s.shape(t)
		if err != nil {
			return err
		}
		m.Schema, m.Epoch, m.At, m.Tables = shape.Schema, shape.Epoch, shape.At, shape.Tables
		for i := range m.Tables {
			if err := writeTable(ctx, w, t, &m.Tables[i]); err != nil {
				return fmt.Errorf("cannot back up the table %s: %w", m.Tables[i].Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	if uploads != nil {
		if m.Files, err = writeFiles(ctx, w, uploads); err != nil {
			return m, err
		}
	}
	return m, w.finish(&m)
}

// snapshot runs a job that sees one moment of the database and may take its time.
func (s *Store) snapshot(ctx context.Context, job func(tx) error) error {
	err := s.db.read(ctx, func(t tx) error {
		if p, ok := t.(postgresTx); ok {
			// It is longer than any request.
			if err := p.script(noTimeouts); err != nil {
				return err
			}
		}
		return job(t)
	})
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

const (
	noTimeouts = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; " + planFreely
	readEpoch  = `SELECT value FROM meta WHERE name = 'epoch'`
	readNow    = `SELECT {now}`
)

// shape returns what a backup of this moment says of the schema: the tables have columns, and no rows yet.
func (s *Store) shape(t tx) (m Manifest, err error) {
	if err = t.row(schemaStep).Scan(&m.Schema); err != nil {
		return m, err
	}
	// This program may work on what a newer one has expanded, but it does not know all that is to be kept.
	if err = checkVersion(m.Schema, s.known, s.Describe()); err != nil {
		return m, err
	}
	if err = t.row(readEpoch).Scan(&m.Epoch); err != nil {
		return m, err
	}
	if err = t.row(readNow).Scan(&m.At); err != nil {
		return m, err
	}
	for _, own := range tables {
		if !own.kept {
			continue
		}
		c, err := columns(t, s.db.dialect(), own.name)
		if err != nil {
			return m, err
		}
		m.Tables = append(m.Tables, ManifestTable{Name: own.name, Columns: c})
	}
	return m, nil
}

// writeTable writes the rows of a table and notes their number and checksum in m.
func writeTable(ctx context.Context, w *archiveWriter, t tx, m *ManifestTable) error {
	entry, err := w.begin(tableEntry(m.Name))
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(entry, 64<<10)
	var line bytes.Buffer
	err = eachRow(ctx, t, m.Name, m.Columns, func(row []any) error {
		m.Rows++
		if err := encodeRow(&line, row); err != nil {
			return err
		}
		_, err := out.Write(line.Bytes())
		return err
	})
	if err == nil {
		err = out.Flush()
	}
	m.SHA256 = w.end()
	return err
}

// eachRow reads a table. The row is valid until the next one.
func eachRow(ctx context.Context, t tx, name string, columns []Column, one func([]any) error) error {
	row, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	n := 0
	return each(t, func(r scanner) error {
		if n++; n%backupPatience == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := r.Scan(into...); err != nil {
			return err
		}
		for i, c := range columns {
			v, err := columnValue(c.Kind, row[i])
			if err != nil {
				return fmt.Errorf("the column %s: %w", c.Name, err)
			}
			row[i] = v
		}
		return one(row)
	}, selectAll(name, columns))
}

func writeFiles(ctx context.Context, w *archiveWriter, uploads fs.FS) ([]ManifestFile, error) {
	all := []ManifestFile{}
	err := fs.WalkDir(uploads, ".", func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // there are none, or this one was removed a moment ago
		}
		if err != nil || !entry.Type().IsRegular() || entry.Name()[0] == '.' {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f, err := writeFile(w, uploads, path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		all = append(all, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot back up the uploads: %w", err)
	}
	return all, nil
}

func writeFile(w *archiveWriter, uploads fs.FS, path string) (m ManifestFile, err error) {
	f, err := uploads.Open(path)
	if err != nil {
		return m, err
	}
	defer f.Close()
	entry, err := w.begin(filesFolder + path)
	if err != nil {
		return m, err
	}
	m.Name = path
	m.Bytes, err = io.Copy(entry, f)
	m.SHA256 = w.end()
	return m, err
}

// Epoch is made anew whenever a database does not go on from where clients have seen it.
func renewEpoch(t tx) error {
	_, err := t.exec(upsertMeta, "epoch", chat.NewID())
	return err
}
