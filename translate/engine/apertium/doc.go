// Package apertium translates with the Apertium programs that are installed on this machine: no account, no download, no
// network. Each pair is a pipeline of six to fifteen small programs which read one another's output. Started per line they
// take 150 ms, kept running 2 ms; so they are kept running, started with the first line of a pair and stopped when
// nobody has used it for a while.
//
// How to read it:
//
//	apertium.go   Engine: which pairs there are, and the way of a segment
//	mode.go       what a mode file says: the programs of a pair and their arguments
//	pair.go       languages of a mode, its class, and pairs of pairs (pivots)
//	process.go    the running programs of a mode: start, one line through, kill
//	worker.go     one goroutine per mode that owns its programs: queue, deadlines, restarts, idle stop
//	warm.go       how many modes may run at once
//	stream.go     text to Apertium's stream format and back: escapes, carriers, sentinels
//	edit.go       small repairs of what Apertium is known to get wrong
//
// The data of the pairs is under the GPL: the programs are run beside ours, never linked or embedded.
package apertium
