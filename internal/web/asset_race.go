//go:build race

package web

// bestBrotli is how hard brotli tries with the files of a build. The race detector makes it ten times slower: each of the many servers of the tests
// would use up a processor for four seconds after its start.
const bestBrotli = 4
