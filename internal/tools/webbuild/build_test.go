package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	root := t.TempDir()
	files := map[string][]byte{"a.js": []byte("a"), "lang/w/en.json": []byte("{}")}
	if err := write(root, files); err != nil {
		t.Fatal(err)
	}
	if err := compare(root, files); err != nil {
		t.Fatalf("just written: %v", err)
	}
	left := filepath.Join(root, dist, "old.js")
	if err := os.WriteFile(left, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	files["a.js"] = []byte("b")
	files["new.js"] = nil
	err := compare(root, files)
	if err == nil {
		t.Fatal("nothing is stale")
	}
	for _, name := range []string{"a.js", "new.js", "old.js (nothing makes it)"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%v: want %s in it", err, name)
		}
	}
}

func TestBudgets(t *testing.T) {
	noise := func(n int) []byte { // does not compress: a sequence that a hash makes would do, this one is simpler to read
		b := make([]byte, n)
		x := uint32(1)
		for i := range b {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
			b[i] = byte(x)
		}
		return b
	}
	small := map[string][]byte{"loader.js": noise(5 * kB), "widget.js": noise(30 * kB), "lang/opening/en.json": noise(kB), "lang/opening/de.json": noise(3 * kB)}
	if err := checkBudgets(small); err != nil {
		t.Errorf("all within: %v", err)
	}
	small["loader.js"] = noise(6*kB + 1)
	if err := checkBudgets(small); err == nil || !strings.Contains(err.Error(), "loader") {
		t.Errorf("loader over its budget: %v", err)
	}
	small["loader.js"], small["loader-bubble.js"] = nil, noise(6*kB+1)
	if err := checkBudgets(small); err == nil || !strings.Contains(err.Error(), "loader with a bubble") {
		t.Errorf("loader with a bubble over its budget: %v", err)
	}
	small["loader-bubble.js"] = nil
	small["lang/opening/de.json"] = noise(5 * kB)
	if err := checkBudgets(small); err == nil || !strings.Contains(err.Error(), "widget") {
		t.Errorf("the largest catalogue counts: %v", err)
	}
	small["lang/opening/de.json"] = nil
	small["widget-menu.js"], small["widget-files.js"] = noise(9*kB), noise(9*kB)
	if err := checkBudgets(small); err != nil {
		t.Errorf("parts count by themselves: %v", err)
	}
	small["widget-files.js"] = noise(11 * kB)
	if err := checkBudgets(small); err == nil || !strings.Contains(err.Error(), "widget, each part") {
		t.Errorf("a part over its budget: %v", err)
	}
}

// The server replaces the settings' literal, so it must be in the bundle exactly once however the bundler folds constants; and two
// builds must give the same bytes.
func TestBuild(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "preact")); err != nil {
		t.Fatal("node_modules is missing: run npm ci --ignore-scripts")
	}
	one, err := build(root, true)
	if err != nil {
		t.Fatal(err)
	}
	two, err := build(root, true)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range one {
		if !bytes.Equal(b, two[name]) {
			t.Errorf("%s comes out differently the second time", name)
		}
		if bytes.Contains(b, []byte(root)) {
			t.Errorf("%s names a folder of this machine", name)
		}
	}
	if n := bytes.Count(one["loader.js"], []byte(`"__DRAGOMAN_SITE__"`)); n != 1 {
		t.Errorf("the settings' literal is in loader.js %d times", n)
	}
	for _, app := range []string{"widget", "console"} {
		_, build, _ := strings.Cut(string(one[app+".js"]), "export const build_")
		build, _, _ = strings.Cut(build, "=")
		parts := 0
		for name, b := range one {
			if strings.HasPrefix(name, app+"-") {
				parts++
				if build == "" || !bytes.HasPrefix(b, []byte("import{build_"+build+`}from"./`+app+`.js"`)) {
					t.Errorf("%s is not tied to %s.js: %.60s", name, app, b)
				}
			}
		}
		if parts == 0 {
			t.Errorf("%s has no parts", app)
		}
	}
	for _, never := range []string{"innerHTML", "dangerouslySetInnerHTML", "insertAdjacentHTML", "document.write", "eval("} {
		if bytes.Contains(one["loader.js"], []byte(never)) {
			t.Errorf("loader.js uses %s", never)
		}
	}
}
