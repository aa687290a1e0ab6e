package backing

import "syscall"

const (
	shared = "/dev/shm"
	// tmpfs is how the kernel marks a file system in memory.
	tmpfs = 0x01021994
	// room is what a PostgreSQL for tests needs at most, in bytes: its log, and the databases of the tests that run at once.
	room = 2 << 30
)

// memory returns a folder in memory that has room for a server, or "".
func memory() string {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shared, &fs); err != nil || int64(fs.Type) != tmpfs || fs.Bavail*uint64(fs.Bsize) < room {
		return ""
	}
	return shared
}
