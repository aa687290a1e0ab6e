package main

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

// openings returns, for each catalogue of the widget, what its first screen can say of it, named lang/opening/TAG.json: these texts stand in the
// page itself. All others come with the first part (src/widget/app.ts).
func openings(files map[string][]byte) (map[string][]byte, error) {
	out := map[string][]byte{}
	script := string(files["widget.js"])
	for name, b := range files {
		if path.Dir(name) != "lang/widget" {
			continue
		}
		var texts map[string]json.RawMessage
		if err := json.Unmarshal(b, &texts); err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", name, err)
		}
		for key := range texts {
			if !says(script, key) {
				delete(texts, key)
			}
		}
		var err error
		if out["lang/opening/"+path.Base(name)], err = writeJSON(texts); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// says tells whether a script has the key in it: whole, or as the beginning of a template that makes it (`bar.${what}`).
func says(script, key string) bool {
	for _, quote := range []string{`"`, "`", "'"} {
		if strings.Contains(script, quote+key+quote) {
			return true
		}
	}
	group, _, ok := strings.Cut(key, ".")
	return ok && strings.Contains(script, "`"+group+".${")
}
