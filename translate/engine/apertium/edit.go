package apertium

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/translate"
)

// edit repairs what Apertium is known to get wrong and what can be put right without understanding the sentence: blanks,
// the great letter at the beginning, and the opening signs of Spanish questions and exclamations.
func edit(src, got, to string) string {
	got = blanks(src, got)
	if to == "es" {
		got = openSigns(got)
	}
	return great(src, got)
}

var (
	manyBlanks  = regexp.MustCompile(`  +`)
	blankBefore = regexp.MustCompile(` +([,;.!?)\]])`)
)

// blanks takes away doubled blanks, and those before a comma or full stop, where the source has none.
func blanks(src, got string) string {
	got = strings.Trim(got, " ")
	if !strings.Contains(src, "  ") {
		got = manyBlanks.ReplaceAllString(got, " ")
	}
	if !blankBefore.MatchString(src) {
		got = blankBefore.ReplaceAllString(got, "$1")
	}
	return got
}

// great begins with a great letter if the source does.
func great(src, got string) string {
	s, sized := utf8.DecodeRuneInString(src)
	g, size := utf8.DecodeRuneInString(strings.TrimLeft(got, "¿¡"))
	if sized == 0 || size == 0 || !unicode.IsUpper(s) || !unicode.IsLower(g) {
		return got
	}
	at := len(got) - len(strings.TrimLeft(got, "¿¡"))
	return got[:at] + string(unicode.ToUpper(g)) + got[at+size:]
}

// openSigns puts ¿ and ¡ before each question and exclamation that has none. It begins where the sentence does: after the
// last sentence's end, or after a greeting with its comma ("Hola, ¿dónde está?").
func openSigns(s string) string {
	var b strings.Builder
	for s != "" {
		n := sentence(s)
		b.WriteString(openSign(s[:n]))
		s = s[n:]
	}
	return b.String()
}

// sentence counts the bytes to the end of the first sentence, its signs and closing blanks included.
func sentence(s string) int {
	for i, r := range s {
		if !strings.ContainsRune(".!?\n", r) {
			continue
		}
		end := i + 1
		for end < len(s) && strings.IndexByte(".!?", s[end]) >= 0 {
			end++
		}
		if end == len(s) || s[end] == ' ' || s[end] == '\n' || r == '\n' {
			for end < len(s) && s[end] == ' ' {
				end++
			}
			return end
		}
	}
	return len(s)
}

func openSign(s string) string {
	body := strings.TrimRight(s, " ")
	sign := "¿"
	switch {
	case strings.HasSuffix(body, "?"):
	case strings.HasSuffix(body, "!"):
		sign = "¡"
	default:
		return s
	}
	if strings.Contains(s, sign) || letterCount(body) == 0 {
		return s
	}
	at := strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || translate.IsMark(r) })
	if at < 0 {
		return s
	}
	if greeting := greetings.FindString(s[at:]); greeting != "" && sign == "¿" {
		at += len(greeting)
	}
	return s[:at] + sign + s[at:]
}

var greetings = regexp.MustCompile(`(?i)^(hola|buenos días|buenas tardes|buenas noches|gracias|vale|perdón|disculpe),? +`)

func letterCount(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
