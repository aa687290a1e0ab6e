package engine

import (
	"fmt"
	"reflect"
	"strings"

	"dragoman/translate"

	"github.com/rs/zerolog"
)

// Settings are the settings of all engines, in order of preference: one line for each. The field's options say which flags the engine has
// (tags are those of the command line), when it is configured and how it is made; its prefix is its name.
type Settings struct {
	DeepL          DeepLOptions          `embed:"" prefix:"deepl-"`
	Google         GoogleOptions         `embed:"" prefix:"google-"`
	Microsoft      MicrosoftOptions      `embed:"" prefix:"microsoft-"`
	OpenAI         OpenAIOptions         `embed:"" prefix:"openai-"`
	LibreTranslate LibreTranslateOptions `embed:"" prefix:"libretranslate-"`
	APy            APyOptions            `embed:"" prefix:"apy-"`
	Apertium       ApertiumOptions       `embed:"" prefix:"apertium-"`
}

// setting is what each field of Settings can do.
type setting interface {
	// configured tells whether the engine is used when nobody named one.
	configured() bool
	// open makes the engine. The error says what it needs: "needs --deepl-key".
	open(log zerolog.Logger) (translate.Engine, error)
}

// each yields the engines' names and settings in order.
func (s Settings) each(yield func(name string, set setting) bool) {
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		set, ok := v.Field(i).Interface().(setting)
		if ok && !yield(strings.TrimSuffix(v.Type().Field(i).Tag.Get("prefix"), "-"), set) {
			return
		}
	}
}

// Names returns the names of all engines.
func (s Settings) Names() []string {
	var names []string
	for name := range s.each {
		names = append(names, name)
	}
	return names
}

// Configured returns the names of those that have what they need, or may be found on this machine, in order of preference.
func (s Settings) Configured() []string {
	var names []string
	for name, set := range s.each {
		if set.configured() {
			names = append(names, name)
		}
	}
	return names
}

// Open makes the engine of that name. It starts and asks nothing before the first line.
func (s Settings) Open(name string, log zerolog.Logger) (translate.Engine, error) {
	for n, set := range s.each {
		if n != name {
			continue
		}
		e, err := set.open(log)
		if err != nil {
			return nil, fmt.Errorf("the engine %s %w", name, err)
		}
		return e, nil
	}
	return nil, fmt.Errorf("there is no engine %q: the names are %s", name, strings.Join(s.Names(), ", "))
}

// needs refuses an engine whose settings cannot work. what ends the sentence "the engine ... needs".
func needs(r *remote, what string) error {
	if r.missing == nil {
		return nil
	}
	_ = r.Close()
	return fmt.Errorf("needs %s; %w", what, r.missing)
}
