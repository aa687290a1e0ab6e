package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A matcher returns how many bytes at the beginning of s are one entity; 0 if none. before is the rune that stands
// in front, or 0. Matchers are ordered: of two equally long matches the first one names the kind.
type matcher struct {
	kind  Kind
	match func(s string, before rune) int
}

// inWord matchers begin only where a word may begin; the others anywhere. The switch in entity decides by the first
// byte which of them are worth asking, because nearly every place of a line is inside a plain word.
var (
	byLetterOrDigit = []matcher{
		{KindLink, matchLink}, {KindMail, matchMail}, {KindBank, matchIBAN}, {KindCard, matchCard}, {KindPrice, matchPrice}, {KindPhone, matchPhone},
		{KindSize, matchSize}, {KindDate, matchDate}, {KindNumber, matchNumber}, {KindCode, matchParcel}, {KindCode, matchCode},
	}
	byPunctuation = []matcher{
		{KindEmoji, matchEmoji}, {KindCode, matchFence}, {KindCode, matchBraces}, {KindMention, matchMention}, {KindPrice, matchPrice},
		{KindPhone, matchPhone}, {KindCode, matchVerb}, {KindMarkup, matchTag}, {KindMarkup, matchCharacter}, {KindEmoji, matchShortcode}, {KindEmoji, matchEmoticon},
	}
	byOther = []matcher{{KindReserved, matchReserved}, {KindPrice, matchPrice}, {KindEmoji, matchEmoji}, {KindMail, matchMail}}
)

// entity looks for something to protect that begins at s[i], and returns its length and kind. The longest match wins.
func entity(s string, i int) (n int, kind Kind) {
	before := rune(0)
	if i > 0 {
		before, _ = utf8.DecodeLastRuneInString(s[:i])
	}
	var ms []matcher
	switch c := s[i]; {
	case c == ' ' || c == '\n' || c == '\t':
		return 0, ""
	case alnum(c):
		if joins(before) {
			return 0, ""
		}
		ms = byLetterOrDigit
	case c < utf8.RuneSelf:
		ms = byPunctuation
	default:
		if n, kind = foreignDigits(s[i:], before); n > 0 {
			break
		}
		ms = byOther
	}
	if n == 0 {
		n, kind = longest(ms, s[i:], before)
	}
	if l, k := spaced(s[i:], before); l > n {
		n, kind = l, k
	}
	if n == 0 && sizeLetter(s, i) > 0 {
		return 1, KindSize
	}
	if digit(s[i]) {
		// Keycaps such as 1️⃣ begin with a digit.
		if l := matchEmoji(s[i:], before); l > n {
			n, kind = l, KindEmoji
		}
	}
	return n, kind
}

func longest(ms []matcher, s string, before rune) (n int, kind Kind) {
	for _, m := range ms {
		if m.kind == KindNumber && (kind == KindCard || kind == KindBank || kind == KindPhone) {
			continue // it would take the digits behind as well
		}
		if l := m.match(s, before); l > n {
			n, kind = l, m.kind
		}
	}
	return n, kind
}

// foreignDigits reads what begins with a digit of another script (٤٨٢١٣) as if it were written in those of ASCII.
func foreignDigits(s string, before rune) (n int, kind Kind) {
	if r, _ := utf8.DecodeRuneInString(s); !foreignDigit(r) {
		return 0, ""
	}
	const most = 64 // bytes; no number is longer
	var ascii []byte
	var ends []int // where the byte of ascii before it ends in s
	for i, r := range s {
		if len(ascii) > most {
			break
		}
		switch d, ok := digitOf(r); {
		case ok:
			ascii = append(ascii, byte('0'+d))
		case r == '٫':
			ascii = append(ascii, '.')
		case r == '٬':
			ascii = append(ascii, ',')
		default:
			ascii = utf8.AppendRune(ascii, r)
		}
		for len(ends) < len(ascii) {
			ends = append(ends, i+utf8.RuneLen(r))
		}
	}
	if n, kind = longest(byLetterOrDigit, string(ascii), before); n == 0 {
		return 0, ""
	}
	return ends[n-1], kind
}

func foreignDigit(r rune) bool {
	_, ok := digitOf(r)
	return ok && r >= utf8.RuneSelf
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
func lower(c byte) bool { return c >= 'a' && c <= 'z' }
func upper(c byte) bool { return c >= 'A' && c <= 'Z' }
func alnum(c byte) bool { return digit(c) || lower(c) || upper(c) }

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// joins tells whether r makes one word with a letter or digit of ASCII beside it. Most scripts do not: Chinese has no blanks at all,
// Korean and Arabic put particles on a number, and the sign in nº12345 only counts as a letter.
func joins(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r >= 0 && alnum(byte(r))
	case r == 'º' || r == 'ª' || unicode.Is(unicode.Variation_Selector, r):
		return false
	case unicode.IsDigit(r):
		return true
	}
	return wordRune(r) && unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Georgian, unicode.Inherited)
}

// nameRune returns what a name that begins with s is made of: one in Latin letters ends where a script without blanks goes on.
func nameRune(s string) func(rune) bool {
	if r, _ := utf8.DecodeRuneInString(s); joins(r) {
		return joins
	}
	return wordRune
}

