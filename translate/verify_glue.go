package translate

import (
	"slices"
	"strings"
)

// checkGlue finds what would grow together when the marks are resolved: an order number beside a digit, another number or a letter
// that did not touch it in the source is another order number.
func checkGlue(seg Segment, got string) string {
	if len(seg.Spans) == 0 {
		return ""
	}
	src, answer := []rune(seg.Text), []rune(got)
	for i, r := range answer {
		if !IsMark(r) || !seg.Kind(r).NounLike() {
			continue
		}
		at := slices.Index(src, r)
		for _, side := range [...]int{-1, 1} {
			if touched(seg, answer, i, side) && !touched(seg, src, at, side) {
				return "joins something that was protected with what stands beside it"
			}
		}
	}
	return ""
}

// touched tells whether the mark at i has something on that side that would be read as part of it.
func touched(seg Segment, s []rune, i, side int) bool {
	next := func(n int) rune {
		if j := i + n*side; j >= 0 && j < len(s) {
			return s[j]
		}
		return 0
	}
	protected := func(r rune) bool { return IsMark(r) && seg.Kind(r).NounLike() }
	r := next(1)
	if r == 0 {
		return false
	}
	if strings.ContainsRune("-/._,:", r) {
		_, digit := digitOf(next(2))
		return digit || protected(next(2))
	}
	return joins(r) || protected(r)
}

// apart puts a blank between a link or mail address and a letter of a script without blanks that did not touch it in the source: whoever
// draws the line would make the letter part of the link.
func apart(seg Segment, got string) string {
	if !slices.ContainsFunc(seg.Spans, func(sp Span) bool { return sp.Kind.address() }) {
		return got
	}
	src, answer := []rune(seg.Text), []rune(got)
	var b strings.Builder
	for i, r := range answer {
		if !IsMark(r) || !seg.Kind(r).address() {
			b.WriteRune(r)
			continue
		}
		at := slices.Index(src, r)
		if i > 0 && wordRune(answer[i-1]) && (at == 0 || !wordRune(src[at-1])) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		if i+1 < len(answer) && wordRune(answer[i+1]) && (at+1 == len(src) || !wordRune(src[at+1])) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
