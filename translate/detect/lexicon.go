package detect

import (
	_ "embed" // the word list
	"strings"
	"unicode"

	"dragoman/translate/detect/table"
)

//go:embed lexicon.txt
var lexiconText string

// languages is a set: bit i is Languages[i]. The highest bit stands for no language at all.
type languages uint64

const noLanguage languages = 1 << 63

// readLexicon returns the languages of each word; a word is a run of letters, and stands in it without its accents too where people leave those out.
func readLexicon() map[string]languages {
	lexicon := make(map[string]languages, 6000)
	place := map[string]languages{"-": noLanguage}
	for i, language := range table.Languages {
		place[language] = 1 << i
	}
	for line := range strings.Lines(lexiconText) {
		language, words, _ := strings.Cut(strings.TrimSpace(line), " ")
		bit := place[language]
		if bit == 0 {
			continue // a comment, or an empty line
		}
		for _, w := range strings.FieldsFunc(words, func(r rune) bool { return !unicode.IsLetter(r) }) {
			w = string(squeeze([]rune(w))) // as a line's words are
			lexicon[w] |= bit
			if bit != noLanguage && !table.KeepAccents[language] {
				lexicon[table.Bare(w)] |= bit
			}
		}
	}
	return lexicon
}
