package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLetters is how much of a line is looked at: more would cost time and change nothing.
const MaxLetters = 200

// word is a run of letters of the line, in lower case.
type word struct {
	letters []rune
	// title: it began with a capital; caps: it was all capitals, of two letters or more.
	title, caps bool
	// known are the languages of which the lexicon has it.
	known languages
}

// text is what is left of a line when addresses, numbers, codes and everything that is no letter are gone.
type text struct {
	letters [MaxLetters]rune
	n       int
	words   []word
}

// read fills the text with the letters of a line.
func (t *text) read(line string) {
	for field := range strings.FieldsSeq(line) {
		if t.n == MaxLetters {
			return
		}
		if !isCode(field) {
			t.split(field)
		}
	}
}

// isCode tells whether a piece between spaces is an address, a mention, a number or a code.
func isCode(field string) bool {
	if field[0] == '#' || field[0] == '/' || strings.Contains(field, "://") || strings.HasPrefix(field, "www.") {
		return true
	}
	if strings.ContainsAny(field, "@_0123456789{}<>\\") {
		return true
	}
	field = strings.TrimRight(field, ".,;:!?)")
	dot := strings.LastIndexByte(field, '.')
	if dot <= 0 || dot == len(field)-1 || field[dot-1] == '.' {
		return false
	}
	switch field[dot+1:] {
	case "com", "net", "org", "eu", "io", "shop", "store", "es", "fr", "de", "uk", "pt", "pl", "nl", "ru", "ua", "br", "mx", "html", "php", "pdf", "jpg", "png":
		return true
	}
	return false
}

// split adds the words of a piece between spaces. One with a capital after a small letter is the name of some product and not added.
func (t *text) split(field string) {
	begin, upper, inner, before := t.n, 0, false, false
	first := true
	w := word{}
	end := func() {
		if n := t.n - begin; n > 0 {
			w.caps, w.letters = n > 1 && upper == n, squeeze(t.letters[begin:t.n])
			if !inner {
				t.words = append(t.words, w)
			}
		}
		begin, upper, inner, before, first, w = t.n, 0, false, false, true, word{}
	}
	for _, r := range field {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) {
			end()
			continue
		}
		capital := unicode.IsUpper(r)
		if capital {
			upper++
			w.title = w.title || first
			inner = inner || before
		}
		before, first = !capital, false
		if r = lower(r); r == utf8.RuneError || r == '\u0307' || t.n == MaxLetters {
			continue // the dot of a Turkish İ in two pieces
		}
		t.letters[t.n] = r
		t.n++
	}
	end()
}

func lower(r rune) rune {
	switch {
	case r == 'İ':
		return 'i'
	case r < 0x80 && 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < 0x80:
		return r
	}
	return unicode.ToLower(r)
}

// squeeze makes one letter of three or more that are the same: "holaaaa" is "hola".
func squeeze(letters []rune) []rune {
	out := letters[:0]
	for i := 0; i < len(letters); {
		j := i
		for j < len(letters) && letters[j] == letters[i] {
			j++
		}
		if n := j - i; n == 2 {
			out = append(out, letters[i])
		}
		out = append(out, letters[i])
		i = j
	}
	return out
}

// laughs tells whether a word is laughter, in any language: haha, jajaja, kkkk, хаха, rsrs.
func laughs(letters []rune) bool {
	if len(letters) < 2 {
		return false
	}
	switch string(letters[:2]) {
	case "ha", "ja", "he", "je", "hi", "ji", "ho", "ah", "aj", "eh", "rs", "kk", "xd", "ks", "ха", "хе", "хи", "ах":
	default:
		return false
	}
	for _, r := range letters[2:] {
		if r != letters[0] && r != letters[1] {
			return false
		}
	}
	return len(letters) >= 4 || len(letters) >= 3 && letters[2] == letters[0]
}
