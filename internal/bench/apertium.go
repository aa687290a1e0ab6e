//go:build linux

package main

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// The crowd of the part with a real engine, smaller than the other: what is asked is that the original does not wait for the engine.
const (
	apertiumSites    = 10
	apertiumVisitors = 100
	apertiumRate     = 200
)

// apertium measures a line's way with a real engine.
func (b *bench) apertium(ctx context.Context) error {
	w := oneSQLite(apertiumSites)
	w.agents, w.engine = "en", "apertium"
	s, err := b.open(ctx, w)
	if err != nil {
		return err
	}
	defer s.stop()
	c, err := gather(ctx, s, apertiumVisitors, true)
	if err != nil {
		return err
	}
	defer c.close()
	// Warm: the consoles have had their conversations open for more than 2 s, the engines run.
	time.Sleep(2500 * time.Millisecond)
	warm := func(n int) string { return "calentando " + strconv.Itoa(n) }
	if _, err := c.run(ctx, &b.numbers, apertiumRate, 3*time.Second, forever, warm); err != nil {
		return err
	}
	time.Sleep(time.Second)
	before, err := s.usage()
	if err != nil {
		return err
	}
	l, err := c.run(ctx, &b.numbers, apertiumRate, time.Duration(b.seconds)*time.Second, forever, sentence)
	if err != nil {
		return err
	}
	after, err := s.usage()
	if err != nil {
		return err
	}
	done := l.times(translated)
	var engine []time.Duration
	for i := range l.lines {
		if k := &l.lines[i]; k.translated > 0 {
			engine = append(engine, time.Duration(k.translated-k.shown))
		}
	}
	table(fmt.Sprintf("With Apertium, es-en and en-es, every line another, %d a second, %d visitors, %d consoles: %d of %d lines translated, ms",
		apertiumRate, apertiumVisitors, apertiumSites, len(done), len(l.lines)),
		[]string{"", "p50", "p99", "most"},
		append([]string{"typed to acknowledged (on disk)"}, spread(l.times(acked))...),
		append([]string{"typed to original shown on the other side"}, spread(l.times(shown))...),
		append([]string{"typed to translation shown"}, spread(done)...),
		append([]string{"original shown to translation shown"}, spread(engine)...),
		append([]string{"the generator's own lateness (in the above)"}, spread(l.times(left))...))
	fmt.Printf("\nThe server without its engines used %.0f %% of one processor.\n", 100*after.minus(before).nodes.Seconds()/float64(b.seconds))
	return nil
}
