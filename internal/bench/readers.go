//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// The crowd of readers, for each node: what one node receives from Redis must stay the same when there are more such nodes.
const (
	readersSites    = 10
	readersVisitors = 200
	readersRate     = 200
	readersLength   = 10 * time.Second
)

// readers measures what a node receives from Redis when the sites, their visitors and the lines grow with the nodes: with each site's
// visitors and console on one node, and, to see that something is measured, with the console on the next node.
func (b *bench) readers(ctx context.Context) error {
	rows := [][]string{{"nodes", "sites", "lines a second", "console", "bytes a second to one node", "messages a second to one node", "the busiest node, bytes"}}
	var one, four float64
	for _, crossing := range []bool{false, true} {
		for _, nodes := range []int{1, 2, 4} {
			if crossing && nodes == 1 {
				continue
			}
			h, err := b.hear(ctx, nodes, crossing)
			if err != nil {
				return fmt.Errorf("%d nodes: %w", nodes, err)
			}
			where := "on the same node"
			if crossing {
				where = "on the next node"
			}
			rows = append(rows, []string{strconv.Itoa(nodes), strconv.Itoa(nodes * readersSites), strconv.Itoa(nodes * readersRate), where,
				fmt.Sprintf("%.0f", h.bytes), fmt.Sprintf("%.1f", h.messages), fmt.Sprintf("%.0f", h.most)})
			switch {
			case !crossing && nodes == 1:
				one = h.bytes
			case !crossing && nodes == 4:
				four = h.bytes
			}
		}
	}
	table(fmt.Sprintf("What a node receives from Redis, %d sites, %d visitors and %d lines a second for each node, PostgreSQL", readersSites, readersVisitors, readersRate), rows...)
	b.aims.atMost("bytes from Redis to one of 4 nodes, to those of 1 node", "%.2f", four/one, 1.25, 0)
	return nil
}

// heard is what came from Redis in a second: to a node on average, and to the busiest.
type heard struct{ bytes, messages, most float64 }

// hear runs one load, with a proxy that counts between each node and Redis.
func (b *bench) hear(ctx context.Context, nodes int, crossing bool) (heard, error) {
	w := twoNodes(nodes * readersSites)
	w.nodes, w.counted = nodes, true
	s, err := b.open(ctx, w)
	if err != nil {
		return heard{}, err
	}
	defer s.stop()
	s.visitors, s.consoles = nil, nil
	for i := range s.servers {
		next := i
		if crossing {
			next = (i + 1) % nodes
		}
		s.visitors, s.consoles = append(s.visitors, s.servers[i].URL), append(s.consoles, s.servers[next].URL)
	}
	c, err := gather(ctx, s, nodes*readersVisitors, true)
	if err != nil {
		return heard{}, err
	}
	defer c.close()
	if _, err := c.run(ctx, &b.numbers, nodes*readersRate, 3*time.Second, forever, sentence); err != nil {
		return heard{}, err
	}
	before := counts(s.proxies)
	began := time.Now()
	if _, err := c.run(ctx, &b.numbers, nodes*readersRate, readersLength, forever, sentence); err != nil {
		return heard{}, err
	}
	took := time.Since(began).Seconds()
	var h heard
	for i, after := range counts(s.proxies) {
		bytes := float64(after.bytes-before[i].bytes) / took
		h.bytes += bytes / float64(nodes)
		h.messages += float64(after.messages-before[i].messages) / took / float64(nodes)
		h.most = max(h.most, bytes)
	}
	return h, nil
}
