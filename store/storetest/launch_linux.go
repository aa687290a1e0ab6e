package storetest

import (
	"os/exec"
	"runtime"
	"syscall"
)

// apply runs a command as the account, in a folder that it may read.
func (a account) apply(c *exec.Cmd) {
	c.Dir = "/"
	c.SysProcAttr = &syscall.SysProcAttr{}
	if a.set {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
}

// launch starts the server so that it dies with this process, however that dies. The signal comes when the thread ends that started
// it, so that thread is kept.
func (c *cluster) launch() error {
	c.server.SysProcAttr.Pdeathsig = syscall.SIGINT
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- c.server.Start()
		select {} // the thread lives as long as the process
	}()
	return <-started
}
