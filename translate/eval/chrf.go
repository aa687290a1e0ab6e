package main

import (
	"strings"
	"unicode"
)

// pair is a translation and what it could have been: one reference or several.
type pair struct {
	got  string
	refs []string
}

// chrfOrder is the longest n-gram of characters that chrF counts.
const chrfOrder = 6

// overlap counts the n-grams of one length: of the translation, of the reference, and those that both have.
type overlap struct{ got, ref, both int }

// chrF is the character n-gram F-score (Popović 2015) over all pairs together, from 0 to 100, as sacreBLEU counts it with its defaults: n-grams of 1
// to 6 characters without white space, and only those lengths count that are there ("effective order"). With beta 2 it is chrF2. Of several
// references the one that is closest counts.
func chrF(pairs []pair, beta float64) float64 {
	var sum [chrfOrder]overlap
	for _, p := range pairs {
		var best [chrfOrder]overlap
		most := -1.0
		for _, ref := range p.refs {
			if o := overlaps(p.got, ref); fScore(o, beta) > most {
				best, most = o, fScore(o, beta)
			}
		}
		for n := range sum {
			sum[n].got += best[n].got
			sum[n].ref += best[n].ref
			sum[n].both += best[n].both
		}
	}
	return fScore(sum, beta)
}

func overlaps(got, ref string) (all [chrfOrder]overlap) {
	a, b := characters(got), characters(ref)
	for i := range all {
		n := i + 1
		all[i].got, all[i].ref = max(0, len(a)-n+1), max(0, len(b)-n+1)
		seen := map[string]int{}
		for j := range all[i].ref {
			seen[string(b[j:j+n])]++
		}
		for j := range all[i].got {
			if gram := string(a[j : j+n]); seen[gram] > 0 {
				seen[gram]--
				all[i].both++
			}
		}
	}
	return all
}

func characters(s string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s))
}

// fScore averages precision and recall over the lengths that both sides have.
func fScore(all [chrfOrder]overlap, beta float64) float64 {
	precision, recall, lengths := 0.0, 0.0, 0.0
	for _, o := range all {
		if o.got > 0 && o.ref > 0 {
			precision += float64(o.both) / float64(o.got)
			recall += float64(o.both) / float64(o.ref)
			lengths++
		}
	}
	if precision+recall == 0 {
		return 0
	}
	precision, recall = precision/lengths, recall/lengths
	return 100 * (1 + beta*beta) * precision * recall / (beta*beta*precision + recall)
}
