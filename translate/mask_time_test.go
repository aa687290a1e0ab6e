package translate

import (
	"strings"
	"testing"
	"time"
)

// hardToMask makes matchers look far ahead at every place, for nothing.
func hardToMask(n int) map[string]string {
	all := map[string]string{}
	for _, part := range []string{"a.", "a-", "a@", "1 ", "1-", "1.", "+1", "(1", "`a", "```", "{{a", "<a ", "<a", "&a", ":a", "://", "a://", "www.", "€", "A€", "@a", "#", "😀a", "é.", "\ue000a", ")(", "a.b/", "a.com", "1a.", "a_", "a?="} {
		all[part] = strings.Repeat(part, n/len([]rune(part)))
	}
	return all
}

// TestMaskTime: no text that passes the limit keeps the processor busy. The bound is far above what is needed (a millisecond) and
// far below what a square in the length of the text would take.
func TestMaskTime(t *testing.T) {
	const most = 500 * time.Millisecond
	for part, text := range hardToMask(DefaultTextLimit) {
		// The best of a few: a busy machine may take the processor away in the middle of one.
		took := time.Hour
		for n := 0; n < 5 && took > most; n++ {
			began := time.Now()
			mask(text)
			took = min(took, time.Since(began))
		}
		t.Logf("%q: %v", part, took.Round(time.Microsecond))
		if took > most {
			t.Errorf("%q repeated to %d characters takes %v", part, DefaultTextLimit, took)
		}
	}
}
