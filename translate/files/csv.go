package files

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// The columns of a glossary, in the order in which they are written. They are read in any order, and case_sensitive may be missing.
var termColumns = []string{"from", "to", "source", "target", "case_sensitive"}

// row is a term of a file, or why it is none.
type row struct {
	line int
	term chat.Term
	err  error
}

// readTerms reads a file of terms. An error says what is wrong with the file as a whole.
func readTerms(r io.Reader) ([]row, error) {
	var rows []row
	err := readCSV(r, termColumns, 4, func(line int, field func(name string) string, err error) {
		one := row{line: line, err: err}
		if err == nil {
			one.term, one.err = termOf(field)
		}
		rows = append(rows, one)
	})
	return rows, err
}

// readCSV reads a file with these columns, of which the first must be there. each is called for every row: field returns what stands in a column, and err says why the row
// is none. An error says what is wrong with the file as a whole.
func readCSV(r io.Reader, names []string, must int, each func(line int, field func(name string) string, err error)) error {
	b, err := io.ReadAll(decoded(r, MaxCSV))
	if err != nil {
		return err
	}
	if !utf8.Valid(b) {
		return notUTF8()
	}
	c := csv.NewReader(bytes.NewReader(b))
	c.FieldsPerRecord = -1
	c.Comma = comma(b)
	first, err := c.Read()
	if err != nil {
		return malformed(err, names)
	}
	at, err := columns(first, names, must)
	if err != nil {
		return err
	}
	for {
		fields, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return malformed(err, names)
		}
		line, _ := c.FieldPos(0)
		if len(fields) != len(first) {
			each(line, nil, chat.Errorf(chat.BadRequest, "The line has %d columns and the first line has %d: put texts with a %q in them between quotation marks.", len(fields), len(first), c.Comma).
				Because(chat.Refused{Reason: chat.RefusedColumns, Value: strconv.Itoa(len(fields)), Limit: len(first)}))
			continue
		}
		each(line, func(name string) string {
			if i, has := at[name]; has {
				return withoutGuard(strings.TrimSpace(fields[i]))
			}
			return ""
		}, nil)
	}
}

// comma is what stands between columns: spreadsheets in many countries write a semicolon, and some write a tab.
func comma(b []byte) rune {
	first, _, _ := bytes.Cut(b, []byte("\n"))
	for _, c := range ",;\t" {
		if bytes.ContainsRune(first, c) {
			return c
		}
	}
	return ','
}

func malformed(err error, names []string) error {
	var p *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return chat.Errorf(chat.BadRequest, "The file is empty: its first line must be %s.", strings.Join(names, ",")).Because(chat.Refused{Reason: chat.RefusedNoFile})
	case errors.As(err, &p):
		return chat.Errorf(chat.BadRequest, "The file is no CSV: line %d: %v. A text with a quotation mark in it stands between quotation marks, and its own are doubled. Nothing was taken from it.", p.Line, p.Err).
			Because(badFrom(p.Line))
	}
	return err
}

// columns says where each column is.
func columns(first, names []string, must int) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range first {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range names[:must] {
		if _, has := at[name]; !has {
			return nil, chat.Errorf(chat.BadRequest, "The file has no column %q: its first line must be %s.", name, strings.Join(names, ",")).
				Because(chat.Refused{Reason: chat.RefusedNoColumn, Column: name, Value: strings.Join(names, ",")})
		}
	}
	return at, nil
}

func termOf(field func(string) string) (t chat.Term, err error) {
	if t.From, err = languageOrAny(field("from")); err != nil {
		return t, chat.InColumn(err, "from")
	}
	if t.To, err = languageOrAny(field("to")); err != nil {
		return t, chat.InColumn(err, "to")
	}
	t.Source, t.Target = field("source"), field("target")
	switch word := strings.ToLower(field("case_sensitive")); word {
	case "", "false", "no", "0":
	case "true", "yes", "1":
		t.CaseSensitive = true
	default:
		return t, chat.Errorf(chat.BadRequest, "case_sensitive is true or false, not %q.", word).
			Because(chat.Refused{Reason: chat.RefusedBool, Column: "case_sensitive", Value: chat.CleanName(word)})
	}
	return t, t.Check()
}

// languageOrAny reads a language; an empty one and * stand for any.
func languageOrAny(s string) (language.Tag, error) {
	if s == "" || s == "*" {
		return language.Und, nil
	}
	return chat.ParseLanguage(s)
}

// writeTerms writes a glossary as RFC 4180 wants it.
func writeTerms(w io.Writer, terms []chat.Term) error {
	rows := [][]string{termColumns}
	for _, t := range terms {
		rows = append(rows, []string{anyOr(t.From), anyOr(t.To), t.Source, t.Target, strconv.FormatBool(t.CaseSensitive)})
	}
	return writeCSV(w, rows)
}

// writeCSV writes rows as RFC 4180 wants them, each cell such that no spreadsheet takes it for a formula.
func writeCSV(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = withGuard(cell)
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// formula begins what a spreadsheet runs when it opens a file: a text that a stranger has proposed could send the rest of the sheet away. The guard is an apostrophe before it, which
// spreadsheets take for "this is text". Cells that look guarded get another one, so that withoutGuard gives each text back as it was.
const (
	formula = "=+-@\t\r\n＝＋－＠"
	guard   = "'"
)

func withGuard(cell string) string {
	if runs(strings.TrimLeft(cell, guard)) {
		return guard + cell
	}
	return cell
}

func withoutGuard(cell string) string {
	if rest, guarded := strings.CutPrefix(cell, guard); guarded && runs(strings.TrimLeft(rest, guard)) {
		return rest
	}
	return cell
}

// runs tells whether a cell begins like a formula.
func runs(cell string) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune(formula, first)
}

func anyOr(t language.Tag) string {
	if t == language.Und {
		return ""
	}
	return t.String()
}
