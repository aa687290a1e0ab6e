// Command webbuild makes the front end: it bundles static/src with esbuild into static/dist, checks the catalogues,
// and refuses bundles that are over their budget. Run it from anywhere in the module:
//
//	go tool webbuild          builds into static/dist
//	go tool webbuild -check   builds in memory and says which committed file is stale
//	go tool webbuild -watch   builds again whenever a source changes
//	go tool webbuild -test    runs the unit tests (static/src/**/*.test.ts) under node, each file in a process of its own
//
// The names in static/dist carry no hash: they are committed, so that "go install" gives a complete program, and
// hashed names would leave a copy of every bundle in the history.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	check := flag.Bool("check", false, "compare with static/dist instead of writing it")
	watch := flag.Bool("watch", false, "build again whenever a source changes; development, not minified")
	test := flag.Bool("test", false, "run the unit tests")
	flag.Parse()
	if err := run(*check, *watch, *test); err != nil {
		fmt.Fprintln(os.Stderr, "webbuild:", err)
		os.Exit(1)
	}
}

func run(check, watch, test bool) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "preact")); err != nil {
		return errors.New("node_modules is missing: run \"npm ci --ignore-scripts\" first")
	}
	switch {
	case test:
		return runTests(root)
	case watch:
		return runWatch(root)
	}
	files, err := build(root, true)
	if err != nil {
		return err
	}
	asServed, err := served(files)
	if err != nil {
		return err
	}
	if err := checkBudgets(asServed); err != nil {
		return err
	}
	if check {
		return compare(root, files)
	}
	return write(root, files)
}

// moduleRoot returns the folder of go.mod.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("cannot ask go for the module: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return "", errors.New("not in a Go module: run this in the project's folder")
	}
	return filepath.Dir(mod), nil
}

// compare tells which files of static/dist are not what the sources give.
func compare(root string, files map[string][]byte) error {
	var stale []string
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(root, dist, name))
		if err != nil || !bytes.Equal(have, want) {
			stale = append(stale, name)
		}
	}
	err := filepath.WalkDir(filepath.Join(root, dist), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(filepath.Join(root, dist), path)
		if _, ok := files[filepath.ToSlash(name)]; err == nil && !ok {
			stale = append(stale, name+" (nothing makes it)")
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(stale) > 0 {
		return fmt.Errorf("static/dist is stale: %s; run \"go tool webbuild\" and commit the result", strings.Join(stale, ", "))
	}
	return nil
}

// write replaces what changed, and nothing else, so that a watching server does not see files vanish.
func write(root string, files map[string][]byte) error {
	for name, want := range files {
		path := filepath.Join(root, dist, filepath.FromSlash(name))
		if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, want) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			return err
		}
	}
	return nil
}
