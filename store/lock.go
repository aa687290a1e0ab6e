package store

import (
	"errors"
	"fmt"
	"os"
)

// errLocked is what lockFile answers when another process holds the lock.
var errLocked = errors.New("locked")

// fileLock is held by the one server that works on a SQLite file. The system gives it back when the process dies, however it
// dies; the file itself stays.
type fileLock struct{ file *os.File }

// lockServer takes the server's lock of a database.
func lockServer(path string) (*fileLock, error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot make the lock file beside the database: %w", err)
	}
	if err := lockFile(f); err != nil {
		f.Close()
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("another server is running on the database %s: stop it first, or give this one a database of its own with --data; several servers on one database need PostgreSQL", path)
		}
		return nil, fmt.Errorf("cannot lock %s: %w", f.Name(), err)
	}
	return &fileLock{f}, nil
}

func (l *fileLock) release() { l.file.Close() }
