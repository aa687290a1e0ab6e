package translate

import (
	"dragoman/chat"

	"golang.org/x/text/language"
)

// formalityFor returns how a reader of to is addressed: what the site says of the nearest variety, or what is usual.
func formalityFor(wanted map[language.Tag]chat.Formality, to language.Tag) chat.Formality {
	best, score := chat.Formality(""), -1
	for t, f := range wanted {
		if c := near(t, to); c > score {
			best, score = f, c
		}
	}
	switch {
	case best == chat.FormalityEngine:
		return ""
	case score >= 0:
		return best
	case usuallyPolite(to):
		return chat.FormalityMore
	}
	return ""
}

// near tells how well a setting for t fits a reader of to: -1 not at all. One without a region is for all regions; one with a region is for
// those who write as there, and for no other: what is said of Mexico does not hold for Argentina, and what is said of Latin America does.
func near(t, to language.Tag) int {
	if !SameLanguage(t, to) {
		return -1
	}
	for parent, score := to, 9; parent != language.Und; parent, score = parent.Parent(), score-1 {
		if parent == t {
			return score
		}
	}
	wanted, _ := to.Region()
	switch region, conf := t.Region(); {
	case conf != language.Exact:
		return 1
	case region == wanted:
		return 2 // pt is Brazil's, says CLDR
	}
	return -1
}

// usuallyPolite names the languages in which a house addresses a stranger formally unless he offers otherwise: Sie, vous, usted, Lei, Pan, вы,
// です・ます, 존댓말, o senhor. Brazil's você is neutral, and shops in English, Dutch and Swedish say you, je and du.
func usuallyPolite(to language.Tag) bool {
	base, _ := to.Base()
	switch base.String() {
	case "de", "fr", "es", "it", "pl", "ru", "ja", "ko":
		return true
	case "pt":
		region, _ := to.Region()
		return region.String() != "BR"
	}
	return false
}
