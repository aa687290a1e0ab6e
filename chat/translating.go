package chat

import (
	"cmp"
	"strings"

	"golang.org/x/text/language"
)

// Translating is how the lines of a site are translated. It stands in the site's row and is changed by `dragoman site set` and over REST. The
// zero value is a good setting: the server's engines in the server's order, no budget, personal data masked.
type Translating struct {
	// Engines names engines in order of preference; empty: all that the server has, in its order. What is not named is not asked.
	Engines []string `json:"engines,omitempty"`
	// PairEngines is the order for single pairs, written "es>en"; for the others Engines counts.
	PairEngines map[string][]string `json:"pair_engines,omitempty"`
	// Formality is how visitors who read a language are addressed by agents. What is not named is as the house has it: formally where strangers are
	// (translate's register.go), and as the engine likes elsewhere.
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
	// SoftPercent is the part of a bound after which a site saves; 0 means DefaultSoftPercent.
	SoftPercent int `json:"soft_percent,omitempty"`
}

// BudgetState tells how a site stands with its budget.
type BudgetState string

// The states of a budget. A site that saves is served from what is known already and by engines that cost nothing; one that is paid for is asked only where none of
// those has the pair. When the budget is spent none that is paid for is asked, and a line for which nobody else has an answer fails with ReasonBudget.
const (
	BudgetOpen  BudgetState = "" // also where there is no budget
	BudgetSoft  BudgetState = "soft"
	BudgetSpent BudgetState = "spent"
)

// Spending is what a site has spent on a day (UTC) and in the month so far, in characters.
type Spending struct {
	Day   int64 `json:"day"`
	Month int64 `json:"month"`
}

// Bounded tells whether there is a budget at all.
func (b Budget) Bounded() bool { return b.DayCharacters > 0 || b.MonthCharacters > 0 }

// State tells how a site stands that has spent s.
func (b Budget) State(s Spending) BudgetState {
	percent := int64(b.SoftPercent)
	if percent <= 0 {
		percent = DefaultSoftPercent
	}
	state := BudgetOpen
	for _, of := range [][2]int64{{b.DayCharacters, s.Day}, {b.MonthCharacters, s.Month}} {
		switch bound, used := of[0], of[1]; {
		case bound <= 0:
		case used >= bound:
			return BudgetSpent
		case used >= bound/100*percent+bound%100*percent/100:
			state = BudgetSoft
		}
	}
	return state
}

// Left returns how much of a budget is left for the day and for the month, 0 at least; where there is no bound, 0 too.
func (b Budget) Left(s Spending) Spending {
	return Spending{Day: max(0, b.DayCharacters-s.Day), Month: max(0, b.MonthCharacters-s.Month)}
}

// DefaultSoftPercent leaves a fifth of a budget between the first warning and the end.
const DefaultSoftPercent = 80

// Formality is how a reader is addressed: du or Sie, tú or usted. It is a wish: languages that know no such thing ignore it.
type Formality string

// The formalities; the zero value says nothing about it.
const (
	FormalityMore Formality = "more"
	FormalityLess Formality = "less"
	// FormalityEngine leaves it to the engine.
	FormalityEngine Formality = "engine"
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

// Compare sorts by site, day and engine.
func (s Spent) Compare(other Spent) int {
	return cmp.Or(strings.Compare(s.Site, other.Site), strings.Compare(s.Day, other.Day), strings.Compare(s.Engine, other.Engine))
}

// Answer is an engine's verified answer to a question, with marks, as the cache in the store keeps it.
type Answer struct {
	// Hash is of all that the answer depends on, the site among it.
	Hash [32]byte
	Site string
	Text string
	// Used is when it was last of use.
	Used Time
}

// MonthOf returns the first day of a day's month: 2026-11-01 of 2026-11-22.
func MonthOf(day string) string {
	if len(day) < len("2026-11") {
		return day
	}
	return day[:len("2026-11")] + "-01"
}
