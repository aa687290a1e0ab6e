package store_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
	"dragoman/store/words"
)

// TestSearchInAllScripts looks, in lines of all scripts together, for what package words is tested with. Both indexes name every line in which it stands, and no
// line is a hit in which it does not.
func TestSearchInAllScripts(t *testing.T) {
	queries, texts := scripts(t)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		id := ""
		for _, text := range texts {
			id = d.append(t, d.says(id, text)).Conversation
		}
		d.indexed(t)
		for _, query := range queries {
			var found, expected []int64
			for _, h := range d.hits(t, chat.SearchQuery{Text: query, Sites: []string{"shop"}, Everywhere: true, Limit: chat.MaxSearchRows}) {
				if h.Kind != chat.HitName { // of a name that is made up of chance
					found = append(found, h.Seq)
				}
			}
			for i := range texts {
				if len(words.Parse(query).Match(texts[i])) > 0 {
					expected = append(expected, int64(i+1))
				}
			}
			slices.Sort(found)
			if !slices.Equal(found, expected) {
				t.Errorf("%q is in the lines %v, and is found in %v", query, expected, found)
			}
		}
	})
}

// scripts reads what is looked for, and in what, each once.
func scripts(t *testing.T) (queries, texts []string) {
	t.Helper()
	file, err := os.ReadFile("words/testdata/finds.txt")
	must(t, err)
	plain := strings.NewReplacer("[", "", "]", "")
	for line := range strings.Lines(string(file)) {
		q, in, is := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !is {
			continue // a title
		}
		query, err := strconv.Unquote(`"` + q + `"`)
		must(t, err)
		text, err := strconv.Unquote(`"` + in + `"`)
		must(t, err)
		queries, texts = append(queries, query), append(texts, plain.Replace(text))
	}
	slices.Sort(queries)
	slices.Sort(texts)
	return slices.Compact(queries), slices.Compact(texts)
}
