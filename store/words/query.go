package words

import (
	"unicode"
	"unicode/utf8"
)

// Query is what somebody looks for: words that must all stand in one text. The last one may be unfinished, as long as no space follows it.
type Query struct {
	// groups are words that were typed without a space between them, and must stand one after the other in a text, whatever signs are between them there.
	groups [][]sought
	last   *sought
}

// sought is a word that is looked for.
type sought struct {
	runes []rune
	// also is the word as those write it who have no umlauts, or have them.
	also []other
	kind class
	// begins tells that a longer word will do.
	begins bool
}

// Condition is a term that an index is asked for.
type Condition struct {
	// Any are terms of which one must be there.
	Any []string
	// Prefix tells that terms will do that begin so.
	Prefix bool
	// Broad tells that so short a beginning may be that of half of all documents.
	Broad bool
}

// broad is up to how many runes of a beginning an index is in trouble.
const broad = 3

// Parse reads what somebody looks for. Nothing that can be typed is an error.
func Parse(text string) Query {
	var q Query
	cut, spelt := Cut(text), Cut(spellOut(text))
	if len(spelt.words) != len(cut.words) {
		spelt = cut // no text is known that makes others
	}
	for i, w := range cut.words {
		if !w.joined || len(q.groups) == 0 {
			q.groups = append(q.groups, nil)
		}
		g := &q.groups[len(q.groups)-1]
		*g = append(*g, sought{runes: cut.of(w), also: otherSpellings(cut.of(w), spelt.of(spelt.words[i])), kind: w.kind})
		q.last = &(*g)[len(*g)-1]
	}
	if end, _ := utf8.DecodeLastRuneInString(text); q.last != nil && !unicode.IsSpace(end) {
		q.last.begins = true
	}
	return q
}

// Empty tells whether there is nothing to look for.
func (q Query) Empty() bool { return len(q.groups) == 0 }

// Conditions returns what an index is asked for, at most so many. All of them hold for every text that Match finds, and for others.
func (q Query) Conditions(most int) []Condition {
	var all []Condition
	for _, g := range q.groups {
		for i := range g {
			all = g[i].conditions(all)
		}
	}
	return all[:min(len(all), most)]
}

func (s *sought) conditions(all []Condition) []Condition {
	switch {
	case s.kind == dense:
		return s.pairs(all)
	case s.kind == digit:
		part := s.begins || len(s.runes) >= digits
		return append(all, Condition{Any: []string{string(s.runes[:min(len(s.runes), longest)])}, Prefix: part, Broad: part && len(s.runes) <= broad})
	case !s.begins:
		return append(all, Condition{Any: s.withAlso(stem(s.runes))})
	}
	c := Condition{Any: s.withAlso(string(s.runes[:min(len(s.runes), longest)])), Prefix: true, Broad: len(s.runes) <= broad}
	for _, o := range s.also {
		c.Broad = c.Broad || len(o.runes) <= broad
	}
	// Half an Arabic word may be one with an article, or one whose first letters only look like it.
	if rest := bare(s.runes, 1); len(rest) < len(s.runes) {
		c.Any = append(c.Any, string(rest))
		c.Broad = len(rest) <= broad
	}
	return append(all, c)
}

func (s *sought) withAlso(term string) []string {
	all := []string{term}
	for _, o := range s.also {
		all = append(all, string(o.runes[:min(len(o.runes), longest)]))
	}
	return all
}

// pairs covers what is looked for by neighbours, each rune once where that goes up.
func (s *sought) pairs(all []Condition) []Condition {
	n := len(s.runes)
	if n == 1 {
		return append(all, Condition{Any: []string{string(s.runes)}, Prefix: true, Broad: true})
	}
	for i := 0; i+1 < n; i += 2 {
		all = append(all, Condition{Any: []string{string(s.runes[i : i+2])}})
	}
	if n%2 == 1 {
		all = append(all, Condition{Any: []string{string(s.runes[n-2:])}})
	}
	return all
}
