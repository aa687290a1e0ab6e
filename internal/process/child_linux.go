package process

import "syscall"

// childOfOurs makes the child go when we go, even if we are killed.
func childOfOurs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
