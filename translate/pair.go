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

// Match returns the pair that serves a writer of from and a reader of to best: one of Pairs, or one made of Sources and Targets.
func (c *Caps) Match(from, to language.Tag) (Pair, bool) {
	p, ok := MatchPair(c.Pairs, from, to)
	if ok && !p.Off {
		return p, true
	}
	source, found := closest(c.Sources, from)
	target, too := closest(c.Targets, to)
	if found && too && !SameLanguage(source, target) {
		return Pair{From: source, To: target, Class: ClassA}, true
	}
	return p, ok
}

// closest returns that of the languages offered which serves who wants wanted best.
func closest(offered []language.Tag, wanted language.Tag) (best language.Tag, found bool) {
	score := -1
	for _, t := range offered {
		if SameLanguage(t, wanted) && closeness(wanted, t) > score {
			best, score = t, closeness(wanted, t)
		}
	}
	return best, score >= 0
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
	for t, score := wanted.Parent(), 2; t != language.Und; t, score = t.Parent(), 1 {
		if t == offered {
			return score
		}
	}
	// Two with the same parent write alike: Australia as Britain.
	if p := wanted.Parent(); p == offered.Parent() {
		if _, conf := p.Region(); conf == language.Exact {
			return 1
		}
	}
	if _, conf := offered.Region(); conf != language.Exact && len(offered.Variants()) == 0 {
		return 1
	}
	return 0
}
