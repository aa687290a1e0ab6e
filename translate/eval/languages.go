package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"unicode"

	"dragoman/chat"
	"dragoman/translate/detect"

	"golang.org/x/text/language"
)

// spoken is one line of a conversation, and in which language it is.
type spoken struct {
	participant, language, text string
}

// readSpoken reads tables with commas whose first line names columns: source_language, source, doc_id and sender, as those of the WMT chat translation
// task do. Who wrote is document and sender together.
func readSpoken(r io.Reader) ([]spoken, error) {
	table := csv.NewReader(r)
	header, err := table.Read()
	if err != nil {
		return nil, err
	}
	var place [4]int
	for i, name := range []string{"source_language", "source", "doc_id", "sender"} {
		if place[i] = slices.Index(header, name); place[i] < 0 {
			return nil, fmt.Errorf("there is no column %s: the first line must name source_language, source, doc_id and sender", name)
		}
	}
	var all []spoken
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		tag, err := language.Parse(row[place[0]])
		if err != nil {
			return nil, fmt.Errorf("%q is no language", row[place[0]])
		}
		base, _ := tag.Base()
		s := spoken{participant: row[place[2]] + " " + row[place[3]], language: base.String(), text: row[place[1]]}
		if s.counts(tag) {
			all = append(all, s)
		}
	}
}

// counts tells whether a line can be judged: it has letters, and if they are all Latin, its language is written with them. A customer of whom the table
// says that he speaks Korean and who writes English writes English.
func (s spoken) counts(tag language.Tag) bool {
	letters, latin := 0, 0
	for _, r := range s.text {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.Is(unicode.Latin, r) {
			latin++
		}
	}
	script, _ := tag.Script()
	return letters > 0 && (latin < letters || script.String() == "Latn")
}

// share is how many of some lines were seen right.
type share struct{ right, of int }

func (s *share) add(right bool) {
	s.of++
	if right {
		s.right++
	}
}

func (s *share) String() string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%.1f (%d)", 100*float64(s.right)/float64(s.of), s.of)
}

// recognised is a table of shares, by row and column.
type recognised map[string]map[string]*share

func (r recognised) add(row, column string, right bool) {
	if r[row] == nil {
		r[row] = map[string]*share{}
	}
	if r[row][column] == nil {
		r[row][column] = &share{}
	}
	r[row][column].add(right)
}

var lengths = []string{"all", "up to 10 letters", "11 to 20", "more"}

func length(text string) string {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	switch {
	case n <= 10:
		return lengths[1]
	case n <= 20:
		return lengths[2]
	}
	return lengths[3]
}

// recognise measures in which language lines are taken to be: each different line alone, and each line with what its writer has written before, whose browser says
// his language, or English. Lines that counts refuses are left out.
func recognise(files []string, out io.Writer) error {
	d := detect.New()
	lines, conversations := recognised{}, recognised{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		all, err := readSpoken(f)
		f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		alone(d, all, lines)
		for _, english := range []bool{false, true} {
			together(d, all, english, conversations)
		}
	}
	fmt.Fprintf(out, "| per cent right (of how many) |")
	for _, l := range lengths {
		fmt.Fprintf(out, " %s |", l)
	}
	fmt.Fprint(out, "\n| --- | --- | --- | --- | --- |\n")
	for _, t := range []recognised{lines, conversations} {
		for _, row := range slices.Sorted(maps.Keys(t)) {
			fmt.Fprintf(out, "| %s |", row)
			for _, l := range lengths {
				fmt.Fprintf(out, " %s |", t[row][l])
			}
			fmt.Fprintln(out)
		}
	}
	return nil
}

func alone(d *detect.Detector, all []spoken, r recognised) {
	seen := map[[2]string]bool{}
	for _, s := range all {
		key := [2]string{s.language, s.text}
		if seen[key] {
			continue
		}
		seen[key] = true
		got, _ := d.Line(s.text).Best()
		for _, row := range []string{"each line alone", "each line alone: " + s.language} {
			r.add(row, lengths[0], got == s.language)
			r.add(row, length(s.text), got == s.language)
		}
	}
}

func together(d *detect.Detector, all []spoken, english bool, r recognised) {
	row := "with what its writer wrote before, whose browser says his language"
	if english {
		row = "with what its writer wrote before, all browsers English"
	}
	people := map[string]detect.Known{}
	for _, s := range all {
		known, met := people[s.participant]
		if !met {
			tag := language.English
			if !english {
				tag = language.Make(s.language)
			}
			known = detect.Known{Language: tag, Reason: chat.LanguageBrowser, Prior: []language.Tag{tag, language.English}}
		}
		got := d.Decide(known, d.Line(s.text))
		known.Language, known.Reason, known.State = got.Language, got.Reason, got.State
		people[s.participant] = known
		base, _ := got.Line.Base()
		right := base.String() == s.language
		r.add(row, lengths[0], right)
		r.add(row, length(s.text), right)
	}
}
