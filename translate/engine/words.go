package engine

import (
	"regexp"
	"strconv"
	"strings"

	"dragoman/translate"
)

// words carries marks through engines that take plain text: as made-up words like XPH0X, which neural engines take for names. Of the
// carriers that were tried on real engines none but XML came through more often.
type words struct {
	before, after string // around the mark's number
	find          *regexp.Regexp
}

var wordStems = []words{wordOf("XPH", "X"), wordOf("XQK", "X"), wordOf("XVJ", "X")}

func wordOf(before, after string) words {
	return words{before, after, regexp.MustCompile(`(?i)` + before + ` ?(\d{1,4}) ?` + after)}
}

// wordsFor chooses words that text has not got itself.
func wordsFor(text string) words { return choose(wordStems, text) }

func choose(all []words, text string) words {
	upper := strings.ToUpper(text)
	for _, w := range all {
		if !strings.Contains(upper, w.before) {
			return w
		}
	}
	return all[0]
}

func (w words) wrap(s string) string {
	var b strings.Builder
	for _, r := range s {
		if translate.IsMark(r) {
			b.WriteString(w.before + strconv.Itoa(translate.MarkNumber(r)) + w.after)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unwrap puts marks where words stand; case and blanks inside are forgiven. Whether they are the right ones is the pipeline's to
// verify.
func (w words) unwrap(s string) string {
	return w.find.ReplaceAllStringFunc(s, func(word string) string {
		n, err := strconv.Atoi(w.find.FindStringSubmatch(word)[1])
		if err != nil || n >= translate.MaxMarks {
			return word
		}
		return string(translate.MarkOf(n))
	})
}
