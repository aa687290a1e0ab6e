package translate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// writtenWhole is from how many digits without a sign between them on a number may be an order's: it arrives in these digits and no others.
const writtenWhole = 4

// sameNumbers compares the numbers of two texts. How digits are grouped and what stands before the decimals is the language's matter, and
// a single digit may have become a word, or a word a digit, if the other side has such a word; everything else is another number.
func sameNumbers(src, got string, from, to language.Tag) bool {
	a, b := readNumbers(src, decimalSign(from)), readNumbers(got, 0)
	for _, n := range b.exact {
		if i := slices.Index(a.exact, n); i >= 0 {
			a.exact = slices.Delete(a.exact, i, i+1)
		}
	}
	spelled := func(d int, lost bool) bool {
		if lost {
			return spells(got, to, d)
		}
		return spells(src, from, d)
	}
	return len(a.exact) == 0 && (a.grouped.same(b.grouped, spelled) || a.runs.same(b.runs, spelled))
}

// numbers are those of a text, read in two ways: 1 299 may be one number or two.
type numbers struct {
	grouped, runs figures
	exact         []string // runs of at least writtenWhole digits, as they were written
}

// figures holds numbers of two or more digits in order of size, and how often each digit stands alone.
type figures struct {
	long   []string
	single [10]int
}

func (f *figures) add(digits string) {
	if len(digits) == 1 {
		f.single[digits[0]-'0']++
		return
	}
	f.long = append(f.long, digits)
}

// same compares two readings; spelled tells whether a digit that only one side has stands as a word on the other.
func (f figures) same(g figures, spelled func(d int, lost bool) bool) bool {
	slices.Sort(f.long)
	slices.Sort(g.long)
	if !slices.Equal(f.long, g.long) {
		return false
	}
	lost, won := false, false
	for d := range f.single {
		lost = lost || f.single[d] > g.single[d]
		won = won || f.single[d] < g.single[d]
		if f.single[d] != g.single[d] && !spelled(d, f.single[d] > g.single[d]) {
			return false
		}
	}
	return !lost || !won
}

// readNumbers reads those of s, in which decimal never stands between groups; 0 if that is not known.
func readNumbers(s string, decimal rune) (n numbers) {
	group := ""
	for s != "" {
		run, size := digitRun(s)
		if run == "" {
			_, size = utf8.DecodeRuneInString(s)
			s = s[size:]
			continue
		}
		rest := s[size:]
		if month(rest) && len(run) <= 2 {
			s = rest // its name in other languages
			continue
		}
		n.runs.add(run)
		if len(run) >= writtenWhole {
			n.exact = append(n.exact, s[:size])
		}
		group += run
		sign := groupSign(rest, decimal)
		if next, _ := digitRun(rest[sign:]); sign == 0 || len(next) != 3 {
			n.grouped.add(group)
			group, sign = "", 0
		}
		s = rest[sign:]
	}
	return n
}

// digitRun reads the digits at the beginning of s as those of ASCII, and tells how many bytes they are.
func digitRun(s string) (digits string, size int) {
	var b []byte
	for _, r := range s {
		d, ok := digitOf(r)
		if !ok {
			break
		}
		b = append(b, byte('0'+d))
		size += utf8.RuneLen(r)
	}
	return string(b), size
}

// decimalSign is what stands before decimals where everybody writes the same; 0 where people differ, such as in Spanish. 1.250 is one and a quarter in
// English, and no engine may make 1250 of it.
func decimalSign(in language.Tag) rune {
	base, _ := in.Base()
	region, _ := in.Region()
	switch base.String() {
	case "en":
		return '.'
	case "de", "fr", "it", "nl", "pt", "pl", "cs", "sk", "ru", "uk", "da", "nb", "no", "sv", "fi":
		if region.String() != "CH" {
			return ','
		}
	}
	return 0
}

// groupSign counts the sign between groups of three digits at the beginning of s.
func groupSign(s string, decimal rune) int {
	switch r, size := utf8.DecodeRuneInString(s); r {
	case decimal:
		return 0
	case '.', ',', '\'', '’', ' ', '\u00a0', '\u202f', '٬', '٫':
		return size
	}
	return 0
}

// digitOf reads the decimal digits of the scripts that engines write numbers in.
func digitOf(r rune) (int, bool) {
	for _, zero := range [...]rune{'0', 0x0660, 0x06f0, 0x0966, 0x09e6, 0xff10} {
		if r >= zero && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}

func month(s string) bool { return strings.HasPrefix(s, "月") || strings.HasPrefix(s, "월") }

// myriads tells whether s counts in ten thousands (1万), which changes all digits on the way to other languages.
func myriads(s string) bool {
	before := rune(0)
	for _, r := range s {
		if _, ok := digitOf(before); ok && strings.ContainsRune("百千万萬億亿백천만억", r) {
			return true
		}
		before = r
	}
	return false
}
