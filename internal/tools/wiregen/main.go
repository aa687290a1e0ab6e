// Command wiregen writes static/src/shared/wire.gen.ts, the browser's view of the wire, from the Go source of package chat, so
// that the two front ends and the server cannot disagree about a field. It reads syntax only and needs nothing but Go:
//
//	go tool wiregen          write the file
//	go tool wiregen -check   fail if the file is not what would be written
//
// parse.go reads the types, write.go prints them as TypeScript.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// output is where the front end expects the types, below the module's root.
const output = "static/src/shared/wire.gen.ts"

func main() {
	check := flag.Bool("check", false, "only tell whether the file is up to date")
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
	want, err := generate(filepath.Join(root, "chat"))
	if err != nil {
		return err
	}
	file := filepath.Join(root, filepath.FromSlash(output))
	if check {
		return compare(file, want)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, want, 0o644)
}

// generate returns the TypeScript for the Go package in folder.
func generate(folder string) ([]byte, error) {
	w, err := parse(folder)
	if err != nil {
		return nil, err
	}
	return w.typescript()
}

// compare tells whether file holds want, and if not, what to do.
func compare(file string, want []byte) error {
	got, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("cannot read the generated types: %w; run: go tool wiregen", err)
	}
	if !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
		return fmt.Errorf("%s is stale: package chat has changed; run: go tool wiregen", output)
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
