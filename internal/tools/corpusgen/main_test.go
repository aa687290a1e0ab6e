package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUpToDate(t *testing.T) {
	at := filepath.Join("..", "..", "..", folder)
	want, err := generate(at)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(at, "protected.tsv"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("protected.tsv is not what the templates give: run go run ./internal/tools/corpusgen (%v)", err)
	}
}

func TestFill(t *testing.T) {
	v := readValues("# a: b\nprice: 1 € | 2 € | 3 € | 4 € | 5 €\nprice/de: 1,00 € | 2,00 € | 3,00 € | 4,00 € | 5,00 €\nfew: a | b\n")
	seen := map[string]bool{}
	for n := range lines {
		line, spans, err := v.fill("de", "von ‹price› auf ‹price›!", n)
		if err != nil || len(spans) != 2 || spans[0] == spans[1] || !strings.Contains(line, ",00 €") || strings.ContainsAny(line, "‹›") {
			t.Errorf("%q, %q, %v", line, spans, err)
		}
		seen[line] = true
	}
	if len(seen) != lines {
		t.Errorf("%d different lines", len(seen))
	}
	if _, _, err := v.fill("en", "‹few›", 0); err == nil {
		t.Error("a place with two values fills five lines")
	}
}
