package chat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
)

func TestTranslatingIsChecked(t *testing.T) {
	names := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint("Name ", i)
		}
		return list
	}
	engines := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint("engine-", i)
		}
		return list
	}
	pairs, formality := map[string][]string{}, map[language.Tag]Formality{}
	for i := range MaxPairOrders + 1 {
		tag := string([]byte{'q', byte('a' + i/19), byte('a' + i%19)}) // qaa to qtz are for private use
		pairs["en>"+tag] = []string{"deepl"}
		formality[language.MustParse(tag)] = FormalityMore
	}
	for name, c := range map[string]struct {
		t    Translating
		code Code
		says string
	}{
		"nothing":              {Translating{}, "", ""},
		"as many as may be":    {Translating{Engines: engines(MaxEngines), Names: names(MaxNames)}, "", ""},
		"highest numbers":      {Translating{Budget: Budget{MaxBudget, MaxBudget, 100}}, "", ""},
		"longest name":         {Translating{Names: []string{strings.Repeat("ß", MaxName)}}, "", ""},
		"too many engines":     {Translating{Engines: engines(MaxEngines + 1)}, TooLong, "at most 16"},
		"an engine twice":      {Translating{Engines: []string{"deepl", "apy", "deepl"}}, BadRequest, "named twice"},
		"no engine's name":     {Translating{Engines: []string{"DeepL"}}, BadRequest, `"DeepL" is no engine's name`},
		"an empty engine":      {Translating{Engines: []string{""}}, BadRequest, "no engine's name"},
		"a long engine":        {Translating{Engines: []string{strings.Repeat("e", MaxEngineName+1)}}, BadRequest, "no engine's name"},
		"no pair":              {Translating{PairEngines: map[string][]string{"es": {"deepl"}}}, BadRequest, "es>en"},
		"half a pair":          {Translating{PairEngines: map[string][]string{"es>": {"deepl"}}}, BadLanguage, "BCP 47"},
		"a pair of one":        {Translating{PairEngines: map[string][]string{"es>ES": {"deepl"}}}, BadRequest, "both are the same"},
		"a pair that is none":  {Translating{PairEngines: map[string][]string{"es>klingon-": {"deepl"}}}, BadLanguage, "BCP 47"},
		"a pair's bad engine":  {Translating{PairEngines: map[string][]string{"es>en": {"a b"}}}, BadRequest, "pair_engines es>en"},
		"a pair twice":         {Translating{PairEngines: map[string][]string{"es>en": {"a"}, "ES>en": {"b"}}}, BadRequest, "twice"},
		"too many pairs":       {Translating{PairEngines: pairs}, TooLong, "at most 64"},
		"too many formalities": {Translating{Formality: formality}, TooLong, "at most 64"},
		"another formality":    {Translating{Formality: map[language.Tag]Formality{language.German: "Sie"}}, BadRequest, "more, less or engine"},
		"nobody's formality":   {Translating{Formality: map[language.Tag]Formality{language.Und: FormalityMore}}, BadLanguage, "BCP 47"},
		"formality twice": {Translating{Formality: map[language.Tag]Formality{language.German: FormalityMore,
			language.MustParse("de-u-co-phonebk"): FormalityLess}}, BadRequest, "twice"},
		"too many names":    {Translating{Names: names(MaxNames + 1)}, TooLong, "at most 500"},
		"a long name":       {Translating{Names: []string{strings.Repeat("ß", MaxName+1)}}, TooLong, "at most 100"},
		"an empty name":     {Translating{Names: []string{"Tea", " \u200b\x00 "}}, Empty, "neither a letter nor a digit"},
		"a name of marks":   {Translating{Names: []string{"."}}, Empty, `"."`},
		"a negative day":    {Translating{Budget: Budget{DayCharacters: -1}}, BadRequest, "day_characters"},
		"a negative month":  {Translating{Budget: Budget{MonthCharacters: -1}}, BadRequest, "month_characters"},
		"more than any":     {Translating{Budget: Budget{MonthCharacters: MaxBudget + 1}}, BadRequest, "month_characters"},
		"a negative part":   {Translating{Budget: Budget{SoftPercent: -1}}, BadRequest, "1 to 100"},
		"more than a whole": {Translating{Budget: Budget{SoftPercent: 101}}, BadRequest, "1 to 100"},
	} {
		err := c.t.Check()
		if CodeOf(err) != c.code || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s %q", name, err, c.code, c.says)
		}
	}
}

// What is checked is in one form, whoever wrote it, and checking it again changes nothing.
func TestCheckWritesInOneWay(t *testing.T) {
	written := Translating{
		PairEngines: map[string][]string{"ES > pt-br": {"deepl", "apy"}, "en>fr": {}},
		Formality:   map[language.Tag]Formality{language.MustParse("de-u-co-phonebk"): FormalityMore, language.French: ""},
		Names:       []string{"  Tea\t& Co ", "Tea & Co", "Cafe\u0301"},
	}
	kept := Translating{PairEngines: written.PairEngines, Formality: written.Formality, Names: slices.Clone(written.Names)}
	for range 2 {
		if err := written.Check(); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(written)
		if want := `{"pair_engines":{"es\u003ept-BR":["deepl","apy"]},"formality":{"de":"more"},"names":["Tea \u0026 Co","Café"]}`; err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	if len(kept.PairEngines) != 2 || len(kept.Formality) != 2 || kept.Names[0] != "  Tea\t& Co " {
		t.Errorf("what others hold was changed: %+v", kept)
	}
}

func TestUnknownEnginesAreNamed(t *testing.T) {
	known := []string{"deepl", "apertium"}
	for _, s := range []Translating{{Engines: []string{"deepl", "babel"}}, {PairEngines: map[string][]string{"es>en": {"babel"}}}} {
		err := s.CheckEngines(known, Translating{})
		if CodeOf(err) != BadRequest || !strings.Contains(err.Error(), `no engine "babel": the names are deepl, apertium`) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	good := Translating{Engines: []string{"apertium"}, PairEngines: map[string][]string{"es>en": {"deepl"}}}
	if err := good.CheckEngines(known, Translating{}); err != nil {
		t.Error(err)
	}
}

func FuzzTranslating(f *testing.F) {
	f.Add([]byte(`{"engines":["deepl"],"pair_engines":{"es>en":["apertium"]},"formality":{"de":"more"},"names":["Tea"],"budget":{"day_characters":1}}`))
	f.Add([]byte(`{"pair_engines":{">":[],"a>a":["a"]},"formality":{"x-y":"less"},"names":["\u202e"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s, again Translating
		if json.Unmarshal(b, &s) != nil || s.Check() != nil {
			return
		}
		once, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(once, &again); err != nil {
			t.Fatalf("what was checked cannot be read again: %v in %s", err, once)
		}
		if err := again.Check(); err != nil {
			t.Fatalf("what was checked is refused: %v in %s", err, once)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(once) {
			t.Fatalf("%s became %s", once, twice)
		}
	})
}
