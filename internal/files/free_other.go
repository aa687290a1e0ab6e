//go:build !linux && !darwin && !windows

package files

import "math"

// freeBytes: here nobody can be asked.
func freeBytes(string) (int64, error) { return math.MaxInt64, nil }
