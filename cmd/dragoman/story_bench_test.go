package main

import (
	"slices"
	"strings"
	"testing"

	"dragoman/internal/browsertest"
)

// BenchmarkFirstOpening measures what a shopper waits for: from the click on the launcher, with nothing fetched and nothing
// cached, until the composer is painted. Each round is a new browser with an empty profile.
func BenchmarkFirstOpening(b *testing.B) {
	s := serve(b, "", "--demo")
	_, port, _ := strings.Cut(strings.TrimPrefix(s.Public, "http://"), ":")
	var waited []float64
	for b.Loop() {
		page := browsertest.Start(b, "es-ES,es").Tab(browsertest.Desktop)
		page.Open("http://shop.localhost:" + port + "/demo/")
		page.Wait("window.dragoman?.v")
		page.Do(`addEventListener('pointerdown', e => { window.__down = performance.timeOrigin + e.timeStamp }, true)`)
		frame := openWidget(page, "http://chat.localhost:"+port)
		frame.Wait("!document.querySelector('textarea').disabled && document.activeElement === document.querySelector('textarea')")
		// The frame is empty until the application draws itself, composer and all: its first paint is the composer's.
		frame.Wait("performance.getEntriesByName('first-contentful-paint').length")
		usable := browsertest.Eval[float64](frame, "performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime")
		waited = append(waited, usable-browsertest.Eval[float64](page, "window.__down"))
	}
	slices.Sort(waited)
	b.ReportMetric(0, "ns/op") // a round is mostly the start of a browser
	b.ReportMetric(waited[len(waited)/2], "ms-median")
	b.ReportMetric(waited[len(waited)-1], "ms-most")
}
