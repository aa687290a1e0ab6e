package files

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// partPrefix begins the names of files that are not finished: backups leave out what begins with a dot, and so does whoever looks for files.
const partPrefix = ".part-"

// smallSuffix is behind the name of a file where its small picture is.
const smallSuffix = ".small"

// folder is where the files are: each below the first two letters of its name, so that no folder gets huge. What leads out of it is refused by the root, whatever
// it looks like.
type folder struct {
	path string

	mu   sync.Mutex // guards the following
	root *os.Root
}

// newDiskName returns a name that nobody guesses and that is no other file's.
func newDiskName() string { return strings.ToLower(rand.Text()) }

// opened returns the root, made if it is not there.
func (f *folder) opened() (*os.Root, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root != nil {
		return f.root, nil
	}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(f.path)
	if err == nil {
		f.root = root
	}
	return root, err
}

func (f *folder) make() error {
	_, err := f.opened()
	return err
}

func (f *folder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root != nil {
		f.root.Close()
		f.root = nil
	}
}

// part is a file that is being made. It goes away with discard unless it was kept.
type part struct {
	root *os.Root
	name string
	file *os.File
	size int64
	kept bool
}

// begin makes a part.
func (f *folder) begin() (*part, error) {
	root, err := f.opened()
	if err != nil {
		return nil, err
	}
	name := partPrefix + newDiskName()
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &part{root: root, name: name, file: file}, nil
}

func (p *part) discard() {
	p.file.Close()
	if !p.kept {
		p.root.Remove(p.name)
	}
}

// Place is where a file is, below the folder of uploads.
func Place(disk string) string {
	_, name := place(disk)
	return filepath.FromSlash(name)
}

func place(disk string) (dir, name string) { return disk[:2], disk[:2] + "/" + disk }

// keep gives a part its name, after everything in it is on the disk, and makes the name last.
func (f *folder) keep(p *part, disk string) error {
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil { // some systems rename no file that is open
		return err
	}
	dir, name := place(disk)
	made := p.root.Mkdir(dir, 0o700)
	if made != nil && !errors.Is(made, fs.ErrExist) {
		return made
	}
	if err := p.root.Rename(p.name, name); err != nil {
		return err
	}
	p.kept = true
	if err := syncIn(p.root, dir); err != nil || made != nil {
		return err
	}
	return syncIn(p.root, ".")
}

// syncIn makes names in a folder last. Systems that cannot do so do not need it.
func syncIn(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("cannot make the name of a file last: %w", err)
	}
	return nil
}

// remove takes a file and its small picture away, as far as they are there.
func (f *folder) remove(disk string) {
	root, err := f.opened()
	if err != nil {
		return
	}
	_, name := place(disk)
	root.Remove(name)
	root.Remove(name + smallSuffix)
}

func (f *folder) open(disk string) (*os.File, error) {
	root, err := f.opened()
	if err != nil {
		return nil, err
	}
	_, name := place(disk)
	return root.Open(name)
}
