package translate

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate/detect"
)

// usual is of the usual length and holds what lines hold.
const usual = "Hello, where is my order #4711? I paid 59.99 € on 12/11/2026 and have heard nothing 😕 since, please help."

// BenchmarkPipeline is all that a line costs but the engine: clean, mask, route, look up, verify with the detector, store, unmask.
func BenchmarkPipeline(b *testing.B) {
	p := pipeline(b, Options{CacheBytes: -1, Detect: detect.New().Detect}, script("e", shout))
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

// TestLookupAllocatesNothing: the look into the cache leaves no garbage.
func TestLookupAllocatesNothing(t *testing.T) {
	p := pipeline(t, Options{}, script("e", shout))
	m, _ := mask(usual)
	k := key{engine: "e", site: "site", from: "en", to: "es", text: m.text, kinds: m.kinds()}
	p.cache.set(k, "x")
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := p.cache.get(k); !ok {
			t.Error("not there")
		}
	}); n != 0 {
		t.Errorf("a look into the cache allocates %v times", n)
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

// BenchmarkMemoryHit is a whole line that a person has translated before, among a memory of the usual size.
func BenchmarkMemoryHit(b *testing.B) {
	p := pipeline(b, Options{Memory: largeMemory(b, 20_000)}, script("e", shout))
	u := chat.Untranslated{Site: "shop", Text: usual, From: en, To: es}
	if t := p.Translate(b.Context(), u); t.By.Kind != chat.ByMemory {
		b.Fatalf("%+v", t)
	}
	took := make([]time.Duration, 0, b.N)
	b.ReportAllocs()
	for b.Loop() {
		began := time.Now()
		p.Translate(b.Context(), u)
		took = append(took, time.Since(began))
	}
	percentiles(b, took)
}

// BenchmarkMemoryMiss is what the memory adds to a line that nobody has translated before.
func BenchmarkMemoryMiss(b *testing.B) {
	m := largeMemory(b, 20_000)
	text, _ := mask("Could you tell me something else about it, such as #4711 for 59.99 € on 12/11/2026?")
	m.recall(b.Context(), "shop", text, en, es)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := m.recall(b.Context(), "shop", text, en, es); ok {
			b.Fatal("a hit")
		}
	}
}

// BenchmarkMemoryNear looks through a full memory of one pair.
func BenchmarkMemoryNear(b *testing.B) {
	m := largeMemory(b, chat.MaxMemoryEntries)
	const text = "Hello, where are my orders #4711? I paid 59.99 € on 12/11/2026 and have heard nothing 😕 since, please help."
	if len(m.Near(b.Context(), "shop", text, en, es)) == 0 {
		b.Fatal("nothing near")
	}
	for b.Loop() {
		m.Near(b.Context(), "shop", text, en, es)
	}
}

// largeMemory has n entries, one of them for the usual line and the others of all lengths about it.
func largeMemory(b *testing.B, n int) *Memory {
	words := strings.Fields("where order parcel please could you tell the shirt which I bought yesterday has not come and nobody answers any of my mails about it")
	all := []chat.MemoryEntry{remembered("en", "es", usual, "Hola, ¿dónde está mi pedido #4711? Pagué 59.99 € el 12/11/2026 y no he oído nada 😕 desde entonces.")}
	r := rand.New(rand.NewPCG(1, 2))
	for len(all) < n {
		var text []string
		for range 4 + r.IntN(30) {
			text = append(text, words[r.IntN(len(words))])
		}
		all = append(all, remembered("en", "es", strings.Join(text, " "), strings.Join(text, "o ")))
	}
	st := &memoryStore{}
	for i, e := range all {
		e.ID = strconv.Itoa(i + 1)
		st.entries = append(st.entries, e)
	}
	m := NewMemory(MemoryOptions{Store: st, Every: time.Hour})
	s := m.shelf("shop")
	news, _ := st.MemorySince(b.Context(), "shop", chat.MemoryPlace{})
	s.apply(news)
	s.last.Store(time.Now().UnixNano())
	return m
}
