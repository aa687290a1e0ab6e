package translate

import (
	"slices"
	"strings"
)

// How many digits a telephone number has: 7 without an area code, 15 with the country's (E.164).
const (
	phoneLeast, phoneMost = 7, 15
)

// matchPhone takes +34 600 123 456, (0034) 600-123-456, 8 (800) 555-35-35, 06 12 34 56 78, 555-0142.
func matchPhone(s string, before rune) int {
	if joins(before) {
		return 0
	}
	n, sizes := dialled(s)
	digits := 0
	for _, size := range sizes {
		digits += size
	}
	if digits < phoneLeast || digits > phoneMost || !endsWord(s, n) || !looksDialled(s[:n], sizes, digits) {
		return 0
	}
	return n
}

// dialled reads digits in groups with what people put between them, and returns how many bytes and how long each group.
func dialled(s string) (end int, sizes []int) {
	var room [8]int
	sizes = room[:0]
	open := false
	for n := 0; n < len(s); {
		if run := span(s[n:], digit); run > 0 {
			if run == 1 && n > 0 && s[n-1] == ' ' && !open && len(sizes) > 1 {
				break // "call 600 123 456 2 times"
			}
			if len(sizes) == len(room) {
				return 0, nil // more groups than any number has
			}
			n += run
			end, sizes = n, append(sizes, run)
			continue
		}
		switch c := s[n]; {
		case c == '(' && !open:
			open = true
		case c == ')' && open:
			open = false
		case c == '+' && (n == 0 || n == 1 && s[0] == '('), c == ' ', c == '-', c == '.', c == '/' && len(sizes) == 1 && s[0] == '0':
		default:
			return end, sizes
		}
		// At most two signs between two digits, as in ") ".
		if n++; n-end > 2 {
			break
		}
	}
	return end, sizes
}

// looksDialled tells a telephone number from a date, a quantity or a range.
func looksDialled(s string, sizes []int, digits int) bool {
	groups := len(sizes)
	switch {
	case s[0] == '+' || s[0] == '(' || strings.Contains(s, "("):
		return true
	case groups == 3 && slices.Max(sizes) <= 4 && slices.Min(sizes) <= 2 && (digits == 6 || digits == 8):
		return false // 05-10-2026
	case s[0] == '0':
		return digits >= 8
	case groups == 2 && sizes[1] >= 6: // 333 1234567
		return digits >= 9
	case strings.Contains(s, "-") && slices.Equal(sizes[max(0, groups-2):], []int{3, 4}):
		return groups == 2 || groups == 3 && sizes[0] == 3 || groups == 4 && sizes[0] == 1
	}
	// 1 299 900 000 is a quantity.
	return digits >= 9 && groups >= 3 && slices.Max(sizes) <= 5 && (sizes[0] > 1 || slices.Contains(sizes[1:], 2))
}
