package engine

import (
	"dragoman/translate"

	"golang.org/x/text/language"
)

// offer is what an engine can do, with its own codes for the languages.
type offer struct {
	caps    translate.Caps
	pairs   map[string][2]string // codes by the pair's name
	sources map[string]string    // code by tag
	targets map[string]string
}

func newOffer() *offer {
	return &offer{pairs: map[string][2]string{}, sources: map[string]string{}, targets: map[string]string{}}
}

// codes returns the vendor's codes for a pair that was offered.
func (o *offer) codes(from, to language.Tag) (source, target string, ok bool) {
	if c, ok := o.pairs[translate.Pair{From: from, To: to}.String()]; ok {
		return c[0], c[1], true
	}
	source, target = o.sources[from.String()], o.targets[to.String()]
	return source, target, source != "" && target != "" && !translate.SameLanguage(from, to)
}

// pair adds one direction.
func (o *offer) pair(from language.Tag, source string, to language.Tag, target string, class translate.Class) {
	if translate.SameLanguage(from, to) {
		return
	}
	p := translate.Pair{From: from, To: to, Class: class}
	o.pairs[p.String()] = [2]string{source, target}
	o.caps.Pairs = append(o.caps.Pairs, p)
}

// source and target add a language from, and into which, the engine translates all others.
func (o *offer) source(t language.Tag, code string) {
	if _, there := o.sources[t.String()]; !there {
		o.caps.Sources = append(o.caps.Sources, t)
	}
	o.sources[t.String()] = code
}

func (o *offer) target(t language.Tag, code string) {
	if _, there := o.targets[t.String()]; !there {
		o.caps.Targets = append(o.caps.Targets, t)
	}
	o.targets[t.String()] = code
}

func (o *offer) empty() bool {
	return len(o.caps.Pairs) == 0 && (len(o.caps.Sources) == 0 || len(o.caps.Targets) == 0)
}

// tagOf reads a vendor's code; own says what its codes mean that are not BCP 47, or narrower than they look.
func tagOf(code string, own map[string]string) (language.Tag, bool) {
	if tag := own[code]; tag != "" {
		code = tag
	}
	t, err := language.Parse(code)
	return t, err == nil && t != language.Und
}

// commonLanguages are for servers that do not tell their languages: what every large engine has. Which of them such a server has not, it
// says when it is asked.
const commonLanguages = "ar bg ca cs da de el en es et fa fi fr he hi hr hu id is it ja ko lt lv ms nb nl pl pt-BR pt-PT ro ru sk sl sr sv th tr uk vi zh-Hans zh-Hant"
