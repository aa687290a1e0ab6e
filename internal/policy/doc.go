// Package policy says who may do what: one table, which the edges ask for every request and the hub for every frame, and which docs/policy.md shows.
//
// How to read it:
//
//	policy.go  who, what, where, and how the table answers
//	rules.go   the table
//	matrix.go  the table as a document
//
// A route or a call without a row is refused, and does not pass the tests. What of a row somebody sees is not told here but by the hub's view.
package policy
