package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// set is what is translated: texts that say the same in several languages, some of them also as people type them.
type set struct {
	languages []language.Tag
	rows      []row
}

// row is one text; an empty typed means that it is typed as it should be.
type row struct{ clean, typed []string }

// maxRow is the longest line of a file, in bytes.
const maxRow = 1 << 20

// readSet reads a table of tab-separated values. Its first line may name languages, one for each column, and again with ~ behind it for texts as
// they were typed; without such a line the columns are source and references. Lines that begin with # are passed over.
func readSet(r io.Reader, from, to language.Tag) (set, error) {
	s := set{languages: []language.Tag{from, to}}
	columns, typed := []int(nil), []int(nil) // where each language's texts stand
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxRow)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if columns == nil {
			if tags, c, t, ok := heading(cells); ok {
				s.languages, columns, typed = tags, c, t
				continue
			}
			columns, typed = []int{0, 1}, []int{-1, -1}
		}
		row, err := rowOf(cells, columns, typed)
		if err != nil {
			return s, fmt.Errorf("line %d: %w", n, err)
		}
		s.rows = append(s.rows, row)
	}
	if err := lines.Err(); err != nil {
		return s, fmt.Errorf("cannot read the set: %w", err)
	}
	if len(s.rows) == 0 {
		return s, fmt.Errorf("the set has no lines: want a source and a reference on each, with a tab between them")
	}
	return s, nil
}

// heading reads a first line of languages.
func heading(cells []string) (tags []language.Tag, columns, typed []int, ok bool) {
	for i, cell := range cells {
		name, asTyped := strings.CutPrefix(cell, "~")
		tag, err := language.Parse(name)
		if err != nil {
			return nil, nil, nil, false
		}
		at := slices.Index(tags, tag)
		switch {
		case asTyped && at >= 0:
			typed[at] = i
		case asTyped || at >= 0:
			return nil, nil, nil, false
		default:
			tags, columns, typed = append(tags, tag), append(columns, i), append(typed, -1)
		}
	}
	return tags, columns, typed, len(tags) > 1
}

func rowOf(cells []string, columns, typed []int) (row, error) {
	r := row{clean: make([]string, len(columns)), typed: make([]string, len(columns))}
	for i, at := range columns {
		if at >= len(cells) || cells[at] == "" {
			return r, fmt.Errorf("column %d is empty or missing: is there a tab between the columns?", at+1)
		}
		r.clean[i] = cells[at]
		if at := typed[i]; at >= 0 && at < len(cells) {
			r.typed[i] = cells[at]
		}
	}
	return r, nil
}

// sources returns what is translated from the language with that place: texts as they are typed, where that differs and is wanted.
func (s set) sources(from int, typed bool) []string {
	texts := make([]string, len(s.rows))
	for i, r := range s.rows {
		texts[i] = r.clean[from]
		if typed && r.typed[from] != "" {
			texts[i] = r.typed[from]
		}
	}
	return texts
}
