//go:build linux || darwin

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// hideInput stops a terminal from showing what is typed, and returns what undoes that.
func hideInput(f *os.File) (restore func()) {
	fd := int(f.Fd())
	old, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return func() {}
	}
	quiet := *old
	quiet.Lflag &^= unix.ECHO
	_ = unix.IoctlSetTermios(fd, setTermios, &quiet) // at worst the password is seen by who types it
	return func() { _ = unix.IoctlSetTermios(fd, setTermios, old) }
}
