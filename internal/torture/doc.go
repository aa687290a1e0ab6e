// Package torture holds the tests that run against the real program, over its real sockets, from outside: what a person
// would try by hand if he had the patience.
//
//	dialogs_test.go   talks written down as text files in testdata/dialogs; dialog_test.go is their language
//	hostile_test.go   frames that no client sends; each has its close code, and the next honest client is served
//	origins_test.go   who may open which socket from which page
//	kill_test.go      kill -9 in the middle of sending, again and again
//	sync_linux_test.go, disk_linux_test.go   disks that are full, slow or broken
//
// and whole installations under faults, of which docs/torture.md tells:
//
//	world_test.go     nodes, PostgreSQL, Redis, and the links between (links_test.go, balancer_test.go)
//	people_test.go    who talks there, and how
//	witness_test.go   what each socket was sent;  ledger_test.go: what was promised, and when it was shown
//	verdict_test.go   all of it against what the database holds
//	database_test.go cuts_test.go redis_test.go deploy_test.go apart_test.go races_test.go clock_linux_test.go history_test.go
//	                  one fault each;  everything_test.go: all of them
//	plants_test.go    faults that are planted for the checkers to find
//	figures_test.go   the table that make torture prints, and what -long means
//
// The program is built once for all of them, with the race detector if the tests have it.
package torture
