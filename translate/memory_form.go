package translate

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// form is a text as the memory compares it. Two texts with the same key say the same, but for the values.
type form struct {
	// key is the text without case, outer blanks and final punctuation, with one rune for each value that says of what kind it is.
	key    string
	end    rune // how the text ends: '.', '!', '?', or 0
	values []value
}

// value is a thing of a text that may be another one in the next text: an order number, a price, a quantity.
type value struct {
	text string
	kind rune // as it stands in the key
	mark rune // 0 for a quantity
}

// quantity tells whether the value is a number that stays in the text; the words around it may depend on it.
func (v value) quantity() bool { return v.kind == keyQuantity }

// The runes that stand for values in keys: of the private use area, as marks are.
const (
	keyQuantity = '\uF000'
	keyKinds    = '\uF001'
)

// valueKinds are the kinds of spans; any other is the one after the last.
var valueKinds = []Kind{
	KindLink, KindMail, KindPhone, KindCard, KindBank, KindSize, KindCode, KindNumber, KindPrice, KindDate, KindMention, KindEmoji, KindMarkup, KindReserved,
}

func keyRune(k Kind) rune {
	at := slices.Index(valueKinds, k)
	if at < 0 {
		at = len(valueKinds)
	}
	return keyKinds + rune(at)
}

// formOf returns the form of a masked text.
func formOf(m masked) form {
	var f form
	var b strings.Builder
	b.Grow(len(m.text))
	blank := false // one is due before the next rune
	put := func(r rune) {
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	for i := 0; i < len(m.text); {
		r, size := utf8.DecodeRuneInString(m.text[i:])
		switch {
		case IsMark(r):
			n := MarkNumber(r)
			kind := keyRune(m.spans[n].Kind)
			put(kind)
			f.values = append(f.values, value{text: m.was[n], kind: kind, mark: r})
		case unicode.IsDigit(r):
			size = number(m.text[i:])
			put(keyQuantity)
			f.values = append(f.values, value{text: m.text[i : i+size], kind: keyQuantity})
		case r == '\n':
			blank = false
			b.WriteByte('\n')
		case unicode.IsSpace(r):
			blank = b.Len() > 0
		case r == '¿' || r == '¡': // half of those who write Spanish leave them out
		default:
			put(folded(r))
		}
		i += size
	}
	f.key = b.String()
	f.key, f.end = ended(f.key)
	return f
}

// byDefault is a masked text as it is for who has no list of names and keeps everything personal: entries are held against lines by rules that
// do not change with a site's settings.
func (m masked) byDefault(text string, set *chat.Translating) masked {
	named := slices.ContainsFunc(m.spans, func(sp Span) bool { return sp.Kind == KindName })
	if !named && !set.SendPersonal {
		return m
	}
	if plain, ok := mask(text); ok {
		return plain
	}
	return m
}

// folded is a rune without case, and an apostrophe as keyboards have it.
func folded(r rune) rune {
	switch r {
	case 'ς':
		return 'σ'
	case '’', 'ʼ':
		return '\''
	}
	return unicode.ToLower(r)
}

// number counts the bytes of a number at the beginning of s, with the signs that join its digits.
func number(s string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !unicode.IsDigit(r) {
			next, _ := utf8.DecodeRuneInString(s[n+size:])
			if r != '.' && r != ',' && r != '\'' && r != '٫' && r != '٬' || !unicode.IsDigit(next) {
				break
			}
		}
		n += size
	}
	return n
}

// ended cuts the final punctuation off, and says of which kind it is: a question, an exclamation, or a plain end.
func ended(s string) (string, rune) {
	var end rune
	for {
		s = strings.TrimRightFunc(s, unicode.IsSpace)
		r, size := utf8.DecodeLastRuneInString(s)
		kind := endOf(r)
		if kind == 0 || len(s) == size {
			return s, end
		}
		if end != '?' && (end != '!' || kind == '?') {
			end = kind
		}
		s = s[:len(s)-size]
	}
}

func endOf(r rune) rune {
	switch r {
	case '?', '？', '؟', '՞', '⁇', '⁈':
		return '?'
	case '!', '！', '՜', '‼':
		return '!'
	case '.', '…', '。', '｡', '।', '۔':
		return '.'
	}
	return 0
}

// exchangeable tells whether a quantity may take the place of another one between these languages: both are digits and nothing else, for 1.250 is one and
// a quarter in English and a thousand in German, and both want the same form of the words around them. English has one day and two days, Russian has three forms.
func exchangeable(a, b string, from, to language.Tag) bool {
	m, ok := plainNumber(a)
	n, too := plainNumber(b)
	return ok && too && pluralOf(m, from) == pluralOf(n, from) && pluralOf(m, to) == pluralOf(n, to)
}

// plainNumber reads one that is digits and nothing else.
func plainNumber(s string) (int, bool) {
	digits, size := digitRun(s)
	n, err := strconv.Atoi(digits)
	return n, err == nil && size == len(s)
}

func pluralOf(n int, t language.Tag) plural.Form {
	return plural.Cardinal.MatchPlural(t, n%10_000_000, 0, 0, 0, 0)
}
