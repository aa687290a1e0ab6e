package translate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// entry is an entry of a memory, ready to be used: its target in parts, so that other values can be put in.
type entry struct {
	chat.MemoryEntry
	form
	parts []part
	// alike are places of values that have the same text: which of them stands where in the target nobody knows, so what takes their place must be
	// the same text as well.
	alike [][]int
	// fixed means that the quantities of the target are not those of the source, letter by letter: "two" for 2, 1,5 for 1.5. Then the entry serves
	// these quantities and no others.
	fixed    bool
	question bool
	shape    shape // of the key
}

// part is a piece of a target: a text, or the value with this place in the source.
type part struct {
	text  string
	value int // less than 0: text
}

var (
	errNothingSaid = chat.Errorf(chat.BadRequest, "There is nothing to remember: the text has no words.").Because(chat.Refused{Reason: chat.RefusedNoWords})
	errOtherValues = chat.Errorf(chat.BadRequest, "The translation has not the numbers, codes, prices and links of its source, each once and letter by letter, so it is not remembered.").
			Because(chat.Refused{Reason: chat.RefusedValues})
)

// entryOf prepares an entry. An error says why it cannot be one.
func entryOf(e chat.MemoryEntry) (*entry, error) {
	source, ok := mask(clean(e.Source))
	target, too := mask(clean(e.Target))
	if !ok || !too || !source.words {
		return nil, errNothingSaid
	}
	c := &entry{MemoryEntry: e, form: formOf(source)}
	if c.key == "" {
		return nil, errNothingSaid
	}
	c.split(target)
	if !c.whole() {
		return nil, errOtherValues
	}
	c.question = c.end == '?' || endOfText(e.Target) == '?'
	c.shape = shapeOf(c.key)
	c.Key = c.key
	if c.end == '?' {
		c.Key += "?"
	}
	return c, nil
}

// split makes parts of a target.
func (e *entry) split(target masked) {
	begin, taken := 0, make([]bool, len(e.values))
	put := func(end int, was string, isQuantity bool) {
		if begin < end {
			e.parts = append(e.parts, part{text: target.text[begin:end], value: -1})
		}
		same := func(v value) bool { return v.text == was && v.quantity() == isQuantity }
		at := slices.IndexFunc(e.values, same)
		for i, v := range e.values {
			if same(v) && !taken[i] {
				at, taken[i] = i, true
				break
			}
		}
		if at < 0 {
			e.parts = append(e.parts, part{text: was, value: -1})
			return
		}
		e.parts = append(e.parts, part{value: at})
	}
	for i := 0; i < len(target.text); {
		r, size := utf8.DecodeRuneInString(target.text[i:])
		switch {
		case IsMark(r):
			put(i, target.was[MarkNumber(r)], false)
			begin = i + size
		case unicode.IsDigit(r):
			size = number(target.text[i:])
			put(i, target.text[i:i+size], true)
			begin = i + size
		}
		i += size
	}
	if begin < len(target.text) {
		e.parts = append(e.parts, part{text: target.text[begin:], value: -1})
	}
}

// whole tells whether the target has each value of the source that is protected as often as the source has it, and finds out the rest about
// the values.
func (e *entry) whole() bool {
	used := make([]int, len(e.values))
	for _, p := range e.parts {
		if p.value >= 0 {
			used[p.value]++
		} else if strings.IndexFunc(p.text, unicode.IsDigit) >= 0 {
			e.fixed = true // a number of the target's own may be one of the source in another form
		}
	}
	for i, v := range e.values {
		var same []int
		for j, o := range e.values {
			if o.text == v.text && o.quantity() == v.quantity() {
				same = append(same, j)
			}
		}
		if same[0] != i {
			continue // counted with the first of them
		}
		if len(same) > 1 {
			e.alike = append(e.alike, same)
		}
		total := 0
		for _, j := range same {
			total += used[j]
		}
		if total != len(same) {
			if !v.quantity() {
				return false
			}
			e.fixed = true
		}
	}
	return true
}

// serves tells whether the entry can be used for a text with the same key.
func (e *entry) serves(f form) bool {
	switch f.end {
	case '?':
		if !e.question {
			return false
		}
	case '.', '!':
		if e.question {
			return false
		}
	}
	return e.fits(f.values)
}

// fits tells whether these values can take the places of the entry's own.
func (e *entry) fits(values []value) bool {
	if len(values) != len(e.values) {
		return false
	}
	for i, v := range values {
		if v.kind != e.values[i].kind {
			return false
		}
		if was := e.values[i].text; v.quantity() && was != v.text {
			if e.fixed || !exchangeable(was, v.text, e.From, e.To) {
				return false
			}
		}
	}
	for _, same := range e.alike {
		for _, i := range same[1:] {
			if values[i].text != values[same[0]].text {
				return false
			}
		}
	}
	return true
}

// fill returns the target with other values, marked where those are protected.
func (e *entry) fill(values []value) string {
	var b strings.Builder
	for _, p := range e.parts {
		switch {
		case p.value < 0:
			b.WriteString(p.text)
		case values[p.value].quantity():
			b.WriteString(values[p.value].text)
		default:
			b.WriteRune(values[p.value].mark)
		}
	}
	return b.String()
}

// answer returns the target for a masked text with the same key, held against it as an engine's answer is: with its values, ending as it ends, and
// beginning with a capital letter where it does and the entry's source does not. A capital letter of the target stays: nobody minds one at the
// beginning of a line, and it may be a name.
func (e *entry) answer(m masked, f form) (string, bool) {
	text := m.text
	target := endedLike(e.fill(f.values), e.end, f.end, e.To)
	if startsUpper(text) && !startsUpper(e.Source) && len(e.parts) > 0 && e.parts[0].value < 0 {
		target = raised(target)
	}
	seg := Segment{Text: text, Spans: m.spans}
	if checkMarks(text, target) != "" || checkGlue(seg, target) != "" {
		return "", false
	}
	before, _, after := outer(text)
	return before + m.unmask(strings.TrimSpace(apart(seg, target))) + after, true
}

// endOfText is how a text ends.
func endOfText(s string) rune {
	_, end := ended(s)
	return end
}

// endedLike lets a target end as the new text does, if it ended as the text did for which it was written. Languages that mark the beginning as well
// (¡Hola!) are left alone, and so is a question whose mark somebody did not type.
func endedLike(target string, was, now rune, to language.Tag) string {
	if was == now || was == '?' || now == '?' || strings.ContainsAny(target, "¡¿") || endOfText(target) != was {
		return target
	}
	base, _ := to.Base()
	if b := base.String(); now == '!' && (b == "es" || b == "gl" || b == "ast") {
		return target
	}
	before, words, after := outer(target)
	words, _ = ended(words)
	return before + words + endMark(now, to) + after
}

func endMark(end rune, to language.Tag) string {
	if end == 0 {
		return ""
	}
	if writesCJK(to) {
		if s, _ := to.Script(); s.String() != "Kore" {
			return map[rune]string{'.': "。", '!': "！"}[end]
		}
	}
	return string(end)
}

// startsUpper tells whether the first letter of s is a capital one.
func startsUpper(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return unicode.IsUpper(r)
		}
	}
	return false
}

// raised begins s with a capital letter.
func raised(s string) string {
	for i, r := range s {
		if unicode.IsLetter(r) {
			return s[:i] + string(unicode.ToUpper(r)) + s[i+utf8.RuneLen(r):]
		}
	}
	return s
}
