//go:build !linux && !darwin

package main

import "os"

// hideInput cannot hide anything here: the password is seen by who types it.
func hideInput(*os.File) (restore func()) { return func() {} }
