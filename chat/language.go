package chat

import (
	"strings"

	"golang.org/x/text/language"
)

// ParseLanguage reads a BCP 47 tag and refuses what is not one, "und", and what is longer than MaxTag. Extensions and private use go: they say
// nothing about which texts somebody reads, and would make as many languages as anybody likes to invent.
func ParseLanguage(s string) (language.Tag, error) {
	if len(s) > MaxTag {
		return language.Und, Errorf(BadLanguage, "A language tag has at most %d characters.", MaxTag).Because(Refused{Reason: RefusedTooLong, Limit: MaxTag})
	}
	t, err := language.Parse(s)
	if err == nil && (len(t.Extensions()) > 0 || strings.Contains(t.String(), "-x-")) {
		base, script, region := t.Raw()
		t, err = language.Compose(base, script, region, t.Variants())
	}
	if base, _, _ := t.Raw(); err != nil || base == undBase {
		return language.Und, Errorf(BadLanguage, "%q is not a language: use a BCP 47 tag such as en, pt-BR or zh-Hant.", s).Because(Refused{Reason: RefusedLanguage, Value: CleanName(s)})
	}
	return t, nil
}

var undBase, _, _ = language.Und.Raw()

// SameLanguage tells whether who reads a also reads b: same language and same script after likely subtags.
// pt-BR equals pt-PT; zh-Hans does not equal zh-Hant. The undetermined language equals nothing.
func SameLanguage(a, b language.Tag) bool {
	// Macro, because nb and no are one language to a reader, as are cmn and zh.
	a, b = macro(a), macro(b)
	// Raw, because Base guesses: it takes "und" for English.
	ab, _, _ := a.Raw()
	bb, _, _ := b.Raw()
	if ab != bb || ab == undBase {
		return false
	}
	as, _ := a.Script()
	bs, _ := b.Script()
	return as == bs
}

func macro(t language.Tag) language.Tag {
	if m, err := language.Macro.Canonicalize(t); err == nil {
		return m
	}
	return t
}

// Reader is somebody for whom lines are translated: into Language, unless he understands the line's language.
type Reader struct {
	Language   language.Tag
	Understood []language.Tag
	// Visitor is true for the conversation's visitor: of older lines he wants neither notes nor his own.
	Visitor bool
}

// Reads tells whether the reader needs no translation of a text in language t.
func (r Reader) Reads(t language.Tag) bool {
	if SameLanguage(r.Language, t) {
		return true
	}
	for _, u := range r.Understood {
		if SameLanguage(u, t) {
			return true
		}
	}
	return false
}

// Wanted returns the languages that a line in language line must be translated into so that all readers can read
// it, each once, in the order of the readers (protocol.md, section 4, rule 2).
func Wanted(line language.Tag, readers []Reader) []language.Tag {
	var wanted []language.Tag
next:
	for _, r := range readers {
		if r.Language == language.Und || r.Reads(line) {
			continue
		}
		for _, w := range wanted {
			if w == r.Language {
				continue next
			}
		}
		wanted = append(wanted, r.Language)
	}
	return wanted
}

// ReaderOf returns the agent as a reader.
func ReaderOf(a Agent) Reader {
	if len(a.Languages) == 0 {
		return Reader{}
	}
	return Reader{Language: a.Languages[0], Understood: a.Languages[1:]}
}
