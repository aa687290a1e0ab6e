package chat

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Limits of what a site may keep of translations and words. A database holds them for every site; the entries of the sites that are busy are in
// memory as well.
const (
	// MaxMemoryEntries is how many entries the memory of one site has at most.
	MaxMemoryEntries = 50_000
	// MaxMemoryText is the longest source or target of an entry, in code points.
	MaxMemoryText = DefaultTextLimit
	// MaxTerms is how many terms the glossary of one site has at most.
	MaxTerms = 2_000
	// MaxTermText is the longest source or target of a term, in code points.
	MaxTermText = 100
)

// Term is an entry of a site's glossary: how a word or a phrase is to be translated, or that it is not.
type Term struct {
	ID   string `json:"id"`
	Site string `json:"site"`
	// From and To are the pair that the term is for; language.Und stands for any.
	From language.Tag `json:"from"`
	To   language.Tag `json:"to"`
	// Source is found as whole words. Target takes its place; empty means that Source stays as it is.
	Source string `json:"source"`
	Target string `json:"target"`
	// CaseSensitive tells Apple from apple.
	CaseSensitive bool `json:"case_sensitive"`
	At            Time `json:"at"`
}

// Check cleans a term, and says what is wrong with it.
func (t *Term) Check() error {
	t.Source, t.Target = oneLine(t.Source), oneLine(t.Target)
	switch {
	case t.Source == "":
		return Errorf(Empty, "A term needs a source: the word or phrase as it stands in a line.").Because(Refused{Reason: RefusedEmpty, Column: "source"})
	case utf8.RuneCountInString(t.Source) > MaxTermText, utf8.RuneCountInString(t.Target) > MaxTermText:
		return Errorf(TooLong, "A term has at most %d characters on each side: whole sentences belong into the memory.", MaxTermText).
			Because(Refused{Reason: RefusedTooLong, Column: longSide(t.Source, MaxTermText), Limit: MaxTermText})
	case t.Target != "" && t.To == language.Und:
		return Errorf(BadLanguage, "A term with a target needs the language of the target; one that is never translated may be for any.").
			Because(Refused{Reason: RefusedNoLanguage, Column: "to"})
	case t.Target != "" && SameLanguage(t.From, t.To):
		return Errorf(BadLanguage, "A term is for two languages: %s is read by who reads %s.", t.From, t.To).
			Because(Refused{Reason: RefusedOneLanguage, Column: "to", Value: t.To.String()})
	}
	return nil
}

// longSide is the side that has more characters than it may have.
func longSide(source string, most int) string {
	if utf8.RuneCountInString(source) > most {
		return "source"
	}
	return "target"
}

func oneLine(s string) string { return strings.Join(strings.Fields(CleanText(s)), " ") }

// MemoryOrigin is where an entry of a translation memory comes from: always a person.
type MemoryOrigin string

// The origins of entries.
const (
	MemoryCorrection MemoryOrigin = "correction" // an agent corrected an engine's text
	MemoryReviewed   MemoryOrigin = "reviewed"   // an agent approved a preview before sending it
	MemoryCanned     MemoryOrigin = "canned"     // a reviewed canned text
	MemoryImport     MemoryOrigin = "import"     // a file of entries
)

// MemoryEntry is a text of a site with a translation by a person.
type MemoryEntry struct {
	ID   string       `json:"id"`
	Site string       `json:"site"`
	From language.Tag `json:"from"`
	To   language.Tag `json:"to"`
	// Source and Target are as they were written, but for a customer's addresses and numbers. Numbers, links and the like are found again by what protects them from engines.
	Source string       `json:"source"`
	Target string       `json:"target"`
	Origin MemoryOrigin `json:"origin"`
	// By is the name of the agent, or of whom a file names. Visitors see it, so a mail address is left out.
	By string `json:"by"`
	At Time   `json:"at"`
	// Key is the source as it is compared: two entries of a site and a pair with the same key are one. Who stores an entry makes the key.
	Key string `json:"-"`
}

