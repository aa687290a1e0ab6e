package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean brings a text into the form that every later step and every engine may rely on: valid UTF-8, NFC, no NUL, no control
// characters but newline and tab, no bidirectional overrides. Bad bytes vanish: a single one kills a child process.
func clean(s string) string {
	if plain(s) {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e:
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// plain tells that clean would change nothing; most lines are printable ASCII.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// step counts the bytes of the first rune of s.
func step(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}

// outer cuts s into the white space before, the words, and the white space after.
func outer(s string) (before, words, after string) {
	words = strings.TrimLeftFunc(s, unicode.IsSpace)
	before = s[:len(s)-len(words)]
	words = strings.TrimRightFunc(words, unicode.IsSpace)
	return before, words, s[len(before)+len(words):]
}
