//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"
)

// crowdSites and crowdVisitors are the crowd of docs/benchmarks.md: one console a site, which follows its site's 20 conversations.
const (
	crowdSites    = 50
	crowdVisitors = 1000
)

// talking is a setting with its crowd.
type talking struct {
	*setting
	crowd *crowd
}

// result is one round of one setting at one rate; times are counted from the moment at which a line was due.
type result struct {
	lines                                  int
	cpu                                    usage
	generator                              time.Duration // processor time of this process
	ack50, ack99, shown50, shown99, late99 time.Duration
	// ratio is the processor time of nodes and Redis to that of the floor in the same round.
	ratio float64
}

// perThousand is milliseconds of processor time for 1,000 lines.
func (r result) perThousand(d time.Duration) float64 {
	return float64(d.Microseconds()) / float64(r.lines)
}

// measure runs one load and says what it took, with what the server did in the second after it.
func (t *talking) measure(ctx context.Context, from *numbers, rate int, length time.Duration, behind float64) (result, error) {
	before, err := t.usage()
	if err != nil {
		return result{}, err
	}
	own := ownCPU()
	l, err := t.crowd.run(ctx, from, rate, length, behind, sentence)
	if err != nil {
		return result{}, err
	}
	own = ownCPU() - own
	time.Sleep(time.Second) // the last frame of the inboxes
	after, err := t.usage()
	r := result{lines: len(l.lines), cpu: after.minus(before), generator: own}
	r.ack50, r.ack99 = ends(l.times(acked))
	r.shown50, r.shown99 = ends(l.times(shown))
	_, r.late99 = ends(l.times(left))
	return r, err
}

// rest waits until the servers of a setting do nothing any more, so that what one left over is not in the figures of the next.
func (t *talking) rest(ctx context.Context, most time.Duration) error {
	last, err := t.usage()
	for end := time.Now().Add(most); err == nil && time.Now().Before(end) && ctx.Err() == nil; {
		time.Sleep(500 * time.Millisecond)
		var u usage
		if u, err = t.usage(); err != nil {
			return err
		}
		used := u.minus(last)
		if used.nodes+used.redis+used.postgres <= 40*time.Millisecond {
			return nil
		}
		last = u
	}
	return err
}

// regather replaces the crowd, if a socket of it was lost.
func (t *talking) regather(ctx context.Context) error {
	if t.crowd.lost() == nil {
		return nil
	}
	t.crowd.close()
	var err error
	t.crowd, err = gather(ctx, t.setting, crowdVisitors, true)
	return err
}

// ends sorts, and returns p50 and p99.
func ends(values []time.Duration) (p50, p99 time.Duration) {
	slices.Sort(values)
	return percentile(values, 50), percentile(values, 99)
}

// ownCPU is the processor time of the generator.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// assemble starts the settings named by -settings, each with a crowd; the floor is the first.
func (b *bench) assemble(ctx context.Context) (all []*talking, err error) {
	for _, name := range append([]string{"floor"}, b.wantedSettings()...) {
		var s *setting
		if name == "floor" {
			s, err = b.bareFloor(crowdSites)
		} else {
			s, err = b.open(ctx, settingsByName(name)(crowdSites))
		}
		if err != nil {
			return all, err
		}
		t := &talking{setting: s}
		all = append(all, t)
		if t.crowd, err = gather(ctx, s, crowdVisitors, true); err != nil {
			return all, fmt.Errorf("the crowd of %s: %w", s.name, err)
		}
	}
	return all, nil
}

func dismiss(all []*talking) {
	for _, t := range all {
		if t.crowd != nil {
			t.crowd.close()
		}
		t.stop()
	}
}

// load compares what the settings cost and how long a line takes with the floor, at constant rates: rounds in turn, so that a
// neighbour of the machine disturbs all of them alike.
func (b *bench) load(ctx context.Context) error {
	all, err := b.assemble(ctx)
	defer dismiss(all)
	if err != nil {
		return err
	}
	for _, t := range all { // consoles have had their conversations open for more than 2 s, caches are warm
		if _, err := t.measure(ctx, &b.numbers, 500, 3*time.Second, forever); err != nil {

			return fmt.Errorf("%s, warming up: %w", t.name, err)
		}
	}
	for _, rate := range b.rateList {
		if err := b.compare(ctx, all, rate); err != nil {
			return err
		}
	}
	fmt.Printf("\n* the generator's own lateness, which is in the times, is above 1 ms. CPU is user and kernel time of all processes of a part. A line is acknowledged\n" +
		"to its sender and shown to visitor and console.\n")
	return b.profileLoad(ctx, all)
}

