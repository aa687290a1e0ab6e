package translate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// verify holds an engine's answer against its source, both with marks. It returns nil, or an *Error of kind BadOutput
// that says what is wrong. It is strict on purpose: a wrong alarm costs a translation, a missed one an order.
func verify(seg Segment, got string, from, to language.Tag) error {
	src := seg.Text
	for _, c := range []struct {
		rule  string
		check func(src, got string) string
	}{
		{"marks", checkMarks}, {"text", checkText}, {"residue", checkResidue}, {"preamble", checkPreamble}, {"loop", checkLoop}, {"bidi", checkBidi}, {"invented", checkInvented},
	} {
		if why := c.check(src, got); why != "" {
			return broken(c.rule, why)
		}
	}
	if why := checkGlue(seg, got); why != "" {
		return broken("glue", why)
	}
	if why := checkScript(got, to); why != "" {
		return broken("script", why)
	}
	cjk := writesCJK(from) || writesCJK(to)
	if why := checkLength(src, got, cjk); why != "" {
		return broken("length", why)
	}
	if !(cjk && (myriads(src) || myriads(got))) && !sameNumbers(src, got, from, to) {
		return broken("numbers", "has other digits than the source")
	}
	if why := checkMinus(src, got); why != "" {
		return broken("numbers", why)
	}
	if why := checkAmounts(src, got); why != "" {
		return broken("numbers", why)
	}
	if why := checkTerms(seg, got); why != "" {
		return broken("glossary", why)
	}
	return nil
}

// broken is the error for an answer that breaks a rule.
func broken(rule, why string) error {
	return &Error{Kind: BadOutput, Text: "the answer " + why, Rule: rule}
}

// checkMarks wants every mark of the source exactly once, in any order, and no other.
func checkMarks(src, got string) string {
	seen := map[rune]bool{}
	n := 0
	for _, r := range src {
		if IsMark(r) {
			n++
		}
	}
	for _, r := range got {
		if !IsMark(r) {
			continue
		}
		if n == 0 || seen[r] || !strings.ContainsRune(src, r) {
			return "doubles or invents something that was protected"
		}
		seen[r] = true
	}
	if len(seen) != n {
		return "lost something that was protected"
	}
	return ""
}

func checkText(src, got string) string {
	switch {
	case !utf8.ValidString(got):
		return "is not valid UTF-8"
	case strings.TrimSpace(got) == "":
		return "is empty"
	case letters(got) == 0:
		// A key-protected LibreTranslate answers a stranger with one random emoji, and calls that success.
		return "has no letters"
	case letters(src) > 20 && sameWords(src, got):
		return "is the source again"
	}
	for _, r := range got {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e {
			return "has control characters"
		}
	}
	return ""
}

// sameWords compares two texts but for blanks.
func sameWords(a, b string) bool {
	return a == b || slices.Equal(strings.Fields(a), strings.Fields(b))
}

// residues are pieces of carriers and of formats that engines leave behind. None of them is damage if it stood in
// the source already.
var residues = []string{
	"&#39;", "&quot;", "&amp;", "&lt;", "&gt;", "&nbsp;", "<x", "</", "XPH", "⟦", "⟧", `\<`, `\/`, "[{", `{"`, "translatedText",
	"://", "www.", "\uFFFD",
}

func checkResidue(src, got string) string {
	for _, r := range residues {
		if strings.Contains(got, r) && !strings.Contains(src, r) {
			return "has residue of its transport, or a link that was not in the source"
		}
	}
	return ""
}

// checkLoop finds an engine that got stuck: four words in a row that come four times or more, or eight characters where no blanks are.
func checkLoop(src, got string) string {
	if n := repeats(got); n >= 4 && n > repeats(src) {
		return "says the same again and again"
	}
	if n := stutters(got); n >= 4 && n > stutters(src) {
		return "says the same again and again"
	}
	return ""
}

// stutters counts how often the most frequent eight characters in a row come in the longest piece without blanks.
func stutters(s string) int {
	longest := ""
	for word := range strings.FieldsSeq(s) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	const length = 8
	runes := []rune(longest)
	if len(runes) < 4*length {
		return 0
	}
	most, seen := 0, map[[length]rune]int{}
	for i := 0; i+length <= len(runes); i++ {
		k := [length]rune(runes[i : i+length])
		seen[k]++
		most = max(most, seen[k])
	}
	return most
}

func repeats(s string) int {
	words := strings.Fields(s)
	if len(words) < 10 {
		return 0
	}
	most, seen := 0, map[[4]string]int{}
	for i := 0; i+4 <= len(words); i++ {
		k := [4]string(words[i : i+4])
		seen[k]++
		most = max(most, seen[k])
	}
	return most
}

// checkLength wants a plausible length. Short lines may grow a lot ("ok" > "de acuerdo").
func checkLength(src, got string, cjk bool) string {
	s, g := utf8.RuneCountInString(src), utf8.RuneCountInString(got)
	least, most := 0.4, 2.5
	if cjk {
		least, most = 0.15, 4
	}
	switch {
	case s <= 20:
		least, most = 0, 4
		s += 5
	case s <= 40 && !cjk:
		least = 0.3 // "Qu'est-ce que je fais maintenant ?" > "Què faig ara?"
	}
	if float64(g) < least*float64(s) || float64(g) > most*float64(s) {
		return "has not a plausible length"
	}
	return ""
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func writesCJK(t language.Tag) bool {
	switch s, _ := t.Script(); s.String() {
	case "Hans", "Hant", "Hani", "Jpan", "Kore":
		return true
	}
	return false
}
