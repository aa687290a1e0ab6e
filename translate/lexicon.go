package translate

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Term is a word of a glossary where it stands in a text, in bytes, and the form that takes its place.
type Term struct {
	From, To int
	// Target is what must stand in the translation: the source itself for what is never translated.
	Target string
	// Keep is true for what is never translated.
	Keep bool
}

// Terms are all terms of a site for a pair that have a form in the target language: for engines that keep glossaries on their side.
type Terms struct {
	Site string
	// Hash changes with what the list says, and only then.
	Hash string
	// Pairs are source and target, by source, each source once.
	Pairs [][2]string
}

// lexicon finds the terms of a pair in texts.
type lexicon struct {
	byFirst map[rune][]lexeme // by the first rune without case; the longest first
	all     Terms
}

// lexeme is a term, ready to be found.
type lexeme struct {
	chat.Term
	folded []rune
}

// newLexicon returns nil if no term is for the pair. Of two terms with the same source the one for the languages that are nearer to these is used, and
// one that tells cases apart before one that does not.
func newLexicon(site string, terms []chat.Term, from, to language.Tag) *lexicon {
	x := &lexicon{byFirst: map[rune][]lexeme{}, all: Terms{Site: site}}
	for _, t := range terms {
		if !forLanguage(t.From, from) || !forLanguage(t.To, to) {
			continue
		}
		t.Source, t.Target = clean(t.Source), clean(t.Target)
		l := lexeme{Term: t, folded: foldedRunes(t.Source)}
		if len(l.folded) > 0 {
			x.byFirst[l.folded[0]] = append(x.byFirst[l.folded[0]], l)
		}
	}
	if len(x.byFirst) == 0 {
		return nil
	}
	near := func(l lexeme) int { return 8*nearness(to, l.To) + nearness(from, l.From) }
	sensitive := func(l lexeme) int {
		if l.CaseSensitive {
			return 1
		}
		return 0
	}
	for _, all := range x.byFirst {
		slices.SortStableFunc(all, func(a, b lexeme) int {
			return cmp.Or(len(b.folded)-len(a.folded), sensitive(b)-sensitive(a), near(b)-near(a))
		})
	}
	x.list()
	return x
}

// list makes the list for engines that keep glossaries.
func (x *lexicon) list() {
	best := map[string]string{}
	for _, all := range x.byFirst {
		for _, l := range all {
			if _, there := best[l.Source]; !there {
				best[l.Source] = cmp.Or(l.Target, l.Source)
			}
		}
	}
	hash := sha256.New()
	for source, target := range best {
		x.all.Pairs = append(x.all.Pairs, [2]string{source, target})
	}
	slices.SortFunc(x.all.Pairs, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	for _, p := range x.all.Pairs {
		hash.Write([]byte(p[0] + "\x00" + p[1] + "\x00"))
	}
	x.all.Hash = base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:12])
}

func forLanguage(of, wanted language.Tag) bool { return of == language.Und || SameLanguage(of, wanted) }

// nearness is closeness, and less than any for a term that is for all languages.
func nearness(wanted, of language.Tag) int {
	if of == language.Und {
		return 0
	}
	return 1 + closeness(wanted, of)
}

func foldedRunes(s string) []rune {
	runes := []rune(s)
	for i, r := range runes {
		runes[i] = folded(r)
	}
	return runes
}

// find returns the terms in a text, from its beginning, the longest at each place, none inside another.
func (x *lexicon) find(s string) []Term {
	var found []Term
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		n := 0
		for _, l := range x.byFirst[folded(r)] {
			if n = l.at(s, i); n > 0 {
				t := Term{From: i, To: i + n, Target: l.Target}
				if l.Target == "" {
					t.Target, t.Keep = s[i:i+n], true
				}
				found = append(found, t)
				break
			}
		}
		i += max(n, size)
	}
	return found
}

// at returns how many bytes of s the term takes at i, as a word of its own; 0 if it does not stand there.
func (l *lexeme) at(s string, i int) int {
	n := 0
	for _, want := range l.folded {
		r, size := utf8.DecodeRuneInString(s[i+n:])
		if size == 0 || folded(r) != want {
			return 0
		}
		n += size
	}
	if l.CaseSensitive && s[i:i+n] != l.Source || !wordEdge(s, i, true) || !wordEdge(s, i+n, false) {
		return 0
	}
	return n
}

// formsOf lists what must stand in a translation, each once.
func formsOf(found []Term) []string {
	var forms []string
	for _, t := range found {
		if !slices.Contains(forms, t.Target) {
			forms = append(forms, t.Target)
		}
	}
	return forms
}

// epoch is the part of the cache's key that says which forms were wanted.
func epoch(found []Term) string {
	var b strings.Builder
	for _, t := range found {
		b.WriteString(t.Target)
		b.WriteByte(0)
	}
	return b.String()
}

// checkTerms wants each form that a segment's terms force, whatever its case, as often as it is forced, at the beginning of a word. Endings may follow.
func checkTerms(seg Segment, got string) string {
	if len(seg.Terms) == 0 {
		return ""
	}
	got = string(foldedRunes(got))
	for _, form := range formsOf(seg.Terms) {
		n := 0
		for _, t := range seg.Terms {
			if t.Target == form {
				n++
			}
		}
		if countForms(got, string(foldedRunes(form))) < n {
			return "has not got the words of the glossary"
		}
	}
	return ""
}

// countForms counts where a form stands in s and is no part of a longer word that began before it; Arabic and Hebrew write "the" and "in" there.
func countForms(s, form string) int {
	n := 0
	first, size := utf8.DecodeRuneInString(form)
	for at := 0; ; {
		i := strings.Index(s[at:], form)
		if i < 0 {
			return n
		}
		before, _ := utf8.DecodeLastRuneInString(s[:at+i])
		if at+i > 0 && joins(before) && joins(first) {
			at += i + size
			continue
		}
		n++
		at += i + len(form)
	}
}

// beginsSentence tells whether s[:i] is the beginning of a text or ends a sentence.
func beginsSentence(s string, i int) bool {
	before := strings.TrimRightFunc(s[:i], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("¿¡\"'“«(", r) })
	last, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || endOf(last) != 0 || strings.HasSuffix(strings.TrimRight(s[:i], " \t"), "\n")
}
