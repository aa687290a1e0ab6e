package translate

import (
	"dragoman/chat"

	"golang.org/x/text/language"
)

// SameLanguage is chat.SameLanguage with one more rule: Norwegian (no) and Bokmål (nb) are one written language.
func SameLanguage(a, b language.Tag) bool {
	return chat.SameLanguage(a, b) || chat.SameLanguage(bokmal(a), bokmal(b))
}

func bokmal(t language.Tag) language.Tag {
	if b, _ := t.Base(); b.String() == "no" {
		return language.MustParse("nb")
	}
	return t
}

// MatchPair returns that of the pairs which serves a writer of from and a reader of to best. Languages must be the same in the
// sense of SameLanguage; among those the variety decides: es-MX takes es-419 before es, pt-AO takes pt-PT before pt-BR,
// pt takes pt-BR, because that is what CLDR thinks it is. Pairs that are off are matched only if nothing else is.
func MatchPair(pairs []Pair, from, to language.Tag) (Pair, bool) {
	var best Pair
	score := -1
	for _, p := range pairs {
		if !SameLanguage(p.From, from) || !SameLanguage(p.To, to) {
			continue
		}
		// What the reader gets to read weighs more than how exactly the writer is understood.
		s := 8*closeness(to, p.To) + closeness(from, p.From)
		if !p.Off {
			s += 100
		}
		if s > score {
			best, score = p, s
		}
	}
	return best, score >= 0
}

// closeness tells how well offered serves who wants the variety wanted of the same language, from 0 to 4.
func closeness(wanted, offered language.Tag) int {
	if wanted == offered {
		return 4
	}
	wr, _ := wanted.Region()
	or, _ := offered.Region()
	if wr == or && len(wanted.Variants()) == len(offered.Variants()) {
		return 3
	}
	// CLDR's parents know that Angola writes like Portugal and Mexico like Latin America.
	for t := wanted.Parent(); t != language.Und; t = t.Parent() {
		if t == offered {
			return 2
		}
	}
	if _, conf := offered.Region(); conf != language.Exact && len(offered.Variants()) == 0 {
		return 1
	}
	return 0
}
