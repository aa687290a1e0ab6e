//go:build !race

package web

import (
	"compress/gzip"

	"github.com/andybalholm/brotli"
)

// How hard brotli and gzip try with the files of a build: as hard as they can.
const (
	bestBrotli = brotli.BestCompression
	bestGzip   = gzip.BestCompression
)
