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
	rows := [][]string{append([]string{"visitors", "server without them, MiB", "with them, MiB", "KiB a visitor (all of the server)", "KiB a visitor (difference)"}, residentHead...)}
	for text := range strings.SplitSeq(b.connections, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("-connections: %w", err)
		}
		before, after, err := b.idle(ctx, n)
		if err != nil {
			return fmt.Errorf("%d visitors: %w", n, err)
		}
		rows = append(rows, append([]string{strconv.Itoa(n), mib(before.all), mib(after.all), kibEach(after.all, n), kibEach(after.all-before.all, n)}, after.cells()...))
		if n == 18000 {
			b.aims.atMost("idle visitor at 18,000, everything included, KiB", "%.1f", float64(after.all)/1024/float64(n), 14, 0)
		}
	}
	table("Idle visitors, each with one conversation, SQLite, engine none, resident memory after settling", rows...)
	return nil
}

func mib(v int64) string { return fmt.Sprintf("%.1f", float64(v)/(1<<20)) }

func kibEach(v int64, n int) string { return fmt.Sprintf("%.1f", float64(v)/1024/float64(n)) }

// idle returns the memory of a server before and after n visitors have come.
func (b *bench) idle(ctx context.Context, n int) (before, after resident, err error) {
	s, err := b.open(ctx, oneSQLite(1))
	if err != nil {
		return before, after, err
	}
	defer s.stop()
	if before, err = residentOf(ctx, s.servers[0]); err != nil {
		return before, after, err
	}
	c, err := gather(ctx, s, n, false)
	if err != nil {
		return before, after, err
	}
	defer c.close()
	if after, err = residentOf(ctx, s.servers[0]); err != nil {
		return before, after, err
	}
	if lost := c.lost(); lost != nil {
		return before, after, fmt.Errorf("a socket was lost while idle: %w", lost)
	}
	return before, after, b.profileHeap(ctx, s, fmt.Sprintf("memory-%d", n))
}

// idleTabs is how many consoles each agent of the crowd has open in idleConsoles.
const idleTabs = 20

// idleConsoles measures what idle consoles cost: the crowd of the load, but each agent has 20 consoles open, each with the inbox and all
// conversations of the site.
func (b *bench) idleConsoles(ctx context.Context) error {
	s, err := b.open(ctx, oneSQLite(crowdSites))
	if err != nil {
		return err
	}
	defer s.stop()
	c, err := gather(ctx, s, crowdVisitors, false)
	if err != nil {
		return err
	}
	defer c.close()
	before, err := residentOf(ctx, s.servers[0])
	if err != nil {
		return err
	}
	for range idleTabs {
		if err := c.gatherConsoles(ctx, s); err != nil {
			return err
		}
	}
	after, err := residentOf(ctx, s.servers[0])
	if err != nil {
		return err
	}
	if lost := c.lost(); lost != nil {
		return fmt.Errorf("a socket was lost while idle: %w", lost)
	}
	n := idleTabs * crowdSites
	table(fmt.Sprintf("Idle consoles with the inbox and 20 conversations open, beside %d visitors, SQLite, engine none, resident memory after settling", crowdVisitors),
		append([]string{"consoles", "server without them, MiB", "with them, MiB", "KiB a console (difference)"}, residentHead...),
		append([]string{strconv.Itoa(n), mib(before.all), mib(after.all), kibEach(after.all-before.all, n)}, after.cells()...))
	b.aims.atMost("idle console, KiB", "%.1f", float64(after.all-before.all)/1024/float64(n), 64, 0)
	return b.profileHeap(ctx, s, "consoles")
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
