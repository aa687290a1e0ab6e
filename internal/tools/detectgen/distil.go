package main

import (
	"cmp"
	"math"
	"slices"

	"dragoman/translate/detect/table"
)

// keep is how many n-grams of three and more letters are kept of each language, the most frequent ones. Shorter ones are all kept.
const keep = 30_000

// bare is the share of texts that is taken to be typed without accents: on phones people leave them out, and no corpus shows it.
// Where an accent makes another letter that every keyboard has, it is less.
const bare, bareRare = 0.2, 0.05

// gram is an n-gram of one language with the cost of its last letter.
type gram struct {
	text string
	cost int
}

// distil makes the n-grams of one language that go into the table: the models' probabilities, mixed with those of the same texts without accents.
func distil(folder, language string) ([]gram, error) {
	share := bare
	if table.KeepAccents[language] {
		share = bareRare
	}
	var grams []gram
	joint := map[string]float64{"": 1} // how often n-grams of the order before are, among all places
	mixed := map[string]float64{"": 1}
	for order := 1; order <= table.MaxOrder; order++ {
		model, err := readModel(folder, language, order)
		if err != nil {
			return nil, err
		}
		next := make(map[string]float64, len(model))
		for text, p := range model {
			next[text] = p * joint[prefix(text)]
		}
		nextMixed := mix(next, share)
		grams = append(grams, best(nextMixed, mixed, order)...)
		joint, mixed = next, nextMixed
	}
	return grams, nil
}

// mix adds the n-grams as they look without accents. Sums are made in the order of the texts, so that they are the same each time.
func mix(joint map[string]float64, share float64) map[string]float64 {
	mixed := make(map[string]float64, len(joint))
	for _, text := range sorted(joint) {
		plain := table.Bare(text)
		if plain == text {
			mixed[text] += joint[text]
			continue
		}
		mixed[text] += float64(joint[text] * (1 - share)) // float64, so that no processor adds before it rounds
		mixed[plain] += float64(joint[text] * share)
	}
	return mixed
}

// best returns the most frequent n-grams, in the order of their texts.
func best(joint, before map[string]float64, order int) []gram {
	texts := sorted(joint)
	slices.SortStableFunc(texts, func(a, b string) int { return cmp.Compare(joint[b], joint[a]) })
	if order >= 3 {
		texts = texts[:min(len(texts), keep)]
	}
	slices.Sort(texts)
	grams := make([]gram, 0, len(texts))
	for _, text := range texts {
		if base := before[prefix(text)]; base > 0 && joint[text] > 0 {
			cost := -math.Log(min(1, joint[text]/base)) * table.CostUnit
			grams = append(grams, gram{text: text, cost: min(table.MaxCost, int(math.Round(cost)))})
		}
	}
	return grams
}

func sorted(m map[string]float64) []string {
	texts := make([]string, 0, len(m))
	for text := range m {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}

// prefix is the text without its last letter.
func prefix(text string) string {
	letters := []rune(text)
	return string(letters[:len(letters)-1])
}
