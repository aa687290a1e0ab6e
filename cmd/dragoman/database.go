package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dragoman/store"
	"dragoman/translate"
)

// databaseFile is the name of the SQLite database in the data folder.
const databaseFile = "dragoman.db"

// use says what a command does with the database.
type use struct {
	create bool // make it if it is not there
	server bool // be the one server on it, or one of several
	alone  bool // keep servers away
}

// isPostgres tells whether the database is another program's, reached by any number of servers.
func (c common) isPostgres() bool { return isPostgres(c.Database) }

func isPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// databasePath is where the SQLite database is or will be, or PostgreSQL's address.
func (c common) databasePath() string {
	if c.Database != "" {
		return c.Database
	}
	return filepath.Join(c.Data, databaseFile)
}

// open opens the database and says on standard error which one it is.
func (r *run) open(u use) (*store.Store, error) {
	path := r.databasePath()
	created := false
	if !r.isPostgres() {
		if err := r.checkPath(path); err != nil {
			return nil, err
		}
		_, err := os.Stat(path)
		created = os.IsNotExist(err)
		if created && !u.create {
			return nil, fmt.Errorf("there is no database at %s yet: \"dragoman serve\" or \"dragoman site add\" makes one; --data or --database names another place",
				absolute(path))
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, folderError(filepath.Dir(path), err)
		}
	}
	s, err := store.Open(r.ctx, store.Options{Database: path, Create: u.create, Server: u.server, Alone: u.alone, AllowUnsafe: r.AllowUnsafeDatabase, MemoryKey: translate.Key, Log: r.log})
	if err != nil {
		return nil, err
	}
	if created {
		r.notef("database: %s (new)", s.Describe())
	} else {
		r.notef("database: %s", s.Describe())
	}
	return s, nil
}

// checkPath refuses an address of something else where a file is wanted.
func (r *run) checkPath(path string) error {
	if strings.Contains(path, "://") {
		return usagef("cannot use the database %q: want the path of a file, or postgres://user:password@host/name", hidePassword(path))
	}
	return nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
