package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// A catalogue maps a key to a text, or to one text for each plural category of its language.
type catalogue map[string]text

// A text has one entry named "" if it does not depend on a number.
type text map[string]string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text{"": s}
		return nil
	}
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		return errors.New("a text is a string, or an object of strings by plural category")
	}
	*t = m
	return nil
}

// reference is the language in which every key is written first.
const reference = "en"

// catalogues checks static/src/lang/*/*.json and returns them without white space, named lang/APP/TAG.json.
func catalogues(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	paths, err := filepath.Glob(filepath.Join(root, source, "lang", "*", "*.json"))
	if err != nil {
		return nil, err
	}
	apps := map[string]map[string]catalogue{}
	for _, path := range paths {
		app, tag := filepath.Base(filepath.Dir(path)), strings.TrimSuffix(filepath.Base(path), ".json")
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var c catalogue
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, fmt.Errorf("lang/%s/%s.json: %w", app, tag, err)
		}
		if apps[app] == nil {
			apps[app] = map[string]catalogue{}
		}
		apps[app][tag] = c
		if files["lang/"+app+"/"+tag+".json"], err = minifyJSON(raw); err != nil {
			return nil, err
		}
	}
	var faults []string
	for app, byTag := range apps {
		faults = append(faults, checkCatalogues(app, byTag)...)
		if app == "widget" {
			faults = append(faults, checkWidget(byTag)...)
		} else {
			faults = append(faults, checkSlips(app, byTag)...)
		}
	}
	if len(faults) > 0 {
		slices.Sort(faults)
		return nil, errors.New("catalogues:\n  " + strings.Join(faults, "\n  "))
	}
	return files, nil
}

// checkCatalogues holds each catalogue of one app against the reference: same keys, the plural categories of its own
// language and no others, the same placeholders in every text.
func checkCatalogues(app string, byTag map[string]catalogue) (faults []string) {
	ref := byTag[reference]
	if ref == nil {
		return []string{app + ": there is no " + reference + ".json"}
	}
	for tag, c := range byTag {
		lang, err := language.Parse(tag)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s/%s: the name is not a language tag", app, tag))
			continue
		}
		say := func(key, format string, args ...any) {
			faults = append(faults, fmt.Sprintf("%s/%s: %s: %s", app, tag, key, fmt.Sprintf(format, args...)))
		}
		for key := range ref {
			if _, ok := c[key]; !ok {
				say(key, "missing; a text stands in every language, all of them in one change")
			}
		}
		for key, t := range c {
			want, ok := ref[key]
			if !ok {
				say(key, "%s.json has no such key", reference)
				continue
			}
			checkText(lang, t, want, func(format string, args ...any) { say(key, format, args...) })
		}
	}
	return faults
}

func checkText(lang language.Tag, t, want text, say func(format string, args ...any)) {
	_, plain := t[""]
	_, wantPlain := want[""]
	if plain != wantPlain {
		say("plural in one language, not in the other")
		return
	}
	if !plain {
		have := make([]string, 0, len(t))
		for c := range t {
			have = append(have, c)
		}
		slices.Sort(have)
		if need := categories(lang); !slices.Equal(have, need) {
			say("has the plural categories %v, %s needs %v", have, lang, need)
		}
	}
	for c, s := range t {
		if strings.TrimSpace(s) == "" {
			say("%s is empty", c)
		}
		if bold := want["other"] + want[""]; strings.Count(s, "*") != strings.Count(bold, "*") {
			say("%q has not what %q has in bold", s, bold)
		}
		// A category for one number only ("one", "two", "zero") may spell the number out.
		if missing := without(placeholders(want["other"]+want[""]), placeholders(s)); len(missing) > 0 &&
			!(slices.Equal(missing, []string{"{n}"}) && slices.Contains([]string{"zero", "one", "two"}, c)) {
			say("lacks %v", missing)
		}
		if more := without(placeholders(s), placeholders(want["other"]+want[""])); len(more) > 0 {
			say("has %v, which nothing fills", more)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func placeholders(s string) []string { return placeholder.FindAllString(s, -1) }

func without(a, b []string) (rest []string) {
	for _, s := range a {
		if !slices.Contains(b, s) && !slices.Contains(rest, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

var categoryNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// later are the rules that CLDR has changed since the edition in x/text; static/src/lang/lang.test.ts holds what comes out against Intl.
// Many is for a million in French and its sisters; Hebrew has given it up.
var later = map[string]struct{ more, less string }{
	"ca": {more: "many"}, "es": {more: "many"}, "fr": {more: "many"}, "it": {more: "many"}, "pt": {more: "many"}, "he": {less: "many"},
}

// categories finds the plural categories of a language for whole numbers by trying numbers.
func categories(lang language.Tag) []string {
	// "other" is there in every language, if only for fractions; t() falls back to it.
	found := []string{"other"}
	base, _ := lang.Base()
	change := later[base.String()]
	for n := range 1000 {
		name := categoryNames[plural.Cardinal.MatchPlural(lang, n, 0, 0, 0, 0)]
		if name != change.less && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if change.more != "" {
		found = append(found, change.more)
	}
	slices.Sort(found)
	return found
}

func minifyJSON(raw []byte) ([]byte, error) {
	// Through a map the keys come out sorted, so that the order in the source does not matter.
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, err
	}
	return writeJSON(m)
}

func writeJSON(m map[string]json.RawMessage) ([]byte, error) {
	var buf strings.Builder
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSpace(buf.String())), nil
}
