package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table is rows of cells, printed in columns.
type table [][]string

func (r *run) printTable(t table) { writeTable(r.Stdout, "", t) }

func writeTable(to io.Writer, indent string, t table) {
	w := tabwriter.NewWriter(to, 0, 1, 2, ' ', 0)
	for _, row := range t {
		fmt.Fprintln(w, indent+strings.Join(row, "\t"))
	}
	w.Flush()
}
