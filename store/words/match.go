package words

import (
	"cmp"
	"slices"
)

// Range is a part of a text, in bytes.
type Range struct{ From, To int }

// Match finds what is looked for in a text: where it stands, in order and without overlaps, or nothing if a part of it is missing.
func (q Query) Match(text string) []Range {
	if q.Empty() {
		return nil
	}
	cut := Cut(text)
	var found []Range
	for _, g := range q.groups {
		n := len(found)
		for i := range cut.words {
			found = cut.group(found, g, i)
		}
		if len(found) == n {
			return nil
		}
	}
	return merge(found)
}

// group adds the ranges of words that follow each other, if they do from word i on.
func (t *Text) group(found []Range, g []sought, i int) []Range {
	if i+len(g) > len(t.words) {
		return found
	}
	n := len(found)
	for j := range g {
		before := len(found)
		found = t.one(found, &g[j], t.words[i+j], j > 0, j < len(g)-1)
		if len(found) == before {
			return found[:n]
		}
	}
	if len(g) > 1 { // what is between them was typed with them
		found = append(found[:n], Range{found[n].From, found[len(found)-1].To})
	}
	return found
}

// one adds the ranges of a word that is looked for in a word of the text. after and before tell that it is joined with one before it, and with one after it.
func (t *Text) one(found []Range, s *sought, w word, after, before bool) []Range {
	if s.kind != w.kind {
		return found
	}
	runes, n := t.of(w), len(s.runes)
	if s.kind == letter {
		return t.letters(found, s, w)
	}
	anywhere := s.kind == dense || n >= digits
	for i := 0; i+n <= len(runes); i++ {
		if i > 0 && (!anywhere || after && s.kind == dense) {
			break
		}
		ends := i+n == len(runes)
		if !ends && (before && s.kind == dense || !anywhere && !s.begins) || !slices.Equal(runes[i:i+n], s.runes) {
			continue
		}
		found = append(found, t.span(w, i, n))
		i += n - 1
	}
	return found
}

// letters compares as the index does: Arabic words without their articles.
func (t *Text) letters(found []Range, s *sought, w word) []Range {
	runes := t.of(w)
	for _, o := range s.also {
		if o.begins(t, w) && (s.begins || len(o.runes) == len(runes)) {
			return append(found, t.span(w, 0, len(o.runes)))
		}
	}
	if s.begins {
		rest := bare(runes, leastStem)
		for _, begins := range [][]rune{s.runes, bare(s.runes, 1)} {
			if len(rest) >= len(begins) && slices.Equal(rest[:len(begins)], begins) {
				return append(found, t.span(w, len(runes)-len(rest), len(begins)))
			}
		}
		return found
	}
	if slices.Equal(bare(runes, leastStem), bare(s.runes, leastStem)) {
		return append(found, t.span(w, 0, len(runes)))
	}
	return found
}

// span returns where n runes of a word stand in the text, from its i-th on.
func (t *Text) span(w word, i, n int) Range {
	from := w.from + i
	to := from + n
	for to < w.to && t.at[to] == t.at[to-1] { // half a letter that is two
		to++
	}
	if to == w.to {
		return Range{t.at[from], w.end}
	}
	return Range{t.at[from], t.at[to]}
}

// merge sorts ranges, and makes one of those that touch.
func merge(all []Range) []Range {
	slices.SortFunc(all, func(a, b Range) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	out := all[:0]
	for _, r := range all {
		if n := len(out); n > 0 && r.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}
