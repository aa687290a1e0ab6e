package detect_test

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/text/language"

	"dragoman/chat"
	"dragoman/translate/detect"
	"dragoman/translate/detect/table"
)

// Loading: the lexicon is read, the table is not.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		detect.New()
	}
	b.ReportMetric(float64(table.Size())/1e6, "MB-table")
}

// One line after the other of those that shoppers of the test data typed.
func BenchmarkLine(b *testing.B) {
	d := detect.New()
	lines := rows(b, "participants.tsv")
	var took []time.Duration
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		d.Line(lines[i%len(lines)][4])
		took = append(took, time.Since(began))
	}
	percentiles(b, took)
}

// A line of a hundred letters and more, as few shoppers write.
func BenchmarkLineLong(b *testing.B) {
	d := detect.New()
	const line = "hola, quería saber cuándo llega mi paquete porque lo necesito para el viernes y todavía no he recibido ningún correo con el número de seguimiento"
	var took []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		d.Line(line)
		took = append(took, time.Since(began))
	}
	percentiles(b, took)
}

// The decision about a participant, without looking at the line.
func BenchmarkDecide(b *testing.B) {
	d := detect.New()
	e := d.Line("una pregunta sobre un pedido")
	known := detect.Known{State: d.Decide(detect.Known{}, e).State}
	b.ReportAllocs()
	for b.Loop() {
		d.Decide(known, e)
	}
}

func percentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e3, "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "µs-p99")
}

// What the hub does for each line of a visitor: the evidence is read, the line looked at, the decision made, the evidence written.
func BenchmarkListen(b *testing.B) {
	d := detect.New()
	known := chat.Speaker{Language: language.Spanish, Reason: chat.LanguageWritten, Prior: []language.Tag{language.English}}
	lines := rows(b, "participants.tsv")
	var took []time.Duration
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		_, known, _ = d.Listen(known, lines[i%len(lines)][4])
		took = append(took, time.Since(began))
	}
	percentiles(b, took)
}
