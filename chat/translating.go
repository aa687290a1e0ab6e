package chat

import "golang.org/x/text/language"

// Translating is how the lines of a site are translated. It stands in the site's row and is changed by `dragoman site set` and over REST. The
// zero value is a good setting: the server's engines in the server's order, no budget, personal data masked.
type Translating struct {
	// Engines names engines in order of preference; empty: all that the server has, in its order. What is not named is not asked.
	Engines []string `json:"engines,omitempty"`
	// PairEngines is the order for single pairs, written "es>en"; for the others Engines counts.
	PairEngines map[string][]string `json:"pair_engines,omitempty"`
	// Formality is how readers of a language are addressed; what is not named is left to the engine.
	Formality map[language.Tag]Formality `json:"formality,omitempty"`
	// Names are never translated: brands, products, people.
	Names []string `json:"names,omitempty"`
	// SendPersonal lets engines see mail addresses and phone numbers as they were typed. Card and bank numbers never leave the house.
	SendPersonal bool `json:"send_personal,omitempty"`
	// NoMemory switches the site's translation memory off: nothing is taken from it, and nothing is remembered.
	NoMemory bool `json:"no_memory,omitempty"`
	// TypingPreview lets agents read what a visitor is typing, before it is sent.
	TypingPreview bool   `json:"typing_preview,omitempty"`
	Budget        Budget `json:"budget,omitzero"`
}

// Budget bounds what a site may have translated by engines that are paid for, in code points of the source. 0 means no bound.
type Budget struct {
	DayCharacters   int64 `json:"day_characters,omitempty"`
	MonthCharacters int64 `json:"month_characters,omitempty"`
	// SoftPercent is the part of a bound after which only the memory and engines that cost nothing are asked; 0 means DefaultSoftPercent.
	SoftPercent int `json:"soft_percent,omitempty"`
}

// DefaultSoftPercent leaves a fifth of a budget between the first warning and the end.
const DefaultSoftPercent = 80

// Formality is how a reader is addressed: du or Sie, tú or usted. It is a wish: languages that know no such thing ignore it.
type Formality string

// The formalities; the zero value leaves it to the engine.
const (
	FormalityMore Formality = "more"
	FormalityLess Formality = "less"
)

// Spent is what a site had translated by one engine on one day (UTC).
type Spent struct {
	Site   string `json:"site"`
	Engine string `json:"engine"`
	// Day is written 2026-11-22.
	Day string `json:"day"`
	// Characters are code points that were sent, or what the vendor says it bills.
	Characters int64 `json:"characters"`
}
