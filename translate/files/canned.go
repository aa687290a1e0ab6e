package files

import (
	"context"
	"io"

	"dragoman/chat"
)

// cannedColumns are the columns of canned replies. by and state are written for people; what a file says of them is not believed.
var cannedColumns = []string{"name", "language", "text", "state", "by"}

// ImportCanned reads a CSV of canned replies into those of a site, as drafts of by; a text that is there already and says the same stays as it is. A file that is no CSV is
// refused before anything is stored, and a row that cannot be one is left out.
func (s Shelf) ImportCanned(ctx context.Context, site, by string, r io.Reader) (chat.Imported, error) {
	result := chat.Imported{Refusals: []chat.Refusal{}}
	type found struct {
		line int
		name string
		text chat.CannedText
	}
	var all []found
	err := readCSV(r, cannedColumns, 3, func(line int, field func(string) string, err error) {
		one := found{line: line}
		if err == nil {
			one.name, err = chat.ParseCannedName(field("name"))
		}
		if err == nil {
			one.text.Language, err = chat.ParseLanguage(field("language"))
			err = chat.InColumn(err, "language")
		}
		if err == nil {
			one.text.Text, one.text.By = field("text"), by
			err = one.text.Check()
		}
		if err != nil {
			result.Refuse(line, err)
			return
		}
		all = append(all, one)
	})
	if err != nil {
		return result, err
	}
	for _, one := range all {
		replaced := false
		_, err := s.Store.ChangeCanned(ctx, site, one.name, func(c *chat.Canned) error {
			_, at := c.Text(one.text.Language)
			replaced = at >= 0
			return c.Put(one.text)
		})
		if err != nil {
			return result, afterSome(result, err)
		}
		if replaced {
			result.Replaced++
		} else {
			result.Added++
		}
	}
	return result, nil
}

// ExportCanned writes the canned replies of a site as CSV, a row for each text, and returns how many it wrote.
func (s Shelf) ExportCanned(ctx context.Context, site string, w io.Writer) (int, error) {
	all, err := s.Store.Canned(ctx, site)
	if err != nil {
		return 0, err
	}
	rows := [][]string{cannedColumns}
	for _, one := range all {
		for _, t := range one.Texts {
			rows = append(rows, []string{one.Name, t.Language.String(), t.Text, string(t.State), t.By})
		}
	}
	return len(rows) - 1, writeCSV(w, rows)
}
