package translate

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"dragoman/chat"
)

// line is a text on its way through the pipeline, with what its site wants.
type line struct {
	chat.Untranslated
	plan   *plan
	set    *chat.Translating // the plan's
	choice choice
	m      masked
	rep    *Report // nil if nobody wants to know how it went
	guest  *guest  // nil if no other language of it is wanted at this moment

	terms []string // forms of the glossary that are in m
	told  *variant // how to ask an engine that can be told the glossary; nil if that makes no sense

	before []string // see context
	looked bool
}

// rules are what is taken out of a line and of those before it. What the people in a conversation are called counts as the site's list does.
func (l *line) rules() rules {
	r := rules{names: l.set.Names, open: l.set.SendPersonal}
	if len(l.Names) > 0 {
		r.names = slices.Concat(l.Names, r.names)
	}
	return r
}

// context is what engines may see of what was said before. It is asked for once, and only for the first engine that makes use of it: it may
// cost a look into a database.
func (l *line) context(ctx context.Context) []string {
	if !l.looked && l.Before != nil {
		l.before = l.rules().background(l.Before(ctx))
		l.rep.step("context")
	}
	l.looked = true
	return l.before
}

// formality is how the reader is addressed: visitors as their site wants it, everybody else as the engine likes.
func (l *line) formality() chat.Formality {
	switch {
	case l.Formality == chat.FormalityEngine:
		return ""
	case l.Formality != "":
		return l.Formality
	case l.ForVisitor:
		return l.choice.formality
	}
	return ""
}

// How much of what was said before goes with a line: the last lines, with marks in place of what is protected in them.
const (
	ContextLines      = 6
	ContextCharacters = 1000 // code points, in all
)

// background is what engines may see of the lines before: clean, without anything protected, and not too much.
func (r rules) background(lines []string) []string {
	var kept []string
	left := ContextCharacters
	for i := len(lines) - 1; i >= 0 && len(kept) < ContextLines; i-- {
		m, ok := r.mask(clean(lines[i]))
		if !ok {
			continue
		}
		text := strings.Join(strings.Fields(strings.Map(dots, m.text)), " ")
		if left -= utf8.RuneCountInString(text); left < 0 {
			break
		}
		if text != "" {
			kept = append(kept, text)
		}
	}
	slices.Reverse(kept)
	return kept
}

func dots(r rune) rune {
	if IsMark(r) {
		return '…'
	}
	return r
}
