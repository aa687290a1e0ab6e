package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evanw/esbuild/pkg/api"
)

// testTimeout is how long one test file may take. One that leaves a timer or a channel behind keeps its process alive; that is a
// fault and must not look like patience. But one that works for 0.7 s alone has taken more than thirty where forty others wanted the processors.
const testTimeout = 2 * time.Minute

// prelude gives the Node of Debian 12 what browsers and newer Nodes have.
const prelude = `import { webcrypto } from 'node:crypto'
globalThis.crypto ??= webcrypto
globalThis.Crypto ??= webcrypto.constructor
`

// runTests bundles every *.test.ts for node and runs each in a process of its own. Node is a tool of the tests only, the program
// never needs it. Node's own runner is not used: until version 20 it waits for ever for a file that does not end.
func runTests(root string) error {
	src := filepath.Join(root, source)
	tests, err := testFiles(src)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "webbuild")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	opts := options(root, false)
	opts.EntryPoints, opts.Outdir, opts.Outbase = tests, dir, src
	opts.Platform, opts.Format, opts.Write = api.PlatformNode, api.FormatESModule, true
	opts.OutExtension = map[string]string{".js": ".mjs"}
	opts.Banner = map[string]string{"js": prelude}
	if r := api.Build(opts); len(r.Errors) > 0 {
		return errors.New(strings.Join(api.FormatMessages(r.Errors, api.FormatMessagesOptions{}), ""))
	}
	names := make([]string, len(tests))
	for i, t := range tests {
		rel, err := filepath.Rel(src, t)
		if err != nil {
			return err
		}
		names[i] = strings.TrimSuffix(rel, ".ts") + ".mjs"
	}
	return runNode(root, dir, names, testTimeout)
}

func testFiles(src string) ([]string, error) {
	var tests []string
	err := filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".test.ts") {
			tests = append(tests, path)
		}
		return err
	})
	if err == nil && len(tests) == 0 {
		err = fmt.Errorf("there is no *.test.ts under %s", src)
	}
	return tests, err
}

// runNode runs the files of dir in the module's folder, as many at once as there are processors, and prints what those that fail have said.
func runNode(root, dir string, names []string, timeout time.Duration) error {
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex // guards failed and the output
		failed []string
		free   = make(chan struct{}, runtime.NumCPU())
	)
	start := time.Now()
	for _, name := range names {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			said, err := runFile(root, filepath.Join(dir, name), timeout)
			if err == nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			failed = append(failed, name)
			fmt.Fprintf(os.Stderr, "%s: %v\n%s\n", name, err, said)
		})
	}
	wg.Wait()
	if len(failed) > 0 {
		slices.Sort(failed)
		return fmt.Errorf("%d of %d test files failed: %s", len(failed), len(names), strings.Join(failed, ", "))
	}
	fmt.Fprintf(os.Stderr, "%d test files passed in %s\n", len(names), time.Since(start).Round(10*time.Millisecond))
	return nil
}

func runFile(root, file string, timeout time.Duration) (said []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", file)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = root, &out, &out, time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("not done after %s: does it leave a timer behind?", timeout)
	}
	return out.Bytes(), err
}
