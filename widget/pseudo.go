package widget

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/language"
)

// The languages that nobody speaks. They are made of the English texts and show what a translation would run into: en-XA is longer by two
// fifths, has accents on every letter and brackets around every text, so that what is cut off or not in a catalogue at all is seen; ar-XB is
// English as if it ran from right to left.
var (
	accented = language.MustParse("en-XA")
	mirrored = language.MustParse("ar-XB")
)

var accents = strings.NewReplacer(
	"a", "å", "b", "ƀ", "c", "ç", "d", "ð", "e", "é", "f", "ƒ", "g", "ĝ", "h", "ĥ", "i", "î", "j", "ĵ", "k", "ķ", "l", "ļ", "m", "ɱ",
	"n", "ñ", "o", "ö", "p", "þ", "q", "ǫ", "r", "ŕ", "s", "š", "t", "ţ", "u", "û", "v", "ṽ", "w", "ŵ", "x", "ẋ", "y", "ý", "z", "ž",
	"A", "Å", "B", "Ɓ", "C", "Ç", "D", "Ð", "E", "É", "F", "Ƒ", "G", "Ĝ", "H", "Ĥ", "I", "Î", "J", "Ĵ", "K", "Ķ", "L", "Ļ", "M", "Ṁ",
	"N", "Ñ", "O", "Ö", "P", "Þ", "Q", "Ǫ", "R", "Ŕ", "S", "Š", "T", "Ţ", "U", "Û", "V", "Ṽ", "W", "Ŵ", "X", "Ẋ", "Y", "Ý", "Z", "Ž",
)

// What fills a text up to its length; words, so that lines break where they would in a language.
var filling = strings.Fields("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen")

// longer is by how much a text in en-XA is longer than in English, in percent: what German and Finnish need for a sentence, and more than most.
const longer = 40

// A placeholder, or what stands between two of them.
var pieces = regexp.MustCompile(`\{[a-z]+\}|[^{]+`)

func accent(s string) string {
	var b strings.Builder
	for _, p := range pieces.FindAllString(s, -1) {
		if !strings.HasPrefix(p, "{") {
			p = accents.Replace(p)
		}
		b.WriteString(p)
	}
	for i, more := 0, len(s)*longer/100; more > 0; i++ {
		word := filling[i%len(filling)]
		b.WriteString(" " + word)
		more -= 1 + len(word)
	}
	return "[" + b.String() + "]"
}

// mirror turns each word round by the marks that do so in the display; placeholders stay, because what is put in has its own direction.
func mirror(s string) string {
	const override, pop = "\u202e", "\u202c"
	var b strings.Builder
	for _, p := range pieces.FindAllString(s, -1) {
		if strings.HasPrefix(p, "{") {
			b.WriteString(p)
			continue
		}
		inside := false
		for _, r := range p {
			if letter := unicode.IsLetter(r) || r == '’'; letter != inside {
				inside = letter
				b.WriteString(map[bool]string{true: override, false: pop}[letter])
			}
			b.WriteRune(r)
		}
		if inside {
			b.WriteString(pop)
		}
	}
	return b.String()
}

// pseudo makes a catalogue of another by turning each of its texts.
func pseudo(texts json.RawMessage, turn func(string) string) (json.RawMessage, error) {
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(texts, &entries); err != nil {
		return nil, fmt.Errorf("cannot read the English texts: %w", err)
	}
	for key, entry := range entries {
		var plain string
		var forms map[string]string // by plural category
		if err := json.Unmarshal(entry, &plain); err == nil {
			entries[key], _ = json.Marshal(turn(plain)) // strings always marshal
			continue
		}
		if err := json.Unmarshal(entry, &forms); err != nil {
			return nil, fmt.Errorf("cannot read %s of the English texts: %w", key, err)
		}
		for category, s := range forms {
			forms[category] = turn(s)
		}
		entries[key], _ = json.Marshal(forms)
	}
	return json.Marshal(entries)
}

// invent adds the languages that nobody speaks. They have no label in the loader and are not in the list of languages; a page is in one of
// them if it is asked for by its whole tag.
func (c *catalogues) invent() error {
	c.invented = map[language.Tag]json.RawMessage{}
	for tag, turn := range map[language.Tag]func(string) string{accented: accent, mirrored: mirror} {
		texts, err := pseudo(c.texts[0], turn)
		if err != nil {
			return err
		}
		c.invented[tag] = texts
	}
	return nil
}
