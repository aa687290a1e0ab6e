package words_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dragoman/store/words"
)

// find is what is looked for, and a text with brackets around what is marked in it.
type find struct{ query, text string }

// plain is the text without brackets.
func (f find) plain() string { return strings.NewReplacer("[", "", "]", "").Replace(f.text) }

// finds reads testdata/finds.txt, which the databases are tested with as well.
func finds(t testing.TB) (all []find) {
	t.Helper()
	file, err := os.ReadFile("testdata/finds.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		query, text, is := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !is {
			continue // a title
		}
		var f find
		var err1, err2 error
		f.query, err1 = strconv.Unquote(`"` + query + `"`)
		f.text, err2 = strconv.Unquote(`"` + text + `"`)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, f)
	}
	return all
}

// TestMatch looks whether it is found where it should be, and whether an index would have named the text.
func TestMatch(t *testing.T) {
	for _, f := range finds(t) {
		text := f.plain()
		q := words.Parse(f.query)
		found := q.Match(text)
		if got := marked(text, found); got != f.text {
			t.Errorf("%q in %q: %q", f.query, text, got)
		}
		var terms words.Terms
		terms.Add(text)
		if len(found) > 0 && !named(terms.All(), q.Conditions(100)) {
			t.Errorf("%q in %q: the index has %q and is asked for %+v", f.query, text, terms.All(), q.Conditions(100))
		}
	}
}

func marked(text string, found []words.Range) string {
	var b strings.Builder
	at := 0
	for _, r := range found {
		b.WriteString(text[at:r.From] + "[" + text[r.From:r.To] + "]")
		at = r.To
	}
	return b.String() + text[at:]
}

// TestTermsEnd: numbers upon numbers, which make many terms each, do not make more of them than PostgreSQL takes; where a document belongs is told all the same.
func TestTermsEnd(t *testing.T) {
	var terms words.Terms
	for i := range 4000 {
		terms.Add(fmt.Sprintf("%040d", 1_000_003*i))
	}
	terms.Mark("mark")
	size := 0
	for _, term := range terms.All() {
		size += len(term)
	}
	if all := terms.All(); size < 500_000 || size > 600_000 || all[len(all)-1] != "mark" {
		t.Errorf("%d terms with %d bytes", len(all), size)
	}
}

// named tells what an index would say.
func named(terms []string, all []words.Condition) bool {
	return !slices.ContainsFunc(all, func(c words.Condition) bool {
		return !slices.ContainsFunc(c.Any, func(want string) bool {
			return slices.ContainsFunc(terms, func(term string) bool { return term == want || c.Prefix && strings.HasPrefix(term, want) })
		})
	})
}

// A query of letters and signs of any kind makes terms that mean nothing to either index, and marks whole letters.
func FuzzMatch(f *testing.F) {
	for _, one := range finds(f) {
		f.Add(one.query, one.plain())
	}
	f.Add(`"a" OR b*`, `'x':* & !y <-> (z)`)
	f.Add("والك", "بالكتاب والكتاب")
	f.Add("الmuex ", "الmüx")
	f.Add("ß s", "ßs s\u0301s")
	f.Fuzz(func(t *testing.T, query, text string) {
		if len(query) > 200 || len(text) > 1000 {
			return
		}
		var terms words.Terms
		terms.Add(text)
		q := words.Parse(query)
		conditions := q.Conditions(1000)
		for _, c := range conditions {
			for _, term := range append(c.Any, terms.All()...) {
				if term == "" || strings.ContainsAny(term, " '\"\\\x00:*&|!()<>-") || strings.ToValidUTF8(term, "") != term {
					t.Fatalf("%q makes the term %q", query, term)
				}
			}
		}
		found := q.Match(text)
		at := 0
		for _, r := range found {
			if r.From < at || r.To <= r.From || r.To > len(text) {
				t.Fatalf("%q in %q: %v", query, text, found)
			}
			at = r.To
		}
		if len(found) > 0 && len(text) < 30 && !named(terms.All(), conditions) {
			t.Fatalf("%q in %q is found, and the index has %q and is asked for %+v", query, text, terms.All(), conditions)
		}
	})
}

// A text that is only signs, one word without end, a number without end: the index holds a little of each.
func TestTermsAreBounded(t *testing.T) {
	for text, most := range map[string]int{"…!?": 0, strings.Repeat("a", 5000): 1, strings.Repeat("7", 5000): 41, strings.Repeat("ab ", 2000): 1} {
		var terms words.Terms
		terms.Add(text)
		if n := len(terms.All()); n > most {
			t.Errorf("%.10q… makes %d terms", text, n)
		}
		for _, term := range terms.All() {
			if len(term) > 200 {
				t.Errorf("%.10q… makes a term of %d bytes", text, len(term))
			}
		}
	}
}
