package widget

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/language"
)

// catalogues are the widget's own texts by language. The first tag is English, which is taken if nothing else fits.
type catalogues struct {
	tags    []language.Tag
	texts   []json.RawMessage
	labels  map[string]labels
	matcher language.Matcher
}

// labels are what the launcher says before anything else is loaded.
type labels struct {
	Open   string `json:"open"`
	Close  string `json:"close"`
	Unread string `json:"unread"`
}

// loadCatalogues reads lang/widget/TAG.json.
func loadCatalogues(fsys fs.FS) (*catalogues, error) {
	files, err := fs.Glob(fsys, "lang/widget/*.json")
	if err != nil {
		return nil, err
	}
	c := &catalogues{labels: map[string]labels{}}
	for _, f := range files {
		tag, err := language.Parse(strings.TrimSuffix(path.Base(f), ".json"))
		if err != nil {
			return nil, fmt.Errorf("cannot tell the language of %s: %w", f, err)
		}
		b, err := fs.ReadFile(fsys, f)
		if err != nil {
			return nil, err
		}
		var entries map[string]json.RawMessage
		if err := json.Unmarshal(b, &entries); err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", f, err)
		}
		l := labels{Open: text(entries, "launcher.open"), Close: text(entries, "launcher.close"), Unread: text(entries, "launcher.unread")}
		c.labels[tag.String()] = l
		if tag == language.English {
			c.tags, c.texts = append([]language.Tag{tag}, c.tags...), append([]json.RawMessage{b}, c.texts...)
			continue
		}
		c.tags, c.texts = append(c.tags, tag), append(c.texts, b)
	}
	if len(c.tags) == 0 || c.tags[0] != language.English {
		return nil, fmt.Errorf("cannot do without the English texts: lang/widget/en.json is not there")
	}
	c.matcher = language.NewMatcher(c.tags)
	return c, nil
}

// text returns an entry that is a plain text; those with plural forms are objects and not for the launcher.
func text(entries map[string]json.RawMessage, key string) string {
	var s string
	_ = json.Unmarshal(entries[key], &s)
	return s
}

// pick returns the catalogue for the first wish that one of them fits.
func (c *catalogues) pick(wishes ...language.Tag) (language.Tag, json.RawMessage) {
	_, i, confidence := c.matcher.Match(wishes...)
	if confidence == language.No {
		i = 0
	}
	return c.tags[i], c.texts[i]
}

// names returns the tags of all catalogues.
func (c *catalogues) names() []string {
	out := make([]string, len(c.tags))
	for i, t := range c.tags {
		out[i] = t.String()
	}
	return out
}

// direction returns how text in the language runs.
func direction(t language.Tag) string {
	script, _ := t.Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}
