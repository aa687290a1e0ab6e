package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"dragoman/chat"
	"dragoman/translate/engine"

	"golang.org/x/text/language"
)

// translatingFields are how a site's lines are translated, for add and set. What is not given stays as it is; each can be taken back.
type translatingFields struct {
	Engines     *string  `placeholder:"NAME,..." help:"The engines that translate for this site, in order of preference: ${engines}. Empty (--engines=) for all that the server has, in its order."`
	PairEngines []string `sep:"none" placeholder:"FROM>TO=NAME,..." help:"An order of engines for one pair of languages, such as 'es>en=deepl,apertium'; 'es>en=' takes it back. Repeatable."`
	Formality   []string `sep:"none" placeholder:"TAG=more|less|engine" help:"How agents address visitors who read a language, such as de=less; engine leaves it to the engine, de= takes it back. Repeatable."`
	Names       []string `sep:"none" placeholder:"NAME" help:"A name that is never translated: a brand, a product, a person. Repeatable; adds to those that are there."`
	ForgetNames []string `sep:"none" placeholder:"NAME" help:"A name that is translated again. Repeatable."`

	SendPersonal  *bool `negatable:"" help:"Let engines see mail addresses and phone numbers (default no). Card and bank numbers never leave the house."`
	Memory        *bool `negatable:"" help:"Remember what people have translated, and use it before any engine (default yes)."`
	TypingPreview *bool `negatable:"" help:"Show agents what a visitor is typing, before it is sent (default no)."`

	BudgetDay   *int64 `placeholder:"N" help:"What engines that cost money may translate on one day (UTC), in characters; 0 for no bound."`
	BudgetMonth *int64 `placeholder:"N" help:"The same for one month."`
	BudgetSoft  *int   `placeholder:"PERCENT" help:"After which part of a budget the site saves: engines that cost nothing come first; 0 for ${soft}."`
}

// apply puts what was given into a site's settings and checks the whole.
func (f translatingFields) apply(t *chat.Translating) error {
	before := *t
	before.PairEngines = maps.Clone(t.PairEngines)
	if f.Engines != nil {
		t.Engines = engineNames(*f.Engines)
	}
	for _, given := range f.PairEngines {
		if err := setPair(t, given); err != nil {
			return err
		}
	}
	for _, given := range f.Formality {
		if err := setFormality(t, given); err != nil {
			return err
		}
	}
	for _, name := range f.ForgetNames {
		i := slices.Index(t.Names, chat.CleanName(name))
		if i < 0 {
			return usagef("%q is not among the site's names: dragoman site show lists them", name)
		}
		t.Names = slices.Delete(t.Names, i, i+1)
	}
	t.Names = append(t.Names, f.Names...)
	put(&t.SendPersonal, f.SendPersonal)
	if f.Memory != nil {
		t.NoMemory = !*f.Memory
	}
	put(&t.TypingPreview, f.TypingPreview)
	put(&t.Budget.DayCharacters, f.BudgetDay)
	put(&t.Budget.MonthCharacters, f.BudgetMonth)
	put(&t.Budget.SoftPercent, f.BudgetSoft)
	if err := t.CheckEngines(engine.Settings{}.Names(), before); err != nil {
		return usage(err)
	}
	return usage(t.Check())
}

func put[T any](to *T, given *T) {
	if given != nil {
		*to = *given
	}
}

// usage makes an error one of the asker's.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

func engineNames(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func setPair(t *chat.Translating, given string) error {
	pair, list, ok := strings.Cut(given, "=")
	if !ok {
		return usagef("cannot use --pair-engines %q: write the pair and its engines, such as 'es>en=deepl,apertium'", given)
	}
	from, to, err := chat.ParsePair(pair)
	if err != nil {
		return usage(err)
	}
	if t.PairEngines == nil {
		t.PairEngines = map[string][]string{}
	}
	t.PairEngines[chat.PairName(from, to)] = engineNames(list)
	return nil
}

func setFormality(t *chat.Translating, given string) error {
	tag, formality, ok := strings.Cut(given, "=")
	if !ok {
		return usagef("cannot use --formality %q: write the language and more or less, such as de=more", given)
	}
	lang, err := parseLanguage(strings.TrimSpace(tag))
	if err != nil {
		return err
	}
	if t.Formality == nil {
		t.Formality = map[language.Tag]chat.Formality{}
	}
	t.Formality[lang] = chat.Formality(strings.TrimSpace(formality))
	return nil
}

// translatingRows are the settings in words.
func translatingRows(t chat.Translating) table {
	rows := table{{"engines", cmp.Or(strings.Join(t.Engines, ", "), "all that the server has, in its order")}}
	for _, pair := range slices.Sorted(maps.Keys(t.PairEngines)) {
		rows = append(rows, []string{"engines " + pair, strings.Join(t.PairEngines[pair], ", ")})
	}
	formality := make([]string, 0, len(t.Formality))
	for tag, f := range t.Formality {
		formality = append(formality, fmt.Sprint(tag, " ", f))
	}
	slices.Sort(formality)
	personal, memory, preview := "masked before an engine sees it", "on", "off"
	if t.SendPersonal {
		personal = "engines see mail addresses and phone numbers"
	}
	if t.NoMemory {
		memory = "off"
	}
	if t.TypingPreview {
		preview = "on: agents see what is being typed"
	}
	return append(rows, table{
		{"formality", cmp.Or(strings.Join(formality, ", "), "as usual in a shop")},
		{"never translated", cmp.Or(strings.Join(t.Names, ", "), "no names")},
		{"private data", personal},
		{"memory", memory},
		{"typing preview", preview},
		{"budget", budgetText(t.Budget)},
	}...)
}

func budgetText(b chat.Budget) string {
	var bounds []string
	if b.DayCharacters > 0 {
		bounds = append(bounds, fmt.Sprintf("%d characters a day", b.DayCharacters))
	}
	if b.MonthCharacters > 0 {
		bounds = append(bounds, fmt.Sprintf("%d characters a month", b.MonthCharacters))
	}
	if len(bounds) == 0 {
		return "no bound"
	}
	return strings.Join(bounds, ", ") + ", sparing from " + strconv.Itoa(cmp.Or(b.SoftPercent, chat.DefaultSoftPercent)) + " % on"
}
