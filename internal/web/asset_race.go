//go:build race

package web

import (
	"compress/gzip"

	"github.com/andybalholm/brotli"
)

// How hard brotli and gzip try with the files of a build. The race detector makes both ten times slower, and each of the many servers of the tests would use up a processor
// for seconds after its start: tests are about what is said, and not about how small.
const (
	bestBrotli = brotli.BestSpeed
	bestGzip   = gzip.BestSpeed
)
