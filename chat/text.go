package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CleanText brings a text into the form in which it is stored: NFC, line ends as \n, no control characters
// but newline and tab, no unpaired bidirectional overrides (U+202A to U+202E, which could make
// "exe.gpj" look like "jpg.exe"). Leading and trailing white space goes. What a person typed is otherwise left alone.
func CleanText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case r < 0x20 || r >= 0x7f && r <= 0x9f:
			return -1
		case r >= 0x202a && r <= 0x202e:
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	// NFC comes after the cleaning: a control character may have stood between two marks that change places.
	return strings.TrimFunc(norm.NFC.String(s), unicode.IsSpace)
}

// CheckText cleans a text and holds it against the limit, which counts code points after NFC.
func CheckText(s string, limit int) (string, error) {
	s = CleanText(s)
	if s == "" {
		return "", Errorf(Empty, "There is nothing to send: write something first.")
	}
	if limit > 0 && utf8.RuneCountInString(s) > limit {
		return "", Errorf(TooLong, "At most %d characters.", limit)
	}
	return s, nil
}

// CleanName is CleanText for names: one line, at most MaxName code points.
func CleanName(s string) string {
	s = strings.Join(strings.Fields(CleanText(s)), " ")
	if utf8.RuneCountInString(s) > MaxName {
		s = string([]rune(s)[:MaxName])
	}
	return s
}
