package chat

import "golang.org/x/text/language"

// Site is a shop that embeds the widget.
type Site struct {
	// Key names the site everywhere: in the script tag, on the wire, in the database. It is public.
	Key  string
	Name string
	// Language is what the shop's people can always read: inbox and search are in it.
	Language language.Tag
	// Origins are the shop's own pages, compared whole: scheme, host, port.
	Origins []string
	// IdentitySecret signs who a visitor is. It never leaves the server but through the command line.
	IdentitySecret string
	// OldIdentitySecret is the one before, which is still good; empty: none is.
	OldIdentitySecret string
	Look              Look
	Texts             OwnTexts
	Translating       Translating
	Closed            bool
}

// Look is how the widget looks on a site.
type Look struct {
	// Color is the accent as #rrggbb; empty means the product's own.
	Color string `json:"color,omitempty"`
	// Position is "end" (default) or "start": the corner in the direction of the page's text.
	Position string `json:"position,omitempty"`
}

// SiteTexts are what a shop says in its own words, as one visitor reads it; a text that is empty is the widget's own, in the visitor's language.
type SiteTexts struct {
	Greeting string `json:"greeting,omitempty"`
	Subtitle string `json:"subtitle,omitempty"`
	// Starts are the quick starts in place of the widget's own.
	Starts []QuickStart `json:"starts,omitempty"`
	// Rating is the question after a conversation.
	Rating string `json:"rating,omitempty"`
	// Language is the one that they are in; left out if there are none.
	Language language.Tag `json:"language,omitzero"`
	// Draft is true if an engine has made one of them and nobody has looked at it: the visitor is told that it was translated.
	Draft bool `json:"draft,omitempty"`
}

// QuickStart is a button of the first screen that sends a line.
type QuickStart struct {
	Label string `json:"label"`
	// Text is what is sent.
	Text string `json:"text"`
}
