package words

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// mostSpellings bounds in how many ways a word is looked for: as it was typed, and as three of its pairs of letters may be umlauts or not.
const mostSpellings = 8

// spelling is how those write umlauts who have none on their keyboards, or in their addresses.
var spelling = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "Ä", "ae", "Ö", "oe", "Ü", "ue", "Ø", "oe")

// spellOut writes the umlauts of a text with two letters each: Müller as Mueller. It has the same words as before.
func spellOut(text string) string { return spelling.Replace(norm.NFC.String(text)) }

// isSpelledUmlaut tells of a rune in NFC that spellOut writes with two letters.
func isSpelledUmlaut(r rune) bool {
	switch r {
	case 'ä', 'ö', 'ü', 'ø', 'Ä', 'Ö', 'Ü', 'Ø':
		return true
	}
	return false
}

// other is another way to write a word that is looked for.
type other struct {
	runes []rune
	// umlauts are places in runes at which a text must have umlauts: puede is püde, and not pude.
	umlauts []int
}

// otherSpellings returns how else a folded word may be written: as spelt, which is the word with its umlauts spelt out, or, if it has none, as if those were
// umlauts that look so. One that begins with an Arabic article is in the index without it, and has none.
func otherSpellings(word, spelt []rune) []other {
	if len(bare(word, 1)) < len(word) {
		return nil
	}
	if !slices.Equal(word, spelt) {
		return []other{{runes: spelt}}
	}
	all := []other{{}} // the first stays the word itself
	for i, r := range word {
		n := len(all)
		if r == 'e' && i > 0 && mayBeUmlaut(word[:i]) && 2*n <= mostSpellings {
			for _, o := range all {
				all = append(all, other{slices.Clone(o.runes), append(slices.Clone(o.umlauts), len(o.runes)-1)})
			}
		}
		for j := range all[:n] {
			all[j].runes = append(all[j].runes, r)
		}
	}
	return all[1:]
}

// mayBeUmlaut tells whether an e after these letters may have made one of the last. In Bauer, Quelle and neue it has not; if it were asked there too, whoever looks for
// one of many frequent words would be given the documents of another, only to throw them away.
func mayBeUmlaut(before []rune) bool {
	last := before[len(before)-1]
	if last == 'u' && len(before) > 1 && strings.ContainsRune("aeq", before[len(before)-2]) {
		return false
	}
	return last == 'a' || last == 'o' || last == 'u'
}

func (t *Text) isUmlaut(i int) bool { return i < len(t.umlauts) && t.umlauts[i] }

// begins tells whether a word of a text begins so.
func (o other) begins(t *Text, w word) bool {
	runes := t.of(w)
	return len(runes) >= len(o.runes) && slices.Equal(runes[:len(o.runes)], o.runes) &&
		!slices.ContainsFunc(o.umlauts, func(i int) bool { return !t.isUmlaut(w.from + i) })
}
