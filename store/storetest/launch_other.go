//go:build !linux

package storetest

import "os/exec"

// apply does nothing here: elsewhere tests do not run as root.
func (account) apply(*exec.Cmd) {}

func (c *cluster) launch() error { return c.server.Start() }
