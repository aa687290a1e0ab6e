package translate

import (
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// digitWords are how words for a digit begin, in the languages of spelledOut. Of 1 there are none: every article is one.
var digitWords = [10][]string{
	0: {"zero", "cero", "zéro", "null", "no", "kein", "nul", "ноль", "нул", "sin", "sem", "sans", "sense", "senza", "without", "ohne", "nada", "niente", "nothing", "без"},
	2: {"two", "twi", "second", "coupl", "both", "pair", "doubl", "dos", "dues", "dobl", "segund", "ambos", "par", "dois", "duas", "dupl", "deux", "due", "dopp", "entramb", "zwei", "zwo", "beid", "дв", "втор", "оба", "обе", "пар"},
	3: {"thre", "third", "tripl", "tres", "terc", "três", "troi", "tre", "terz", "drei", "dritt", "тр"},
	4: {"four", "cuatro", "cuart", "quat", "quart", "quar", "quattr", "vier", "четв", "четыр"},
	5: {"five", "fif", "cinc", "cinq", "quint", "fünf", "пят"},
	6: {"six", "seis", "sext", "sis", "sei", "sech", "шест"},
	7: {"seven", "siete", "sépt", "sete", "sét", "sept", "set", "sieb", "сем", "седьм"},
	8: {"eight", "ocho", "octav", "oito", "oitav", "huit", "vuit", "otto", "ottav", "acht", "вос"},
	9: {"nin", "nuev", "noven", "nove", "non", "neuf", "neuv", "nou", "neun", "дев"},
}

// spelledOut are the languages whose number words are known.
var spelledOut = map[string]bool{"en": true, "es": true, "pt": true, "fr": true, "ca": true, "it": true, "de": true, "ru": true}

// spells tells whether a text may have the digit d as a word. Of languages that are not known it is believed.
func spells(text string, in language.Tag, d int) bool {
	if b, _ := in.Base(); d == 1 || !spelledOut[b.String()] {
		return true
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		for _, begin := range digitWords[d] {
			if strings.HasPrefix(word, begin) {
				return true
			}
		}
	}
	return false
}
