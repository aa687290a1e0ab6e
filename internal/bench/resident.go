//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"dragoman/internal/process"
)

// resident is the memory of a server and what it is made of, in bytes.
type resident struct {
	all int64
	// objects is what the heap holds, with garbage that was not collected yet; free is what the heap keeps beside it; stacks are those of
	// goroutines. The rest is the program's file, what SQLite holds, and what the runtime needs itself.
	objects, free, stacks int64
}

// residentOf waits until a server has settled and asks what its memory is made of.
func residentOf(ctx context.Context, s *process.Server) (resident, error) {
	all, err := settled(s)
	if err != nil {
		return resident{}, err
	}
	m, err := metrics(ctx, s.Admin)
	if err != nil {
		return resident{}, err
	}
	held := func(name string) int64 { return int64(m["go_memstats_"+name+"_bytes"]) }
	objects := held("heap_alloc")
	r := resident{all: all, objects: objects, free: held("heap_sys") - held("heap_released") - objects, stacks: held("stack_inuse")}
	if r.objects == 0 || r.stacks == 0 {
		return r, fmt.Errorf("%s/metrics does not say what the memory is made of", s.Admin)
	}
	return r, nil
}

var residentHead = []string{"objects, MiB", "free in the heap", "stacks", "the rest"}

func (r resident) cells() []string {
	return []string{mib(r.objects), mib(r.free), mib(r.stacks), mib(r.all - r.objects - r.free - r.stacks)}
}

// metrics reads the samples without labels.
func metrics(ctx context.Context, admin string) (map[string]float64, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, admin+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	m := map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok {
			if v, err := strconv.ParseFloat(value, 64); err == nil {
				m[name] = v
			}
		}
	}
	return m, nil
}
