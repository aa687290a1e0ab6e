package translate

import (
	"os"
	"strings"
	"testing"

	"dragoman/translate/detect"

	"golang.org/x/text/language"
)

// TestReferences sends the people's translations of the set of support lines past the verification, in all twenty directions: what a person
// has written is never refused.
func TestReferences(t *testing.T) {
	b, err := os.ReadFile("eval/testdata/support.tsv")
	if err != nil {
		t.Fatal(err)
	}
	d := detect.New()
	var tags []language.Tag
	lines := 0
	for row := range strings.SplitSeq(string(b), "\n") {
		cells := strings.Split(row, "\t")
		if len(cells) < 5 || strings.HasPrefix(row, "#") {
			continue
		}
		if tags == nil {
			for _, name := range cells[:5] {
				tags = append(tags, language.MustParse(name))
			}
			continue
		}
		for i, from := range tags {
			for j, to := range tags {
				if i == j {
					continue
				}
				lines++
				m, _ := mask(cells[i])
				got := cells[j]
				for k, was := range m.was {
					got = strings.Replace(got, was, string(MarkOf(k)), 1)
				}
				if err := verify(Segment{Text: m.text, Spans: m.spans}, got, from, to); err != nil {
					t.Errorf("%s > %s: %q is refused for %q: %v", from, to, cells[j], cells[i], err)
				}
				if why := checkLanguage(d.Detect, got, from, to); why != "" {
					t.Errorf("%s > %s: %q is refused: it %s", from, to, cells[j], why)
				}
			}
		}
	}
	if lines < 4000 {
		t.Errorf("%d lines", lines)
	}
}
