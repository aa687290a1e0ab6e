package store

import (
	"fmt"
	"slices"
	"strings"
)

// table is a table of the schema, as backups know it.
type table struct {
	name string
	// kept tells whether its rows belong into a backup. The others say something about servers that run, or are made by the schema itself.
	kept bool
}

// tables are all tables of the schema. One that refers to another stands after it, so that rows can be put in from the top and tables be
// dropped from the bottom. A migration that makes a table adds it here; a test compares.
var tables = []table{
	{"schema_steps", false}, // the steps of a backup stand in its manifest
	{"meta", true},          // but for the epoch, which is new
	{"sites", true},
	{"agents", true},
	{"logins", true},
	{"online", false}, // leases of servers that do not run any more
	{"visitors", true},
	{"tokens", true},
	{"conversations", true},
	{"participants", true},
	{"messages", true},
	{"mentions", true},
	{"tags", true},
	{"tagged", true},
	{"files", true},
	{"memory", true},
	{"terms", true},
	{"canned", true},
	{"spent", true},
	{"answers", false}, // a cache
	// What search has made of the rest, and makes again.
	{"search_docs", false},
	{"search_terms", false}, // SQLite alone has it
	{"search_heads", false},
	{"search_scans", false},
}

// The kinds of values that columns hold: what both databases have, by whatever name.
const (
	kindText  = "text"
	kindInt   = "int"
	kindBool  = "bool"
	kindBytes = "bytes"
)

// Column is a column of a table in a backup.
type Column struct {
	Name string `json:"name"`
	// Kind is text, int, bool or bytes.
	Kind string `json:"kind"`
}

const (
	// The column of a virtual table has no type.
	columnsSQLite   = `SELECT name, CASE type WHEN '' THEN 'TEXT' ELSE type END FROM pragma_table_info($1) ORDER BY cid`
	columnsPostgres = `SELECT column_name::text, data_type::text FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`
)

// columns returns the columns of a table, none if it is not there.
func columns(t tx, d dialect, name string) ([]Column, error) {
	query := columnsSQLite
	if d == dialectPostgres {
		query = columnsPostgres
	}
	var all []Column
	err := each(t, func(r scanner) error {
		var column, kind string
		if err := r.Scan(&column, &kind); err != nil {
			return err
		}
		kind, err := kindOf(kind)
		all = append(all, Column{column, kind})
		return err
	}, query, name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the columns of %s: %w", name, err)
	}
	return all, nil
}

// kindOf returns what a type of either database holds.
func kindOf(name string) (string, error) {
	name = strings.ToUpper(name)
	for _, k := range []struct{ part, kind string }{
		{"INT", kindInt}, {"TEXT", kindText}, {"TSVECTOR", kindText}, {"CHAR", kindText}, {"BOOL", kindBool}, {"BLOB", kindBytes}, {"BYTEA", kindBytes},
	} {
		if strings.Contains(name, k.part) {
			return k.kind, nil
		}
	}
	return "", fmt.Errorf("backups do not know the type %s", name)
}

// selectAll reads a table, with the columns in this order.
func selectAll(name string, columns []Column) string {
	return "SELECT " + strings.Join(columnNames(columns), ", ") + " FROM " + name
}

func columnNames(columns []Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// sameColumns tells whether two lists say the same, in whatever order.
func sameColumns(a, b []Column) bool {
	byName := func(x, y Column) int { return strings.Compare(x.Name, y.Name) }
	return slices.Equal(slices.SortedFunc(slices.Values(a), byName), slices.SortedFunc(slices.Values(b), byName))
}
