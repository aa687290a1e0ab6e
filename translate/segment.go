package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a part of a masked text: a segment for the engine between white space that the engine never sees.
type piece struct {
	before, after string
	text          string
	words         bool // false: nothing to translate in it
}

// cut divides a masked text at its line ends, and lines of more than max bytes at their sentences. Joining the pieces
// gives the text again.
func (m masked) cut(max int) []piece {
	var pieces []piece
	for rest := m.text; rest != ""; {
		line := rest
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			line = rest[:i+1]
		}
		rest = rest[len(line):]
		for _, s := range Chunks(line, max) {
			var p piece
			p.before, p.text, p.after = outer(s)
			p.words = strings.IndexFunc(p.text, unicode.IsLetter) >= 0
			pieces = append(pieces, p)
		}
	}
	return pieces
}

// segments returns those pieces that an engine must see.
func (m masked) segments(pieces []piece) []Segment {
	var segs []Segment
	for _, p := range pieces {
		if p.words {
			seg := Segment{Text: p.text, Spans: m.spansIn(p.text)}
			if m.told != nil {
				seg.Terms = m.told.forced(p.text)
			}
			segs = append(segs, seg)
		}
	}
	return segs
}

func (m masked) spansIn(s string) []Span {
	var in []Span
	if len(m.spans) == 0 {
		return nil
	}
	for _, r := range s {
		if IsMark(r) {
			in = append(in, m.spans[MarkNumber(r)])
		}
	}
	return in
}

// join puts the results where their segments stood.
func join(pieces []piece, results []Result) string {
	if len(pieces) == 1 && len(results) == 1 {
		return pieces[0].before + strings.TrimSpace(results[0].Text) + pieces[0].after
	}
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.before)
		if p.words {
			b.WriteString(strings.TrimSpace(results[0].Text))
			results = results[1:]
		} else {
			b.WriteString(p.text)
		}
		b.WriteString(p.after)
	}
	return b.String()
}

// Chunks cuts s into parts of at most limit bytes (but whole runes): after the end of a sentence if it can, else between words, else anywhere
// between two runes. The parts joined are s.
func Chunks(s string, limit int) []string {
	limit = max(limit, utf8.UTFMax)
	var parts []string
	for len(s) > limit {
		n := chunk(s, limit)
		parts = append(parts, s[:n])
		s = s[n:]
	}
	if s == "" && parts != nil {
		return parts
	}
	return append(parts, s)
}

func chunk(s string, limit int) int {
	head := s[:limit]
	for !utf8.RuneStart(s[len(head)]) {
		head = head[:len(head)-1]
	}
	word, sentence := 0, 0
	var last rune
	for i, r := range head {
		if unicode.IsSpace(r) {
			end := i + utf8.RuneLen(r)
			if strings.ContainsRune(".!?…。！？;", last) {
				sentence = end
			}
			word = end
		}
		last = r
	}
	switch {
	case sentence > len(head)/4:
		return sentence
	case word > 0:
		return word
	}
	return len(head)
}
