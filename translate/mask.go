package translate

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what a protected span is.
type Kind string

// The kinds of spans.
const (
	KindLink     Kind = "link"
	KindMail     Kind = "mail"
	KindPhone    Kind = "phone"
	KindCard     Kind = "card" // the number of a payment card
	KindBank     Kind = "bank" // the number of a bank account
	KindName     Kind = "name" // of the site's list
	KindTerm     Kind = "term" // of the site's glossary; what it is translated as takes its place
	KindSize     Kind = "size"
	KindCode     Kind = "code" // order and tracking numbers, article codes, code spans, template variables
	KindNumber   Kind = "number"
	KindPrice    Kind = "price"
	KindDate     Kind = "date"
	KindMention  Kind = "mention" // @name and #tag; order numbers like #4711 too
	KindEmoji    Kind = "emoji"
	KindMarkup   Kind = "markup"
	KindReserved Kind = "reserved" // characters that we use as marks ourselves
)

// NounLike tells that the span takes the place of a noun in its sentence; the others stand beside the sentence.
func (k Kind) NounLike() bool { return k != KindEmoji && k != KindMarkup && k != KindReserved }

// Personal tells that the span says who somebody is. It leaves the house only if the site says so (Line.SendPersonal).
func (k Kind) Personal() bool { return k == KindMail || k == KindPhone }

// address tells that what is read as part of the span ends only with a blank.
func (k Kind) address() bool { return k == KindLink || k == KindMail }

// Span is one protected place of a text: its mark, and what stood there.
type Span struct {
	Mark rune
	Kind Kind
}

// Marks are characters of Unicode's private use area: no language has them, no engine of ours gets to see them (each
// adapter replaces them by what its engine carries best), and one is one rune, so nothing can cut it in two.
const (
	markFirst = '\uE000'
	markLast  = '\uF8FF'
	// MaxMarks is how many spans one text may have.
	MaxMarks = markLast - markFirst + 1
)

// IsMark tells whether r is a mark.
func IsMark(r rune) bool { return r >= markFirst && r <= markLast }

// MarkNumber returns the place of a mark among the marks of its text, from 0.
func MarkNumber(r rune) int { return int(r - markFirst) }

// MarkOf returns the mark with the number n.
func MarkOf(n int) rune { return markFirst + rune(n) }

// masked is a text without what must survive, and what that was.
type masked struct {
	text  string
	spans []Span
	was   []string // was[i] stood where spans[i].Mark stands
	words bool     // there are letters left, so there is something to translate
	upper bool     // it begins with a capital letter
	told  *lexicon // the words that the engine is told, or nil
}

// rules say what is taken out of a text, beside what always is.
type rules struct {
	names []string // of the site's list
	// open leaves personal data in the text: engines see it, and it must come back as it was.
	open bool
	// terms are those of the glossary, whose forms take their places.
	terms []Term
}

// mask is rules.mask for who has no list of names.
func mask(s string) (m masked, ok bool) { return rules{}.mask(s) }

// mask takes out everything that must arrive letter by letter. ok is false if there are more spans than marks.
func (r rules) mask(s string) (m masked, ok bool) {
	var b strings.Builder
	names := r.places(s)
	m.upper = len(r.terms) > 0 && startsUpper(s)
	done := 0 // s[:done] stands in b
	for i := 0; i < len(s); {
		n, kind := entity(s, i)
		for len(names) > 0 && names[0].from < i {
			names = names[1:]
		}
		was := ""
		if len(names) > 0 && names[0].from == i && names[0].to-i >= n {
			n, kind = names[0].to-i, KindName
			if names[0].term {
				kind, was = KindTerm, names[0].form
			}
		}
		if r.open && kind.Personal() {
			i += n
			continue
		}
		if n == 0 {
			r, size := utf8.DecodeRuneInString(s[i:])
			m.words = m.words || unicode.IsLetter(r)
			i += size
			continue
		}
		if len(m.spans) == MaxMarks {
			return masked{}, false
		}
		if b.Cap() == 0 {
			b.Grow(len(s) + 8)
		}
		mark := MarkOf(len(m.spans))
		b.WriteString(s[done:i])
		b.WriteRune(mark)
		m.spans = append(m.spans, Span{Mark: mark, Kind: kind})
		m.was = append(m.was, cmp.Or(was, s[i:i+n]))
		i += n
		done = i
	}
	if len(m.spans) == 0 {
		m.text = s
		return m, true
	}
	b.WriteString(s[done:])
	m.text = b.String()
	return m, true
}

// unmask puts everything back. Which marks there are has been verified before.
func (m masked) unmask(s string) string {
	if len(m.spans) == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16*len(m.spans))
	for i, r := range s {
		if n := MarkNumber(r); IsMark(r) && n < len(m.was) {
			was := m.was[n]
			if m.spans[n].Kind == KindTerm && m.upper && beginsSentence(s, i) {
				was = raised(was)
			}
			b.WriteString(was)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// kinds is the part of the cache's key that tells two masked texts apart which look the same but would be carried
// differently.
func (m masked) kinds() string {
	if len(m.spans) == 0 {
		return ""
	}
	b := make([]byte, len(m.spans))
	for i, sp := range m.spans {
		switch {
		case sp.Kind.address():
			b[i] = 'a'
		case sp.Kind.NounLike():
			b[i] = 'n'
		default:
			b[i] = 'l'
		}
	}
	return string(b)
}
