package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	source = "static/src"
	dist   = "static/dist"
)

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
