//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dragoman/internal/process"
)

// memory measures what idle visitors cost: each has a socket and one conversation with a line in it.
func (b *bench) memory(ctx context.Context) error {
	rows := [][]string{{"visitors", "server without them, MiB", "with them, MiB", "KiB a visitor (difference)", "KiB a visitor (all of the server)"}}
	for text := range strings.SplitSeq(b.connections, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("-connections: %w", err)
		}
		before, after, err := b.idle(ctx, n)
		if err != nil {
			return err
		}
		mib := func(v int64) string { return fmt.Sprintf("%.1f", float64(v)/(1<<20)) }
		each := func(v int64) string { return fmt.Sprintf("%.1f", float64(v)/1024/float64(n)) }
		rows = append(rows, []string{strconv.Itoa(n), mib(before), mib(after), each(after - before), each(after)})
	}
	table("Idle visitors, each with one conversation, SQLite, engine none, resident memory after settling", rows...)
	return nil
}

// idle returns the memory of a server before and after n visitors have come.
func (b *bench) idle(ctx context.Context, n int) (before, after int64, err error) {
	s, err := b.open(ctx, oneSQLite(1))
	if err != nil {
		return 0, 0, err
	}
	defer s.stop()
	if before, err = settled(s.servers[0]); err != nil {
		return 0, 0, err
	}
	c, err := gather(ctx, s, n, false)
	if err != nil {
		return 0, 0, err
	}
	defer c.close()
	if after, err = settled(s.servers[0]); err != nil {
		return 0, 0, err
	}
	if b.profile != "" {
		err = b.save(ctx, s.admin+"/debug/pprof/heap?gc=1")
	}
	return before, after, err
}

// settled returns the resident memory once it has stopped falling: the runtime gives memory back over a minute or two.
func settled(s *process.Server) (int64, error) {
	least, since := int64(1)<<62, time.Now()
	for began := time.Now(); time.Since(since) < 20*time.Second && time.Since(began) < 3*time.Minute; {
		m, err := s.Memory()
		if err != nil {
			return 0, err
		}
		if m < least-least/200 {
			least, since = m, time.Now()
		}
		time.Sleep(time.Second)
	}
	return s.Memory()
}
