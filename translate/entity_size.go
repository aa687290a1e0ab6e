package translate

import (
	"strings"
	"unicode/utf8"
)

// matchSize takes XL and 3XS, EU 42, and measures such as 10x20x5 cm.
func matchSize(s string, _ rune) int {
	n := span(s, digit)
	if n <= 2 {
		if letters := span(s[n:], func(c byte) bool { return c == 'X' }); letters > 0 && letters <= 4 {
			end := n + letters
			if end < len(s) && (s[end] == 'S' || s[end] == 'L') && endsWord(s, end+1) {
				return end + 1
			}
		}
	}
	if n > 0 {
		return measures(s)
	}
	for _, system := range [...]string{"EU", "UK", "US"} {
		if rest, ok := strings.CutPrefix(s, system); ok {
			blank := space(rest)
			number := decimal(rest[blank:])
			if end := 2 + blank + number; number > 0 && span(rest[blank:], digit) <= 2 && endsWord(s, end) && (end == len(s) || s[end] != '.' && s[end] != ',' || end+1 == len(s) || !digit(s[end+1])) {
				return end
			}
		}
	}
	return 0
}

// decimal counts a number with at most one sign in it.
func decimal(s string) int {
	n := span(s, digit)
	if n > 0 && n+1 < len(s) && (s[n] == '.' || s[n] == ',') && digit(s[n+1]) {
		n += 1 + span(s[n+1:], digit)
	}
	return n
}

// measures counts two numbers or more with a sign of multiplication between them, and their unit.
func measures(s string) int {
	n, factors := decimal(s), 1
	for {
		at := n + space(s[n:])
		r, size := utf8.DecodeRuneInString(s[at:])
		if r != 'x' && r != 'X' && r != '×' {
			break
		}
		at += size
		at += space(s[at:])
		next := decimal(s[at:])
		if next == 0 {
			break
		}
		n = at + next
		factors++
	}
	if factors < 2 {
		return 0
	}
	at := n + space(s[n:])
	for _, unit := range [...]string{"cm", "mm", "m", "in", `"`} {
		if strings.HasPrefix(s[at:], unit) && endsWord(s, at+len(unit)) {
			return at + len(unit)
		}
	}
	if !endsWord(s, n) {
		return 0
	}
	return n
}

// sizeWords stand before a size of one letter.
var sizeWords = [...]string{
	"size", "talla", "tallas", "tamanho", "tam", "taille", "taglia", "größe", "gr", "maat", "storlek", "størrelse", "rozmiar", "размер", "размера",
	"مقاس", "サイズ", "尺码", "사이즈",
}

// sizeLetter takes S, M or L at s[i] behind a word for size; by itself it may be anything.
func sizeLetter(s string, i int) int {
	if c := s[i]; c != 'S' && c != 'M' && c != 'L' || !endsWord(s, i+1) {
		return 0
	}
	front := strings.TrimRight(s[:i], " :.")
	const longest = 24 // bytes
	cut := max(0, len(front)-longest)
	for cut < len(front) && !utf8.RuneStart(front[cut]) {
		cut++
	}
	tail := strings.ToLower(front[cut:])
	for _, word := range sizeWords {
		if rest, ok := strings.CutSuffix(tail, word); ok {
			if before, _ := utf8.DecodeLastRuneInString(rest); rest == "" || !joins(before) {
				return 1
			}
		}
	}
	return 0
}
