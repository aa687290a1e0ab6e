// Package enginetest holds the suite that every engine passes, the real ones for real and the vendors' in front of a
// scripted server: what a shop may rely on whichever engine it chooses.
package enginetest

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/translate"

	"golang.org/x/text/language"
)

// Suite says what to test, of every engine. Vendor has what is about HTTP.
//
// The cases by the numbers of the list that they were agreed on: 1 CountAndOrder, Requests and Several; 2 NothingToSend, Silent; 3 Protected, ThirtyMarks;
// 4, 5 Specials; 6 OuterSpace; 7, 8 OddCharacters, Hostile; 9 Long; 10 Cancel, Hangs (and TestLeaving of apertium); 11 Deadline; 12 to 17 Faults; 18 Varieties; 19 to 21 Hints;
// 22 Requests, Redirect, Quotes; 23 Billed; 24 ManyCallers; 27 BadTexts; 29 SameLanguage, Silent; 31 Hints; 32 Closed, CloseFreesAll. Of the rest, 25
// (programs that die), 26 (answers that slip) are Apertium's own tests, 28 (commands to a model) openai's, 30 (usage) deepl's.
//
// What of "bad input" is where: invalid UTF-8, NUL and bidi overrides OddCharacters and Hostile, and in answers BadTexts; words of 20,000 characters Long;
// [[ and ^$/\@<>{} Specials; commands to a model, and answers instead of translations, TestOpenAIInjections and BadTexts; wrong counts, half bodies,
// slow drips, 200 with an error inside, expired keys Faults; exhausted quotas each vendor's own Faults; entities BadTexts; unknown languages UnknownPair and Varieties.
// Each ends as a reader sees it: Vendor.end.
type Suite struct {
	// New returns a new engine that works. The suite closes it.
	New func(t *testing.T) translate.Engine
	// From and To are a pair that it has, From being one of the corpus.
	From, To language.Tag
	// Leaks counts what the engine must have freed after Close (processes, sockets); nil if there is nothing.
	Leaks func() int
}

// patience is how long the suite waits for something that should take milliseconds, on a machine that does other things.
const patience = 20 * time.Second

// Eventually looks until ok, and gives up when it has taken too long.
func Eventually(ok func() bool) bool {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for !ok() {
		select {
		case <-end:
			return ok()
		case <-tick.C:
		}
	}
	return true
}

// Run runs the suite.
func (s Suite) Run(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"CountAndOrder": s.countAndOrder,
		"Protected":     s.protected,
		"Specials":      s.specials,
		"OuterSpace":    s.outerSpace,
		"OddCharacters": s.oddCharacters,
		"Hostile":       s.hostile,
		"Long":          s.long,
		"Cancel":        s.cancel,
		"Deadline":      s.deadline,
		"UnknownPair":   s.unknownPair,
		"SameLanguage":  s.sameLanguage,
		"ManyCallers":   s.manyCallers,
		"Closed":        s.closed,
		"CloseFreesAll": s.closeFreesAll,
		"CapsAreStable": s.capsAreStable,
		"NothingToSend": s.nothingToSend,
		"ThirtyMarks":   s.thirtyMarks,
		"Billed":        s.billed,
	} {
		t.Run(name, test)
	}
}

func (s Suite) engine(t *testing.T) (translate.Engine, translate.Pair) {
	t.Helper()
	e := s.New(t)
	t.Cleanup(func() { e.Close() })
	caps, err := e.Caps(t.Context())
	if err != nil {
		t.Fatalf("the engine is not there: %v", err)
	}
	p, ok := caps.Match(s.From, s.To)
	if !ok {
		t.Fatalf("the engine has no pair %s > %s", s.From, s.To)
	}
	return e, p
}

func (s Suite) pipeline(t *testing.T) *translate.Pipeline {
	t.Helper()
	e, _ := s.engine(t)
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	t.Cleanup(func() { p.Close() })
	return p
}

