package words

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// leastPlain is how many letters a word has at least that may be written with umlauts: "blue" is not looked for as "blü" too.
const leastPlain = 4

// spelling is how those write umlauts who have none on their keyboards, or in their addresses.
var spelling = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "Ä", "ae", "Ö", "oe", "Ü", "ue", "Ø", "oe")

// spellOut writes the umlauts of a text with two letters each: Müller as Mueller. It has the same words as before.
func spellOut(text string) string { return spelling.Replace(norm.NFC.String(text)) }

// otherSpelling returns how else a folded word may be written: as spelt, which is the word with its umlauts spelt out, or, if it has none, as if those were
// umlauts that look so; nil if it is written in one way only.
func otherSpelling(word, spelt []rune) []rune {
	if !slices.Equal(word, spelt) {
		return spelt
	}
	var plain []rune
	for i, r := range word {
		if r == 'e' && i > 0 && isUmlaut(word[:i]) {
			continue
		}
		plain = append(plain, r)
	}
	if len(plain) == len(word) || len(plain) < leastPlain {
		return nil
	}
	return plain
}

// isUmlaut tells whether an e after these letters may have made one of the last. In Bauer, Quelle and neue it has not.
func isUmlaut(before []rune) bool {
	last := before[len(before)-1]
	if last == 'u' && len(before) > 1 && strings.ContainsRune("aeq", before[len(before)-2]) {
		return false
	}
	return last == 'a' || last == 'o' || last == 'u'
}
