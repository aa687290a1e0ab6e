//go:build powercut

package torture

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// blockBytes is what a disk writes whole.
const blockBytes = 4096

// forgetfulDisk is a file system over a folder that remembers what its files held when they were last synced, so that a cut can take the rest away. Names are
// not forgotten: a file that was made, renamed or removed stays so.
type forgetfulDisk struct {
	t       *testing.T
	folder  string // where the bytes are
	mounted string // where the program sees them
	server  *fuse.Server
	lies    atomic.Bool // a sync is answered and not done

	// forgotten and kept count blocks that were written, not synced, and taken away or left by cuts.
	forgotten, kept int

	mu       sync.Mutex           // guards unsynced, and what is in the files
	unsynced map[string]*unsynced // by path in the folder
}

// unsynced is what a file was before it was changed.
type unsynced struct {
	size   int64            // as it was synced
	blocks map[int64][]byte // by number; shorter at the file's end, empty beyond it
}

func newForgetfulDisk(t *testing.T) *forgetfulDisk {
	t.Helper()
	d := &forgetfulDisk{t: t, folder: t.TempDir(), mounted: t.TempDir(), unsynced: map[string]*unsynced{}}
	if err := d.mount(); err != nil {
		t.Fatalf("cannot mount a file system of our own (it needs /dev/fuse and root): %v", err)
	}
	t.Cleanup(func() {
		if err := d.server.Unmount(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *forgetfulDisk) mount() error {
	root, err := fs.NewLoopbackRoot(d.folder)
	if err != nil {
		return err
	}
	d.server, err = fs.Mount(d.mounted, &diskNode{root.(*fs.LoopbackNode), d}, &fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "forgetful"}})
	return err
}

// cut takes away what was not synced; torn leaves half of the blocks of it, by chance. The program must have ended.
func (d *forgetfulDisk) cut(torn bool) error {
	// What the kernel still holds of files that were mapped into memory comes with this.
	if err := d.server.Unmount(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for path, was := range d.unsynced {
		if err := d.restore(path, was, torn); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	clear(d.unsynced)
	return d.mount()
}

func (d *forgetfulDisk) restore(path string, was *unsynced, torn bool) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	size := was.size
	for n, old := range was.blocks {
		if torn && rand.IntN(2) == 0 {
			d.kept++
			size = max(size, (n+1)*blockBytes) // the blocks before it that are gone read as zeros
			continue
		}
		d.forgotten++
		if _, err := f.WriteAt(append(old, make([]byte, blockBytes-len(old))...), n*blockBytes); err != nil {
			return err
		}
	}
	return f.Truncate(size)
}

// remember keeps what a file holds from one place to another before that changes; d.mu is held.
func (d *forgetfulDisk) remember(f *os.File, from, to int64) error {
	was := d.unsynced[f.Name()]
	if was == nil {
		st, err := f.Stat()
		if err != nil {
			return err
		}
		was = &unsynced{size: st.Size(), blocks: map[int64][]byte{}}
		d.unsynced[f.Name()] = was
	}
	for n := from / blockBytes; n*blockBytes < to; n++ {
		if _, known := was.blocks[n]; known {
			continue
		}
		old := make([]byte, blockBytes)
		held, err := f.ReadAt(old, n*blockBytes)
		if err != nil && err != io.EOF {
			return err
		}
		was.blocks[n] = old[:held]
	}
	return nil
}

// diskNode is a file or folder of the disk.
type diskNode struct {
	*fs.LoopbackNode
	disk *forgetfulDisk
}

// WrapChild makes what is in a folder of the disk part of it.
func (n *diskNode) WrapChild(_ context.Context, child fs.InodeEmbedder) fs.InodeEmbedder {
	return &diskNode{child.(*fs.LoopbackNode), n.disk}
}

func (n *diskNode) real() string { return filepath.Join(n.disk.folder, n.Path(n.Root())) }

func (n *diskNode) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	f, err := n.disk.open(n.real(), int(flags)&^(syscall.O_APPEND|syscall.O_WRONLY)|syscall.O_RDWR, 0)
	return f, 0, fs.ToErrno(err)
}

func (n *diskNode) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	path := filepath.Join(n.real(), name)
	n.disk.mu.Lock()
	delete(n.disk.unsynced, path) // of a file that had this name before
	n.disk.mu.Unlock()
	f, err := n.disk.open(path, int(flags)&^(syscall.O_APPEND|syscall.O_WRONLY)|syscall.O_RDWR|syscall.O_CREAT, mode)
	if err != nil {
		return nil, nil, 0, fs.ToErrno(err)
	}
	child, errno := n.Lookup(ctx, name, out)
	if errno != 0 {
		f.Close()
		return nil, nil, 0, errno
	}
	return child, f, 0, 0
}

func (n *diskNode) Setattr(ctx context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		if err := n.disk.truncate(n.real(), int64(size)); err != nil {
			return fs.ToErrno(err)
		}
	}
	in.Valid &^= fuse.FATTR_SIZE
	return n.LoopbackNode.Setattr(ctx, nil, in, out)
}

func (d *forgetfulDisk) truncate(path string, size int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if err := d.remember(f, size, max(size, st.Size())); err != nil {
		return err
	}
	return f.Truncate(size)
}

func (d *forgetfulDisk) open(path string, flags int, mode uint32) (*diskFile, error) {
	if flags&os.O_TRUNC != 0 {
		if err := d.truncate(path, 0); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, flags&^os.O_TRUNC, os.FileMode(mode))
	if err != nil {
		return nil, err
	}
	return &diskFile{f, d}, nil
}

// diskFile is an open file of the disk.
type diskFile struct {
	*os.File
	disk *forgetfulDisk
}

func (f *diskFile) Read(_ context.Context, p []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n, err := f.ReadAt(p, off)
	if err == io.EOF {
		err = nil
	}
	return fuse.ReadResultData(p[:n]), fs.ToErrno(err)
}

func (f *diskFile) Write(_ context.Context, p []byte, off int64) (uint32, syscall.Errno) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.disk.remember(f.File, off, off+int64(len(p))); err != nil {
		return 0, fs.ToErrno(err)
	}
	n, err := f.WriteAt(p, off)
	return uint32(n), fs.ToErrno(err)
}

// Fsync makes what the file holds the truth.
func (f *diskFile) Fsync(context.Context, uint32) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if !f.disk.lies.Load() {
		delete(f.disk.unsynced, f.Name())
	}
	return 0
}

func (f *diskFile) Flush(context.Context) syscall.Errno   { return 0 }
func (f *diskFile) Release(context.Context) syscall.Errno { return fs.ToErrno(f.Close()) }

var (
	_ fs.NodeWrapChilder = (*diskNode)(nil)
	_ fs.NodeOpener      = (*diskNode)(nil)
	_ fs.NodeCreater     = (*diskNode)(nil)
	_ fs.NodeSetattrer   = (*diskNode)(nil)
	_ fs.FileReader      = (*diskFile)(nil)
	_ fs.FileWriter      = (*diskFile)(nil)
	_ fs.FileFsyncer     = (*diskFile)(nil)
	_ fs.FileFlusher     = (*diskFile)(nil)
	_ fs.FileReleaser    = (*diskFile)(nil)
)
