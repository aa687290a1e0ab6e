// Command corpusgen writes translate/engine/enginetest/protected.tsv, the corpus of lines whose order numbers, prices, links and so on must
// survive, from the hand-written templates.txt and values.txt beside it:
//
//	go run ./internal/tools/corpusgen
//
// Run in the module's root. A test tells when the file is not what would be written.
package main

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
)

// folder is where the corpus stands, below the module's root; lines is how many a template yields.
const (
	folder = "translate/engine/enginetest"
	lines  = 5
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "corpusgen:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	corpus, err := generate(filepath.Join(root, folder))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, folder, "protected.tsv"), corpus, 0o644)
}

// generate returns the corpus for the templates and values in folder.
func generate(folder string) ([]byte, error) {
	templates, err := os.ReadFile(filepath.Join(folder, "templates.txt"))
	if err != nil {
		return nil, err
	}
	list, err := os.ReadFile(filepath.Join(folder, "values.txt"))
	if err != nil {
		return nil, err
	}
	v := readValues(string(list))
	var b strings.Builder
	b.WriteString("# Made by go run ./internal/tools/corpusgen; CC0 1.0.\n# names: " + strings.Join(v.names(), " | ") +
		"\n# language\tline\twhat must arrive letter by letter, with its kind, separated by bars\n")
	language := ""
	for text := range strings.SplitSeq(string(templates), "\n") {
		if tag, ok := strings.CutPrefix(text, "= "); ok {
			language = tag
		}
		if !strings.Contains(text, "‹") {
			continue
		}
		for n := range lines {
			line, spans, err := v.fill(language, text, n)
			if err != nil {
				return nil, err
			}
			b.WriteString(language + "\t" + line + "\t" + strings.Join(spans, "|") + "\n")
		}
	}
	return []byte(b.String()), nil
}

// values are those of each place, by "place" and "place/language".
type values map[string][]string

func readValues(list string) values {
	v := values{}
	for line := range strings.SplitSeq(list, "\n") {
		place, all, ok := strings.Cut(line, ": ")
		if ok && !strings.HasPrefix(line, "#") {
			v[place] = strings.Split(all, " | ")
		}
	}
	return v
}

// names are all of the site's list.
func (v values) names() []string {
	var all []string
	seen := map[string]bool{}
	for _, place := range []string{"name", "name/ja", "name/ru", "name/ar"} {
		for _, name := range v[place] {
			if !seen[name] {
				all = append(all, name)
			}
			seen[name] = true
		}
	}
	return all
}

// kinds are the places that are called otherwise than what stands in them.
var kinds = map[string]string{"dims": "size", "fit": "size"}

// fill puts values into the places of a template. Which ones depends on the template and on n alone; a place that a template has twice gets
// different ones.
func (v values) fill(language, template string, n int) (line string, spans []string, err error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(language + template))
	first := int(h.Sum32() % 97)
	for turn := 0; ; turn++ {
		before, rest, ok := strings.Cut(template, "‹")
		if !ok {
			return line + template, spans, nil
		}
		place, after, _ := strings.Cut(rest, "›")
		list := v[place+"/"+language]
		if list == nil {
			list = v[place]
		}
		if len(list) < lines {
			return "", nil, fmt.Errorf("the place %q has %d values in %s, want %d: add some to values.txt", place, len(list), language, lines)
		}
		value := list[(first+n+2*turn)%len(list)]
		if kind := kinds[place]; kind != "" {
			place = kind
		}
		spans = append(spans, place+":"+value)
		line += before + value
		template = after
	}
}
