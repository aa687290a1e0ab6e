package enginetest

import (
	_ "embed"
	"strings"

	"golang.org/x/text/language"
)

//go:embed lines.tsv
var lines string

// Line is a line of support chat, and what of it must arrive letter by letter, each as often as it stands here.
type Line struct {
	Language  language.Tag
	Text      string
	Protected []string
}

// Lines returns the corpus: lines as shoppers and agents write them, with everything that must survive written down
// by hand.
func Lines() []Line {
	var all []Line
	for _, l := range strings.Split(lines, "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		f := strings.Split(l, "\t")
		all = append(all, Line{Language: language.MustParse(f[0]), Text: f[1], Protected: strings.Split(f[2], "|")})
	}
	return all
}

// Missing returns those of the line's protected parts that do not stand in text as often as they should; parts that contain
// one another are counted from the longest on.
func (l Line) Missing(text string) []string {
	var missing []string
	for _, p := range byLength(l.Protected) {
		i := strings.Index(text, p)
		if i < 0 {
			missing = append(missing, p)
			continue
		}
		text = text[:i] + "\x00" + text[i+len(p):]
	}
	return missing
}
