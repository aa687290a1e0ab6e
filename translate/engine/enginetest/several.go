package enginetest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"dragoman/chat"
	"dragoman/translate"

	"golang.org/x/text/language"
)

// several is for engines that translate into several languages with one call: one request, an answer for each language as if it had been asked for alone, and whatever is
// wrong with one of them is no other's matter.
func (v Vendor) several(t *testing.T) {
	s, e := v.engine(t, v.Serve, patience)
	many, ok := e.(translate.ManyTargets)
	if !ok {
		return
	}
	to := v.targets(t, e)
	texts := []string{"one < two " + string(translate.MarkOf(3)), "three"}
	r := &translate.Request{From: v.From}
	for _, text := range texts {
		r.Segments = append(r.Segments, translate.Segment{Text: text, Spans: spans(text)})
	}
	before := len(v.asked(s))
	all, err := many.TranslateMany(t.Context(), r, to)
	if err != nil || len(all) != len(to) || len(v.asked(s)) != before+1 {
		t.Fatalf("%d languages: %d answers, %v, %d requests", len(to), len(all), err, len(v.asked(s))-before)
	}
	for i, tag := range to {
		alone, err := ask(t.Context(), e, translate.Pair{From: v.From, To: tag}, texts...)
		if err != nil || len(all[i].Results) != 2 || all[i].Results[0].Text != alone[0] || all[i].Results[1].Text != alone[1] || all[i].Billed == 0 {
			t.Errorf("%s: %+v, alone %q, %v", tag, all[i], alone, err)
		}
	}
	v.severalRefused(t, e, many, r, to)
	v.severalLines(t, to)
	v.severalFaults(t, to)
}

// targets are some languages that the engine has, in letters that the answers of Tail have, the variety of none of them being another's.
func (v Vendor) targets(t *testing.T, e translate.Engine) []language.Tag {
	t.Helper()
	caps, err := e.Caps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	to := []language.Tag{v.To}
	for _, tag := range caps.Targets {
		if script, _ := tag.Script(); script.String() != "Latn" {
			continue
		}
		if len(to) < 4 && !translate.SameLanguage(tag, v.From) && !slices.ContainsFunc(to, func(had language.Tag) bool { return translate.SameLanguage(had, tag) }) {
			to = append(to, tag)
		}
	}
	if len(to) < 3 {
		t.Fatalf("the server has only %v", to)
	}
	return to
}

// severalRefused: what cannot go into one request sends none.
func (v Vendor) severalRefused(t *testing.T, e translate.Engine, many translate.ManyTargets, r *translate.Request, to []language.Tag) {
	if _, err := many.TranslateMany(t.Context(), r, append(slices.Clone(to), language.Zulu)); translate.KindOf(err) != translate.NoPair || err == nil {
		t.Errorf("with a language that nobody has: %v", err)
	}
	long := &translate.Request{From: v.From, Segments: []translate.Segment{{Text: strings.Repeat("one two. ", 1000)}}}
	if _, err := many.TranslateMany(t.Context(), long, to); translate.KindOf(err) != translate.TooLarge || err == nil {
		t.Errorf("9 kB into %d languages: %v", len(to), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := many.TranslateMany(ctx, r, to); translate.KindOf(err) != translate.Transient || err == nil {
		t.Errorf("nobody waits: %v", err)
	}
}

// severalLines: the corpus into several languages at once, through a pipeline.
func (v Vendor) severalLines(t *testing.T, to []language.Tag) {
	_, e := v.engine(t, v.Serve, patience)
	p := translate.New(translate.Options{Engines: []translate.Engine{e}})
	defer p.Close()
	for _, l := range Lines() {
		if !translate.SameLanguage(l.Language, v.From) {
			continue
		}
		p.TranslateAll(t.Context(), v.wanted(l.Text, to), func(i int, got chat.Translation) {
			if lost := l.Missing(got.Text); got.State != chat.TranslationDone || len(lost) > 0 {
				t.Errorf("%q into %s: %+v, without %q", l.Text, to[i], got, lost)
			}
		})
	}
}

func (v Vendor) wanted(text string, to []language.Tag) []chat.Untranslated {
	var us []chat.Untranslated
	for _, tag := range to {
		us = append(us, chat.Untranslated{Site: "site", Text: text, From: v.From, To: tag})
	}
	return us
}

// severalFaults: whatever the server does instead, each language comes to a visible end, or has the next engine's answer.
func (v Vendor) severalFaults(t *testing.T, to []language.Tag) {
	for name, f := range v.httpFaults() {
		if f.Slow {
			continue
		}
		reply := f.Reply
		if reply == nil {
			reply = func(Asked) Answer { return f.Answer }
		}
		_, e := v.engine(t, v.except(reply), patience)
		v.pair(t, e)
		p := translate.New(translate.Options{Engines: []translate.Engine{e, second{v.From, v.To}}})
		var mu sync.Mutex // guards got
		got := map[language.Tag]chat.Translation{}
		p.TranslateAll(t.Context(), v.wanted(private, to), func(i int, tr chat.Translation) {
			mu.Lock()
			defer mu.Unlock()
			got[to[i]] = tr
		})
		for _, tag := range to {
			if tr := got[tag]; tag == v.To && tr.By.Name != "second" || tag != v.To && (tr.State != chat.TranslationFailed || tr.Text != "") {
				t.Errorf("%s: %s: %+v", name, tag, tr)
			}
		}
		p.Close()
	}
}
