//go:build !race

package web

import "github.com/andybalholm/brotli"

// bestBrotli is how hard brotli tries with the files of a build: as hard as it can.
const bestBrotli = brotli.BestCompression
