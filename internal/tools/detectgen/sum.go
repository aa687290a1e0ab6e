package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Files, below the module's root.
const (
	tableFile = "translate/detect/table/table.bin"
	sumFile   = "translate/detect/table/SUM"
)

// sources are what the table's bytes depend on, beside the models.
var sources = []string{
	"internal/tools/detectgen/distil.go", "internal/tools/detectgen/model.go", "internal/tools/detectgen/write.go",
	"translate/detect/table/table.go",
}

// describe returns what SUM must hold: from which models, by which code, and which table.
func describe(root string) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s %s\n", module, version, sum)
	for _, file := range append(sources[:len(sources):len(sources)], tableFile) {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(data), file)
	}
	return text.String(), nil
}

func writeSum(root string) error {
	text, err := describe(root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(sumFile)), []byte(text), 0o644)
}

// compareSum tells whether table and code are those that SUM was written for. It cannot tell whether the one makes the other: that is -verify.
func compareSum(root string) error {
	want, err := describe(root)
	if err != nil {
		return err
	}
	got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(sumFile)))
	if err != nil {
		return err
	}
	if string(got) != want {
		return errors.New("the table, or what makes it, has changed since " + sumFile + " was written: run go tool detectgen, which writes both")
	}
	return nil
}
