package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// inGroups are the numbers that are written in groups, and of which no group must stay behind.
var inGroups = []matcher{{KindBank, matchIBAN}, {KindCard, matchCard}, {KindPhone, matchPhone}, {KindNumber, matchNumber}}

// spacedMost is how far spaced reads: an account number of the longest kind with a blank behind each character.
const spacedMost = 2 * ibanMost

// spaced takes numbers whose groups stand apart by more than a blank or hyphen of ASCII: by blanks and hyphens that do not break, by several, by a tab, or
// by characters without any width. Telephones and web pages write them so for copying, and what was copied must not leave the house either.
func spaced(s string, before rune) (n int, kind Kind) {
	first, _ := utf8.DecodeRuneInString(s)
	bank := len(s) > 3 && letter(s[0]) && letter(s[1]) && digit(s[2]) && digit(s[3])
	if _, ok := digitOf(first); !ok && !bank && first != '+' && first != '(' {
		return 0, ""
	}
	var ascii [spacedMost + utf8.UTFMax]byte
	var ends [len(ascii)]int // where the byte of ascii ends in s
	size, odd := 0, false
	for i, r := range s {
		plain, ok := plainly(r, bank)
		again := plain == ' ' && size > 0 && ascii[size-1] == ' '
		if odd = odd || ok && plain != r || again; again || ok && plain == 0 {
			continue
		}
		size += utf8.EncodeRune(ascii[size:], plain)
		ends[size-1] = i + utf8.RuneLen(r)
		if !ok || size >= spacedMost {
			break
		}
	}
	if !odd {
		return 0, ""
	}
	if n, kind = longest(inGroups, string(ascii[:size]), before); n == 0 {
		return 0, ""
	}
	n = ends[n-1]
	if kind == KindPhone && strings.ContainsAny(s[:n], "–—") {
		return 0, "" // 100–2000 is a range
	}
	return n, kind
}

// plainly reads a rune of a number as one of ASCII, or as nothing (0); ok is false for what no number has in it.
func plainly(r rune, letters bool) (plain rune, ok bool) {
	d, isDigit := digitOf(r)
	switch {
	case isDigit:
		return '0' + rune(d), true
	case r == '\t' || unicode.Is(unicode.Zs, r):
		return ' ', true
	case unicode.Is(unicode.Pd, r):
		return '-', true
	case unicode.Is(unicode.Cf, r):
		return 0, true
	case r < utf8.RuneSelf && letters && letter(byte(r)):
		return r, true
	}
	return r, strings.ContainsRune("+()./", r)
}
