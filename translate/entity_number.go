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

// abbreviations stand behind an amount and are the same in all languages, or worse in every other.
var abbreviations = [...]string{"руб.", "руб", "р.", "грн", "kr", "zł", "Kč", "Ft", "TL", "ر.س", "د.إ", "ج.م", "د.م", "د.ك", "円", "元", "원"}

// unit counts what may stand behind an amount: a currency, or its national abbreviation.
func unit(s string) int {
	if c := currency(s); c > 0 {
		return c
	}
	for _, a := range abbreviations {
		if strings.HasPrefix(s, a) && (endsWord(s, len(a)) || strings.HasSuffix(a, ".")) {
			return len(a)
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
			return c + gap + n + dash(s[c+gap+n:])
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
	n += dash(s[n:])
	gap := space(s[n:])
	c := unit(s[n+gap:])
	if c == 0 {
		return 0
	}
	n += gap + c
	if cents := span(s[n:], digit); gap == 0 && cents == 2 && endsWord(s, n+cents) {
		return n + cents // 12€50
	}
	return n
}

// dash counts the dash that stands for no cents: 20,- €.
func dash(s string) int {
	for _, d := range [...]string{",-", ",–", ",—", ".-", ".–"} {
		if strings.HasPrefix(s, d) && !strings.HasPrefix(s[len(d):], "-") {
			return len(d)
		}
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

// matchDate takes what is read as it stands: 22/11/2026, 2026-11-22, 10:30, 18h30, 192.168.0.1. A number with one point or comma stays
// in the text: it is counted with, and other languages write it differently.
func matchDate(s string, _ rune) int {
	if h := span(s, digit); h > 0 && h <= 2 && strings.HasPrefix(s[h:], "h") {
		n := h + 1
		if minutes := span(s[n:], digit); minutes == 2 {
			n += minutes
		}
		if endsWord(s, n) {
			return n
		}
	}
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

// matchNumber takes tracking and other long numbers: many digits in groups, or a long run.
func matchNumber(s string, _ rune) int {
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

// matchParcel takes the numbers of the world's posts (UPU S10) in groups: RR 473 124 829 FR.
func matchParcel(s string, _ rune) int {
	if len(s) < 13 || !upper(s[0]) || !upper(s[1]) {
		return 0
	}
	n, digits := 2, 0
	for n < len(s) && digits < 9 {
		n += space(s[n:])
		run := span(s[n:], digit)
		if run == 0 {
			return 0
		}
		n += run
		digits += run
	}
	n += space(s[n:])
	if digits != 9 || len(s) < n+2 || !upper(s[n]) || !upper(s[n+1]) || !endsWord(s, n+2) {
		return 0
	}
	return n + 2
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
