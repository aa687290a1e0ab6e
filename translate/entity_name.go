package translate

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNames is how many names of a site's list are looked for; those behind are passed over.
const MaxNames = 1000

// place is where a name stands, or a term of the glossary.
type place struct {
	from, to int
	term     bool
	form     string // of a term: what takes its place
}

// named finds the names in s: as they are written in the list, where they are words of their own, the longest one at each place.
func named(s string, names []string) []place {
	var all []place
	for _, name := range names[:min(len(names), MaxNames)] {
		name = strings.TrimSpace(clean(name))
		if name == "" {
			continue
		}
		for at := 0; ; {
			i := strings.Index(s[at:], name)
			if i < 0 {
				break
			}
			from := at + i
			to := from + len(name)
			if wordEdge(s, from, true) && wordEdge(s, to, false) {
				all = append(all, place{from: from, to: to})
			}
			_, size := utf8.DecodeRuneInString(name)
			at = from + size
		}
	}
	return all
}

// places are the names and the terms in s, by where they begin, the longest first.
func (r rules) places(s string) []place {
	all := named(s, r.names)
	for _, t := range r.terms {
		all = append(all, place{t.From, t.To, true, t.Target})
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	return all
}

// wordEdge tells whether a word may begin or end at s[i].
func wordEdge(s string, i int, begins bool) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i:])
	if i == 0 || i == len(s) || !wordRune(before) || !wordRune(after) {
		return i == len(s) || !unicode.IsMark(after) // an accent belongs to the letter before it
	}
	switch {
	case unicode.IsMark(after):
		return false
	case unicode.IsDigit(before) || unicode.IsDigit(after):
		return !joins(before) || !joins(after)
	}
	for _, table := range blankless {
		if unicode.Is(table, before) || unicode.Is(table, after) {
			return true
		}
	}
	if unicode.Is(unicode.Hangul, before) && unicode.Is(unicode.Hangul, after) {
		return !begins // particles follow the word without a blank
	}
	return scriptOf(before) != scriptOf(after)
}

// blankless are scripts that put no blanks between words.
var blankless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// scriptOf names the script of a letter; all that are not told apart here are one.
func scriptOf(r rune) string {
	for _, name := range [...]string{"Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Katakana", "Hangul", "Devanagari", "Armenian", "Georgian"} {
		if unicode.Is(unicode.Scripts[name], r) {
			return name
		}
	}
	if r == 'ー' {
		return "Katakana"
	}
	return ""
}
