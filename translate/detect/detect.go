// Package detect finds out in which language somebody writes: Line looks at one line, Participant decides over all lines of one person.
//
// One short line says little ("hola" is Spanish, Catalan or a German on holiday), so a language belongs to the participant: what he chose, else what his
// browser says, moved by what he writes. Nothing here knows a clock, a conversation or a database; everything is a pure function of its arguments.
package detect

import (
	"math"

	"dragoman/translate/detect/table"
)

// byScript are the languages that their letters give away; they are not in the table.
var byScript = [...]string{"el", "hy", "ka", "he", "ar", "fa", "ur", "hi", "bn", "pa", "gu", "ta", "te", "th", "ko", "ja", "zh", "zh-Hant"}

const tabled, count = len(table.Languages), len(table.Languages) + len(byScript)

// Floor is the least that one line says about a language, as a natural logarithm: however sure a line is, some others outweigh it.
const Floor = -8

// Detector looks at lines. It may be used by many at once.
type Detector struct {
	table   table.Table
	lexicon map[string]languages
	place   map[string]int
	weights weights
}

// weights are how much each part of a line says. They were chosen on other texts than the ones that the figures are measured on.
type weights struct {
	orders  [table.MaxOrder]int32 // of the n-grams of each length, in sixteenths
	backOff int32                 // what a shorter n-gram costs instead of a longer one, in units of the table
	unknown int32                 // what a letter costs that a language does not have
	lexicon float32               // what a word of the lexicon is worth, as a logarithm
	heat    float32               // by how much the sum of the orders says too much
	name    float32               // how much of a word counts that may be a name
}

// New returns a detector. It reads the lexicon, which takes a few milliseconds; the table needs no loading.
func New() *Detector {
	d := &Detector{table: table.Embedded(), lexicon: readLexicon(), place: make(map[string]int, count), weights: weights{
		orders: [...]int32{8, 8, 16, 16, 24}, backOff: 80, unknown: 360, lexicon: 3, heat: 4, name: 0.5,
	}}
	for i := range count {
		d.place[nameOf(i)] = i
	}
	return d
}

// Languages returns the languages that a detector can tell, as BCP 47 tags.
func Languages() []string {
	all := make([]string, count)
	for i := range all {
		all[i] = nameOf(i)
	}
	return all
}

func nameOf(i int) string {
	if i < tabled {
		return table.Languages[i]
	}
	return byScript[i-tabled]
}

// Evidence is what one line says. The zero value is none.
type Evidence struct {
	// Letters is how many letters were looked at; 0 means that the line says nothing about any language.
	Letters int
	logs    [count]float32 // the logarithm of each language's share, at least Floor
}

// Line looks at a line. Only what a person wrote in some language counts: addresses, numbers, codes, laughter, names and ok are no evidence.
func (d *Detector) Line(line string) Evidence {
	var t text
	var space [48]word
	t.words = space[:0]
	t.read(line)
	s, hasKana := d.clean(&t)
	if len(t.words) == 0 {
		return Evidence{}
	}
	e := Evidence{}
	for _, w := range t.words {
		e.Letters += len(w.letters)
	}
	for i := range e.logs {
		e.logs[i] = Floor
	}
	switch s {
	case latin:
		d.score(&t, &e, 0, tabled-cyrillicLanguages)
	case cyrillic:
		d.score(&t, &e, tabled-cyrillicLanguages, tabled)
	default:
		if s.dense() {
			e.Letters *= 2
		}
		shares := gated(s, t.letters[:t.n], hasKana)
		if shares == nil {
			return Evidence{}
		}
		for _, share := range shares {
			e.logs[d.place[share.language]] = share.log
		}
	}
	return e
}

// cyrillicLanguages is how many languages at the end of the table are written in Cyrillic.
const cyrillicLanguages = 4

