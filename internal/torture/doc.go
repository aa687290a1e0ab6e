// Package torture holds the tests that run against the real program, over its real sockets, from outside: what a person
// would try by hand if he had the patience.
//
//	dialogs_test.go   talks written down as text files in testdata/dialogs; dialog_test.go is their language
//	hostile_test.go   frames that no client sends; each has its close code, and the next honest client is served
//	origins_test.go   who may open which socket from which page
//	kill_test.go      kill -9 in the middle of sending, again and again
//
// The program is built once for all of them, with the race detector if the tests have it.
package torture
