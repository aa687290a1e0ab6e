package enginetest

import (
	_ "embed"
	"strings"

	"golang.org/x/text/language"
)

//go:embed lines.tsv
var lines string

//go:embed protected.tsv
var protected string

// Line is a line of support chat, and what of it must arrive letter by letter, each as often as it stands here.
type Line struct {
	Language  language.Tag
	Text      string
	Protected []string
}

// Lines returns the short corpus: lines as shoppers and agents write them, with everything that must survive written down
// by hand.
func Lines() []Line { return read(lines) }

// Corpus returns the long one, of more than two thousand lines in ten languages, and the list of names of the site that they were written to.
// Its lines come from templates (internal/tools/corpusgen), five from each.
func Corpus() (all []Line, names []string) {
	_, list, _ := strings.Cut(protected, "# names: ")
	list, _, _ = strings.Cut(list, "\n")
	all = read(protected)
	for i := range all {
		for j, part := range all[i].Protected {
			_, all[i].Protected[j], _ = strings.Cut(part, ":") // the kind
		}
	}
	return all, strings.Split(list, " | ")
}

func read(corpus string) []Line {
	var all []Line
	for l := range strings.SplitSeq(corpus, "\n") {
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
