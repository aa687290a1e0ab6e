package chat

import "golang.org/x/text/language"

const (
	// MaxSearchText is the longest text that is looked for, in code points.
	MaxSearchText = 200
	// SearchRows is the default size of a page of hits, MaxSearchRows the largest.
	SearchRows    = 20
	MaxSearchRows = 50
	// SnippetLength is about how much of a text a hit shows, in code points.
	SnippetLength = 160
)

// Search asks for what was said and noted, and for who is called so: the newest first (agents).
type Search struct {
	// Text has the words that must all be there. The last one may be unfinished, unless a space follows it.
	Text   string        `json:"text"`
	Filter *SearchFilter `json:"filter,omitempty"`
	// After is next of the page before, an opaque text.
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

// SearchFilter narrows a search; empty fields narrow nothing.
type SearchFilter struct {
	Site string `json:"site,omitempty"`
	// Language is the one that a line was written in; pt finds pt-BR as well.
	Language string `json:"language,omitempty"`
	// Agent is the id of somebody who has, or has written in, the conversation; me: oneself.
	Agent string `json:"agent,omitempty"`
	// From is the first moment, To the one after the last.
	From Time `json:"from,omitempty"`
	To   Time `json:"to,omitempty"`
}

// SearchOK answers search. A page may be short, or empty, and still have a next.
type SearchOK struct {
	Hits []SearchHit `json:"hits"`
	Next string      `json:"next,omitempty"`
}

// HitKind says what was found.
type HitKind string

// The kinds of hits. A newer server may know others.
const (
	HitOriginal    HitKind = "original"
	HitTranslation HitKind = "translation"
	HitNote        HitKind = "note"
	HitName        HitKind = "name"
	// HitFile is the name of a file that came with a line, and what its sender says that it shows.
	HitFile HitKind = "file"
	// HitRemark is what agents have written down about a visitor: it is found in his latest conversation.
	HitRemark HitKind = "remark"
)

// SearchHit is a place in which something was found.
type SearchHit struct {
	Kind         HitKind `json:"kind"`
	Conversation string  `json:"conversation"`
	Site         string  `json:"site"`
	// Seq is the line's; 0 for a name and a remark, which are the conversation's.
	Seq int64 `json:"seq"`
	// At is when the line was written; for a name and a remark, when the conversation began.
	At Time `json:"at"`
	// Visitor is whose conversation it is, Author who wrote the line.
	Visitor Participant  `json:"visitor"`
	Author  *Participant `json:"author,omitempty"`
	State   State        `json:"state"`
	// Found is the part of the text in which it stands.
	Found Snippet `json:"found"`
	// Reads is the beginning of the line in the agent's language, where that is another text.
	Reads *Snippet `json:"reads,omitempty"`
}

// Snippet is a part of a text, with "…" where something was left out.
type Snippet struct {
	Text     string       `json:"text"`
	Language language.Tag `json:"language"`
	// Marks are what to mark in Text, in order and without overlaps.
	Marks []Mark `json:"marks,omitempty"`
}

// Mark is a part of a Snippet's text, in UTF-16 code units as JavaScript counts: from From up to and without To.
type Mark struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// SearchQuery is a search as the store does it: its filter is checked, and Agent is an id.
type SearchQuery struct {
	Text string
	// Sites are where it may look. Everywhere tells that there are hardly any others, so that an index need not be asked about it.
	Sites      []string
	Everywhere bool
	Filter     SearchFilter
	// Reads is the language in which texts are shown where they are there in it.
	Reads language.Tag
	After string
	Limit int
}
