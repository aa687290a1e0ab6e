// Package store keeps everything that must outlive the program: sites, agents, visitors, conversations, messages and their
// translations, in one database: a SQLite file, or PostgreSQL where several nodes share it. *Store fulfils the small interfaces that the
// hub and the edges declare; it knows the words of package chat and nobody else.
//
// A public method is one transaction, or its part of one that is shared, and returns after the commit. Private functions take the transaction. A
// conversation is locked first in every transaction that changes it, so whoever has a rev holds the conversation until the commit, and
// the order of revs is the order of commits.
//
// How to read it:
//
//	database.go            what both databases can do: a transaction, and queries in it
//	sqltext.go             one SQL text for both
//	sqlite*.go, lock*.go   the file: one writer that commits in groups, readers, checkpoints, the server's lock
//	postgres.go            the pool
//	migrate.go, migrations the schema, step by step
//	append.go, place.go    a line, and which conversation it belongs into
//	number.go              the numbers it takes, and what it changes of its conversation
//	groups*.go, pace.go    lines committed together on PostgreSQL; how long commits wait for more
//	change.go              a conversation's own fields, read marks
//	translations.go        pending, done, failed, claimed
//	memory.go, terms.go    what people have translated, and the glossary
//	corrections.go         what people say about translations
//	ratings.go             what visitors say about conversations
//	rows.go                reading messages and conversations whole
//	since.go, inbox.go     catching up, history, the list that consoles show
//	visitors.go, agents.go, logins.go, sites.go, online.go
package store
