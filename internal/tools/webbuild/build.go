package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	source = "static/src"
	dist   = "static/dist"
)

// An entry is one bundle in one file: the loader is a classic script, as a stranger's page cannot count on modules.
type entry struct {
	source string // under static/src
	out    string // under static/dist
}

var entries = []entry{
	{"loader/main.ts", "loader.js"},
	{"loader/main_bubble.ts", "loader-bubble.js"},
	{"widget/widget.css", "widget.css"},
	{"console/console.css", "console.css"},
}

// The icon of the pages that stand in a tab of their own. Each edge serves only what is its own, so each has one.
const icon = "icon.svg"

var icons = []string{"console/icon.svg", "widget/icon.svg"}

// build returns all files of static/dist by their slash-separated names.
func build(root string, minify bool) (map[string][]byte, error) {
	files, err := catalogues(root)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		out, err := bundle(root, filepath.Join(root, source, filepath.FromSlash(e.source)), minify)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.source, err)
		}
		files[e.out] = out
	}
	for _, a := range apps {
		chunks, err := split(root, a, minify)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.source, err)
		}
		for name, out := range chunks {
			files[name] = out
		}
	}
	first, err := openings(files)
	if err != nil {
		return nil, err
	}
	maps.Copy(files, first)
	svg, err := os.ReadFile(filepath.Join(root, source, icon))
	if err != nil {
		return nil, fmt.Errorf("cannot read the icon: %w", err)
	}
	for _, name := range icons {
		files[name] = bytes.TrimSpace(svg)
	}
	return files, nil
}

// bundle is deterministic: the same sources and lockfile give the same bytes in any folder.
func bundle(root, in string, minify bool) ([]byte, error) {
	opts := options(root, minify)
	opts.EntryPoints = []string{in}
	if path.Ext(in) != ".css" {
		opts.Plugins = []api.Plugin{sheets(minify)}
	}
	r := api.Build(opts)
	if err := faults(r.Errors); err != nil {
		return nil, err
	}
	return r.OutputFiles[0].Contents, nil
}

// faults returns esbuild's messages as one error.
func faults(messages []api.Message) error {
	if len(messages) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.TrimSpace(strings.Join(api.FormatMessages(messages, api.FormatMessagesOptions{}), "")))
}

func options(root string, minify bool) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:     root,
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
