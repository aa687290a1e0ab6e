package files

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// formulas are texts that a spreadsheet would run, and some that only look like guarded ones.
var formulas = []string{"=1+1", "+49 30 1", "-10 %", "@home", "＝1", "'=1", "''-1", "'quoted'", "order", "1-2"}

// TestNoFormulas: no cell of an exported file begins like a formula, and every text comes in as it went out.
func TestNoFormulas(t *testing.T) {
	var h house
	for _, text := range formulas {
		h.terms = append(h.terms, chat.Term{From: language.English, To: language.Spanish, Source: text, Target: text})
		h.canned = append(h.canned, chat.Canned{Name: "n" + strings.Repeat("x", len(h.canned)), Texts: []chat.CannedText{{Language: language.English, Text: text, State: chat.CannedDraft, By: "=Ann"}}})
	}
	var terms, canned bytes.Buffer
	if _, err := h.shelf().ExportTerms(t.Context(), "shop", &terms); err != nil {
		t.Fatal(err)
	}
	if _, err := h.shelf().ExportCanned(t.Context(), "shop", &canned); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{terms.String(), canned.String()} {
		rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
		if err != nil || len(rows) != 1+len(formulas) {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, cell := range slices.Concat(rows...) {
			if cell != "" && strings.ContainsAny(string([]rune(cell)[:1]), "=+-@＝＋－＠") {
				t.Errorf("%q is a formula to a spreadsheet", cell)
			}
		}
	}
	var back house
	if _, err := back.shelf().ImportTerms(t.Context(), "shop", &terms); err != nil || !slices.Equal(back.terms, h.terms) {
		t.Errorf("terms came back as %+v, %v", back.terms, err)
	}
	if _, err := back.shelf().ImportCanned(t.Context(), "shop", "Ann", &canned); err != nil || len(back.canned) != len(h.canned) {
		t.Fatalf("%d canned replies came back, %v", len(back.canned), err)
	}
	for i, one := range back.canned {
		if one.Texts[0].Text != formulas[i] {
			t.Errorf("%q came back as %q", formulas[i], one.Texts[0].Text)
		}
	}
}
