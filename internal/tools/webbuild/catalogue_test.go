package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/language"
)

func parse(t *testing.T, s string) catalogue {
	t.Helper()
	var c catalogue
	if err := json.Unmarshal([]byte(s), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheckCatalogues(t *testing.T) {
	const en = `{"hi": "Hi {name}", "bold": "*so*", "n": {"one": "{n} line", "other": "{n} lines"}}`
	tests := []struct {
		name, tag, texts string
		want             []string // parts of the faults, in order; none: no fault
	}{
		{"complete", "de", `{"bold": "*ja*", "hi": "Hallo {name}", "n": {"one": "eine Zeile", "other": "{n} Zeilen"}}`, nil},
		{"missing key", "de", `{"bold": "*ja*", "n": {"one": "{n}", "other": "{n}"}}`, []string{"hi: missing"}},
		{"unknown key", "de", `{"bold": "*ja*", "hi": "{name}", "x": "y", "n": {"one": "{n}", "other": "{n}"}}`, []string{"x: en.json has no such key"}},
		{"missing category", "ar", `{"bold": "*ja*", "hi": "{name}", "n": {"one": "1", "other": "{n}"}}`, []string{"needs [few many one other two zero]"}},
		{"category too many", "ja", `{"bold": "*ja*", "hi": "{name}", "n": {"one": "{n}", "other": "{n}"}}`, []string{"needs [other]"}},
		{"lost placeholder", "de", `{"bold": "*ja*", "hi": "Hallo", "n": {"one": "{n}", "other": "{n}"}}`, []string{"hi: lacks [{name}]"}},
		{"lost number", "de", `{"bold": "*ja*", "hi": "{name}", "n": {"one": "eine", "other": "viele"}}`, []string{"n: lacks [{n}]"}},
		{"strange placeholder", "de", `{"bold": "*ja*", "hi": "{name} {shop}", "n": {"one": "{n}", "other": "{n}"}}`, []string{"hi: has [{shop}]"}},
		{"plural here only", "de", `{"bold": "*ja*", "hi": {"one": "{name}", "other": "{name}"}, "n": {"one": "{n}", "other": "{n}"}}`, []string{"hi: plural in one language"}},
		{"lost bold", "de", `{"hi": "Hallo {name}", "bold": "fett", "n": {"one": "{n}", "other": "{n}"}}`, []string{"bold: \"fett\" has not"}},
		{"empty", "de", `{"bold": "*ja*", "hi": " ", "n": {"one": "{n}", "other": "{n}"}}`, []string{"hi:  is empty", "hi: lacks"}},
		{"no tag", "german!", `{}`, []string{"not a language tag"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			faults := checkCatalogues("app", map[string]catalogue{"en": parse(t, en), tt.tag: parse(t, tt.texts)})
			slices.Sort(faults)
			if len(faults) != len(tt.want) {
				t.Fatalf("faults %q, want %d", faults, len(tt.want))
			}
			for i, w := range tt.want {
				if !strings.Contains(faults[i], w) {
					t.Errorf("fault %q, want %q in it", faults[i], w)
				}
			}
		})
	}
}

func TestNoReference(t *testing.T) {
	if faults := checkCatalogues("app", map[string]catalogue{"de": {}}); len(faults) != 1 {
		t.Errorf("faults %q", faults)
	}
}

// The browser decides by Intl.PluralRules which category it asks for; these are its answers.
func TestCategories(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "one other", "de": "one other", "es": "many one other", "fr": "many one other", "pt-BR": "many one other",
		"ar": "few many one other two zero", "ja": "other", "ru": "few many one other", "pl": "few many one other",
		"he": "one other two", "it": "many one other", "lv": "one other zero", "sl": "few one other two", "cs": "few one other",
	} {
		if got := strings.Join(categories(language.MustParse(tag)), " "); got != want {
			t.Errorf("%s: %s, want %s", tag, got, want)
		}
	}
}

func TestTextIsStringOrPlurals(t *testing.T) {
	var c catalogue
	for _, bad := range []string{`{"a": 1}`, `{"a": ["x"]}`, `{"a": {"one": 1}}`} {
		if err := json.Unmarshal([]byte(bad), &c); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}
