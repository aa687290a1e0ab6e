//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"
)

// percentile returns the value below which p percent of the sorted values lie; 0 if there are none.
func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(float64(len(sorted)) * p / 100)
	return sorted[min(i, len(sorted)-1)]
}

// spread is p50, p99 and the largest, as cells of a table.
func spread(values []time.Duration) []string {
	slices.Sort(values)
	return []string{ms(percentile(values, 50)), ms(percentile(values, 99)), ms(percentile(values, 100))}
}

func ms(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.2f", float64(d)/1e6)
	}
	return fmt.Sprintf("%.1f", float64(d)/1e6)
}

func median[T int64 | float64 | time.Duration](values []T) T {
	v := slices.Sorted(slices.Values(values))
	return v[len(v)/2]
}

// figures is the median, and in brackets the least and the most if there are several.
func figures(format string, values []float64) string {
	text := fmt.Sprintf(format, median(values))
	if len(values) > 1 {
		text += fmt.Sprintf(" ("+format+"-"+format+")", slices.Min(values), slices.Max(values))
	}
	return text
}

func pick[T any](rs []result, of func(result) T) []T {
	var out []T
	for _, r := range rs {
		out = append(out, of(r))
	}
	return out
}
