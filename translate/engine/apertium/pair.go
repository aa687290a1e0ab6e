package apertium

import (
	"strings"

	"dragoman/translate"

	"golang.org/x/text/language"
)

// route is a pair that we offer and the modes that make it: one, or two for a pivot.
type route struct {
	pair  translate.Pair
	modes []string
}

// readable are the neighbours whose translations can be read as they stand; every other direct pair gives the gist.
var readable = map[string]bool{
	"es>pt": true, "pt>es": true, "es>ca": true, "ca>es": true, "ca>pt": true, "pt>ca": true,
	"ca>fr": true, "fr>ca": true, "ca>it": true, "it>ca": true,
}

// pivots are the languages between, in order of preference: the first is better in most directions, and faster.
var pivots = []string{"es", "ca"}

// better names the directions in which Catalan measured better than Spanish in between.
var better = map[string]string{"en>fr": "ca", "en>it": "ca"}

// pairOfMode returns what a mode's name says: eng-spa is en and es, es-pt_BR is es and pt-BR. Names with anything but two languages and
// regions or varieties of BCP 47 (eco-fr-es, cat_iec2017-fra) are spelling reforms and trials: ok is false.
func pairOfMode(name string) (p translate.Pair, ok bool) {
	a, b, found := strings.Cut(name, "-")
	if !found || strings.Contains(b, "-") {
		return p, false
	}
	return PairOf(a, b)
}

// PairOf returns the pair that two of Apertium's codes mean ("eng" and "spa", "es" and "pt_BR"), and how good it is.
func PairOf(source, target string) (p translate.Pair, ok bool) {
	from, err := language.Parse(strings.ReplaceAll(source, "_", "-"))
	if err != nil {
		return p, false
	}
	to, err := language.Parse(strings.ReplaceAll(target, "_", "-"))
	if err != nil {
		return p, false
	}
	p = translate.Pair{From: variety(from), To: variety(to), Class: translate.ClassB}
	if readable[base(from)+">"+base(to)] {
		p.Class = translate.ClassA
	}
	return p, true
}

// variety says which variety Apertium means by a plain code: its Portuguese is Portugal's, its English Britain's. Where
// it has another one, the mode's name says so.
func variety(t language.Tag) language.Tag {
	switch t.String() {
	case "pt":
		return language.EuropeanPortuguese
	case "en":
		return language.BritishEnglish
	}
	return t
}

func base(t language.Tag) string {
	b, _ := t.Base()
	return b.String()
}

// routes makes the offer from the installed modes: all direct pairs, and pivots where there is no direct one, which are off
// unless withPivots.
func routes(modes []mode, withPivots bool) []route {
	var offer []route
	direct := map[string]bool{}
	for _, m := range modes {
		p, ok := pairOfMode(m.name)
		if !ok {
			continue
		}
		direct[base(p.From)+">"+base(p.To)] = true
		offer = append(offer, route{p, []string{m.name}})
	}
	return append(offer, pivotRoutes(offer, direct, !withPivots)...)
}

func pivotRoutes(legs []route, direct map[string]bool, off bool) []route {
	var offer []route
	for _, a := range legs {
		for _, b := range legs {
			name, between := base(a.pair.From)+">"+base(b.pair.To), base(a.pair.To)
			if base(b.pair.From) != between || base(a.pair.From) == base(b.pair.To) || direct[name] {
				continue
			}
			// A variety of the language between makes no difference to the reader: the plain one will do.
			if strings.Contains(a.modes[0], "_") || bestPivot(name, legs) != between {
				continue
			}
			offer = append(offer, route{
				pair:  translate.Pair{From: a.pair.From, To: b.pair.To, Class: translate.ClassC, Off: off},
				modes: []string{a.modes[0], b.modes[0]},
			})
		}
	}
	return offer
}

// bestPivot returns the language between that is installed in both directions and does best for name ("en>fr").
func bestPivot(name string, legs []route) string {
	from, to, _ := strings.Cut(name, ">")
	has := func(a, b string) bool {
		for _, l := range legs {
			if base(l.pair.From) == a && base(l.pair.To) == b {
				return true
			}
		}
		return false
	}
	for _, between := range append([]string{better[name]}, pivots...) {
		if between != "" && has(from, between) && has(between, to) {
			return between
		}
	}
	return ""
}