// profileLoad writes a profile of every node at the last rate, in a load that is not measured.
func (b *bench) profileLoad(ctx context.Context, all []*talking) error {
	if b.profile == "" {
		return nil
	}
	rate := b.rateList[len(b.rateList)-1]
	for _, t := range all {
		wait := b.profileNodes(ctx, t.setting, fmt.Sprintf("load-%d", rate), b.seconds)
		_, err := t.measure(ctx, &b.numbers, rate, time.Duration(b.seconds)*time.Second, forever)
		if err := errors.Join(err, wait(), t.rest(ctx, time.Minute)); err != nil {
			return fmt.Errorf("%s, for a profile: %w", t.name, err)
		}
	}
	return nil
}

// compare measures and prints one rate.
func (b *bench) compare(ctx context.Context, all []*talking, rate int) error {
	results := make([][]result, len(all))
	failed := make([]error, len(all))
	for range b.rounds {
		var floor float64
		for i, t := range all {
			if failed[i] != nil {
				continue
			}
			r, err := t.measure(ctx, &b.numbers, rate, time.Duration(b.seconds)*time.Second, 3)
			if err != nil {
				failed[i] = err
				if err := errors.Join(t.rest(ctx, time.Minute), t.regather(ctx)); err != nil {
					return err
				}
				continue
			}
			if err := t.rest(ctx, 3*time.Second); err != nil {
				return err
			}
			if i == 0 {
				floor = r.perThousand(r.cpu.nodes)
			}
			r.ratio = r.perThousand(r.cpu.nodes+r.cpu.redis) / floor
			results[i] = append(results[i], r)
		}
	}
	rows := [][]string{{"", "CPU ms per 1,000 lines", "Redis", "PostgreSQL", "nodes and Redis to the floor", "ack p50 ms", "ack p99", "shown p50", "shown p99", "generator late p99", "its CPU"}}
	for i, t := range all {
		if failed[i] != nil {
			rows = append(rows, []string{t.name, "did not hold: " + failed[i].Error()})
		} else {
			rows = append(rows, cells(t.setting, results[i]))
		}
		b.judge(t.name, rate, results[i], failed[i])
	}
	table(fmt.Sprintf("%d lines a second: medians of %d rounds of %d s in turn, least to most in brackets", rate, b.rounds, b.seconds), rows...)
	return nil
}

// judge compares a row with what is asked.
func (b *bench) judge(name string, rate int, rs []result, failed error) {
	cost, costs := map[string][2]float64{nameSQLite: {2.5, 1.6}, nameTwo: {4.5, 3.6}}[name]
	what := fmt.Sprintf("%d a second, %s", rate, name)
	switch {
	case failed != nil && (rate == 6000 && costs || rate == 500 && name == nameSQLite):
		b.aims.failed(what, failed)
	case failed != nil:
	case rate == 6000 && costs:
		b.aims.atMost(what+": CPU of nodes and Redis to the floor's", "%.2f", median(pick(rs, func(r result) float64 { return r.ratio })), cost[0], cost[1])
	case rate == 500 && name == nameSQLite:
		ms := func(of func(result) time.Duration) float64 { return float64(median(pick(rs, of))) / 1e6 }
		b.aims.atMost(what+": acknowledged p99, ms", "%.1f", ms(func(r result) time.Duration { return r.ack99 }), 20, 0)
		b.aims.atMost(what+": typed to shown p50, ms", "%.1f", ms(func(r result) time.Duration { return r.shown50 }), 5, 0)
		b.aims.atMost(what+": typed to shown p99, ms", "%.1f", ms(func(r result) time.Duration { return r.shown99 }), 50, 0)
	}
}

// cells is a row of compare.
func cells(s *setting, rs []result) []string {
	name := s.name
	if median(pick(rs, func(r result) time.Duration { return r.late99 })) > time.Millisecond {
		name += " *"
	}
	cpu := func(there bool, of func(result) time.Duration) string {
		if !there {
			return ""
		}
		return figures("%.0f", pick(rs, func(r result) float64 { return r.perThousand(of(r)) }))
	}
	ms := func(of func(result) time.Duration) string {
		return figures("%.2f", pick(rs, func(r result) float64 { return float64(of(r)) / 1e6 }))
	}
	return []string{
		name,
		cpu(true, func(r result) time.Duration { return r.cpu.nodes }),
		cpu(s.redis != 0, func(r result) time.Duration { return r.cpu.redis }),
		cpu(s.postgres != 0, func(r result) time.Duration { return r.cpu.postgres }),
		figures("%.2f", pick(rs, func(r result) float64 { return r.ratio })),
		ms(func(r result) time.Duration { return r.ack50 }),
		ms(func(r result) time.Duration { return r.ack99 }),
		ms(func(r result) time.Duration { return r.shown50 }),
		ms(func(r result) time.Duration { return r.shown99 }),
		ms(func(r result) time.Duration { return r.late99 }),
		cpu(true, func(r result) time.Duration { return r.generator }),
	}
}
