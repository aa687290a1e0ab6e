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
	Look           Look
	Texts          SiteTexts
	Translating    Translating
	Closed         bool
}

// Look is how the widget looks on a site.
type Look struct {
	// Color is the accent as #rrggbb; empty means the product's own.
	Color string `json:"color,omitempty"`
	// Position is "end" (default) or "start": the corner in the direction of the page's text.
	Position string `json:"position,omitempty"`
}

// SiteTexts are what a shop says in its own words; an empty text means the widget's own, in the visitor's language.
type SiteTexts struct {
	Greeting string `json:"greeting,omitempty"`
}
