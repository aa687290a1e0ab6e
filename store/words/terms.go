package words

const (
	// longest is how much of a word an index holds, in runes; what is longer is hardly a word.
	longest = 40
	// digits is how many digits in a row are enough to find a number by.
	digits = 3
	// tails is how many ends of one number an index holds.
	tails = 24
	// mostBytes is how much of a document an index holds: PostgreSQL takes a MiB, which nothing that is said comes near to, but numbers upon numbers would.
	mostBytes = 512 << 10
)

// Terms is what an index holds of one document, without order. The zero value is empty.
type Terms struct {
	all   []string
	seen  map[string]struct{}
	bytes int
}

// All returns the terms, each once, and of a text that makes more than mostBytes of them the first.
func (t *Terms) All() []string { return t.all }

// Add adds the terms of a text.
func (t *Terms) Add(text string) {
	cut := Cut(text)
	for _, w := range cut.words {
		runes := cut.of(w)
		switch w.kind {
		case dense:
			for i := range len(runes) - 1 {
				t.add(string(runes[i : i+2]))
			}
			// A single rune is looked for as the beginning of two, and the last one begins none.
			t.add(string(runes[len(runes)-1:]))
		case digit:
			t.add(string(runes[:min(len(runes), longest)]))
			for i := 1; i <= min(len(runes)-digits, tails); i++ {
				t.add(string(runes[i:min(len(runes), i+longest)]))
			}
		default:
			t.add(stem(runes))
		}
	}
}

// add adds a term of a text, while there is room.
func (t *Terms) add(term string) {
	if t.bytes+len(term) <= mostBytes {
		t.put(term)
	}
}

// Mark adds a term that no text has: one that tells where the document belongs.
func (t *Terms) Mark(m string) { t.put(m) }

func (t *Terms) put(term string) {
	if t.seen == nil {
		t.seen = map[string]struct{}{}
	}
	if _, there := t.seen[term]; !there {
		t.seen[term] = struct{}{}
		t.all = append(t.all, term)
		t.bytes += len(term)
	}
}

// stem returns a word as it stands in the index: an Arabic one without its article.
func stem(runes []rune) string {
	runes = bare(runes, leastStem)
	return string(runes[:min(len(runes), longest)])
}

// leastStem is how many letters of an Arabic word must be left for what stands before them to be its article.
const leastStem = 3

// bare takes the Arabic article away, with the small words that are written before it, where so many letters are left.
func bare(runes []rune, least int) []rune {
	rest := runes
	if len(rest) > 0 && (rest[0] == 'و' || rest[0] == 'ف') && isArticle(rest[1:]) {
		rest = rest[1:]
	}
	n := article(rest)
	if n == 0 || len(rest)-n < least {
		return runes
	}
	return rest[n:]
}

func isArticle(runes []rune) bool { return article(runes) > 0 }

// article returns how many runes the article takes with which a word begins: al-, and bi-, ka- or li- before it.
func article(runes []rune) int {
	begins := func(with string) bool {
		i := 0
		for _, r := range with {
			if i >= len(runes) || runes[i] != r {
				return false
			}
			i++
		}
		return true
	}
	switch {
	case begins("ال"), begins("لل"):
		return 2
	case begins("بال"), begins("كال"):
		return 3
	}
	return 0
}
