package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"testing"
	"time"
)

func TestWantsBack(t *testing.T) {
	const mib = 1 << 20
	// With 20 MiB alive the least amount holds, 4 MiB.
	look := heapFigures{live: 20 * mib, spare: 30 * mib, allocated: 500 * mib}
	for name, c := range map[string]struct {
		spare, allocated, left uint64
		want                   bool
	}{
		"quiet after a storm":                  {30 * mib, 505 * mib, 0, true},
		"busy: the runtime collects by itself": {30 * mib, 520 * mib, 0, false},
		"not worth it":                         {4 * mib, 505 * mib, 0, false},
		"worth it":                             {5 * mib, 505 * mib, 0, true},
		"what is left cannot be given back":    {30 * mib, 505 * mib, 27 * mib, false},
		"more than was left":                   {40 * mib, 505 * mib, 27 * mib, true},
	} {
		now := heapFigures{live: 20 * mib, spare: c.spare, allocated: c.allocated}
		if got := now.wantsBack(look, c.left); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestReadHeap(t *testing.T) {
	before := readHeap()
	kept := make([]byte, 4<<20)
	after := readHeap()
	runtime.KeepAlive(kept)
	if took := after.allocated - before.allocated; took < uint64(len(kept)) {
		t.Errorf("4 MiB were allocated, and the figures say %d bytes", took)
	}
	if before.live == 0 && after.live == 0 && after.spare == 0 {
		t.Errorf("no heap at all: %+v", after)
	}
}

func TestPercentFor(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		live, before uint64
		want         int
	}{
		{0, 0, percentMost}, {5 * mib, 5 * mib, percentMost}, {32 * mib, 32 * mib, 200}, {64 * mib, 70 * mib, 100}, {500 * mib, 480 * mib, 100},
		{33 * mib, 30 * mib, percentGrowing}, {500 * mib, 470 * mib, percentGrowing}, {5 * mib, 4 * mib, percentMost},
	} {
		if got := percentFor(c.live, c.before); got != c.want {
			t.Errorf("%d MiB live after %d: %d %%, want %d", c.live/mib, c.before/mib, got, c.want)
		}
	}
}

// TestAdaptCollector: while it runs the runtime collects less often, and afterwards as before.
func TestAdaptCollector(t *testing.T) {
	t.Setenv("GOGC", "")
	os.Unsetenv("GOGC")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- adaptCollector(ctx) }()
	percent := func() int {
		s := []runtimemetrics.Sample{{Name: "/gc/gogc:percent"}}
		runtimemetrics.Read(s)
		return int(s[0].Value.Uint64())
	}
	for deadline := time.Now().Add(time.Minute); percent() == 100; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("it still collects as often as before")
		}
	}
	stop()
	<-done
	if percent() != 100 {
		t.Errorf("left at %d %%", percent())
	}
}
