package store

import (
	"fmt"
	"strconv"
	"strings"
)

// dialect is one of the two databases. All SQL is written once, in PostgreSQL's words with $1, $2 ... for arguments; what must
// differ stands in braces and is put in by compile.
type dialect int

const (
	dialectSQLite dialect = iota
	dialectPostgres
)

// statement is a text compiled for one dialect.
type statement struct {
	text string
	// order holds, for SQLite, which argument stands at each question mark (from 0). The driver binds plain
	// question marks much faster than numbered ones.
	order []int
}

// word returns what a fixed word in braces stands for in a dialect.
func word(d dialect, name string) (string, bool) {
	var sqlite, postgres string
	switch name {
	case "now":
		// The database's clock in milliseconds. In PostgreSQL the moment itself, not the beginning of the transaction, so that
		// a line that waited for its conversation's lock is not older than the one before it.
		sqlite, postgres = "CAST(unixepoch('subsec') * 1000 AS INTEGER)", "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
	case "lock":
		// Locks the rows that a query reads until the transaction ends; SQLite has one writer anyway.
		postgres = "FOR UPDATE"
	case "lock visitor":
		// Of what a query joins only the visitor's row: what hangs on it is changed by who holds that, and to hold both at once is to hold them in either order.
		postgres = "FOR UPDATE OF v"
	case "lock lines":
		// The same for messages, in the order in which everybody locks several of them.
		postgres = "ORDER BY conversation, seq FOR UPDATE"
	case "skip":
		postgres = "FOR UPDATE SKIP LOCKED"
	case "blob":
		sqlite, postgres = "BLOB", "BYTEA"
	case "clustered":
		// Rows that are found by their primary key alone stand in its tree.
		sqlite = "WITHOUT ROWID"
	default:
		return "", false
	}
	if d == dialectPostgres {
		return postgres, true
	}
	return sqlite, true
}

// compile translates a text for a dialect. {any $1} compares with a list: "id {any $1}". Quoted strings and comments stay
// as they are.
func compile(d dialect, text string) (statement, error) {
	var out strings.Builder
	var order []int
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\'' || c == '"':
			end := quoteEnd(text, i)
			out.WriteString(text[i:end])
			i = end
		case strings.HasPrefix(text[i:], "--"):
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				end = len(text) - i
			}
			i += end
		case c == '$':
			n, size := argNumber(text[i+1:])
			if n == 0 {
				return statement{}, fmt.Errorf("no argument number after $ at byte %d", i)
			}
			order = writeArg(&out, d, n, order)
			i += 1 + size
		case c == '{':
			end := strings.IndexByte(text[i:], '}')
			if end < 0 {
				return statement{}, fmt.Errorf("no } for { at byte %d", i)
			}
			var err error
			if order, err = writeWord(&out, d, text[i+1:i+end], order); err != nil {
				return statement{}, err
			}
			i += end + 1
		default:
			out.WriteByte(c)
			i++
		}
	}
	return statement{text: out.String(), order: order}, nil
}

func writeWord(out *strings.Builder, d dialect, name string, order []int) ([]int, error) {
	if list, ok := strings.CutPrefix(name, "any $"); ok {
		n, size := argNumber(list)
		if n == 0 || size != len(list) {
			return nil, fmt.Errorf("cannot read {%s}", name)
		}
		if d == dialectPostgres {
			out.WriteString("= ANY(")
			order = writeArg(out, d, n, order)
			out.WriteString(")")
			return order, nil
		}
		out.WriteString("IN (SELECT value FROM json_each(")
		order = writeArg(out, d, n, order)
		out.WriteString("))")
		return order, nil
	}
	text, ok := word(d, name)
	if !ok {
		return nil, fmt.Errorf("there is no word {%s}", name)
	}
	out.WriteString(text)
	return order, nil
}

func writeArg(out *strings.Builder, d dialect, n int, order []int) []int {
	if d == dialectPostgres {
		out.WriteByte('$')
		out.WriteString(strconv.Itoa(n))
		return order
	}
	// SQLite plans by the value of a limit, and so prepares the statement again each time that a value is bound, which costs many times
	// the query. It does not look into an expression.
	limit := strings.HasSuffix(out.String(), "LIMIT ")
	out.WriteByte('?')
	if limit {
		out.WriteString(" + 0")
	}
	return append(order, n-1)
}

// argNumber reads the digits at the beginning of s: the number (0 if there is none or it is absurd) and its length.
func argNumber(s string) (n, size int) {
	for size < len(s) && s[size] >= '0' && s[size] <= '9' {
		size++
	}
	n, err := strconv.Atoi(s[:size])
	if err != nil || n > 999 {
		return 0, size
	}
	return n, size
}

// quoteEnd returns where the quoted string that begins at i ends. A doubled quote is two strings side by side, which comes to the same.
func quoteEnd(text string, i int) int {
	end := strings.IndexByte(text[i+1:], text[i])
	if end < 0 {
		return len(text)
	}
	return i + 1 + end + 1
}
