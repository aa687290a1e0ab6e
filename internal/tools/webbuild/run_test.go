package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRunNode(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"good.mjs": `import { test } from 'node:test'; test('x', () => {})`,
		"bad.mjs":  `import { test } from 'node:test'; test('y', () => { throw new Error('no') })`,
		"left.mjs": `import { test } from 'node:test'; test('z', () => {}); setInterval(() => {}, 1000)`,
		"own.mjs":  prelude + `new Uint8Array(crypto.getRandomValues(new Uint8Array(4)))`,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := runNode(dir, dir, []string{"good.mjs", "own.mjs"}, time.Minute); err != nil {
		t.Errorf("all pass: %v", err)
	}
	if err := runNode(dir, dir, []string{"good.mjs", "bad.mjs"}, time.Minute); err == nil || !strings.Contains(err.Error(), "1 of 2 test files failed: bad.mjs") {
		t.Errorf("one fails: %v", err)
	}
	if _, err := runFile(dir, filepath.Join(dir, "left.mjs"), 2*time.Second); err == nil || !strings.Contains(err.Error(), "timer") {
		t.Errorf("one never ends: %v", err)
	}
}
