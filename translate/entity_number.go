package translate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// currencies are the ISO codes that people write beside an amount.
const currencies = " EUR USD GBP CHF BRL MXN ARS COP CLP PEN UYU JPY CNY INR CAD AUD NZD SEK NOK DKK PLN CZK HUF RON BGN TRY RUB UAH ILS AED SAR EGP MAD ZAR KRW THB SGD HKD "

// amount counts the bytes of a number with group and decimal signs: 1.299,90 or 1 299,90, with a blank of any kind.
func amount(s string) int {
	n := span(s, digit)
	if n == 0 {
		return 0
	}
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if r != '.' && r != ',' && r != '\'' && r != ' ' && r != '\u00a0' && r != '\u202f' {
			break
		}
		more := span(s[n+size:], digit)
		if more == 0 || r == ' ' && more != 3 {
			break
		}
		n += size + more
	}
	return n
}

// space counts one blank at the beginning of s.
func space(s string) int {
	for _, b := range []string{" ", "\u00a0", "\u202f"} {
		if strings.HasPrefix(s, b) {
			return len(b)
		}
	}
	return 0
}

// currency counts a currency sign or code at the beginning of s: €, $, R$, US$, EUR.
func currency(s string) int {
	letters := 0
	for letters < len(s) && letters < 4 && upper(s[letters]) {
		letters++
	}
	if r, size := utf8.DecodeRuneInString(s[letters:]); letters <= 2 && unicode.Is(unicode.Sc, r) {
		return letters + size
	}
	if letters == 3 && endsWord(s, 3) && strings.Contains(currencies, " "+s[:3]+" ") {
		return 3
	}
	return 0
}

// matchPrice takes an amount with its currency before or behind it.
func matchPrice(s string, before rune) int {
	if before == '\\' || joins(before) {
		return 0
	}
	if c := currency(s); c > 0 {
		gap := space(s[c:])
		if n := amount(s[c+gap:]); n > 0 {
			return c + gap + n
		}
		// EUR12 has no gap, and endsWord above does not see it as a code.
		return 0
	}
	if len(s) > 3 && upper(s[0]) && digit(s[3]) && strings.Contains(currencies, " "+s[:3]+" ") {
		return 3 + amount(s[3:])
	}
	n := amount(s)
	if n == 0 {
		return 0
	}
	gap := space(s[n:])
	if c := currency(s[n+gap:]); c > 0 {
		return n + gap + c
	}
	return 0
}

// groups counts digits that are joined by one of seps, and says how many digits and joints there are.
func groups(s, seps string) (n, digits, joints int) {
	for n < len(s) {
		d := span(s[n:], digit)
		if d == 0 {
			break
		}
		n += d
		digits += d
		if n+1 < len(s) && strings.IndexByte(seps, s[n]) >= 0 && digit(s[n+1]) {
			n++
			joints++
			continue
		}
		break
	}
	return n, digits, joints
}

// matchDate takes what is read as it stands: 22/11/2026, 2026-11-22, 10:30, 192.168.0.1. A number with one point or comma stays
// in the text: it is counted with, and other languages write it differently.
func matchDate(s string, _ rune) int {
	n, _, joints := groups(s, "/.-:")
	if n == 0 || !endsWord(s, n) {
		return 0
	}
	if joints >= 2 || strings.ContainsAny(s[:n], ":/") {
		return n
	}
	return 0
}

// longNumber is from how many digits on a number is a name and not a quantity.
const longNumber = 5

// matchNumber takes telephone, card and tracking numbers: a plus with digits, many digits in groups, or a long run.
func matchNumber(s string, before rune) int {
	if s[0] == '+' || s[0] == '(' {
		return matchPhone(s, before)
	}
	if run := span(s, digit); run >= longNumber && endsWord(s, run) {
		if n, _, joints := groups(s, " -"); joints > 0 && endsWord(s, n) {
			return n
		}
		return run
	}
	n, digits, joints := groups(s, " -.")
	if joints >= 2 && digits >= 9 && endsWord(s, n) {
		return n
	}
	return 0
}

// matchPhone takes +34 600 123 456 and (0034) 600-123-456.
func matchPhone(s string, before rune) int {
	if joins(before) {
		return 0
	}
	n, last, digits := 0, 0, 0
	for ; n < len(s); n++ {
		switch c := s[n]; {
		case digit(c):
			digits++
			last = n + 1
			continue
		case c == '+' && n == 0, c == '(', c == ')', c == ' ', c == '-', c == '.':
			// At most two signs between two digits, as in ") ".
			if n-last < 2 {
				continue
			}
		}
		break
	}
	if digits < 7 || digits > 20 || !endsWord(s, last) {
		return 0
	}
	return last
}

// matchCode takes words that mix letters and digits: DE-2291-X, 1Z999AA10123456784, SKU_77, ABC-12/3. Quantities with a short
// unit (3kg, 10am, 2nd) are words of their language and stay.
func matchCode(s string, _ rune) int {
	n, digits, letters, joints := 0, 0, 0, 0
	for n < len(s) && (n < maxHost || digits > 0 && letters > 0) {
		c := s[n]
		switch {
		case digit(c):
			digits++
		case lower(c), upper(c):
			letters++
		case strings.IndexByte("-_/.", c) >= 0 && n+1 < len(s) && alnum(s[n+1]):
			joints++
		default:
			goto end
		}
		n++
	}
end:
	if digits == 0 || letters == 0 || !endsWord(s, n) {
		return 0
	}
	d := span(s, digit)
	if unit := s[d:n]; d > 0 && joints == 0 && len(unit) <= 3 && span(unit, lower) == len(unit) && (d < 4 || endings[unit]) {
		return 0
	}
	return n
}

// endings make words of numbers of any length: the 1920s, the 1000th.
var endings = map[string]bool{"s": true, "th": true, "st": true, "nd": true, "rd": true}