func ask(ctx context.Context, e translate.Engine, p translate.Pair, texts ...string) ([]string, error) {
	r := &translate.Request{From: p.From, To: p.To}
	for _, text := range texts {
		r.Segments = append(r.Segments, translate.Segment{Text: text, Spans: spans(text)})
	}
	resp, err := e.Translate(ctx, r)
	if err != nil {
		return nil, err
	}
	var got []string
	for _, res := range resp.Results {
		got = append(got, res.Text)
	}
	return got, nil
}

// spans calls every other mark an emoji, so that both of an engine's carriers are used.
func spans(text string) []translate.Span {
	var all []translate.Span
	for _, r := range text {
		if translate.IsMark(r) {
			kind := translate.KindCode
			if len(all)%2 == 1 {
				kind = translate.KindEmoji
			}
			all = append(all, translate.Span{Mark: r, Kind: kind})
		}
	}
	return all
}

func (s Suite) countAndOrder(t *testing.T) {
	e, p := s.engine(t)
	for _, n := range []int{1, 2, 50, 51, 129} {
		var texts []string
		for i := range n {
			texts = append(texts, "a "+string(translate.MarkOf(i)))
		}
		got, err := ask(t.Context(), e, p, texts...)
		if err != nil {
			t.Fatalf("%d segments: %v", n, err)
		}
		if len(got) != n {
			t.Fatalf("%d segments came back as %d", n, len(got))
		}
		for i, g := range got {
			if !strings.ContainsRune(g, translate.MarkOf(i)) {
				t.Errorf("segment %d of %d came back as %q: out of order, or its mark is lost", i, n, g)
			}
		}
	}
}

// protected sends the corpus through the pipeline. Every line must arrive with all that it held.
func (s Suite) protected(t *testing.T) {
	p := s.pipeline(t)
	n := 0
	for _, l := range Lines() {
		if !translate.SameLanguage(l.Language, s.From) {
			continue
		}
		n++
		got := p.Translate(t.Context(), chat.Untranslated{Site: "site", Text: l.Text, From: s.From, To: s.To})
		if got.State != chat.TranslationDone {
			t.Errorf("%q: %s %s", l.Text, got.State, got.Reason)
		} else if lost := l.Missing(got.Text); len(lost) > 0 {
			t.Errorf("%q came back as %q without %q", l.Text, got.Text, lost)
		}
	}
	if n < 5 {
		t.Fatalf("the corpus has only %d lines in %s", n, s.From)
	}
}

func (s Suite) specials(t *testing.T) {
	e, p := s.engine(t)
	for _, sign := range strings.Split("[ ] { } ^ $ / \\ @ < > & \" ' ~ * # % + = | ; : ( ) [[ ]] ^a/b<n>$ </s> .[] \\< {0} <x0/> [S1] [E1] &amp; <b> %s", " ") {
		// Without a mark some engines get plain text, with one all get their carrier's format.
		for _, mark := range []string{"", " " + string(translate.MarkOf(7))} {
			text := "one two " + sign + " three four" + mark
			got, err := ask(t.Context(), e, p, text)
			if err != nil {
				t.Errorf("%q: %v", text, err)
				continue
			}
			if squeeze(got[0]) == "" || !strings.Contains(squeeze(got[0]), squeeze(keepSigns(sign))) && keepSigns(sign) == sign {
				t.Errorf("%q came back as %q, without %q", text, got[0], sign)
			}
			if strings.Contains(got[0], "&amp;amp;") || strings.Contains(got[0], "&lt;") || !strings.Contains(got[0], strings.TrimSpace(mark)) {
				t.Errorf("%q came back as %q: escaped twice, or without its mark", text, got[0])
			}
		}
	}
}

