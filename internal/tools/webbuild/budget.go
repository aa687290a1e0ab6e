package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

const kB = 1000

// A budget bounds what a browser must fetch for one thing, compressed as a server sends it.
type budget struct {
	what   string
	limit  int
	gzip   bool // else brotli, quality 11
	files  []string
	beside int  // bytes that the server adds: the page itself
	each   bool // of many files each has the limit for itself
}

// The loader is measured as it is served, with all languages in it. The page of the frame is made by the server, about 1 kB uncompressed with the site's settings and without its texts. The console's English
// is in its script, its other languages are files beside it. What a first screen imports is in one file (see split), so that file is all that is fetched for it.
var budgets = []budget{
	{what: "loader", limit: 6 * kB, gzip: true, files: []string{"loader.js"}},
	{what: "loader with a bubble", limit: 6 * kB, gzip: true, files: []string{"loader-bubble.js"}},
	{what: "widget, first opening", limit: 35 * kB, files: []string{"widget.js", "widget.css", "lang/opening/*"}, beside: 1 * kB},
	{what: "widget, each part", limit: 10 * kB, files: []string{"widget-*"}, each: true},
	{what: "console, first load", limit: 90 * kB, files: []string{"console.js", "console.css", "lang/console/*"}, beside: 1 * kB},
	{what: "console, each part", limit: 40 * kB, files: []string{"console-*"}, each: true},
}

// checkBudgets prints the size of each thing and fails if one is over. Of the catalogues only the largest counts: one is sent. Of the parts that
// are fetched when they are wanted each counts by itself, so the largest tells.
func checkBudgets(files map[string][]byte) error {
	var over []string
	for _, b := range budgets {
		if b.each {
			b.listed(files)
		}
		size, parts := b.beside, []string{}
		for _, name := range b.files {
			n, largest := largestOf(files, name, b.gzip)
			if largest == "" {
				continue
			}
			size += n
			parts = append(parts, fmt.Sprintf("%s %d", largest, n))
		}
		if len(parts) == 0 {
			continue
		}
		how := "brotli"
		if b.gzip {
			how = "gzip"
		}
		fmt.Fprintf(os.Stderr, "%-22s %6d of %6d bytes %s (%s)\n", b.what, size, b.limit, how, strings.Join(parts, ", "))
		if size > b.limit {
			over = append(over, b.what)
		}
	}
	if len(over) > 0 {
		return fmt.Errorf("over budget: %s", strings.Join(over, ", "))
	}
	return nil
}

// listed prints the size of every file of the budget.
func (b budget) listed(files map[string][]byte) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(name, strings.TrimSuffix(b.files[0], "*")) {
			fmt.Fprintf(os.Stderr, "  %-20s %6d\n", name, compressed(files[name], b.gzip))
		}
	}
}

// largestOf returns the compressed size and the name of a file, or of the largest one below a folder if name ends in "*".
func largestOf(files map[string][]byte, name string, gz bool) (size int, largest string) {
	prefix, many := strings.CutSuffix(name, "*")
	for n, data := range files {
		if n != name && !(many && strings.HasPrefix(n, prefix)) {
			continue
		}
		if s := compressed(data, gz); s > size {
			size, largest = s, n
		}
	}
	return size, largest
}

func compressed(data []byte, gz bool) int {
	var buf bytes.Buffer
	if gz {
		w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
		w.Write(data)
		w.Close()
	} else {
		w := brotli.NewWriterLevel(&buf, brotli.BestCompression)
		w.Write(data)
		w.Close()
	}
	return buf.Len()
}
