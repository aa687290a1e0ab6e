//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// profileNodes begins to take profiles of the processor time of all nodes, if -profile is set, and returns what waits for them.
func (b *bench) profileNodes(ctx context.Context, s *setting, what string, seconds int) (wait func() error) {
	if b.profile == "" {
		return func() error { return nil }
	}
	results := make(chan error, len(s.servers))
	for i, node := range s.servers {
		name := fmt.Sprintf("%s%s-%s-node%d.pprof", b.profile, what, s.short, i+1)
		go func() {
			results <- save(ctx, fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", node.Admin, seconds), name)
		}()
	}
	return func() error {
		var errs []error
		for range s.servers {
			errs = append(errs, <-results)
		}
		return errors.Join(errs...)
	}
}

// profileHeap writes what is alive in the first node, if -profile is set.
func (b *bench) profileHeap(ctx context.Context, s *setting, what string) error {
	if b.profile == "" {
		return nil
	}
	return save(ctx, s.servers[0].Admin+"/debug/pprof/heap?gc=1", b.profile+what+"-heap.pprof")
}

// save writes what an address of the server's admin side answers into a file.
func save(ctx context.Context, url, name string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, resp.Status)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, resp.Body); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "bench: wrote", name)
	return nil
}
