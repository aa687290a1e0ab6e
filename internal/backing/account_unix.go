//go:build unix

package backing

import (
	"os/exec"
	"syscall"
)

// apply runs a command as the account, in a folder that it may read.
func (a account) apply(c *exec.Cmd) {
	c.Dir = "/"
	if a.set {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: a.uid, Gid: a.gid}}
	}
}
