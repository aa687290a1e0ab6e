// Package files brings what people have translated in and out: a translation memory as TMX 1.4b, a glossary as CSV.
//
// How to read it:
//
//	shelf.go      Import and Export, as the command line and REST call them
//	tmx_read.go   one unit of a TMX after the other; tmx_write.go the other way
//	csv.go        terms
//	bytes.go      encodings, and how long a file may be
//
// A file comes from a stranger. What is not well-formed is refused as a whole, before anything is stored; an entry that is of no use is left out, and
// its line and the reason are said.
package files
