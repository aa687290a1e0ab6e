package apertium

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"go.uber.org/goleak"
	"golang.org/x/text/language"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// installed returns an engine with the pairs of this machine, which the tests need: scripts/setup installs them.
func installed(t testing.TB, o Options) *Engine {
	t.Helper()
	e := New(o)
	t.Cleanup(func() { e.Close() })
	if _, err := e.Caps(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

// programs are the process ids of what this process has started and not waited for.
func programs() map[string]bool {
	files, _ := filepath.Glob("/proc/self/task/*/children")
	ids := map[string]bool{}
	for _, f := range files {
		b, _ := os.ReadFile(f)
		for _, id := range strings.Fields(string(b)) {
			ids[id] = true
		}
	}
	return ids
}

// children counts the programs.
func children() int { return len(programs()) }

// atOnce counts the programs beside some that certainly ran at one moment. One look takes its time, and has seen what ended meanwhile together with what
// began after that; what two looks have seen ran between them.
func atOnce(beside map[string]bool) int {
	first, second := programs(), programs()
	n := 0
	for id := range first {
		if second[id] && !beside[id] {
			n++
		}
	}
	return n
}

func TestSuite(t *testing.T) {
	for _, pair := range [][2]string{{"en", "es"}, {"es", "pt-BR"}} {
		t.Run(pair[0]+"_"+pair[1], func(t *testing.T) {
			enginetest.Suite{
				New:  func(*testing.T) translate.Engine { return New(Options{}) },
				From: language.MustParse(pair[0]), To: language.MustParse(pair[1]),
				Leaks: children,
			}.Run(t)
		})
	}
}

// TestProtectedEverywhere sends the corpus through every installed pair, pivots too: all that a line holds arrives letter
// by letter, or the line is not shown.
func TestProtectedEverywhere(t *testing.T) {
	e := installed(t, Options{Pivots: true, Idle: time.Second})
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	defer p.Close()
	lines, spans, failed := 0, 0, 0
	for _, pair := range e.caps.Pairs {
		for _, l := range enginetest.Lines() {
			if !translate.SameLanguage(l.Language, pair.From) {
				continue
			}
			got := p.Translate(t.Context(), chat.Untranslated{Site: "site", Text: l.Text, From: pair.From, To: pair.To})
			lines++
			spans += len(l.Protected)
			if got.State != chat.TranslationDone {
				failed++
				t.Logf("%s: %q: %s %s", pair, l.Text, got.State, got.Reason)
				continue
			}
			if lost := l.Missing(got.Text); len(lost) > 0 {
				t.Errorf("%s: %q came back as %q without %q", pair, l.Text, got.Text, lost)
			}
		}
	}
	t.Logf("%d pairs, %d lines, %d protected spans, %d lines not shown", len(e.caps.Pairs), lines, spans, failed)
	if lines < 200 || failed*50 > lines {
		t.Errorf("%d of %d lines were not shown", failed, lines)
	}
}

// TestPlainText: the marks on unknown words and the full stop that we add ourselves reach nobody, and how a line ends is kept.
func TestPlainText(t *testing.T) {
	e := installed(t, Options{Idle: time.Second})
	for _, pair := range e.caps.Pairs {
		if pair.Off {
			continue
		}
		for _, text := range []string{"blorptzk Gnarfel xyzzyish", "la casa", "no"} {
			for _, end := range []string{"", ".", "...", "…", "?", "!", "?!", " ok", ",", ":", " -", ")"} {
				r := &translate.Request{From: pair.From, To: pair.To, Segments: []translate.Segment{{Text: text + end}}}
				resp, err := e.Translate(t.Context(), r)
				if err != nil {
					t.Fatalf("%s: %q: %v", pair, text+end, err)
				}
				got := resp.Results[0].Text
				if strings.ContainsAny(got, "*@#") || !strings.HasSuffix(got, strings.TrimSpace(end)) && end != " ok" || strings.HasSuffix(got, ".") && !strings.HasSuffix(end, ".") {
					t.Errorf("%s: %q came back as %q", pair, text+end, got)
				}
			}
		}
	}
}

// hostile is how many lines go through each of two pairs; docs/benchmarks.md has the figures for 100,000.
var hostile = flag.Int("hostile", 2000, "how many hostile lines go through each pair's programs")

// TestHostileLines: whatever comes in, each answer belongs to its question.
func TestHostileLines(t *testing.T) {
	e := installed(t, Options{})
	for i, name := range []string{"eng-spa", "es-pt"} {
		began, slowest := time.Now(), time.Duration(0)
		starts := countStarts(t, e, name)
		w, _ := e.worker(name)
		n := 0
		for text := range enginetest.Hostile(uint64(i+1), *hostile) {
			n++
			text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
			seg := translate.Segment{Text: fmt.Sprintf("%s q%dq", text, n)}
			asked := time.Now()
			got, err := w.do(t.Context(), seg)
			slowest = max(slowest, time.Since(asked))
			if err != nil {
				t.Fatalf("%s: line %d, %q: %v", name, n, text, err)
			}
			if !strings.Contains(strings.ToLower(got), fmt.Sprintf("q%dq", n)) {
				t.Fatalf("%s: line %d, %q, got the answer %q", name, n, text, got)
			}
		}
		if s := starts(); s != 1 {
			t.Errorf("%s: the programs had to be started %d times for %d lines", name, s, n)
		}
		t.Logf("%s: %d lines in %v, the slowest %v", name, n, time.Since(began).Round(time.Second), slowest.Round(time.Millisecond))
	}
}

// countStarts makes the worker of a mode with a counter of its starts.
func countStarts(t testing.TB, e *Engine, name string) func() int {
	t.Helper()
	var mu sync.Mutex
	n := 0
	w := newWorker(e, name)
	w.started = func(*process) { mu.Lock(); n++; mu.Unlock() }
	e.mu.Lock()
	e.workers[name] = w
	e.running.Go(w.run)
	e.mu.Unlock()
	return func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// TestIdleStop: programs that nobody uses go, and come back with the next line.
func TestIdleStop(t *testing.T) {
	before := children()
	e := installed(t, Options{Idle: 20 * time.Millisecond})
	starts := countStarts(t, e, "es-pt")
	w, _ := e.worker("es-pt")
	for round := 1; round <= 2; round++ {
		if got, err := w.do(t.Context(), translate.Segment{Text: "la casa"}); err != nil || got != "a casa" {
			t.Fatalf("%q, %v", got, err)
		}
		if !enginetest.Eventually(func() bool { return children() == before }) {
			t.Fatalf("%d programs are still there", children()-before)
		}
		if starts() != round {
			t.Errorf("%d starts in round %d", starts(), round)
		}
	}
}

// TestWarmIsBounded: more directions than may run at once all get their lines through, and never more programs run than
// the two largest of them need.
func TestWarmIsBounded(t *testing.T) {
	before := programs()
	e := installed(t, Options{Warm: 2})
	names := []string{"es-pt", "es-pt_BR", "pt-es", "fr-es", "spa-ita"}
	most := len(e.modes["fr-es"].stages) + len(e.modes["spa-ita"].stages)
	var wait sync.WaitGroup
	for _, name := range names {
		wait.Go(func() {
			for n := range 5 {
				w, err := e.worker(name)
				if err != nil {
					t.Error(err)
					return
				}
				tag := fmt.Sprintf("q%dq", n)
				if got, err := w.do(t.Context(), translate.Segment{Text: "la casa " + tag}); err != nil || !strings.Contains(got, tag) {
					t.Errorf("%s: %q, %v", name, got, err)
				}
				if now := atOnce(before); now > most {
					t.Errorf("%d programs run, %d at most should", now, most)
				}
			}
		})
	}
	wait.Wait()
	if len(e.warm.places) > 2 || len(e.warm.places) == 0 {
		t.Errorf("%d directions are warm", len(e.warm.places))
	}
	e.Close()
	if len(e.warm.places) != 0 || len(e.warm.used) != 0 {
		t.Errorf("after Close %d places are taken", len(e.warm.places))
	}
}

func TestClassesAndVarieties(t *testing.T) {
	e := installed(t, Options{})
	on := installed(t, Options{Pivots: true})
	for _, c := range []struct {
		from, to, mode string
		class          translate.Class
	}{
		{"en", "es", "eng-spa", "B"}, {"en-US", "es-MX", "eng-spa", "B"}, {"es", "en", "spa-eng_US", "B"}, {"es", "en-GB", "spa-eng", "B"},
		{"es", "en-AU", "spa-eng", "B"}, {"es", "pt", "es-pt_BR", "A"}, {"es-MX", "pt-BR", "es-pt_BR", "A"}, {"es", "pt-PT", "es-pt", "A"}, {"es", "pt-AO", "es-pt", "A"},
		{"pt-BR", "es", "pt-es", "A"}, {"es", "ca", "spa-cat", "A"}, {"es", "ca-valencia", "spa-cat_valencia", "A"}, {"fr-CA", "ca", "fra-cat", "A"},
		{"fr", "es", "fr-es", "B"}, {"it", "es", "ita-spa", "B"},
		{"en", "pt-BR", "eng-spa es-pt_BR", "C"}, {"en", "fr", "eng-cat cat-fra", "C"}, {"fr", "en", "fr-es spa-eng_US", "C"}, {"pt", "en-GB", "pt-es spa-eng", "C"},
		{"de", "en", "", ""}, {"en", "ar", "", ""}, {"en", "en-GB", "", ""},
	} {
		p, ok := translate.MatchPair(on.caps.Pairs, language.MustParse(c.from), language.MustParse(c.to))
		if got := strings.Join(on.routes[p.String()].modes, " "); ok && got != c.mode || ok != (c.mode != "") || p.Class != c.class {
			t.Errorf("%s > %s: %q (class %s), want %q (%s)", c.from, c.to, got, p.Class, c.mode, c.class)
		}
		p, _ = translate.MatchPair(e.caps.Pairs, language.MustParse(c.from), language.MustParse(c.to))
		if p.Off != (c.class == translate.ClassC) {
			t.Errorf("%s > %s is off: %v, without the setting", c.from, c.to, p.Off)
		}
	}
}

func TestNotInstalled(t *testing.T) {
	e := New(Options{Modes: t.TempDir()})
	defer e.Close()
	if _, err := e.Caps(t.Context()); translate.KindOf(err) != translate.Unavailable || !strings.Contains(err.Error(), "install") {
		t.Errorf("without modes: %v", err)
	}
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	defer p.Close()
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "s", Text: "hello", From: language.English, To: language.Spanish}); got.Reason != chat.ReasonNoEngine {
		t.Errorf("without modes a line is %s %s", got.State, got.Reason)
	}
}

// TestWarmTakesFreePlacesOnly: what may be needed does not stop what is in use.
func TestWarmTakesFreePlacesOnly(t *testing.T) {
	e := installed(t, Options{Warm: 1})
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	defer p.Close()
	for _, to := range []language.Tag{language.Spanish, language.Catalan} {
		if err := p.Warm(t.Context(), language.English, to); err != nil {
			t.Fatal(err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.workers) != 1 || e.workers["eng-spa"] == nil {
		t.Errorf("after warming another pair %d directions have run: want eng-spa alone", len(e.workers))
	}
}
