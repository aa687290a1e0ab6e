package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"syscall"

	"dragoman/chat"
)

// sentence is an error as a person should read it: one line. A *chat.Error is shown without its code.
func sentence(err error) string {
	if e, ok := errors.AsType[*chat.Error](err); ok && err.Error() == e.Error() {
		return e.Text
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// listenError says what to do about an address that cannot be listened on.
func listenError(flag, address string, err error) error {
	var how string
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		how = "another program has it; stop that one, or choose another port with --" + flag
	case errors.Is(err, syscall.EACCES):
		how = "ports below 1024 need rights that this user lacks; choose another with --" + flag + " and put a proxy before it"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		how = "this machine has no such address; choose another with --" + flag
	default:
		return usagef("cannot listen on %q: %w; --%s wants HOST:PORT, such as :8080 or 127.0.0.1:8080", address, unwrapNet(err), flag)
	}
	return fmt.Errorf("cannot listen on %s: %s", address, how)
}

// unwrapNet takes off what net puts around a cause: which is known already.
func unwrapNet(err error) error {
	if e, ok := errors.AsType[*net.AddrError](err); ok {
		return errors.New(e.Err)
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Err
	}
	return err
}

// folderError says what to do about a folder that cannot be used.
func folderError(folder string, err error) error {
	cause := err
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		cause = e.Err
	}
	how := "choose another with --data"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		how = "make room there, or choose another with --data"
	case errors.Is(err, fs.ErrPermission):
		how = "give this user the right to write there, or choose another with --data"
	}
	return fmt.Errorf("cannot write to the folder %s: %w; %s", absolute(folder), cause, how)
}

// hidePassword makes an address fit to be shown. Settings may hold a password, and what comes after a / or # that should have been escaped is one.
func hidePassword(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Fragment != "" || strings.Contains(u.EscapedPath(), "@") {
		return "(an address that cannot be read)"
	}
	u.RawQuery = ""
	return u.Redacted()
}
