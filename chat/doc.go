// Package chat holds the words of the product: what a site, a visitor, an agent, a conversation,
// a message and a translation are, which errors exist, what the limits are, and how all of that
// looks on the wire. It is types and pure rules; it does no I/O and imports nothing of ours, so
// every other package may import it.
//
// How to read it:
//
//	message.go       a line and its translations
//	conversation.go  a talk: its state and what may follow which state
//	participant.go   who speaks: visitors, agents, bots
//	site.go          the shop
//	change.go        what the hub asks of a store, and what a store answers: Post, Change, Rows
//	event.go         what is told to sessions, and between nodes
//	calls.go         the calls of the wire with their answers (static/src/shared/wire.gen.ts is made from these files)
//	language.go      when two languages are equal, which languages a line is wanted in
//	text.go, limits.go, errors.go, id.go, time.go
//
// One word per thing. A site is a shop that embeds the widget; a visitor is a shopper; an agent a
// person who answers; a conversation is one visitor's talk with one site; a message is one line in
// it; its text is what was typed, a translation is that text in another language. A session is one
// open socket. seq is a message's place in its conversation; rev is when a row last changed; head
// is the highest rev of a conversation.
package chat
