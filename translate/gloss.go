package translate

import "slices"

// variant is a way to ask an engine for a line: with the words of the glossary told to it, or taken out of the text.
type variant struct {
	m     masked
	terms *Terms // nil unless the engine is told
	epoch string // of what it is told
}

// gloss finds the terms of the glossary in a text.
func (l *line) gloss(x *lexicon, text string) {
	found := x.find(text)
	if len(found) == 0 {
		return
	}
	out := l.rules()
	out.terms = found
	m, ok := out.mask(text)
	n := countTerms(m)
	if !ok || n == 0 { // n: they stand inside of links
		return
	}
	l.m, l.terms = m, termForms(m)
	out.terms = slices.DeleteFunc(slices.Clone(found), func(t Term) bool { return !t.Keep })
	told, ok := out.mask(text)
	forced := x.forced(told.text)
	if !ok || !told.words || len(forced) == 0 || countTerms(told)+len(forced) != n {
		return // one has a code in it, which no engine gets to see
	}
	told.told = x
	l.told = &variant{m: told, terms: &x.all, epoch: epoch(forced)}
}

// variants are the ways to ask an engine, the best first.
func (l *line) variants(caps *Caps) []variant {
	if l.told != nil && caps.Glossary {
		return []variant{*l.told, {m: l.m}}
	}
	return []variant{{m: l.m}}
}

// forced are the terms in a text that are to be translated in one way.
func (x *lexicon) forced(s string) []Term {
	return slices.DeleteFunc(x.find(s), func(t Term) bool { return t.Keep })
}

func countTerms(m masked) int {
	n := 0
	for _, sp := range m.spans {
		if sp.Kind == KindTerm {
			n++
		}
	}
	return n
}

// termForms are what takes the places of the terms that were taken out, each once.
func termForms(m masked) []string {
	var forms []string
	for i, sp := range m.spans {
		if sp.Kind == KindTerm && !slices.Contains(forms, m.was[i]) {
			forms = append(forms, m.was[i])
		}
	}
	return forms
}

// mayDoBetter tells whether an engine that was told the glossary may be asked again with marks in its place.
func mayDoBetter(err error) bool { return KindOf(err) == NoTerms || KindOf(err) == BadOutput }
