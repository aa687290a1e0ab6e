package translate

import (
	"slices"
	"strings"
	"unicode"
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

// apart puts a blank between a link or mail address and what would be read as part of it, but did not stand there in the source: a letter of a script
// without blanks, or a word behind a full stop, a comma or a slash that an engine has put there without one.
func apart(seg Segment, got string) string {
	if !slices.ContainsFunc(seg.Spans, func(sp Span) bool { return sp.Kind.address() }) {
		return got
	}
	src, answer := []rune(seg.Text), []rune(got)
	var b strings.Builder
	due := -1
	for i, r := range answer {
		if i == due {
			b.WriteByte(' ')
		}
		if !IsMark(r) || !seg.Kind(r).address() {
			b.WriteRune(r)
			continue
		}
		at := slices.Index(src, r)
		if i > 0 && i != due && wordRune(answer[i-1]) && (at == 0 || !wordRune(src[at-1])) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		if n := readsOn(answer[i+1:]); n >= 0 && (readsOn(src[at+1:]) < 0 || src[at+1] != answer[i+1]) {
			due = i + 1 + n
		}
	}
	return b.String()
}

// readsOn returns -1 if what stands behind a link or mail address ends it, and else how many runes behind it a blank would: behind the signs of a
// sentence, and before those that links are made of.
func readsOn(s []rune) int {
	blank := -1
	for i, r := range s {
		switch {
		case wordRune(r) && blank >= 0:
			return blank
		case wordRune(r):
			return i
		case unicode.IsSpace(r), IsMark(r), endsLink(r):
			return -1
		case blank < 0 && strings.ContainsRune("/-_#&=@%+~$", r):
			blank = 0
		}
	}
	return -1
}
