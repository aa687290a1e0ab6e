package engine

import "testing"

// TestQuotes: a server's sentence that repeats a piece of a line is not shown, however short the words are and wherever it was cut; one that only has some
// words of the language in it is.
func TestQuotes(t *testing.T) {
	for _, c := range []struct {
		sentence, text string
		want           bool
	}{
		{"Invalid text: my cat ate it", "my cat ate it", true},
		{"Bad input 'I am at 12 Elm St, NY'", "I am at 12 Elm St, NY", true},
		{"bad: 12, Elm  st", "12 Elm St", true},
		{"Bad input 'Nebuchadn...'", "ask for Nebuchadnezzar", true},
		{"无效文本：我的订单什么时候", "我的订单什么时候发货请告诉我", true},
		{"ข้อความไม่ถูกต้อง: ฉันอยู่ที่บ้าน", "ฉันอยู่ที่บ้านเลขที่สิบสอง", true},
		{"Value for 'target_lang' not supported.", "is it in the box?", false},
		{"The text is too long.", "ok", false}, {"Too many requests", "I am at 12 Elm St, NY", false}, {"", "my cat ate it", false}, {"quota exceeded", "", false},
	} {
		if got := quotes(c.sentence, []string{"", c.text}); got != c.want {
			t.Errorf("%q for %q: %t", c.sentence, c.text, got)
		}
	}
}
