//go:build linux || darwin

package files

import "syscall"

// freeBytes returns how much a folder's disk has left for us.
func freeBytes(folder string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(folder, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
