package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"dragoman/store"
)

// uploads is the folder of uploads while a backup is restored: the new files are made beside it, and take its place when the database is done.
type uploads struct {
	folder string
	staged bool
}

func (u *uploads) beside() string { return u.folder + ".restoring" }

// stage writes the files of a backup beside the folder.
func (u *uploads) stage(ctx context.Context, a *store.Archive, replace bool) error {
	there, err := os.ReadDir(u.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(there) > 0 && !replace {
		return fmt.Errorf("there are uploads in %s: choose another --data, or say --replace to throw them away", absolute(u.folder))
	}
	if err := os.RemoveAll(u.beside()); err != nil {
		return err
	}
	if err := os.MkdirAll(u.beside(), 0o700); err != nil {
		return folderError(u.beside(), err)
	}
	u.staged = true
	// A name that leads out of the folder is refused by the root, whatever it looks like.
	root, err := os.OpenRoot(u.beside())
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range a.Manifest.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := stageFile(root, a, f.Name); err != nil {
			return fmt.Errorf("cannot restore the upload %q: %w", f.Name, err)
		}
	}
	return nil
}

func stageFile(root *os.Root, a *store.Archive, name string) error {
	from, err := a.File(name)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	to, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

// takeEffect puts the new folder in the place of the old one.
func (u *uploads) takeEffect() error {
	if err := os.RemoveAll(u.folder); err != nil {
		return err
	}
	u.staged = false
	return os.Rename(u.beside(), u.folder)
}

// forget removes what was staged and did not take effect.
func (u *uploads) forget() {
	if u.staged {
		os.RemoveAll(u.beside())
	}
}
