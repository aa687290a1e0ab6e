package translate

import (
	"strings"
	"testing"
)

// TestSpacedNumbers: what must not leave the house does not, whatever stands between its groups, and arrives as it was written.
func TestSpacedNumbers(t *testing.T) {
	for _, gap := range []string{"\u00a0", "\u202f", "\u2009", "\u2007", "\u3000", "\u2011", "\u2010", "  ", "\t", " \u00a0", "\u200b", "\u00ad", "\u2060"} {
		for number, kind := range map[string]Kind{
			"4111 1111 1111 1111": KindCard, "3782 822463 10005": KindCard, "DE89 3704 0044 0532 0130 00": KindBank, "es91 2100 0418 4502 0005 1332": KindBank,
			"+34 600 123 456": KindPhone, "06 12 34 56 78": KindPhone, "(555) 123 4567": KindPhone, "٤١١١ ١١١١ ١١١١ ١١١١": KindCard, "+٣٤ 600 123 456": KindPhone,
			"4111 1111 1111 1112": KindNumber,
		} {
			number = strings.ReplaceAll(number, " ", gap)
			m, ok := mask("It is " + number + ", thanks")
			if !ok || readable(m.text) != "It is {0}, thanks" || m.was[0] != number || m.spans[0].Kind != kind {
				t.Errorf("%q: %s, %v", number, readable(m.text), m.spans)
			}
		}
	}
	for _, s := range []string{"4111–1111–1111–1111", "DE89—3704—0044—0532—0130—00"} {
		if m, _ := mask("It is " + s); readable(m.text) != "It is {0}" {
			t.Errorf("%q: %s", s, readable(m.text))
		}
	}
	for _, s := range []string{"from 100–2000 of them", "in 2019\u00a0and 2020", "1\u00a0299 of them", "12\u00a0or\u00a015", "2  or  3", "10–20 days"} {
		if m, _ := mask(s); m.text != s {
			t.Errorf("%q: %s", s, readable(m.text))
		}
	}
}
