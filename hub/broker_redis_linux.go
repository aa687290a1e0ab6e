package hub

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// controlSocket has the kernel give up a connection whose other side does not acknowledge: without it a lost network is noticed
// after a quarter of an hour.
func controlSocket(_, _ string, c syscall.RawConn) error {
	var err error
	if e := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(userTimeout/time.Millisecond))
	}); e != nil {
		return e
	}
	return err
}
