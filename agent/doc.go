// Package agent is what agents speak to: the console's page, login and logout, the agents' socket, and the settings of a site over HTTP.
//
// How to read it:
//
//	agent.go     what the edge is made of, its routes, its worker
//	page.go      /agent/
//	login.go     POST /agent/v1/login and logout
//	tries.go     how often somebody may try a password
//	password.go  argon2id: a few at once, and as much work for unknown people as for known ones
//	totp.go      the second step of the login
//	me.go        what agents do about themselves: password, sessions, second step
//	cookie.go    the session cookie
//	auth.go      who is it? for HTTP and sockets alike
//	socket.go    the agents' socket: hello, and the table of calls that are answered
//	rights.go    may he? where requests meet the policy (internal/policy)
//	settings.go  how two changes of a site's settings do not undo each other
//	translating.go, terms.go, memory.go  how a site's lines are translated, its glossary, its translation memory; files.go the last two as CSV and TMX; spent.go what it has
//	    spent of its budget
//	site_texts.go  what the site says in its own words
//	recheck.go   who may not any more goes, at once or within a minute
//
// Settings go straight to the store. Whatever an agent does to a conversation goes through the hub; this package only finds out who speaks.
package agent
