// Package widget is what visitors speak to: the loader that a shop's page names, the page in the iframe, the
// address where a session begins, and the visitors' socket.
//
// How to read it:
//
//	widget.go   what the edge is made of, and its routes
//	sites.go    the sites, kept for a second
//	loader.go   /widget/KEY.js
//	page.go     /widget/frame and /chat/KEY; missing.go where there is no such site
//	session.go  POST /widget/v1/session: who is this, which language, may he
//	identity.go  what the shop has signed
//	said.go     what its pages say
//	texts.go    the site's own texts, for who reads which language
//	desk.go     who answers, and how soon
//	cors.go     which origins may ask
//	token.go    what a visitor is known by
//	socket.go   the visitors' socket: hello, and the table of calls that a visitor may make
//	limits.go   how often
//	catalogue.go  texts of the page and of the launcher, by language
//
// Whatever a visitor does to a conversation goes through the hub; this package only finds out who speaks, where
// from, and how often.
package widget
