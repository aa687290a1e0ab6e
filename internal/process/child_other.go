//go:build !linux

package process

import "syscall"

func childOfOurs() *syscall.SysProcAttr { return nil }
