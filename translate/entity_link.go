package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// commonEndings are the top-level domains after which "shop.example" is a link although it has neither scheme nor path.
// Endings that are words somewhere (es, de, me, no, in) are not among them: people forget the space after a full stop.
const commonEndings = " com net org info biz shop store online app dev io eu uk co "

// How far matchers look for a reason to go on. Without a bound a text could make each of its places look to its end.
const (
	maxScheme = 32
	maxHost   = 320 // DNS allows 253, mail 320
)

// matchLink takes addresses with a scheme, www., and bare domains with a common ending or a path.
func matchLink(s string, _ rune) int {
	scheme := span(s[:min(len(s), maxScheme)], func(c byte) bool { return alnum(c) || c == '+' || c == '.' || c == '-' })
	rest := s[scheme:]
	switch name := strings.ToLower(s[:scheme]); {
	case strings.HasPrefix(rest, "://") && lower(s[0]|0x20):
		return toSpace(s, scheme+3)
	case (name == "mailto" || name == "tel") && strings.HasPrefix(rest, ":"):
		return toSpace(s, scheme+1)
	case strings.HasPrefix(name, "www."):
		return toSpace(s, 4)
	}
	return matchDomain(s)
}

// toSpace ends a link that has at least one more character than min.
func toSpace(s string, min int) int {
	n := strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || IsMark(r) || endsLink(r)
	})
	if n < 0 {
		n = len(s)
	}
	if n = trimSentence(s[:n]); n <= min {
		return 0
	}
	return n
}

// endsLink tells that a link does not go on with r: it stands around links in markup, or is punctuation of scripts without blanks, where the
// sentence goes on right behind it.
func endsLink(r rune) bool {
	return strings.ContainsRune("<>\"`，。、；：！？（）「」『』【】《》｡､", r)
}

func matchDomain(s string) int {
	host := span(s[:min(len(s), maxHost)], func(c byte) bool { return alnum(c) || c == '.' || c == '-' })
	name := strings.TrimRight(s[:host], ".-")
	dot := strings.LastIndexByte(name, '.')
	if dot < 1 || strings.Contains(name, "..") {
		return 0
	}
	ending := strings.ToLower(name[dot+1:])
	if len(ending) < 2 || span(ending, lower) != len(ending) {
		return 0
	}
	if n := len(name); n < len(s) && (s[n] == '/' || s[n] == '?' && n+1 < len(s) && alnum(s[n+1]) && strings.IndexByte(s[n:min(len(s), n+maxHost)], '=') > 0) {
		if n = toSpace(s, n); n >= len(name) {
			return n
		}
		return len(name)
	}
	if !strings.Contains(commonEndings, " "+ending+" ") || !endsWord(s, len(name)) {
		return 0
	}
	return len(name)
}

// matchMail takes a mail address, in the letters of any script that puts blanks between words.
func matchMail(s string, before rune) int {
	if joins(before) {
		return 0
	}
	at := 0
	for at < len(s) && at < maxHost && s[at] != '@' {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !joins(r) && (at == 0 || !strings.ContainsRune("._%+-", r)) && !(at == 1 && r == '\'' && s[0]|0x20 == 'o') {
			return 0
		}
		at += size
	}
	if at == 0 || at >= len(s) || s[at] != '@' {
		return 0
	}
	host, letter := 0, nameRune(s[at+1:])
	for host < len(s[at+1:]) && host < maxHost {
		r, size := utf8.DecodeRuneInString(s[at+1+host:])
		if !letter(r) && r != '.' && r != '-' {
			break
		}
		host += size
	}
	name := strings.TrimRight(s[at+1:at+1+host], ".-")
	if dot := strings.LastIndexByte(name, '.'); dot < 1 || len(name)-dot < 3 {
		return 0
	}
	return at + 1 + len(name)
}