// clean keeps the words that say something: those of the line's script, and no laughter, codes or names. It returns the script.
func (d *Detector) clean(t *text) (script, bool) {
	var letters [scripts]int
	for _, w := range t.words {
		for _, r := range w.letters {
			letters[scriptOf(r)]++
		}
	}
	letters[otherScript] = 0
	hasKana := letters[kana] > 0
	most := otherScript
	for s := range scripts {
		if s.dense() {
			letters[s] *= 2
		}
		if letters[s] > letters[most] {
			most = s
		}
	}
	small, shouted := false, 0
	for _, w := range t.words {
		small = small || !w.caps && !(w.title && len(w.letters) > 0)
		if w.caps {
			shouted++
		}
	}
	shouting := !small && shouted > 1 && shouted == len(t.words)
	kept := t.words[:0]
	names := true
	for _, w := range t.words {
		w.known = d.lexicon[string(w.letters)]
		if len(w.letters) == 0 || !written(w.letters, most) || w.known&noLanguage != 0 || laughs(w.letters) {
			continue
		}
		if w.caps && !shouting && (w.known == 0 || len(w.letters) < 3) {
			continue // a code
		}
		names = names && w.title && !shouting && w.known == 0
		kept = append(kept, w)
	}
	if names {
		kept = kept[:0]
	}
	t.words = kept
	return most, hasKana
}

func written(letters []rune, s script) bool {
	for _, r := range letters {
		if at := scriptOf(r); at == s || s == han && at == kana || s == kana && at == han {
			return true
		}
	}
	return false
}

// score adds what the words cost in the languages from from to to of the table.
func (d *Detector) score(t *text, e *Evidence, from, to int) {
	var sum [count]float32
	for at, w := range t.words {
		var costs [tabled]int32
		d.cost(w.letters, from, to, &costs)
		weight := float32(1)
		if at > 0 && w.title && !w.caps && w.known == 0 {
			weight = d.weights.name
		}
		weight /= 16 * table.CostUnit * d.weights.heat
		for l := from; l < to; l++ {
			sum[l] -= float32(costs[l]) * weight
			if w.known&(1<<l) != 0 {
				sum[l] += d.weights.lexicon
			}
		}
	}
	normalise(&sum, e, from, to)
}

// cost adds up what the letters of a word cost in each language: for each letter, after none, one ... four letters before it. Where a language does not
// have an n-gram, the shorter one counts, and something more.
func (d *Detector) cost(letters []rune, from, to int, costs *[tabled]int32) {
	for i := range letters {
		var at [tabled]int32
		for l := from; l < to; l++ {
			at[l] = d.weights.unknown - d.weights.backOff
		}
		var hash table.Hash
		known := true
		for order := 0; order < table.MaxOrder && order <= i; order++ {
			for l := from; l < to; l++ {
				at[l] += d.weights.backOff
			}
			if known {
				hash = hash.Before(letters[i-order])
				known = d.table.Costs(hash, &at)
			}
			for l := from; l < to; l++ {
				costs[l] += at[l] * d.weights.orders[order]
			}
		}
	}
}

// normalise turns sums into logarithms of shares.
func normalise(sum *[count]float32, e *Evidence, from, to int) {
	best := sum[from]
	for l := from; l < to; l++ {
		best = max(best, sum[l])
	}
	total := 0.0
	for l := from; l < to; l++ {
		total += math.Exp(float64(sum[l] - best))
	}
	all := best + float32(math.Log(total))
	for l := from; l < to; l++ {
		e.logs[l] = max(Floor, sum[l]-all)
	}
}

// Best returns the likeliest language and by how much it leads the next, as a logarithm; "" if the line is no evidence.
func (e Evidence) Best() (string, float64) {
	if e.Letters == 0 {
		return "", 0
	}
	best, second := -1, -1
	for l := range e.logs {
		switch {
		case best < 0 || e.logs[l] > e.logs[best]:
			best, second = l, best
		case second < 0 || e.logs[l] > e.logs[second]:
			second = l
		}
	}
	return nameOf(best), float64(e.logs[best] - e.logs[second])
}
