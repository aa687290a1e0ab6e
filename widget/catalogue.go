package widget

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// catalogues are the widget's own texts by language. The first tag is English, which is taken if nothing else fits.
type catalogues struct {
	tags  []language.Tag
	texts []json.RawMessage
	// openings are what the first screen can say of texts, nil where that is not known.
	openings []json.RawMessage
	labels   map[string]string // what the launcher is called, lowered
	// invented are the languages for tests, if there are any.
	invented map[language.Tag]json.RawMessage
}

// loadCatalogues reads lang/widget/TAG.json, and lang/opening/TAG.json.
func loadCatalogues(fsys fs.FS) (*catalogues, error) {
	files, err := fs.Glob(fsys, "lang/widget/*.json")
	if err != nil {
		return nil, err
	}
	c := &catalogues{labels: map[string]string{}}
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
		if c.labels[tag.String()], err = lowered(text(entries, "launcher.open")); err != nil {
			return nil, fmt.Errorf("cannot put launcher.open of %s into the loader: %w", f, err)
		}
		first, err := fs.ReadFile(fsys, "lang/opening/"+path.Base(f))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		at := len(c.tags)
		if tag == language.English {
			at = 0
		}
		c.tags, c.texts, c.openings = slices.Insert(c.tags, at, tag), slices.Insert(c.texts, at, json.RawMessage(b)), slices.Insert(c.openings, at, json.RawMessage(first))
	}
	if len(c.tags) == 0 || c.tags[0] != language.English {
		return nil, fmt.Errorf("cannot do without the English texts: lang/widget/en.json is not there")
	}
	return c, nil
}

// Letters of these scripts, Greek to Thai, are lowered: those below are Latin, those above too many to fit.
const (
	firstLowered, endLowered = 0x370, 0x1000
	lowerGround              = 0x40 // what is below, spaces and signs, stays
	lowerRoom                = 0xc0
)

// lowered moves the letters of another script down to where those of Latin are, behind the one that they are counted from: all
// languages together then take a sixth less of the loader. raised in src/loader/pick.ts undoes it.
func lowered(s string) (string, error) {
	base := rune(endLowered)
	for _, r := range s {
		if r >= firstLowered {
			base = min(base, r)
		}
	}
	if base == endLowered {
		return s, nil
	}
	out := []rune{base}
	for _, r := range s {
		switch {
		case r < lowerGround:
		case r >= base && r < base+lowerRoom:
			r += lowerGround - base
		default:
			return "", fmt.Errorf("%q is of another script than the rest", r)
		}
		out = append(out, r)
	}
	return string(out), nil
}

// text returns an entry that is a plain text; those with plural forms are objects and not for the launcher.
func text(entries map[string]json.RawMessage, key string) string {
	var s string
	_ = json.Unmarshal(entries[key], &s)
	return s
}

// textIn returns a plain entry of a catalogue.
func textIn(catalogue json.RawMessage, key string) string {
	var entries map[string]json.RawMessage
	_ = json.Unmarshal(catalogue, &entries) // it was read once already
	return text(entries, key)
}

// kin are other names of a language that there is a catalogue of, and languages whose readers read that one as well: Nynorsk, Cantonese,
// Bosnian, Montenegrin. Serbian is written in Cyrillic here also for who writes it in Latin: everybody there has learned both.
var kin = map[string]string{"no": "nb", "nn": "nb", "prs": "fa", "yue": "zh-Hant", "bs": "hr", "cnr": "sr"}

// pick returns the catalogue for the first wish that one of them fits.
func (c *catalogues) pick(wishes ...language.Tag) (language.Tag, json.RawMessage) {
	for _, w := range wishes {
		if texts, ok := c.invented[w]; ok {
			return w, texts
		}
		if i, ok := c.fits(w); ok {
			return c.tags[i], c.texts[i]
		}
	}
	return c.tags[0], c.texts[0]
}

// opening is what pick returns, as far as the first screen can say it; whole tells that it is everything.
func (c *catalogues) opening(wishes ...language.Tag) (tag language.Tag, texts json.RawMessage, whole bool) {
	tag, texts = c.pick(wishes...)
	if i := slices.Index(c.tags, tag); i >= 0 && len(c.openings[i]) > 0 {
		return tag, c.openings[i], false
	}
	return tag, texts, true
}

// nearest returns the tag of the catalogue for who reads a language, and whether there is one.
func (c *catalogues) nearest(reads language.Tag) (language.Tag, bool) {
	i, ok := c.fits(reads)
	return c.tags[i], ok
}

// fits finds the catalogue that a wish means: of the same language, in the script or the country that it is of (zh-TW: zh-Hant, pt: pt-BR;
// Portuguese of other countries is that of Portugal), or one that its readers read as well. A language that is only near does not fit: who wants
// Galician may have said himself that he reads Spanish, or it is for the site to say. src/shared/tags.ts does the same in the browser.
func (c *catalogues) fits(w language.Tag) (int, bool) {
	if raw, _, _ := w.Raw(); raw == undetermined {
		return 0, false
	}
	// Encompassing languages: cmn is zh, swh is sw.
	if whole, err := language.Macro.Canonicalize(w); err == nil {
		w = whole
	}
	b, _ := w.Base()
	script, _ := w.Script()
	region, _ := w.Region()
	base := b.String()
	for _, name := range []string{base, base + "-" + script.String(), base + "-" + region.String(), base + "-PT", kin[base]} {
		if i := slices.IndexFunc(c.tags, func(t language.Tag) bool { return t.String() == name }); i >= 0 {
			return i, true
		}
	}
	i := slices.IndexFunc(c.tags, func(t language.Tag) bool { own, _ := t.Base(); return own == b })
	return max(i, 0), i >= 0
}

var undetermined, _, _ = language.Und.Raw()

// say returns the plain texts of the catalogue for the first wish that one of them fits, and its language.
func (c *catalogues) say(wishes []language.Tag) (func(key string) string, language.Tag) {
	tag, b := c.pick(wishes...)
	var entries map[string]json.RawMessage
	_ = json.Unmarshal(b, &entries) // it was read before
	return func(key string) string { return text(entries, key) }, tag
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
