//go:build !linux

package hub

import "syscall"

// controlSocket does nothing: only Linux has TCP_USER_TIMEOUT. The heartbeat notices all the same.
func controlSocket(_, _ string, _ syscall.RawConn) error { return nil }
