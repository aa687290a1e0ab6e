package chat

import "errors"

// RefusedReason says for programs why a file, or a row of one, is not taken. Who does not know one shows the sentence.
type RefusedReason string

// The reasons. Of a row:
const (
	RefusedColumns     RefusedReason = "columns"      // it has Value columns, and the first line has Limit
	RefusedName        RefusedReason = "name"         // no short name of a canned reply, which has at most Limit characters
	RefusedLanguage    RefusedReason = "language"     // Value is no language
	RefusedEmpty       RefusedReason = "empty"        // something has to stand there
	RefusedTooLong     RefusedReason = "too_long"     // more than Limit characters
	RefusedVariable    RefusedReason = "variable"     // there is nothing to put in for Value
	RefusedNoLanguage  RefusedReason = "no_language"  // the language of a term's target is missing
	RefusedOneLanguage RefusedReason = "one_language" // both sides are in the language Value
	RefusedBool        RefusedReason = "bool"         // Value is neither true nor false
	RefusedOneText     RefusedReason = "one_text"     // a unit without a translation
	RefusedNoSource    RefusedReason = "no_source"    // a unit without a text in its source language, Value
	RefusedNoWords     RefusedReason = "no_words"     // nothing that could be remembered
	RefusedValues      RefusedReason = "values"       // numbers, codes, prices or links are not those of the source
)

// The reasons of a whole file:
const (
	RefusedNoFile   RefusedReason = "no_file"   // it is empty
	RefusedNoColumn RefusedReason = "no_column" // Column is missing in its first line, which must be Value
	RefusedEncoding RefusedReason = "encoding"  // neither UTF-8 nor UTF-16
	RefusedFormat   RefusedReason = "format"    // it is not what it should be from line Value on
	RefusedSize     RefusedReason = "size"      // more than Limit MiB
	RefusedCut      RefusedReason = "cut"       // it ended early, or took too long to come
)

// The reasons that lie in what is there already:
const (
	RefusedFull       RefusedReason = "full"        // there may be Limit
	RefusedMemoryFull RefusedReason = "memory_full" // the translation memory may have Limit entries
	RefusedMemoryOff  RefusedReason = "memory_off"  // the site has its translation memory switched off
	RefusedThere      RefusedReason = "there"       // one like it is there
	RefusedVariables  RefusedReason = "variables"   // it has other variables than the approved text in the language Value
)

// Refused is why something in a file is not taken, for a program that says it in its reader's language; without Reason there is only a sentence.
type Refused struct {
	Reason RefusedReason `json:"reason,omitempty"`
	// Column is the one of the file that it is about, as it is called there.
	Column string `json:"column,omitempty"`
	// Value and Limit are what the reason speaks of.
	Value string `json:"value,omitempty"`
	Limit int    `json:"limit,omitempty"`
	// Before is how much of a file had been taken before, and stays.
	Before int `json:"before,omitempty"`
}

// Because says for programs as well why a file, or a row of one, is not taken.
func (e *Error) Because(r Refused) *Error {
	e.Refused = r
	return e
}

// InColumn is an error about what stands in a column; one that names its column keeps it.
func InColumn(err error, column string) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Refused.Column != "" {
		return err
	}
	named := *e
	named.Refused.Column = column
	return &named
}
