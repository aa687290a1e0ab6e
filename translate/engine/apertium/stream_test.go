package apertium

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

func TestParseMode(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		text string
		want []string // program and arguments of each stage
		err  string
	}{
		"two stages": {"cat '" + dir + "' | cat -g $2 '" + dir + "'", []string{"-z " + dir, "-z -g " + dir}, ""},
		"unknown":    {"cat $1 '" + dir + "'\n", []string{"-z -n " + dir}, ""},
		"no program": {"apertium-of-nobody x", nil, "not installed"},
		"no data":    {"cat '/nowhere/x.bin'", nil, "data"},
		"empty part": {"cat | | cat", nil, "empty"},
		"empty":      {"", nil, "empty"},
		"quote":      {"cat 'x", nil, "quote"},
		"shell":      {"cat x; reboot", nil, "shell"},
		"redirect":   {"cat x > y", nil, "shell"},
		"quoted |":   {"cat 'a|b'", nil, "quote"},
	} {
		stages, err := parseMode(c.text)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want one about %q", name, err, c.err)
			}
			continue
		}
		var got []string
		for _, s := range stages {
			got = append(got, strings.Join(s.args, " "))
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, s := range []string{"", "[S1]", "hola.[][E1]", "[S1]hola", "[S2]hola.[][E2]", "[S1]hola.[][E2]", "[S1] hola.[][E1] more"} {
		if text, ok := decode(s, 1); ok {
			t.Errorf("%q is taken for line 1: %q", s, text)
		}
	}
}

func TestEdit(t *testing.T) {
	emoji := string(translate.MarkOf(0))
	for _, c := range []struct{ from, to, src, got, want string }{
		{"en", "es", "Hello. Where is it?", "Hola. Dónde está?", "Hola. ¿Dónde está?"},
		{"en", "es", "Hello, where is it?", "Hola, dónde está?", "Hola, ¿dónde está?"},
		{"en", "es", "Great!", "gran!", "¡Gran!"},
		{"en", "es", "What?!", "Qué?!", "¡Qué?!"},
		{"en", "es", "Is it?", "¿Es?", "¿Es?"},
		{"en", "es", "???", "???", "???"},
		{"en", "es", emoji + " is it?", emoji + " es?", emoji + " ¿es?"},
		{"en", "es", "One?  Two?", "Uno?  Dos?", "¿Uno?  ¿Dos?"},
		{"en", "es", "Can you help me please?", "Puedes ayudarme complacer?", "¿Puedes ayudarme por favor?"},
		{"en", "es", "Please wait.", "Complacer espera.", "Por favor espera."},
		{"en", "es", "We want to please you.", "Queremos complacer.", "Queremos complacer."},
		{"es", "it", "¿Dónde está?", "¿Dove sta?", "Dove sta?"},
		{"fr", "es", "Où est-ce ?", "Dónde está ?", "¿Dónde está?"},
		{"es", "en", "Hola , gracias", "hello , thanks", "Hello , thanks"},
		{"es", "pt", "La casa", " a  casa ", "A casa"},
		{"es", "en", "v1.5 a.b.c?", "v1.5 a.b.c?", "v1.5 a.b.c?"},
	} {
		seg := translate.Segment{Text: c.src, Spans: []translate.Span{{Mark: translate.MarkOf(0), Kind: translate.KindEmoji}}}
		if got := edit(seg, c.got, c.from, c.to); got != c.want {
			t.Errorf("%q > %q: %q, want %q", c.src, c.got, got, c.want)
		}
	}
}

// FuzzStream: what is encoded and comes back unchanged decodes to what it was, whatever it is.
func FuzzStream(f *testing.F) {
	for _, l := range enginetest.Lines() {
		f.Add(l.Text)
	}
	for s := range enginetest.Hostile(3, 50) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "") // as the pipeline does
		seg := translate.Segment{Text: s, Spans: []translate.Span{{Mark: translate.MarkOf(0), Kind: translate.KindEmoji}}}
		line := encode(seg, 7)
		if got, ok := decode(line, 7); !ok || got != s {
			t.Errorf("%q was encoded as %q and came back as %q, %v", s, line, got, ok)
		}
		if got, ok := decode(line, 8); ok {
			t.Errorf("line 7 is taken for line 8: %q", got)
		}
		_, _ = decode(s, 7)
		_ = edit(seg, s, "en", "es")
	})
}

// TestSecondCarrier: what travelled as a word travels as a blank, and comes back all the same.
func TestSecondCarrier(t *testing.T) {
	e := installed(t, Options{})
	word, blank := string(translate.MarkOf(0)), string(translate.MarkOf(1))
	spans := []translate.Span{{Mark: translate.MarkOf(0), Kind: translate.KindCode}, {Mark: translate.MarkOf(1), Kind: translate.KindEmoji}}
	first := encode(translate.Segment{Text: word + blank, Spans: spans}, 1)
	second := encode(translate.Segment{Text: word + blank, Spans: otherwise(spans)}, 1)
	if !strings.Contains(first, `\<x0\/\>[\{1\}]`) || !strings.Contains(second, `[\{0\}]\<x1\/\>`) {
		t.Errorf("%q, then %q", first, second)
	}
	r := &translate.Request{From: language.Spanish, To: language.BrazilianPortuguese, SecondCarrier: true, Segments: []translate.Segment{{Text: "la casa " + word + " y el perro " + blank, Spans: spans}}}
	resp, err := e.Translate(t.Context(), r)
	if err != nil || resp.Results[0].Text != "a casa "+word+" e o cão "+blank {
		t.Errorf("%+v, %v", resp, err)
	}
}

// TestLeaving: a caller who leaves is let go at once, whether his line waits for the programs or is in them. The clock of the bubble stands still meanwhile.
func TestLeaving(t *testing.T) {
	for name, busy := range map[string]bool{"waiting": true, "in the programs": false} {
		synctest.Test(t, func(t *testing.T) {
			w := &worker{jobs: make(chan job), closed: t.Context()}
			if !busy {
				go func() { <-w.jobs }() // it never answers
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { _, err := w.do(ctx, translate.Segment{Text: "one"}); done <- err }()
			synctest.Wait()
			left := time.Now()
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) || time.Since(left) != 0 {
				t.Errorf("%s: let go after %v: %v", name, time.Since(left), err)
			}
		})
	}
}
