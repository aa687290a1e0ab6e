package chat

import (
	"context"

	"golang.org/x/text/language"
)

// Untranslated is a text that somebody wants in another language, and what is known about it.
type Untranslated struct {
	// Site is whose settings, memory and budget count; no site's lines are found in another's cache. It is never sent.
	Site     string
	Text     string
	From, To language.Tag
	// ForVisitor is true if a visitor reads it and somebody of the house wrote it: then the house decides how he is addressed.
	ForVisitor bool
	// Formality, if it is set, counts instead of what the site wants.
	Formality Formality
	// Names are those of the people in the conversation as far as they are known: they are not translated.
	Names []string
	// Passing is true for what was not sent and may never be: no answer to it is put into a store.
	Passing bool
	// Again is true for a text whose translation was called wrong: engines are asked, whatever they have answered before.
	Again bool
	// Before returns what was said before, oldest first, as it was typed, and never a note. It may ask a database, so it is called
	// only where an engine can make use of it. Nil: nothing was.
	Before func(context.Context) []string
}

// Said is Untranslated.Before of lines that are known.
func Said(lines ...string) func(context.Context) []string {
	return func(context.Context) []string { return lines }
}