// endsWord tells whether s[n:] does not go on with the same word.
func endsWord(s string, n int) bool {
	r, _ := utf8.DecodeRuneInString(s[n:])
	return n >= len(s) || !joins(r)
}

// span counts the bytes at the beginning of s for which ok holds.
func span(s string, ok func(byte) bool) int {
	n := 0
	for n < len(s) && ok(s[n]) {
		n++
	}
	return n
}

// trimSentence shortens a match by the punctuation that belongs to the sentence around it: a link may hold brackets, but
// the one that closes "(see https://example.com)" is not its own.
func trimSentence(s string) int {
	n := len(s)
	for n > 0 {
		switch c := s[n-1]; c {
		case '.', ',', ';', ':', '!', '?', '\'', '"', '*', '_', '~':
		case ')', ']', '}':
			open := map[byte]string{')': "(", ']': "[", '}': "{"}[c]
			if strings.Count(s[:n], open) >= strings.Count(s[:n], string(c)) {
				return n
			}
		default:
			r, size := utf8.DecodeLastRuneInString(s[:n])
			if size > 1 && unicode.IsPunct(r) {
				n -= size
				continue
			}
			return n
		}
		n--
	}
	return n
}

// matchMention takes @name and #tag, which are order numbers as often as tags.
func matchMention(s string, before rune) int {
	if s[0] != '@' && s[0] != '#' || joins(before) || before == '&' {
		return 0
	}
	n, name := 1, nameRune(s[1:])
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !name(r) && r != '_' && r != '-' && r != '.' && r != '/' {
			break
		}
		n += size
	}
	n = 1 + trimSentence(s[1:n])
	for n > 1 && (s[n-1] == '-' || s[n-1] == '/') {
		n--
	}
	if n < 2 {
		return 0
	}
	return n
}

// matchFence takes code between back quotes: ```several lines``` or `one`.
func matchFence(s string, _ rune) int {
	if s[0] != '`' {
		return 0
	}
	if strings.HasPrefix(s, "```") {
		if end := strings.Index(s[3:], "```"); end > 0 {
			return end + 6
		}
		return 0
	}
	end := strings.IndexAny(s[1:], "`\n")
	if end < 1 || s[1+end] != '`' {
		return 0
	}
	return end + 2
}

// matchBraces takes template variables: {{name}}, {name}, ${name}, and [[name]].
func matchBraces(s string, _ rune) int {
	t := strings.TrimPrefix(s, "$")
	skipped := len(s) - len(t)
	var close string
	switch {
	case strings.HasPrefix(t, "{{"):
		close = "}}"
	case strings.HasPrefix(t, "{"):
		close = "}"
	case strings.HasPrefix(t, "[[") && skipped == 0:
		close = "]]"
	default:
		return 0
	}
	body := t[len(close):]
	end := strings.Index(body, close)
	if end < 1 || end > 64 {
		return 0
	}
	for _, c := range []byte(body[:end]) {
		if !alnum(c) && !strings.ContainsRune(" _.-|:", rune(c)) {
			return 0
		}
	}
	return skipped + 2*len(close) + end
}

// matchVerb takes places of format strings: %s, %1$s, %{name}, %(name)s. What follows a digit is a percentage.
func matchVerb(s string, before rune) int {
	if s[0] != '%' || joins(before) {
		return 0
	}
	for _, form := range [...][2]string{{"{", "}"}, {"(", ")s"}} {
		if rest, ok := strings.CutPrefix(s[1:], form[0]); ok {
			name := span(rest, func(c byte) bool { return alnum(c) || c == '_' })
			if name == 0 || !strings.HasPrefix(rest[name:], form[1]) {
				return 0
			}
			return 1 + len(form[0]) + name + len(form[1])
		}
	}
	n := 1
	if place := span(s[1:], digit); place > 0 && strings.HasPrefix(s[1+place:], "$") {
		n += place + 1
	}
	if n < len(s) && (s[n] == 's' || s[n] == 'd') && endsWord(s, n+1) {
		return n + 1
	}
	return 0
}

// matchTag takes a piece of HTML: <b>, </b>, <br/>, <a href="...">.
func matchTag(s string, _ rune) int {
	if s[0] != '<' || len(s) < 3 {
		return 0
	}
	i := 1
	if s[i] == '/' {
		i++
	}
	if !lower(s[i] | 0x20) {
		return 0
	}
	end := strings.IndexAny(s[i:], "<>\n")
	if end < 0 || s[i+end] != '>' || end > 500 {
		return 0
	}
	return i + end + 1
}

// matchCharacter takes a character reference of HTML (&amp;, &#39;): some engines resolve it, some escape it once more.
func matchCharacter(s string, _ rune) int {
	if s[0] != '&' || len(s) < 4 {
		return 0
	}
	n := 1
	if s[n] == '#' {
		n++
	}
	name := span(s[n:], alnum)
	if name < 2 || name > 10 || n+name >= len(s) || s[n+name] != ';' {
		return 0
	}
	return n + name + 1
}

// matchReserved takes characters that would be mistaken for our own marks.
func matchReserved(s string, _ rune) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !IsMark(r) {
			break
		}
		n += size
	}
	return n
}
