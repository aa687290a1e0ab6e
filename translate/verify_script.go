package translate

import (
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// scriptsOf are the scripts that a language is written in, by the name that BCP 47 has for them together.
var scriptsOf = map[string][]*unicode.RangeTable{
	"Latn": {unicode.Latin}, "Cyrl": {unicode.Cyrillic}, "Grek": {unicode.Greek}, "Arab": {unicode.Arabic}, "Hebr": {unicode.Hebrew}, "Armn": {unicode.Armenian},
	"Geor": {unicode.Georgian}, "Deva": {unicode.Devanagari}, "Beng": {unicode.Bengali}, "Taml": {unicode.Tamil}, "Telu": {unicode.Telugu}, "Thai": {unicode.Thai},
	"Jpan": {unicode.Han, unicode.Hiragana, unicode.Katakana}, "Hans": {unicode.Han}, "Hant": {unicode.Han, unicode.Bopomofo}, "Kore": {unicode.Hangul, unicode.Han},
}

// Below this many letters an answer may be all names and loan words ("OK", "iPhone").
const scriptLetters = 12

// checkScript wants at least a fifth of an answer's letters in the script of its language.
func checkScript(got string, to language.Tag) string {
	s, _ := to.Script()
	tables := scriptsOf[s.String()]
	if tables == nil {
		return ""
	}
	own, all := 0, 0
	for _, r := range got {
		if !unicode.IsLetter(r) || unicode.Is(unicode.Lm, r) { // ー and such belong to several
			continue
		}
		all++
		if unicode.In(r, tables...) {
			own++
		}
	}
	if all >= scriptLetters && 5*own < all {
		return "is not in the script of its language"
	}
	return ""
}

// checkBidi wants every isolate closed that was not open in the source: one that is not turns the rest of the screen round.
func checkBidi(src, got string) string {
	if open, stray := isolates(got); open != 0 || stray != 0 {
		if o, s := isolates(src); o != open || s != stray {
			return "leaves its direction of writing open"
		}
	}
	return ""
}

// isolates counts those that are never closed, and ends of none.
func isolates(s string) (open, stray int) {
	for _, r := range s {
		switch {
		case r >= 0x2066 && r <= 0x2068:
			open++
		case r == 0x2069 && open > 0:
			open--
		case r == 0x2069:
			stray++
		}
	}
	return open, stray
}

// languageLetters and languageLead are above how many letters, and with which lead, a detector may say that an answer is still in the language of
// its source. Of the lines of the eval set it so finds 98 in 100 if they come back untranslated, and none of their people's translations.
const (
	languageLetters = 20
	languageLead    = 3
)

// checkLanguage asks a detector, if there is one, whether an answer was translated at all.
func checkLanguage(detect func(string) (language.Tag, float64), got string, from, to language.Tag) string {
	if detect == nil || letters(got) <= languageLetters {
		return ""
	}
	is, lead := detect(strings.Map(dots, got))
	if lead >= languageLead && SameLanguage(is, from) && !SameLanguage(is, to) {
		return "is still in the language of its source"
	}
	return ""
}
