package apertium

import (
	"testing"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

// corpusPairs are one or two targets for each language of the corpus that Apertium has; into one of them, every line goes.
var corpusPairs = map[string][]string{"en": {"es", "ca"}, "es": {"pt-BR", "en"}, "pt": {"es"}, "fr": {"es"}, "ca": {"es"}, "it": {"es"}}

// TestCorpus sends the long corpus through the real programs: what is shown is whole, and what cannot be shown, or has no pair, says why.
func TestCorpus(t *testing.T) {
	e := installed(t, Options{})
	lines, names := enginetest.Corpus()
	p := translate.New(translate.Options{Engines: []translate.Engine{e}, Settings: enginetest.Site{Set: chat.Translating{Names: names}}})
	defer p.Close()
	sent, shown, spans, nobody := 0, 0, 0, 0
	for _, l := range lines {
		targets := corpusPairs[l.Language.String()]
		if targets == nil {
			nobody++
			if got := p.Translate(t.Context(), chat.Untranslated{Text: l.Text, From: l.Language, To: language.Catalan}); got.State != chat.TranslationFailed || got.Reason != chat.ReasonNoPair {
				t.Errorf("%s: %q: %+v", l.Language, l.Text, got)
			}
			continue
		}
		for _, target := range targets {
			sent++
			rep := p.Explain(t.Context(), chat.Untranslated{Text: l.Text, From: l.Language, To: language.MustParse(target)})
			got := rep.Translation
			if got.State != chat.TranslationDone {
				t.Logf("%s > %s: %q is not shown: %s, %s", l.Language, target, l.Text, got.Reason, rep.Trouble)
				if got.State != chat.TranslationFailed || got.Reason != chat.ReasonDamaged || got.Text != "" {
					t.Errorf("%s > %s: %q: %+v", l.Language, target, l.Text, got)
				}
				continue
			}
			shown++
			spans += len(l.Protected)
			if lost := l.Missing(got.Text); len(lost) > 0 {
				t.Errorf("%s > %s: %q is shown as %q without %q", l.Language, target, l.Text, got.Text, lost)
			}
		}
	}
	t.Logf("%d lines sent, %d shown, %d protected spans in them all whole; %d lines in languages that Apertium has not", sent, shown, spans, nobody)
	if sent < 1500 || nobody < 500 || shown*50 < sent*49 {
		t.Errorf("%d of %d lines were shown", shown, sent)
	}
}
