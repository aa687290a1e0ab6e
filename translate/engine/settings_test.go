package engine

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// TestSettings: every line of Settings is an engine with a name, flags of that name, a sentence for who forgot them, and a place in the manual.
func TestSettings(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var none Settings
	if n := reflect.TypeFor[Settings]().NumField(); n != len(none.Names()) || n < 7 {
		t.Fatalf("%d lines, and the engines are %v", n, none.Names())
	}
	for _, name := range none.Names() {
		e, err := none.Open(name, zerolog.Nop())
		if name == "apertium" { // needs no settings
			if err != nil {
				t.Error(err)
			} else {
				e.Close()
			}
		} else if err == nil || !strings.Contains(err.Error(), "the engine "+name+" needs --"+name+"-") {
			t.Errorf("%s without settings: %v", name, err)
		}
		if !strings.Contains(string(manual), "\n| `"+name+"` |") {
			t.Errorf("%s is not in docs/operations.md", name)
		}
	}
	if got := none.Configured(); !slices.Equal(got, []string{"apertium"}) {
		t.Errorf("without settings there are %v", got)
	}
	some := Settings{
		DeepL: DeepLOptions{Key: "k"}, Google: GoogleOptions{Key: "k"}, Microsoft: MicrosoftOptions{Key: "k"}, OpenAI: OpenAIOptions{URL: "http://x", Model: "m"},
		LibreTranslate: LibreTranslateOptions{URL: "http://x"}, APy: APyOptions{URL: "http://x"},
	}
	if got := some.Configured(); !slices.Equal(got, some.Names()) {
		t.Errorf("with settings there are %v", got)
	}
	for _, name := range some.Names() {
		e, err := some.Open(name, zerolog.Nop())
		if err != nil {
			t.Error(err)
			continue
		}
		if e.Name() != name {
			t.Errorf("%s calls itself %s", name, e.Name())
		}
		e.Close()
	}
	if _, err := some.Open("babelfish", zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "apertium") {
		t.Errorf("an engine that nobody knows: %v", err)
	}
	secrets := 0
	for i := range reflect.TypeFor[Settings]().NumField() {
		options := reflect.TypeFor[Settings]().Field(i).Type
		for j := range options.NumField() {
			f := options.Field(j)
			if _, secret := f.Tag.Lookup("secret"); f.Name == "Key" && !secret {
				t.Errorf("%s: the key is no secret", options.Name())
			} else if secret {
				secrets++
			}
		}
	}
	if secrets < 5 {
		t.Errorf("%d keys", secrets)
	}
}