// keepSigns returns sign if it has no letters: what has letters may be translated.
func keepSigns(sign string) string {
	if strings.ContainsAny(sign, "abcdefghijklmnopqrstuvwxyzSE") {
		return ""
	}
	return sign
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func (s Suite) outerSpace(t *testing.T) {
	p := s.pipeline(t)
	text := "  \n" + s.line() + "\n\n" + s.line() + " \n"
	got := p.Translate(t.Context(), chat.Untranslated{Site: "site", Text: text, From: s.From, To: s.To})
	if got.State != chat.TranslationDone {
		t.Fatalf("%s %s", got.State, got.Reason)
	}
	if !strings.HasPrefix(got.Text, "  \n") || !strings.HasSuffix(got.Text, " \n") || strings.Count(got.Text, "\n") != 4 ||
		!strings.Contains(got.Text, "\n\n") {
		t.Errorf("white space and line ends changed: %q", got.Text)
	}
}

func (s Suite) line() string {
	for _, l := range Lines() {
		if translate.SameLanguage(l.Language, s.From) {
			return l.Text
		}
	}
	return ""
}

func (s Suite) oddCharacters(t *testing.T) {
	p := s.pipeline(t)
	for _, odd := range []string{
		"👩‍👩‍👧‍👦", "🇪🇸🇵🇹", "1️⃣", "👍🏽", "\u05e9\u05dc\u05d5\u05dd", "\u0627\u0644\u0633\u0644\u0627\u0645", "\u200f", "\u2028", "\ufeff", "\u00ad",
		"\ue000", "\ue001\ue002", "\uf8ff", "\U0010fffd", "e\u0301", "ﬁ", "Ⅷ", "٤٢", "\u202eabc", "\x00", "\xff\xfe", "\x1b[31m", "\u2066x\u2069",
	} {
		text := s.line() + " " + odd + " " + odd
		got := p.Translate(t.Context(), chat.Untranslated{Site: "site", Text: text, From: s.From, To: s.To})
		if got.State != chat.TranslationDone {
			t.Errorf("%q: %s %s", text, got.State, got.Reason)
		}
	}
}

func (s Suite) hostile(t *testing.T) {
	p := s.pipeline(t)
	for text := range Hostile(1, 300) {
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "site", Text: text, From: s.From, To: s.To}); got.State == chat.TranslationPending || got.State == "" {
			t.Fatalf("%q has the state %q", text, got.State)
		}
	}
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "site", Text: s.line(), From: s.From, To: s.To}); got.State != chat.TranslationDone {
		t.Errorf("after hostile lines a good one is %s %s", got.State, got.Reason)
	}
}

func (s Suite) long(t *testing.T) {
	e, p := s.engine(t)
	for name, text := range map[string]string{
		"2 kB of sentences": strings.Repeat("one two three four. ", 100), "20 kB without an end": strings.Repeat("one two ", 2500),
		"one word of 20,000 letters": strings.Repeat("x", 20000), "one word of 5,000 letters": strings.Repeat("x", 5000), "one word of 5,000 accents": strings.Repeat("é", 5000),
	} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		got, err := ask(ctx, e, p, text)
		cancel()
		if err != nil && translate.KindOf(err) != translate.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && len(got[0]) < len(text)/3 {
			t.Errorf("%s: %d bytes came back as %d", name, len(text), len(got[0]))
		}
	}
}

func (s Suite) cancel(t *testing.T) {
	e, p := s.engine(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		var err error
		for err == nil {
			_, err = ask(ctx, e, p, strings.Repeat("one two three. ", 100))
		}
		done <- err
	}()
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error does not say that the caller left: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("the engine does not let go of a caller who has left")
	}
}

func (s Suite) deadline(t *testing.T) {
	e, p := s.engine(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := ask(ctx, e, p, "one"); translate.KindOf(err) != translate.Transient || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with its deadline over: %v", err)
	}
}

func (s Suite) unknownPair(t *testing.T) {
	e, _ := s.engine(t)
	p := translate.Pair{From: language.Zulu, To: language.Icelandic}
	if _, err := ask(t.Context(), e, p, "one"); translate.KindOf(err) != translate.NoPair || err == nil {
		t.Errorf("a pair that nobody has: %v", err)
	}
}

