//go:build linux

package main

import (
	"context"
	"fmt"
	"time"
)

// starts is how often the program is started to measure how long that takes.
const starts = 10

// startup measures from the start of the process to its taking connections, and the memory of a server that does nothing.
func (b *bench) startup(ctx context.Context) error {
	first, err := b.open(ctx, oneSQLite(1))
	if err != nil {
		return err
	}
	defer first.stop()
	p := first.program
	if err := first.servers[0].Stop(); err != nil {
		return err
	}
	var took []time.Duration
	var memory int64
	for range starts {
		s, err := p.Serve("--engine", "none")
		if err != nil {
			return err
		}
		took = append(took, s.Took)
		time.Sleep(300 * time.Millisecond)
		if memory, err = s.Memory(); err != nil {
			return err
		}
		if err := s.Stop(); err != nil {
			return err
		}
	}
	cells := spread(took)
	table(fmt.Sprintf("Start and idle, SQLite, engine none, %d starts", starts),
		[]string{"", "median", "most"},
		[]string{"process started to connections taken, ms", cells[0], cells[2]},
		[]string{"resident memory when idle, MiB", fmt.Sprintf("%.1f", float64(memory)/(1<<20)), ""})
	return nil
}
