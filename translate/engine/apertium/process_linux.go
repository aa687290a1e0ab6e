package apertium

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the kernel kill the program when the thread that started it ends, so that even a killed server leaves
// nothing behind. Start it from a goroutine that is not locked to a thread.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
