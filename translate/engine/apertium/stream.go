package apertium

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"dragoman/translate"
)

// special are the characters that mean something in Apertium's stream format.
const special = `[]{}^$/\@<>`

// encode writes a segment in the stream format, between two sentinels that carry number: what comes back between them
// belongs to this line and no other. Marks that stand for nouns travel as \<x0\/\>, a word that no dictionary knows and
// that keeps the grammar around it; the others as a blank, which no stage looks into. So do ~, which Apertium swallows, and *,
// which it uses itself.
func encode(seg translate.Segment, number uint64) string {
	var b strings.Builder
	b.Grow(len(seg.Text) + len(seg.Text)/4 + 48)
	b.WriteString(opening(number))
	for i, r := range seg.Text {
		switch {
		case translate.IsMark(r):
			n := strconv.Itoa(translate.MarkNumber(r))
			if seg.Kind(r).NounLike() {
				b.WriteString(`\<x` + n + `\/\>`)
			} else {
				b.WriteString(`[\{` + n + `\}]`)
			}
		case r == '~' || r == '*':
			b.WriteString(`[` + string(r) + `]`)
		case r == '\n' || r == '\t':
			b.WriteString(`[` + string(r) + `]`)
		case r == '<' && i+1 < len(seg.Text) && seg.Text[i+1]|0x20 == 'x':
			b.WriteString(`[\<]`) // or somebody could write a carrier himself
		case r < utf8.RuneSelf && strings.IndexByte(special, byte(r)) >= 0:
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	// The taggers decide at the end of a sentence, so there is always one; decode takes it away.
	b.WriteString(ending + closing(number))
	return b.String()
}

const ending = ".[]"

func opening(number uint64) string { return "[S" + strconv.FormatUint(number, 10) + "]" }
func closing(number uint64) string { return "[E" + strconv.FormatUint(number, 10) + "]" }

// decode reads what came back for the line with this number. ok is false if it is not that line's.
func decode(s string, number uint64) (text string, ok bool) {
	if s, ok = strings.CutPrefix(s, opening(number)); !ok {
		return "", false
	}
	if s, ok = strings.CutSuffix(s, closing(number)); !ok {
		return "", false
	}
	s = strings.TrimSuffix(s, "[]")
	s = strings.TrimSuffix(s, ".")
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		switch n, mark := carrier(s[i:]); {
		case n > 0:
			b.WriteRune(mark)
			i += n
		case s[i] == '\\' && i+1 < len(s):
			_, size := utf8.DecodeRuneInString(s[i+1:])
			b.WriteString(s[i+1 : i+1+size])
			i += 1 + size
		case s[i] == '[' || s[i] == ']':
			i++ // the frame of a blank; what is in it is text
		case s[i] == '*' && !strings.HasSuffix(s[:i], "[") || s[i] == '@':
			i++ // Apertium's own mark on a word that it does not know: ours are in a blank, or escaped
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String(), true
}

// carrier reads one of the forms in which encode wrote marks. Apertium may have made the x great at the beginning of a sentence.
func carrier(s string) (n int, mark rune) {
	if s[0] != '\\' && s[0] != '[' {
		return 0, 0
	}
	for _, form := range [...][2]string{{`\<x`, `\/\>`}, {`\<X`, `\/\>`}, {`[\{`, `\}]`}} {
		rest, ok := strings.CutPrefix(s, form[0])
		if !ok {
			continue
		}
		digits := 0
		for digits < len(rest) && digits < 5 && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if digits == 0 || !strings.HasPrefix(rest[digits:], form[1]) {
			continue
		}
		number, _ := strconv.Atoi(rest[:digits])
		if number >= translate.MaxMarks {
			return 0, 0
		}
		return len(form[0]) + digits + len(form[1]), translate.MarkOf(number)
	}
	return 0, 0
}
