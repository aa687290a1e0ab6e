package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"dragoman/store"
)

// uploadsFolder is where uploads are, in the data folder.
const uploadsFolder = "uploads"

type backupCommand struct {
	File    string `arg:"" help:"The file to write. It holds everything that was said, and hashes of passwords: keep it as you keep the database."`
	Replace bool   `help:"Write over a file that is there."`
	JSON    bool   `help:"Print JSON: file, rows, files, bytes, schema, epoch."`
}

// moved is what backup, restore and copy report.
type moved struct {
	File     string `json:"file,omitempty"`
	Database string `json:"database,omitempty"`
	Rows     int64  `json:"rows"`
	Files    int    `json:"files"`
	Bytes    int64  `json:"bytes,omitempty"`
	Schema   int    `json:"schema"`
	Epoch    string `json:"epoch,omitempty"`
}

// Run writes a backup, also while servers run.
func (c *backupCommand) Run(r *run) error {
	if _, err := os.Stat(c.File); err == nil && !c.Replace {
		return usagef("there is a file %s already: choose another name, or say --replace", absolute(c.File))
	}
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	var m store.Manifest
	bytes, err := writeWhole(c.File, func(f *os.File) error {
		m, err = s.Backup(r.ctx, f, os.DirFS(filepath.Join(r.Data, uploadsFolder)), release)
		return err
	})
	if err != nil {
		return interrupted(r, fmt.Errorf("cannot write the backup %s: %w", absolute(c.File), err), "there is no backup")
	}
	result := moved{File: absolute(c.File), Rows: m.Rows(), Files: len(m.Files), Bytes: bytes, Schema: m.Schema, Epoch: m.Epoch}
	if c.JSON {
		return r.printJSON(result)
	}
	r.printf("%s: %d rows, %d files, %d bytes\n", result.File, result.Rows, result.Files, result.Bytes)
	return nil
}

// writeWhole makes a file that is either there as a whole, on the disk, or not at all: it gets its name last.
func writeWhole(path string, write func(*os.File) error) (bytes int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part") // with mode 0600
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	if err := f.Close(); err != nil {
		return 0, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, err
	}
	return info.Size(), syncFolder(filepath.Dir(path))
}

// syncFolder makes a new name last. Systems that cannot do so do not need it.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// interrupted says what became of a command that was told to end.
func interrupted(r *run, err error, what string) error {
	if r.ctx.Err() != nil {
		return fmt.Errorf("stopped before the end: %s", what)
	}
	return err
}

type restoreCommand struct {
	File    string `arg:"" help:"What dragoman backup has written."`
	Replace bool   `help:"Throw away what is in the database and in the folder of uploads."`
	JSON    bool   `help:"Print JSON: file, database, rows, files, schema."`
}

// Run puts a backup into the database, in one transaction.
func (c *restoreCommand) Run(r *run) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("cannot open the backup: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("cannot open the backup: %w", err)
	}
	a, err := store.OpenArchive(f, info.Size())
	if err != nil {
		return fmt.Errorf("cannot use %s: %w", absolute(c.File), err)
	}
	target, err := r.target(r.databasePath())
	if err != nil {
		return err
	}
	files := &uploads{folder: filepath.Join(r.Data, uploadsFolder)}
	defer files.forget()
	if err := files.stage(r.ctx, a, c.Replace); err != nil {
		return interrupted(r, err, unchanged)
	}
	if err := store.Restore(r.ctx, target, a, c.Replace); err != nil {
		return interrupted(r, notEmpty(err), unchanged)
	}
	if err := files.takeEffect(); err != nil {
		return fmt.Errorf("the database is restored, but not the uploads: %w; put that right and restore once more with --replace", err)
	}
	result := moved{File: absolute(c.File), Database: shown(target.Database), Rows: a.Manifest.Rows(), Files: len(a.Manifest.Files), Schema: a.Manifest.Schema}
	if c.JSON {
		return r.printJSON(result)
	}
	r.printf("restored %d rows and %d files into %s\n", result.Rows, result.Files, result.Database)
	return nil
}

// unchanged is what is left of a restore or a copy that did not come to its end.
const unchanged = "the target is as it was"

// target returns how to open a database that is to be made, and says on standard error which one it is.
func (r *run) target(path string) (store.Options, error) {
	o := store.Options{Database: path, AllowUnsafe: r.AllowUnsafeDatabase, Log: r.log}
	if !isPostgres(path) {
		if err := r.checkPath(path); err != nil {
			return o, err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return o, folderError(filepath.Dir(path), err)
		}
	}
	r.notef("into the database: %s", shown(path))
	return o, nil
}

// shown is a database as people may see it.
func shown(path string) string {
	if isPostgres(path) {
		return hidePassword(path)
	}
	return absolute(path)
}

func notEmpty(err error) error {
	if errors.Is(err, store.ErrNotEmpty) {
		return fmt.Errorf("the target is not empty: %w. Choose another, or say --replace to throw them away", err)
	}
	return err
}

type copyCommand struct {
	To      string `required:"" placeholder:"FILE|postgres://..." help:"The database to make: PostgreSQL's address, or a file of SQLite."`
	Replace bool   `help:"Throw away what is in the target."`
	JSON    bool   `help:"Print JSON: database, rows, schema."`
}

// Run copies the database into another, of whichever kind. Uploads stay where they are: in the data folder.
func (c *copyCommand) Run(r *run) error {
	if c.To == r.databasePath() || !isPostgres(c.To) && !r.isPostgres() && absolute(c.To) == absolute(r.databasePath()) {
		return usagef("--to names the database itself: name the one to make")
	}
	s, err := r.open(use{alone: true})
	if err != nil {
		return err
	}
	defer s.Close()
	target, err := r.target(c.To)
	if err != nil {
		return err
	}
	m, err := s.Copy(r.ctx, target, c.Replace)
	if err != nil {
		return interrupted(r, notEmpty(err), unchanged)
	}
	result := moved{Database: shown(c.To), Rows: m.Rows(), Schema: m.Schema}
	if c.JSON {
		return r.printJSON(result)
	}
	r.printf("copied %d rows into %s\n", result.Rows, result.Database)
	r.notef("Start the servers with --database and that address. What is in %s stays as it is.", s.Describe())
	return nil
}
