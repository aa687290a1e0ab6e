package main

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

func one(got string, refs ...string) []pair { return []pair{{got, refs}} }

// readme are the lines of sacreBLEU's README and of its tests (mjpost/sacrebleu, test/test_bleu.py), which have two references each.
var readme = []pair{
	{"The dog bit the man.", []string{"The dog bit the man.", "The dog had bit the man."}},
	{"It wasn't surprising.", []string{"It was not unexpected.", "No one was surprised."}},
	{"The man had just bitten him.", []string{"The man bit him first.", "The man had bitten the dog."}},
}

func TestBLEU(t *testing.T) {
	for name, c := range map[string]struct {
		pairs []pair
		want  float64
	}{
		"sacreBLEU's README":      {readme, 48.530827},
		"nothing":                 {[]pair{{"", []string{"a b"}}}, 0},
		"alike":                   {one("this is a test", "this is a test"), 100},
		"one word wrong, by hand": {one("a b c d e f", "a b c d e x"), 100 * math.Pow(5.0/6*4/5*3/4*2/3, 0.25)},
		"too short, by hand":      {one("a b c d", "a b c d e f g h"), 100 * math.Exp(-1)},
		"smoothed, by hand":       {one("a b x c", "a b y c"), 100 * math.Pow(3.0/4*1/3*1/(2*2)*1/(4*1), 0.25)},
		"one n-gram per word":     {one("a a a a", "a b c d"), 100 * math.Pow(1.0/4*1/(2*3)*1/(4*2)*1/(8*1), 0.25)},
	} {
		if got := bleu(c.pairs); !near(got, c.want, 1e-5) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"It costs 1,299.90 (today).": "It costs 1,299.90 ( today ) .", "it's 5-6, a-b": "it's 5 - 6 , a-b", "&quot;x&amp;y&quot;": `" x & y "`, "a/b=c": "a / b = c", "¿qué?": "¿qué ?",
	} {
		if got := strings.Join(tokens13a(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestChrF has the values of sacreBLEU's own tests (mjpost/sacrebleu, test/test_chrf.py), which are with beta 3, and of its README, with beta 2.
func TestChrF(t *testing.T) {
	for name, c := range map[string]struct {
		pairs []pair
		beta  float64
		want  float64
	}{
		"sacreBLEU's README": {readme, 2, 59.73},
		"a":                  {one("a", "a"), 3, 100}, "blanks": {one("a b c", "abc"), 3, 100}, "empty": {one("", "reference"), 3, 0}, "one of two": {[]pair{{"a", []string{"a"}}, {"b", []string{"c"}}}, 3, 50},
		"aa": {one("aa", "ab"), 3, 25}, "other letters": {one("abcdefg", "hijklmnop"), 3, 0},
		"English": {one(" risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .",
			"risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists ."), 3, 63.361730},
		"German": {one(" Die    Beziehung zwischen  Obama und Netanjahu ist nicht gerade  freundlich. ", "Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich."), 3, 64.1302698},
		"Czech":  {one("Lapali po dechu, jejich životy skončily dřív, než skutečně začaly.", "Lapali po dechu a pak jejich život skončil - dřív, než skutečně mohl začít, připomněli."), 2, 57.15704367},
		// ab against abc: precisions 1 and 1, recalls 2/3 and 1/2; F2 of 1 and 7/12.
		"by hand": {one("ab", "abc"), 2, 100 * 5 * (7.0 / 12) / (4 + 7.0/12)},
	} {
		if got := chrF(c.pairs, c.beta); !near(got, c.want, 0.005) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestReadSet(t *testing.T) {
	s, err := readSet(strings.NewReader("# about\nen\tes\t~en\nhello\thola\thelo\nthanks\tgracias\t\n"), support2[0], support2[1])
	if err != nil || len(s.rows) != 2 || !slices.Equal(s.sources(0, true), []string{"helo", "thanks"}) || !slices.Equal(s.sources(0, false), []string{"hello", "thanks"}) || !slices.Equal(s.sources(1, true), []string{"hola", "gracias"}) {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = readSet(strings.NewReader("hello there\thola\r\nthanks a lot\tgracias\n"), support2[0], support2[1])
	if err != nil || len(s.rows) != 2 || s.rows[0].clean[1] != "hola" || s.languages[1] != support2[1] {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{"", "# nothing\n", "no tab here\n", "a text\t\n", "hello\thola\nno tab\n", strings.Repeat("x", maxRow+1)} {
		if s, err := readSet(strings.NewReader(bad), support2[0], support2[1]); err == nil {
			t.Errorf("%.20q is a set: %+v", bad, s)
		}
	}
}
