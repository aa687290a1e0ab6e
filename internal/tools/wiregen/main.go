// Command wiregen writes static/src/shared/wire.gen.ts, the browser's view of the wire, and docs/schemas.yaml, everybody's, from the Go source of
// package chat, so that the two front ends, the documentation and the server cannot disagree about a field. It reads syntax only and needs nothing but
// Go:
//
//	go tool wiregen          write the files
//	go tool wiregen -check   fail if one of them is not what would be written
//
// parse.go reads the types, write.go prints them as TypeScript, schema.go as JSON Schema.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// outputs are where the types are expected, below the module's root, and what is written there.
var outputs = []struct {
	file  string
	print func(*wire) ([]byte, error)
}{
	{"static/src/shared/wire.gen.ts", (*wire).typescript},
	{"docs/schemas.yaml", (*wire).schema},
}

func main() {
	check := flag.Bool("check", false, "only tell whether the files are up to date")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "wiregen:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	w, err := parse(filepath.Join(root, "chat"))
	if err != nil {
		return err
	}
	for _, o := range outputs {
		want, err := o.print(w)
		if err != nil {
			return err
		}
		file := filepath.Join(root, filepath.FromSlash(o.file))
		if check {
			err = compare(file, want)
		} else if err = os.MkdirAll(filepath.Dir(file), 0o755); err == nil {
			err = os.WriteFile(file, want, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// compare tells whether file holds want, and if not, what to do.
func compare(file string, want []byte) error {
	got, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("cannot read the generated types: %w; run: go tool wiregen", err)
	}
	if !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
		return fmt.Errorf("%s is stale: package chat has changed; run: go tool wiregen", file)
	}
	return nil
}

// moduleRoot is the nearest folder upwards with a go.mod, so that the tool works from anywhere in the tree.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("cannot find go.mod here or above: run inside the source tree")
		}
		folder = parent
	}
}
