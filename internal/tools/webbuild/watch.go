package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// runWatch looks at the sources' times twice a second. Polling needs no dependency and there are a hundred files.
func runWatch(root string) error {
	var built time.Time
	for {
		newest, err := newestChange(filepath.Join(root, source))
		if err != nil {
			return err
		}
		if newest.After(built) {
			built = newest
			start := time.Now()
			files, err := build(root, false)
			if err == nil {
				err = write(root, files)
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
			} else {
				fmt.Fprintf(os.Stderr, "built in %s\n", time.Since(start).Round(time.Millisecond))
			}
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func newestChange(dir string) (time.Time, error) {
	var newest time.Time
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return nil
	})
	return newest, err
}
