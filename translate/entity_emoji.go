package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pictures are the blocks in which emoji and pictographs stand.
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x2190, Hi: 0x21ff, Stride: 1}, {Lo: 0x2300, Hi: 0x23ff, Stride: 1}, {Lo: 0x2460, Hi: 0x27bf, Stride: 1},
		{Lo: 0x2900, Hi: 0x297f, Stride: 1}, {Lo: 0x2b00, Hi: 0x2bff, Stride: 1}, {Lo: 0x3297, Hi: 0x3299, Stride: 2},
	},
	R32: []unicode.Range32{{Lo: 0x1f000, Hi: 0x1faff, Stride: 1}, {Lo: 0xe0020, Hi: 0xe007f, Stride: 1}},
}

const (
	joiner    = 0x200d // between the people of a family
	asPicture = 0xfe0f
	keycap    = 0x20e3
)

// matchEmoji takes a run of emoji as one: an engine may neither cut a family in two nor move a heart away from its flame.
func matchEmoji(s string, _ rune) int {
	if digit(s[0]) || s[0] == '#' || s[0] == '*' {
		return matchKeycap(s)
	}
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !unicode.Is(pictures, r) && (n == 0 || r != joiner && r != asPicture && r != keycap) {
			break
		}
		n += size
	}
	return n
}

func matchKeycap(s string) int {
	rest := strings.TrimPrefix(s[1:], string(rune(asPicture)))
	if !strings.HasPrefix(rest, string(rune(keycap))) {
		return 0
	}
	return len(s) - len(rest) + len(string(rune(keycap)))
}

// matchShortcode takes :smile:.
func matchShortcode(s string, before rune) int {
	if s[0] != ':' || wordRune(before) {
		return 0
	}
	n := 1 + span(s[1:], func(c byte) bool { return lower(c) || digit(c) || c == '_' || c == '+' || c == '-' })
	if n < 3 || n >= len(s) || s[n] != ':' || n+1 < len(s) && digit(s[n+1]) {
		return 0
	}
	return n + 1
}

const emoticons = " :) :-) :( :-( ;) ;-) :D :-D :P :-P :p :/ :-/ :| :'( :'-( <3 </3 ^^ ^_^ -_- =) "

// matchEmoticon takes a face of punctuation that stands by itself.
func matchEmoticon(s string, before rune) int {
	if before != 0 && !unicode.IsSpace(before) && !unicode.IsPunct(before) {
		return 0
	}
	near := s[:min(len(s), 5)] // no face is longer than four
	n := strings.IndexAny(near, " \t\n")
	if n < 0 {
		n = len(near)
	}
	if n > 4 || !strings.Contains(emoticons, " "+s[:n]+" ") {
		return 0
	}
	return n
}
