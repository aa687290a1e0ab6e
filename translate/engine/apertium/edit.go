package apertium

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/translate"
)

// edit repairs what Apertium is known to get wrong and what can be put right without understanding the sentence: blanks,
// the great letter at the beginning, the opening signs of Spanish questions and exclamations, and "please".
func edit(src translate.Segment, got, from, to string) string {
	got = blanks(src.Text, got, from, to)
	if from == "en" && to == "es" {
		got = please(src.Text, got)
	}
	switch to {
	case "es", "gl", "ast":
		got = openSigns(got, src)
	default:
		// Into other languages the signs of a Spanish source come through.
		got = strings.NewReplacer("¿", "", "¡", "").Replace(got)
	}
	return great(src.Text, got)
}

var (
	manyBlanks  = regexp.MustCompile(`  +`)
	blankBefore = regexp.MustCompile(` +([,;.!?)\]])`)
)

// blanks takes away doubled blanks, and those before a comma or full stop, where the source has none. The French write one before
// a question mark; nobody else does.
func blanks(src, got, from, to string) string {
	got = strings.Trim(got, " ")
	if !strings.Contains(src, "  ") {
		got = manyBlanks.ReplaceAllString(got, " ")
	}
	if from == "fr" && to != "fr" || !blankBefore.MatchString(src) {
		got = blankBefore.ReplaceAllString(got, "$1")
	}
	return got
}

var (
	aPlease  = regexp.MustCompile(`(?i)\bplease\b`)
	toPlease = regexp.MustCompile(`(?i)\b(to|will|would|must|can|you|we|they|i) please\b`)
	complace = regexp.MustCompile(`(?i)\bcomplacer\b`)
)

// please puts right that eng-spa reads a "please" at the edge of a sentence as the verb: every second line of a support chat
// would end in "complacer". Where the source may mean the verb, nothing is changed.
func please(src, got string) string {
	n := len(aPlease.FindAllString(src, -1))
	if n == 0 || toPlease.MatchString(src) || len(complace.FindAllString(got, -1)) > n {
		return got
	}
	for {
		at := complace.FindStringIndex(got)
		if at == nil {
			return got
		}
		word := "por favor"
		if begins := strings.TrimRight(got[:at[0]], " ¿¡"); begins == "" || strings.ContainsRune(".!?\n", rune(begins[len(begins)-1])) {
			word = "Por favor"
		}
		got = got[:at[0]] + word + got[at[1]:]
	}
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
func openSigns(s string, src translate.Segment) string {
	var b strings.Builder
	for s != "" {
		n := sentence(s)
		b.WriteString(openSign(s[:n], src))
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

func openSign(s string, src translate.Segment) string {
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
	at := strings.IndexFunc(s, func(r rune) bool {
		// Emoji and markup in front of a sentence are not part of it.
		return unicode.IsLetter(r) || unicode.IsDigit(r) || translate.IsMark(r) && src.Kind(r).NounLike()
	})
	if at < 0 {
		return s
	}
	if greeting := greetings.FindString(s[at:]); greeting != "" && sign == "¿" {
		at += len(greeting)
	}
	return s[:at] + sign + s[at:]
}

var greetings = regexp.MustCompile(`(?i)^(hola|saludos?|buenos días|buenas tardes|buenas noches|gracias|vale|perdón|disculpe),? +`)

func letterCount(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
