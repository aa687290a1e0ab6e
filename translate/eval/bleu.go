package main

import (
	"math"
	"regexp"
	"strings"
)

// bleuOrder is the longest n-gram of words that BLEU counts.
const bleuOrder = 4

// bleu is BLEU (Papineni 2002) over all pairs together, from 0 to 100, as sacreBLEU counts it with its defaults: tokens as mteval-v13a cuts them, and
// exponential smoothing of lengths without a match.
func bleu(pairs []pair) float64 {
	var both, all [bleuOrder]int
	got, ref := 0, 0
	for _, p := range pairs {
		words := tokens13a(p.got)
		got += len(words)
		nearest := -1
		most := map[string]int{} // how often each n-gram is in the reference that has it most
		for _, r := range p.refs {
			of := tokens13a(r)
			if nearest < 0 || closer(len(of), nearest, len(words)) {
				nearest = len(of)
			}
			for gram, n := range grams(of) {
				most[gram] = max(most[gram], n)
			}
		}
		ref += max(nearest, 0)
		for gram, n := range grams(words) {
			length := strings.Count(gram, " ")
			all[length] += n
			both[length] += min(n, most[gram])
		}
	}
	return bleuOf(both, all, got, ref)
}

// closer tells whether a is nearer to want than b; of two as near the shorter one counts.
func closer(a, b, want int) bool {
	da, db := max(a-want, want-a), max(b-want, want-b)
	return da < db || da == db && a < b
}

// grams counts n-grams of all lengths, their words joined by blanks.
func grams(words []string) map[string]int {
	counts := map[string]int{}
	for i := range words {
		for n := 1; n <= bleuOrder && i+n <= len(words); n++ {
			counts[strings.Join(words[i:i+n], " ")]++
		}
	}
	return counts
}

func bleuOf(both, all [bleuOrder]int, got, ref int) float64 {
	sum, smooth := 0.0, 1.0
	for i, n := range all {
		if n == 0 || both[0] == 0 {
			return 0
		}
		precision := float64(both[i]) / float64(n)
		if both[i] == 0 {
			smooth *= 2
			precision = 1 / (smooth * float64(n))
		}
		sum += math.Log(precision) / bleuOrder
	}
	if got < ref {
		sum += 1 - float64(ref)/float64(got)
	}
	return 100 * math.Exp(sum)
}

// cuts are the places where mteval-v13a cuts words: around signs, and beside points, commas and dashes by what stands next to them.
var cuts = []struct {
	at   *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`([{-~\[-` + "`" + ` -&(-+:-@/])`), " $1 "},
	{regexp.MustCompile(`([^0-9])([.,])`), "$1 $2 "},
	{regexp.MustCompile(`([.,])([^0-9])`), " $1 $2"},
	{regexp.MustCompile(`([0-9])(-)`), "$1 $2 "},
}

var entities = strings.NewReplacer("<skipped>", "", "-\n", "", "\n", " ", "&quot;", `"`, "&lt;", "<", "&gt;", ">", "&amp;", "&")

func tokens13a(s string) []string {
	s = " " + entities.Replace(s) + " "
	for _, c := range cuts {
		s = c.at.ReplaceAllString(s, c.with)
	}
	return strings.Fields(s)
}
