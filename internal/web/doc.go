// Package web is what the two edges share about HTTP: how a handler's error becomes an answer, which headers a
// response carries, whose address a request comes from, which origin it has, how a body is read and how often
// somebody may ask.
//
// How to read it:
//
//	front.go    the outermost handler: trace ids, panics, the access log, our own origin
//	problem.go  errors as RFC 9457 problems; the table from error code to status
//	header.go   the security headers, one Policy per kind of route
//	origin.go   origins, compared whole
//	address.go  the client's address behind proxies that we trust
//	body.go     bodies in: limits before decoding; JSON out
//	asset.go    a file in memory with ETag, gzip and brotli
//	assets.go   the files of one build under their hash; pages that are made per request
//	limit.go    a keyed rate limiter with bounded memory
//	guesses.go  how often an address may try tokens that are nobody's
//	slots.go    how many at once, by key
//	hangup.go   when a connection ends that somebody has taken over
//
// It knows HTTP and nothing of conversations.
package web
