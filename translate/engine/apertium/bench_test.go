package apertium

import (
	"slices"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

// BenchmarkWarm is one line through the whole pipeline with warm programs, nothing cached: p50 and p99 of single lines.
func BenchmarkWarm(b *testing.B) {
	for _, pair := range [][2]string{{"en", "es"}, {"es", "en"}, {"es", "pt-BR"}, {"pt", "es"}, {"en", "ca"}, {"fr", "es"}, {"en", "pt-BR"}, {"en", "fr"}} {
		b.Run(pair[0]+"-"+pair[1], func(b *testing.B) {
			e := installed(b, Options{Pivots: true})
			p := translate.New(translate.Options{Engines: []translate.Engine{e}, CacheBytes: -1})
			defer p.Close()
			from, to := language.MustParse(pair[0]), language.MustParse(pair[1])
			var texts []string
			for _, l := range enginetest.Lines() {
				if translate.SameLanguage(l.Language, from) {
					texts = append(texts, l.Text)
				}
			}
			if err := p.Warm(b.Context(), from, to); err != nil {
				b.Fatal(err)
			}
			took := make([]time.Duration, 0, b.N)
			for i := 0; b.Loop(); i++ {
				began := time.Now()
				p.Translate(b.Context(), chat.Untranslated{Site: "site", Text: texts[i%len(texts)], From: from, To: to})
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkFirstUse is the first line of a pair whose programs do not run yet: they are started, read their data and translate. The server does this
// as soon as it knows who will talk (hub.Prepare), so that no line waits for it.
func BenchmarkFirstUse(b *testing.B) {
	for _, pair := range [][2]string{{"en", "es"}, {"en", "ca"}, {"es", "pt-BR"}, {"fr", "es"}, {"ca", "fr"}, {"en", "fr"}} {
		b.Run(pair[0]+"-"+pair[1], func(b *testing.B) {
			from, to := language.MustParse(pair[0]), language.MustParse(pair[1])
			took := make([]time.Duration, 0, b.N)
			for b.Loop() {
				b.StopTimer()
				e := New(Options{Pivots: true})
				if _, err := e.Caps(b.Context()); err != nil {
					b.Fatal(err)
				}
				p := translate.New(translate.Options{Engines: []translate.Engine{e}, CacheBytes: -1})
				b.StartTimer()
				began := time.Now()
				if err := p.Warm(b.Context(), from, to); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				b.StopTimer()
				p.Close()
				e.Close()
				b.StartTimer()
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
			b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "worst-ms")
		})
	}
}
