//go:build !linux

package apertium

import "os/exec"

// dieWithParent is for Linux only. Elsewhere the programs end by themselves when a killed server's end of their pipe closes.
func dieWithParent(*exec.Cmd) {}
