//go:build !linux

package backing

// memory returns a folder in memory, or "": only Linux has one for everybody.
func memory() string { return "" }
