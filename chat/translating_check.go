package chat

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// What a site's settings hold at most. They are read for every line, so they stay small.
const (
	// MaxEngines is how many engines an order names.
	MaxEngines = 16
	// MaxEngineName is the longest name of an engine in bytes.
	MaxEngineName = 40
	// MaxPairOrders is how many pairs have an order of their own, MaxFormalities how many languages a formality.
	MaxPairOrders  = 64
	MaxFormalities = 64
	// MaxNames is how many names are never translated. Each has at most MaxName code points.
	MaxNames = 500
	// MaxBudget is the highest budget in characters. Who needs more needs none.
	MaxBudget = 1_000_000_000_000
)

// Check brings the settings into the form in which they are stored and holds them against the limits: names are cleaned, tags and pairs are
// written in one way, and what says nothing goes. It is the one place that does so; the errors are an *Error each and say what to do. Whether an engine
// exists is CheckEngines' question. What t shares with others is not changed.
func (t *Translating) Check() error {
	for _, check := range []func() error{
		func() error { return checkOrder("engines", t.Engines) }, t.checkPairs, t.checkFormality, t.checkNames, t.Budget.check,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// CheckEngines refuses engines that are not among the known ones. Those that stood there before may stay: a newer program may know them.
func (t *Translating) CheckEngines(known []string, before Translating) error {
	stood := before.engineNames()
	for _, name := range t.engineNames() {
		if !slices.Contains(known, name) && !slices.Contains(stood, name) {
			return Errorf(BadRequest, "There is no engine %q: the names are %s.", name, strings.Join(known, ", "))
		}
	}
	return nil
}

func (t *Translating) engineNames() []string {
	orders := [][]string{t.Engines}
	for _, pair := range slices.Sorted(maps.Keys(t.PairEngines)) {
		orders = append(orders, t.PairEngines[pair])
	}
	return slices.Concat(orders...)
}

// checkOrder holds an order of engines against the limits; what names the field.
func checkOrder(what string, names []string) error {
	if len(names) > MaxEngines {
		return Errorf(TooLong, "%s: at most %d engines stand in one order.", what, MaxEngines)
	}
	for i, name := range names {
		if !engineName(name) {
			return Errorf(BadRequest, "%s: %q is no engine's name: those are lower case letters, digits and hyphens.", what, quotable(name))
		}
		if slices.Contains(names[:i], name) {
			return Errorf(BadRequest, "%s: the engine %s is named twice. Name it once, where it belongs.", what, name)
		}
	}
	return nil
}

func engineName(s string) bool {
	if s == "" || len(s) > MaxEngineName {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
}

func (t *Translating) checkPairs() error {
	var checked map[string][]string
	for _, written := range slices.Sorted(maps.Keys(t.PairEngines)) {
		order := t.PairEngines[written]
		from, to, err := ParsePair(written)
		if err != nil {
			return err
		}
		pair := PairName(from, to)
		if len(order) == 0 {
			continue
		}
		if err := checkOrder("pair_engines "+pair, order); err != nil {
			return err
		}
		if _, twice := checked[pair]; twice {
			return Errorf(BadRequest, "pair_engines: %s stands there twice, written in two ways. Keep one.", pair)
		}
		if checked == nil {
			checked = map[string][]string{}
		}
		checked[pair] = order
	}
	if len(checked) > MaxPairOrders {
		return Errorf(TooLong, "pair_engines: at most %d pairs have an order of their own.", MaxPairOrders)
	}
	t.PairEngines = checked
	return nil
}

func (t *Translating) checkFormality() error {
	var checked map[language.Tag]Formality
	for tag, f := range t.Formality {
		known, err := ParseLanguage(tag.String())
		if err != nil {
			return err
		}
		switch f {
		case "":
			continue // as what is not named
		case FormalityMore, FormalityLess, FormalityEngine:
		default:
			return Errorf(BadRequest, "formality: %q for %s is not known: it is %s, %s or %s.", quotable(string(f)), known, FormalityMore, FormalityLess, FormalityEngine)
		}
		if checked == nil {
			checked = map[language.Tag]Formality{}
		}
		if _, twice := checked[known]; twice {
			return Errorf(BadRequest, "formality: %s stands there twice, written in two ways. Keep one.", known)
		}
		checked[known] = f
	}
	if len(checked) > MaxFormalities {
		return Errorf(TooLong, "formality: at most %d languages.", MaxFormalities)
	}
	t.Formality = checked
	return nil
}

func (t *Translating) checkNames() error {
	var checked []string
	seen := map[string]bool{}
	for _, written := range t.Names {
		name := strings.Join(strings.Fields(CleanText(written)), " ")
		switch {
		case !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
			return Errorf(Empty, "names: %q holds neither a letter nor a digit: take it out.", quotable(written))
		case utf8.RuneCountInString(name) > MaxName:
			return Errorf(TooLong, "names: a name has at most %d characters; this one is longer: %q.", MaxName, quotable(name))
		case seen[name]:
			continue
		}
		seen[name] = true
		checked = append(checked, name)
	}
	if len(checked) > MaxNames {
		return Errorf(TooLong, "names: at most %d. Phrases belong into the glossary.", MaxNames)
	}
	t.Names = checked
	return nil
}

func (b Budget) check() error {
	for _, bound := range []struct {
		field      string
		characters int64
	}{{"day_characters", b.DayCharacters}, {"month_characters", b.MonthCharacters}} {
		if bound.characters < 0 || bound.characters > MaxBudget {
			return Errorf(BadRequest, "budget: %s is from 0, which means no bound, to %d.", bound.field, int64(MaxBudget))
		}
	}
	if b.SoftPercent < 0 || b.SoftPercent > 100 {
		return Errorf(BadRequest, "budget: soft_percent is from 1 to 100, or 0 for %d.", DefaultSoftPercent)
	}
	return nil
}

// ParsePair reads a pair of languages as PairName writes it: "es>en".
func ParsePair(s string) (from, to language.Tag, err error) {
	a, b, ok := strings.Cut(s, ">")
	if !ok {
		return from, to, Errorf(BadRequest, "%q is not a pair of languages: write from and to with > between, such as es>en.", quotable(s))
	}
	if from, err = ParseLanguage(strings.TrimSpace(a)); err == nil {
		to, err = ParseLanguage(strings.TrimSpace(b))
	}
	if err == nil && from == to {
		err = Errorf(BadRequest, "%q is not a pair of languages: both are the same.", quotable(s))
	}
	return from, to, err
}

// PairName names a pair of languages: "es>en".
func PairName(from, to language.Tag) string { return from.String() + ">" + to.String() }

// quotable is the beginning of what somebody wrote, for the sentence that refuses it.
func quotable(s string) string {
	const most = 40
	s = strings.ToValidUTF8(s, "\uFFFD")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
