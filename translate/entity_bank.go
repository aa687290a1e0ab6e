package translate

import "strings"

// Bank numbers have 15 to 34 characters and two check digits (ISO 13616), card numbers 13 to 19 digits and one (ISO/IEC 7812). Checks keep
// order numbers from being taken for them; what fails one is still masked as a number.
const (
	ibanLeast, ibanMost = 15, 34
	cardLeast, cardMost = 13, 19
)

// matchIBAN takes an account number, in one piece or in groups, in letters of either case.
func matchIBAN(s string, _ rune) int {
	if len(s) < ibanLeast || !letter(s[0]) || !letter(s[1]) || !digit(s[2]) || !digit(s[3]) {
		return 0
	}
	best, chars, digits := 0, 0, 0
	var b [ibanMost]byte
	for n := 0; n < len(s) && chars < ibanMost; {
		if !alnum(s[n]) {
			break
		}
		b[chars] = s[n] &^ 0x20
		if digit(s[n]) {
			b[chars] = s[n]
			digits++
		}
		chars++
		n++
		if chars >= ibanLeast && 2*digits >= chars && endsWord(s, n) && remainder97(b[:chars]) == 1 {
			best = n
		}
		n += gap(s[n:], " -")
	}
	return best
}

func letter(c byte) bool { return lower(c) || upper(c) }

// remainder97 moves the country and its check digits to the end and reads letters as 10 to 35.
func remainder97(iban []byte) int {
	sum := 0
	for i := range iban {
		c := iban[(i+4)%len(iban)]
		if digit(c) {
			sum = (sum*10 + int(c-'0')) % 97
			continue
		}
		sum = (sum*100 + int(c-'A') + 10) % 97
	}
	return sum
}

// matchCard takes the number of a payment card, in one piece or in groups.
func matchCard(s string, _ rune) int {
	best, digits, sum, other := 0, 0, 0, 0
	for n := 0; n < len(s) && digit(s[n]) && digits < cardMost; {
		// Luhn doubles every second digit from the end; which these are shows only there, so both sums are kept.
		d := int(s[n] - '0')
		sum, other = other+d, sum+doubled(d)
		digits++
		n++
		if digits >= cardLeast && sum%10 == 0 && sum > 0 && (n == len(s) || !digit(s[n])) && endsWord(s, n) {
			best = n
		}
		n += gap(s[n:], " -")
	}
	return best
}

func doubled(d int) int {
	if d > 4 {
		return 2*d - 9
	}
	return 2 * d
}

// gap counts one separator between two letters or digits of ASCII.
func gap(s, seps string) int {
	if len(s) > 1 && strings.IndexByte(seps, s[0]) >= 0 && alnum(s[1]) {
		return 1
	}
	return 0
}
