package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	source = "static/src"
	dist   = "static/dist"
)

const testTimeout = 2 * time.Minute

// An entry is one bundle. All are classic scripts: a loader in a stranger's page cannot count on modules, and
// one file each is one request each.
type entry struct {
	source string // under static/src
	out    string // under static/dist
}

// The console may not be there yet in a young tree; the loader and the widget always are.
var entries = []entry{
	{"loader/main.ts", "loader.js"},
	{"widget/main.tsx", "widget.js"},
	{"widget/widget.css", "widget.css"},
	{"console/main.tsx", "console.js"},
	{"console/console.css", "console.css"},
}

// build returns all files of static/dist by their slash-separated names.
func build(root string, minify bool) (map[string][]byte, error) {
	files, err := catalogues(root)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		in := filepath.Join(root, source, filepath.FromSlash(e.source))
		if _, err := os.Stat(in); os.IsNotExist(err) && strings.HasPrefix(e.source, "console/") {
			continue
		}
		out, err := bundle(root, in, minify)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.source, err)
		}
		files[e.out] = out
	}
	return files, nil
}

// bundle is deterministic: the same sources and lockfile give the same bytes in any folder.
func bundle(root, in string, minify bool) ([]byte, error) {
	r := api.Build(options(root, in, minify))
	if len(r.Errors) > 0 {
		msgs := api.FormatMessages(r.Errors, api.FormatMessagesOptions{})
		return nil, fmt.Errorf("%s", strings.TrimSpace(strings.Join(msgs, "")))
	}
	return r.OutputFiles[0].Contents, nil
}

func options(root, in string, minify bool) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{in},
		Outdir:            filepath.Join(root, dist),
		Bundle:            true,
		Format:            api.FormatIIFE,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "preact",
		MinifyWhitespace:  minify,
		MinifyIdentifiers: minify,
		MinifySyntax:      minify,
		LegalComments:     api.LegalCommentsNone,
		Define:            map[string]string{"process.env.NODE_ENV": `"production"`},
	}
}

// runTests bundles every *.test.ts for node and runs them all. Node is a tool of the tests only, the program never needs it.
func runTests(root string) error {
	var tests []string
	err := filepath.WalkDir(filepath.Join(root, source), func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".test.ts") {
			tests = append(tests, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(tests) == 0 {
		return fmt.Errorf("there is no *.test.ts under %s", source)
	}
	dir, err := os.MkdirTemp("", "webbuild")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	opts := options(root, "", false)
	opts.EntryPoints, opts.Outdir, opts.Outbase = tests, dir, filepath.Join(root, source)
	opts.Platform, opts.Format, opts.Write = api.PlatformNode, api.FormatESModule, true
	opts.OutExtension = map[string]string{".js": ".mjs"}
	if r := api.Build(opts); len(r.Errors) > 0 {
		return fmt.Errorf("%s", strings.Join(api.FormatMessages(r.Errors, api.FormatMessagesOptions{}), ""))
	}
	args := []string{"--test"}
	for _, t := range tests {
		rel, _ := filepath.Rel(opts.Outbase, t)
		args = append(args, filepath.Join(dir, strings.TrimSuffix(rel, ".ts")+".mjs"))
	}
	// A test that leaves a timer or a channel behind keeps its process alive; that is a fault and must not look like patience.
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, os.Stdout, os.Stderr
	err = cmd.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("the tests were not done after %s: does one leave a timer behind?", testTimeout)
	}
	return err
}
