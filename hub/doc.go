// Package hub is the heart of the product: whatever is said goes through Post, is stored, and is then told to everybody who
// follows the conversation, on every node, each time in the order of the store.
//
// How to read it, along the way of a line:
//
//	socket.go        a WebSocket taken away from net/http (handover.go); one goroutine reads (frame.go)
//	dispatch.go      hello, and calls on their way to the edge and back
//	rights.go        may the session? where frames meet the policy (internal/policy)
//	calls.go         what the calls mean
//	post.go          the one door: store, commit, tell
//	room.go          a conversation that is live here; next revision? send. Gap? read the store
//	view.go          what a session may see
//	session.go       its queue, and the goroutine that writes while there is something to write
//	resume.go        catching up, piece by piece, and going live
//
// and beside it:
//
//	people.go        who is here and follows what
//	inbox.go         the lists of the consoles
//	typing.go        who types, and where a site allows it what
//	presence.go      who is online;  marks.go: how far somebody has read
//	delivered.go     what an agent's console was given;  ratings.go: how it was
//	translations.go  pending entries are translated, and found again when a node has died;  claims.go: who may
//	corrections.go   people correct translations, call them wrong, have them made again
//	memory.go        what people translate is remembered
//	check.go         what the broker lost is found in the store;  older.go: a store that has lost what was told
//	sweep.go         heartbeats, hello timeouts, snoozes
//	drain.go         a node goes away, and its sessions with it
//	broker.go        between nodes: in memory, broker_redis.go over Redis
//	store.go         the interfaces that the hub calls
//
// Four rules carry everything. Rows are stored and committed before anybody is told. Events carry whole rows with their rev, so that
// twice is harmless and an old one is refused. Only a room's worker sends to the room's sessions. Nobody waits for a socket: a session
// that does not read is ended and comes back with its place.
//
// Locks are taken in this order: Hub.mu, room.mu or inbox.mu, Session.mu; never held over I/O.
package hub
