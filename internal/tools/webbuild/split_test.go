package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sources writes files below static/src of a new root.
func sources(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, source, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestSplit(t *testing.T) {
	files := map[string]string{
		"app/main.ts":      `import { common } from '../shared/common'; common('main'); export const go = () => [import('./one'), import('./two')]`,
		"app/one.ts":       `import { common } from '../shared/common'; import { both } from './both'; import looks from './one.css'; common('one', both(), looks)`,
		"app/two.ts":       `import { both } from './both'; globalThis.two = both()`,
		"app/both.ts":      `export const both = () => 'only in parts'`,
		"app/one.css":      ".one { color: red; }",
		"shared/common.ts": `export const common = (...all: string[]) => { globalThis.said = ['of both', ...all] }`,
	}
	a := app{"app", "app/main.ts"}
	root := sources(t, files)
	got, err := split(root, a, true)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"app-one.js", "app-shared1.js", "app-two.js", "app.js"}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Fatalf("%q, want %q", names, want)
	}
	for name, parts := range map[string][]string{
		"app.js":         {"of both", `import("./app-one.js")`, `import("./app-two.js")`, "export const build_"},
		"app-one.js":     {`from"./app.js"`, `from"./app-shared1.js"`, ".one{color:red}"},
		"app-two.js":     {`from"./app-shared1.js"`},
		"app-shared1.js": {"only in parts"},
	} {
		for _, part := range parts {
			if !strings.Contains(string(got[name]), part) {
				t.Errorf("%s lacks %s:\n%s", name, part, got[name])
			}
		}
	}
	// What stands in one part changes the name that ties all of them together.
	tie := func(files map[string][]byte) string {
		_, after, _ := strings.Cut(string(files["app-two.js"]), "import{")
		name, _, _ := strings.Cut(after, "}")
		return name
	}
	files["app/one.ts"] += "; common('more')"
	other, err := split(sources(t, files), a, true)
	if err != nil || tie(other) == tie(got) || tie(got) == "" {
		t.Errorf("tied by %q and %q (%v)", tie(got), tie(other), err)
	}
	same, err := split(root, a, true)
	if err != nil || !maps.EqualFunc(same, got, slices.Equal) {
		t.Errorf("the second time it is different: %v", err)
	}
}

func TestSplitRefuses(t *testing.T) {
	a := app{"app", "app/main.ts"}
	root := sources(t, map[string]string{
		"app/main.ts":   `export const go = () => [import('./x/part'), import('./y/part')]`,
		"app/x/part.ts": `globalThis.x = 1`, "app/y/part.ts": `globalThis.y = 1`,
	})
	if _, err := split(root, a, true); err == nil || !strings.Contains(err.Error(), "different file names") {
		t.Errorf("two parts of one name: %v", err)
	}
	root = sources(t, map[string]string{"app/main.ts": `export const go = () => import('./gone')`})
	if _, err := split(root, a, true); err == nil || !strings.Contains(err.Error(), "./gone") {
		t.Errorf("a part that is not there: %v", err)
	}
}
