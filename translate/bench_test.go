package translate

import (
	"slices"
	"testing"
	"time"

	"dragoman/chat"
)

// usual is of the usual length and holds what lines hold.
const usual = "Hello, where is my order #4711? I paid 59.99 € on 12/11/2026 and have heard nothing 😕 since, please help."

// BenchmarkPipeline is all that a line costs but the engine: clean, mask, route, look up, verify, store, unmask.
func BenchmarkPipeline(b *testing.B) {
	p := pipeline(b, Options{CacheBytes: -1}, script("e", shout))
	took := make([]time.Duration, 0, b.N)
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		p.Translate(b.Context(), chat.Untranslated{Site: "site", Text: usual, From: en, To: es})
		took = append(took, time.Since(began))
	}
	percentiles(b, took)
}

// BenchmarkCached is a whole line whose translation is known.
func BenchmarkCached(b *testing.B) {
	p := pipeline(b, Options{}, script("e", shout))
	p.Translate(b.Context(), chat.Untranslated{Site: "site", Text: usual, From: en, To: es})
	took := make([]time.Duration, 0, b.N)
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		p.Translate(b.Context(), chat.Untranslated{Site: "site", Text: usual, From: en, To: es})
		took = append(took, time.Since(began))
	}
	percentiles(b, took)
}

// BenchmarkLookup is the look into the cache alone.
func BenchmarkLookup(b *testing.B) {
	p := pipeline(b, Options{}, script("e", shout))
	m, _ := mask(usual)
	k := key{engine: "e", site: "site", from: "en", to: "es", text: m.text, kinds: m.kinds()}
	p.cache.set(k, "x")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := p.cache.get(k); !ok {
			b.Fatal("not there")
		}
	}
}

func BenchmarkMask(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		mask(usual)
	}
}

func percentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}
