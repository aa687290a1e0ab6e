package translate

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// corpusLine is a line of the corpus of protected spans, and the kinds that its spans should have, which are those of the corpus.
type corpusLine struct {
	language, text string
	kinds, spans   []string
}

// corpus reads the lines and the site's names from enginetest, which these tests cannot import.
func corpus(t testing.TB) (lines []corpusLine, names []string) {
	t.Helper()
	b, err := os.ReadFile("engine/enginetest/protected.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for row := range strings.SplitSeq(string(b), "\n") {
		if list, ok := strings.CutPrefix(row, "# names: "); ok {
			names = strings.Split(list, " | ")
		}
		f := strings.Split(row, "\t")
		if len(f) != 3 || strings.HasPrefix(row, "#") {
			continue
		}
		l := corpusLine{language: f[0], text: f[1]}
		for part := range strings.SplitSeq(f[2], "|") {
			kind, span, _ := strings.Cut(part, ":")
			l.kinds, l.spans = append(l.kinds, kind), append(l.spans, span)
		}
		lines = append(lines, l)
	}
	return lines, names
}

// masksAs are the kinds under which the corpus's kinds are masked. What numbers of orders and parcels look like is up to shops and carriers.
var masksAs = map[string][]Kind{
	"link": {KindLink}, "mail": {KindMail}, "phone": {KindPhone, KindNumber}, "card": {KindCard}, "iban": {KindBank}, "price": {KindPrice}, "date": {KindDate},
	"time": {KindDate}, "size": {KindSize, KindCode}, "code": {KindCode}, "mention": {KindMention}, "hashtag": {KindMention}, "emoji": {KindEmoji}, "shortcode": {KindEmoji},
	"variable": {KindCode}, "tag": {KindMarkup}, "name": {KindName}, "sku": {KindCode}, "order": {KindCode, KindMention, KindDate, KindNumber}, "tracking": {KindCode, KindNumber},
}

// TestMaskCorpus: each span of the corpus is taken out whole, by itself, as what it is; and nothing else is.
func TestMaskCorpus(t *testing.T) {
	lines, names := corpus(t)
	if len(lines) < 2000 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, l := range lines {
		m, ok := rules{names: names}.mask(l.text)
		if !ok || !slices.Equal(m.was, l.spans) {
			t.Errorf("%s %q: masked %q, want %q", l.language, l.text, m.was, l.spans)
			continue
		}
		for i, sp := range m.spans {
			if !slices.Contains(masksAs[l.kinds[i]], sp.Kind) {
				t.Errorf("%s %q: %q is masked as %s, not as %v", l.language, l.text, l.spans[i], sp.Kind, masksAs[l.kinds[i]])
			}
		}
	}
}
