package enginetest

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"dragoman/chat"
	"dragoman/translate"
)

// corpus sends the long corpus past a server that damages each line in one way, all ways in turn: what is shown is whole, and what cannot be shown
// says why. With -every each line is damaged in each way.
func (v Vendor) corpus(t *testing.T) {
	lines, names := Corpus()
	if len(lines) < 2000 {
		t.Fatalf("the corpus has only %d lines", len(lines))
	}
	rounds := 1
	if *every {
		rounds = len(Damages)
	}
	shown := make([]counts, len(Damages))
	for round := range rounds {
		each(len(Damages), func(way int) {
			_, e := v.engine(t, v.except(v.damaging(Damages[way])), patience)
			p := translate.New(translate.Options{Engines: []translate.Engine{e}, CacheBytes: -1, Settings: Site{chat.Translating{Names: names}}})
			defer p.Close()
			for i := (way + round) % len(Damages); i < len(lines); i += len(Damages) {
				shown[way].add(v.damagedLine(t, p, Damages[way], lines[i]))
			}
		})
	}
	for way, d := range Damages {
		n := shown[way]
		t.Logf("%s: %d lines, %d shown", d.Name, n.lines, n.shown)
		whole := d.Harmless && d.Name != "glued together" // which joins letters to numbers in most lines
		if n.lines < 50*rounds || whole && 4*n.shown < 3*n.lines {
			t.Errorf("%s: %d lines, %d shown", d.Name, n.lines, n.shown)
		}
	}
}

type counts struct{ lines, shown int }

func (c *counts) add(shown bool) {
	c.lines++
	if shown {
		c.shown++
	}
}

// each calls do for 0 to n-1, some at once.
func each(n int, do func(i int)) {
	var wait sync.WaitGroup
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range n {
		places <- struct{}{}
		wait.Go(func() { defer func() { <-places }(); do(i) })
	}
	wait.Wait()
}

// damaging is the server but for the damage that it does to translations.
func (v Vendor) damaging(d Damage) func(Asked) Answer {
	return func(a Asked) Answer {
		if good := v.Serve(a); good.Status != 0 {
			return good // it does not understand the request
		}
		texts := v.Texts(a)
		for i, text := range texts {
			texts[i] = pretend(text)
			if parts := carried.FindAllStringIndex(texts[i], -1); len(parts) > 0 {
				texts[i] = d.Do(texts[i], parts)
			}
		}
		return Answer{Body: v.Say(a, texts...)}
	}
}

func (v Vendor) damagedLine(t *testing.T, p *translate.Pipeline, d Damage, l Line) (shown bool) {
	rep := p.Explain(context.Background(), chat.Untranslated{Text: l.Text, From: v.From, To: v.To})
	got := rep.Translation
	switch {
	case got.State == chat.TranslationDone && !d.Harmless:
		t.Errorf("%s: %q is shown as %q", d.Name, l.Text, got.Text)
	case got.State == chat.TranslationDone:
		if lost := l.Missing(got.Text); len(lost) > 0 {
			t.Errorf("%s: %q is shown as %q without %q", d.Name, l.Text, got.Text, lost)
		}
		return true
	case d.Name == "none":
		t.Errorf("%q is not shown although nothing was damaged: %s, %s", l.Text, got.Reason, rep.Trouble)
	case got.State != chat.TranslationFailed || got.Reason != chat.ReasonDamaged || got.Text != "":
		t.Errorf("%s: %q: %+v, %s", d.Name, l.Text, got, rep.Trouble)
	}
	return false
}

// Site is translate.Settings of a test with one site.
type Site struct{ Set chat.Translating }

// Translating returns them, whichever site it is.
func (s Site) Translating(string) *chat.Translating { return &s.Set }
