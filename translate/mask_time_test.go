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
	for part, text := range hardToMask(DefaultTextLimit) {
		began := time.Now()
		mask(text)
		took := time.Since(began)
		t.Logf("%q: %v", part, took.Round(time.Microsecond))
		if took > 500*time.Millisecond {
			t.Errorf("%q repeated to %d characters takes %v", part, DefaultTextLimit, took)
		}
	}
}
