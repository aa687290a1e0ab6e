// Package client speaks the protocol of docs/protocol.md as a widget or a console does: it is what tests, benchmarks and
// the torture program talk to the server with, and an example for whoever writes a client of his own.
//
// How to read it:
//
//	room.go    the heart: a pure reducer that keeps one conversation exactly as the server holds it
//	wire.go    how calls become frames and frames become events
//	http.go    a visitor's session and an agent's login
//	conn.go    one socket: calls by id, events in the order they came
//	close.go   what a close code tells a client to do, and how long to wait
//	outbox.go  lines on their way: one at a time, the same key until it is answered
//	client.go  all of that together: connects, resumes, comes back
//
// A Conn is enough where a test wants to see every frame and every error. A Client does what an honest client must do by
// itself, and loses nothing.
package client
