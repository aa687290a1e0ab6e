package translate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Line is a text to translate, and what is known about it.
type Line struct {
	// Site keeps one shop's lines out of another's cache; it is never sent.
	Site     string
	Text     string
	From, To language.Tag
	// Formality is how the reader is to be addressed.
	Formality chat.Formality
	// Context is what was said before, oldest first. Of it the last ContextLines and ContextCharacters are used, by engines that
	// can; it is never translated, and leaves the house masked as the line does.
	Context []string
}

// How much of a line's context goes with it.
const (
	ContextLines      = 6
	ContextCharacters = 1000 // code points, in all
)

// background is what engines may see of the lines before: clean, without anything protected, and not too much.
func background(lines []string) []string {
	var kept []string
	left := ContextCharacters
	for i := len(lines) - 1; i >= 0 && len(kept) < ContextLines; i-- {
		m, ok := mask(clean(lines[i]))
		if !ok {
			continue
		}
		text := strings.Join(strings.Fields(strings.Map(dots, m.text)), " ")
		if left -= utf8.RuneCountInString(text); left < 0 {
			break
		}
		if text != "" {
			kept = append(kept, text)
		}
	}
	slices.Reverse(kept)
	return kept
}

func dots(r rune) rune {
	if IsMark(r) {
		return '…'
	}
	return r
}
