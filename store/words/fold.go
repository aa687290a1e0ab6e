package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class says what a folded rune is for a text that is being cut.
type class uint8

const (
	space    class = iota // ends a word, and what is joined
	between               // ends a word: signs, emoji
	ignored               // is as if it were not there
	letter                //
	digit                 //
	dense                 // of a script that writes without spaces
	trailing              // a mark, which belongs to the letter before it
)

// classOf returns the class of a rune that is folded.
func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case r >= 'a' && r <= 'z':
			return letter
		case r >= '0' && r <= '9':
			return digit
		case r == ' ' || r >= '\t' && r <= '\r':
			return space
		}
		return between
	case isIgnored(r):
		return ignored
	case isDense(r):
		return dense
	case unicode.IsLetter(r):
		return letter
	case unicode.IsMark(r):
		return trailing
	case unicode.IsSpace(r):
		return space
	}
	return between
}

// isIgnored tells of what nobody types who looks for a word: marks of direction, joiners, where a line may break (the soft hyphen, and what parts words in Thai and Khmer), the Arabic and Hebrew signs for short vowels, and
// accents that no letter has taken in.
func isIgnored(r rune) bool {
	switch {
	case r >= 0x0300 && r <= 0x036F, // accents
		r == 0x00AD, r == 0x034F, r == 0x061C, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2069, r == 0xFEFF,
		r >= 0xFE00 && r <= 0xFE0F, // which look of a sign
		r >= 0x0591 && r <= 0x05BD, r == 0x05BF, r >= 0x05C1 && r <= 0x05C2, r >= 0x05C4 && r <= 0x05C5, r == 0x05C7,
		r >= 0x0610 && r <= 0x061A, r == 0x0640, r >= 0x064B && r <= 0x065F, r == 0x0670, r >= 0x06D6 && r <= 0x06DC, r >= 0x06DF && r <= 0x06E4,
		r >= 0x06E7 && r <= 0x06E8, r >= 0x06EA && r <= 0x06ED:
		return true
	}
	return false
}

// isDense tells of letters, and marks that are as good as letters, of scripts whose words do not stand between spaces.
func isDense(r rune) bool {
	switch {
	case r < 0x0E01:
		return false
	case r <= 0x0EFF: // Thai, Lao
		return r != 0x0E3F && r != 0x0E4F && r != 0x0E5A && r != 0x0E5B
	case r >= 0x1000 && r <= 0x109F: // Burmese
		return r != 0x104A && r != 0x104B
	case r >= 0x1100 && r <= 0x11FF, r >= 0xAC00 && r <= 0xD7FB: // Korean
		return true
	case r >= 0x1780 && r <= 0x17D3: // Khmer
		return true
	case r >= 0x3005 && r <= 0x3007, r >= 0x3041 && r <= 0x309A, r >= 0x309D && r <= 0x309F, r >= 0x30A1 && r <= 0x30FA, r >= 0x30FC && r <= 0x30FF,
		r >= 0x3105 && r <= 0x312F, r >= 0x31F0 && r <= 0x31FF: // kana, bopomofo
		return true
	case r >= 0x3400 && r <= 0x4DBF, r >= 0x4E00 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF, r >= 0x20000 && r <= 0x3FFFF: // Chinese characters
		return true
	}
	return false
}

// zeros are the noughts of digits that people type; nine more follow each.
var zeros = [...]rune{0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0}

// fold returns what a rune of a text in NFKC is compared as, and a second rune where there are two, else 0. It knows no language: what one of them takes
// for two letters (Turkish i and ı, Swedish a and å) another does not, and who looks for one is shown the other as well.
func fold(r rune) (first, second rune) {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r, 0
	case r < 0x0530 || r >= 0x1E00 && r < 0x2000:
		return foldEuropean(unicode.ToLower(r))
	case r >= 0x0620 && r < 0x0780:
		return foldArabic(r), 0
	case r >= 0x30A1 && r <= 0x30F6: // katakana as hiragana
		return r - 0x60, 0
	}
	for _, zero := range zeros {
		if r >= zero && r < zero+10 {
			return '0' + r - zero, 0
		}
	}
	return unicode.ToLower(r), 0
}

// foldEuropean takes Latin and Greek letters without their accents, and letters that have none but look as if as what people without them type.
func foldEuropean(r rune) (first, second rune) {
	switch r {
	case 'ß':
		return 's', 's'
	case 'æ':
		return 'a', 'e'
	case 'œ':
		return 'o', 'e'
	case 'þ':
		return 't', 'h'
	case 'ø':
		return 'o', 0
	case 'đ', 'ð':
		return 'd', 0
	case 'ł':
		return 'l', 0
	case 'ħ':
		return 'h', 0
	case 'ŧ':
		return 't', 0
	case 'ı':
		return 'i', 0
	case 'ς':
		return 'σ', 0
	case 'ё':
		return 'е', 0
	}
	if r >= 0x0400 && r < 0x0530 {
		return r, 0 // й is no и
	}
	var buf [utf8.UTFMax]byte
	if d := norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).Decomposition(); d != nil {
		r, _ = utf8.DecodeRune(d)
	}
	return r, 0
}

// foldArabic makes one of the forms of a letter that people type for each other.
func foldArabic(r rune) rune {
	switch r {
	case 'آ', 'أ', 'إ', 'ٱ':
		return 'ا'
	case 'ى', 'ی', 'ئ':
		return 'ي'
	case 'ؤ':
		return 'و'
	case 'ة', 'ۀ', 'ە', 'ہ', 'ۂ', 'ۃ', 'ھ':
		return 'ه'
	case 'ک':
		return 'ك'
	}
	if r >= 0x0660 && r <= 0x0669 {
		return '0' + r - 0x0660
	}
	if r >= 0x06F0 && r <= 0x06F9 {
		return '0' + r - 0x06F0
	}
	return r
}