func (s Suite) sameLanguage(t *testing.T) {
	p := s.pipeline(t)
	if got := p.Translate(t.Context(), chat.Untranslated{Site: "site", Text: s.line(), From: s.From, To: s.From}); got.State != chat.TranslationSame {
		t.Errorf("into its own language: %s %s", got.State, got.Reason)
	}
}

func (s Suite) nothingToSend(t *testing.T) {
	p := s.pipeline(t)
	for _, text := range []string{"", " ", "\n", "😀", "12345", "12,50 €", "https://example.com/a?b=c", "!!! ???", "#4711", "12:30 - 13:00"} {
		if got := p.Translate(t.Context(), chat.Untranslated{Site: "site", Text: text, From: s.From, To: s.To}); got.State != chat.TranslationSame {
			t.Errorf("%q: %s %s", text, got.State, got.Reason)
		}
	}
}

func (s Suite) manyCallers(t *testing.T) {
	e, p := s.engine(t)
	var wait sync.WaitGroup
	for i := range 64 {
		wait.Go(func() {
			mark := string(translate.MarkOf(i))
			for range 5 {
				got, err := ask(t.Context(), e, p, "one two "+mark+" three")
				if err != nil {
					t.Error(err)
				} else if !strings.Contains(got[0], mark) {
					t.Errorf("caller %d got somebody else's line: %q", i, got[0])
				}
			}
		})
	}
	wait.Wait()
}

func (s Suite) thirtyMarks(t *testing.T) {
	e, p := s.engine(t)
	var text strings.Builder
	for i := range 30 {
		text.WriteString("word " + string(translate.MarkOf(i)) + " ")
	}
	got, err := ask(t.Context(), e, p, text.String())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		if n := strings.Count(got[0], string(translate.MarkOf(i))); n != 1 {
			t.Errorf("mark %d of 30 came back %d times", i, n)
		}
	}
}

// billed: characters are code points, neither bytes nor halves of UTF-16.
func (s Suite) billed(t *testing.T) {
	e, p := s.engine(t)
	texts := []string{"one two", "héllo 👍 ñandú", "𝒳 three", "e\u0301"}
	r, want := &translate.Request{From: p.From, To: p.To}, 0
	for _, text := range texts {
		r.Segments = append(r.Segments, translate.Segment{Text: text})
		want += utf8.RuneCountInString(text)
	}
	resp, err := e.Translate(t.Context(), r)
	if err != nil || resp.Billed != want {
		t.Errorf("%d code points: %+v, %v", want, resp, err)
	}
}

func (s Suite) capsAreStable(t *testing.T) {
	e, _ := s.engine(t)
	a, _ := e.Caps(t.Context())
	b, _ := e.Caps(t.Context())
	if a != b || a == nil {
		t.Error("two questions in a row get different caps: the pipeline would forget its routes with every line")
	}
	if e.Name() == "" || strings.ToLower(e.Name()) != e.Name() {
		t.Errorf("the name %q is not a lower-case word", e.Name())
	}
}

func (s Suite) closed(t *testing.T) {
	e, p := s.engine(t)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := ask(ctx, e, p, "one"); err == nil {
		t.Error("a closed engine translates")
	} else if ctx.Err() != nil {
		t.Error("a closed engine lets its callers wait")
	}
}

func (s Suite) closeFreesAll(t *testing.T) {
	leaks := func() int { return 0 }
	if s.Leaks != nil {
		leaks = s.Leaks
	}
	before, open := runtime.NumGoroutine(), leaks()
	e, p := s.engine(t)
	if _, err := ask(t.Context(), e, p, "one two three"); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if !Eventually(func() bool { return runtime.NumGoroutine() <= before && leaks() <= open }) {
		t.Fatalf("after Close there are %d goroutines (before: %d) and %d open things (before: %d)",
			runtime.NumGoroutine(), before, leaks(), open)
	}
}

func byLength(parts []string) []string {
	sorted := slices.Clone(parts)
	slices.SortFunc(sorted, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return sorted
}