// Check cleans an entry, and says what is wrong with it.
func (e *MemoryEntry) Check() error {
	e.Source, e.Target, e.By = CleanText(e.Source), CleanText(e.Target), withoutMail(CleanName(e.By))
	switch e.Origin {
	case MemoryCorrection, MemoryReviewed, MemoryCanned, MemoryImport:
	default:
		return Errorf(BadRequest, "A memory keeps what people have translated and nothing else: %q is no origin of an entry.", e.Origin)
	}
	switch {
	case e.Source == "" || e.Target == "":
		return Errorf(Empty, "An entry needs a source and a target.").Because(Refused{Reason: RefusedEmpty})
	case utf8.RuneCountInString(e.Source) > MaxMemoryText, utf8.RuneCountInString(e.Target) > MaxMemoryText:
		return Errorf(TooLong, "An entry has at most %d characters on each side.", MaxMemoryText).Because(Refused{Reason: RefusedTooLong, Limit: MaxMemoryText})
	case e.From == language.Und || e.To == language.Und:
		return Errorf(BadLanguage, "An entry needs the languages of its source and its target.")
	case SameLanguage(e.From, e.To):
		return Errorf(BadLanguage, "An entry is for two languages: who reads %s reads %s.", e.From, e.To).Because(Refused{Reason: RefusedOneLanguage, Value: e.To.String()})
	}
	return nil
}

// withoutMail is a name without the mail addresses in it.
func withoutMail(name string) string {
	words := slices.DeleteFunc(strings.Fields(name), func(word string) bool { return strings.Contains(word, "@") })
	return strings.Join(words, " ")
}

// MemoryPlace is how far somebody has read the memory of a site; the zero value is the beginning.
type MemoryPlace struct {
	// Rev and ID are those of the last entry, Cleared is the revision in which entries were last taken away.
	Rev, Cleared int64
	ID           string
}

// MemoryNews is what the memory of a site has beyond a place.
type MemoryNews struct {
	// Place is the one after Entries.
	Place MemoryPlace
	// All is true if what was read before is to be forgotten: something was taken away, and this is the beginning.
	All bool
	// More is true if there is more beyond Place.
	More    bool
	Entries []MemoryEntry
}

// MemoryFilter selects entries; empty fields select all.
type MemoryFilter struct {
	From, To language.Tag
	// Text is looked for in source and target, without case.
	Text string
}

// Kept counts what became of entries or terms that were to be stored.
type Kept struct {
	Added    int `json:"added"`
	Replaced int `json:"replaced"`
}

// MaxRefusals is how many reasons an import gives at most; it counts the others.
const MaxRefusals = 20

// Imported is what became of a file of entries or terms.
type Imported struct {
	Kept
	// Refused is how many were not taken, Refusals the reasons of the first MaxRefusals.
	Refused  int       `json:"refused"`
	Refusals []Refusal `json:"refusals"`
}

// Refusal is why one entry of a file was not taken.
type Refusal struct {
	// Line is where in the file, from 1. Why is a sentence in English.
	Line int    `json:"line"`
	Why  string `json:"why"`
	Refused
}

// Refuse counts an entry that is not taken.
func (i *Imported) Refuse(line int, why error) {
	i.Refused++
	if len(i.Refusals) >= MaxRefusals {
		return
	}
	one := Refusal{Line: line, Why: why.Error()}
	if e, ok := errors.AsType[*Error](why); ok {
		one.Why, one.Refused = e.Text, e.Refused
	}
	i.Refusals = append(i.Refusals, one)
}

// Near is an entry of the memory whose source is nearly a text: something for a person to look at, and never sent by itself.
type Near struct {
	Source string `json:"source"`
	// Target has the text's own numbers, links and the like.
	Target string `json:"target"`
	// Similarity is the part of the longer text that is the same, from 0.85 to 1.
	Similarity float64 `json:"similarity"`
}
