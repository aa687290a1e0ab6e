//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// How the most is searched: in steps of a quarter, then twice by half of what is left, so that the figure is less than 6 % below what would not hold; a few seconds
// each.
const (
	mostFirst  = 2000
	mostStep   = 1.25
	mostLength = 4 * time.Second
	mostP99    = 100 * time.Millisecond
	// mostEnd is where the search ends in any case.
	mostEnd = 200_000
	// mostLeast is where it gives up on its way down.
	mostLeast    = 100
	mostHalvings = 2
)

// most searches the highest rate that each setting holds with p99 under 100 ms, upwards until the first that it does not hold; rounds in turn.
func (b *bench) most(ctx context.Context) error {
	all, err := b.assemble(ctx)
	defer dismiss(all)
	if err != nil {
		return err
	}
	rates := make([][]float64, len(all))
	results := make([][]result, len(all))
	for round := range b.rounds {
		for i, t := range all {
			from := float64(mostFirst)
			if round > 0 { // there is no need to climb from the bottom again
				from = max(from, rates[i][round-1]/math.Pow(mostStep, 2))
			}
			rate, r, err := search(from, func(rate int) (result, bool, error) { return b.holds(ctx, t, rate) })
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			rates[i], results[i] = append(rates[i], rate), append(results[i], r)
		}
	}
	rows := [][]string{{"", "most lines a second", "CPU ms per 1,000 there", "Redis", "PostgreSQL", "ack p99 ms", "shown p99", "generator late p99", "its CPU"}}
	for i, t := range all {
		c := cells(t.setting, results[i])
		rows = append(rows, []string{c[0], figures("%.0f", rates[i]), c[1], c[2], c[3], c[6], c[8], c[9], c[10]})
		if goal, ok := map[string][2]float64{nameSQLite: {8000, 18600}, nameTwo: {4000, 9000}}[t.name]; ok {
			b.aims.atLeast("most a second with p99 under 100 ms, "+t.name, "%.0f", median(rates[i]), goal[0], goal[1])
		}
	}
	table(fmt.Sprintf("The most that holds p99 under %d ms, in steps of a quarter of %d s each, until the first that fails twice, then two halvings: medians of %d rounds in turn, least to most in brackets",
		mostP99.Milliseconds(), int(mostLength.Seconds()), b.rounds), rows...)
	return nil
}

// holds tells whether a setting holds a rate. An error is one of the bench, not of the server.
func (b *bench) holds(ctx context.Context, t *talking, rate int) (result, bool, error) {
	r, err := t.measure(ctx, &b.numbers, rate, mostLength, 1)
	holds := err == nil && r.ack99 < mostP99 && r.shown99 < mostP99
	return r, holds, errors.Join(ctx.Err(), t.rest(ctx, time.Minute), t.regather(ctx))
}

// search climbs from a rate until one does not hold, twice, for a neighbour of the machine may disturb it once; if the first does not hold, it goes down to
// one that does. Then it halves what lies between the last that held and the first that did not. It returns the highest that held with what it took, 0 if there is none.
func search(from float64, holds func(rate int) (result, bool, error)) (held float64, at result, err error) {
	at = result{lines: 1}
	failed := 0.0
	try := func(rate float64) error {
		rate = math.Floor(rate)
		r, ok, err := holds(int(rate))
		if err == nil && !ok {
			r, ok, err = holds(int(rate))
		}
		switch {
		case err != nil:
			return err
		case ok:
			held, at = rate, r
		default:
			failed = rate
		}
		return nil
	}
	for rate := from; rate < mostEnd && rate > mostLeast && (held == 0 || failed == 0); {
		if err := try(rate); err != nil {
			return 0, at, err
		}
		if held > 0 {
			rate *= mostStep
		} else {
			rate /= mostStep
		}
	}
	for n := 0; n < mostHalvings && held > 0 && failed > 0; n++ {
		if err := try(math.Sqrt(held * failed)); err != nil {
			return 0, at, err
		}
	}
	return held, at, nil
}
