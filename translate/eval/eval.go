package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"dragoman/chat"
	"dragoman/translate"

	"golang.org/x/text/language"
)

// score is what one direction of a set is worth.
type score struct {
	from, to   language.Tag
	lines      int
	shown      int // translated, or the same in both languages
	chrf, bleu float64
	copied     float64 // chrF of the source itself
	by         map[string]int
	median     time.Duration // of a line
	noPair     bool
}

// evaluate translates the texts of one language into another through the whole pipeline and holds them against the references. What is not shown
// counts as what the reader then sees: the original.
func evaluate(ctx context.Context, p *translate.Pipeline, s set, from, to int, typed bool, each func(source, got, ref string, rep translate.Report)) score {
	sc := score{from: s.languages[from], to: s.languages[to], by: map[string]int{}}
	var done, copies []pair
	var took []time.Duration
	for i, text := range s.sources(from, typed) {
		began := time.Now()
		rep := p.Explain(ctx, chat.Untranslated{Site: site, Text: text, From: sc.from, To: sc.to})
		took = append(took, time.Since(began))
		t := rep.Translation
		got := text
		switch {
		case t.State == chat.TranslationDone:
			got = t.Text
			sc.shown++
			if t.By.Kind == chat.ByMemory {
				sc.by["memory"]++
				break
			}
			sc.by[t.By.Name]++
		case t.State == chat.TranslationSame:
			sc.shown++
		case t.Reason == chat.ReasonNoPair || t.Reason == chat.ReasonNoEngine:
			sc.noPair = true
			return sc
		}
		refs := []string{s.rows[i].clean[to]}
		done = append(done, pair{got, refs})
		copies = append(copies, pair{text, refs})
		each(text, got, refs[0], rep)
	}
	slices.Sort(took)
	sc.lines, sc.median = len(done), took[len(took)/2]
	sc.chrf, sc.bleu, sc.copied = chrF(done, 2), bleu(done), chrF(copies, 2)
	return sc
}

// table prints scores as the documentation has them.
func table(w io.Writer, scores []score) {
	fmt.Fprintln(w, "| pair | lines | shown | chrF2 | BLEU | chrF2 of the source | by | ms a line |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, s := range scores {
		var by []string
		for name, n := range s.by {
			by = append(by, fmt.Sprintf("%s %d", name, n))
		}
		slices.Sort(by)
		fmt.Fprintf(w, "| %s > %s | %d | %d | %.1f | %.1f | %.1f | %s | %.1f |\n", s.from, s.to, s.lines, s.shown, s.chrf, s.bleu, s.copied,
			strings.Join(by, ", "), float64(s.median.Microseconds())/1000)
	}
}
