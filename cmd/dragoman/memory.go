package main

import (
	"context"
	"os"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"time"
)

// The runtime collects when the heap has doubled, and gives pages back slowly. After thousands of visitors have come within a minute
// that means as much garbage as there are live objects, for as long as not much else happens. So a server that has become quiet collects once
// by itself and gives back what is free; one that is busy is left to the runtime, which collects there often enough.
const (
	// lookEvery is how often is looked.
	lookEvery = 5 * time.Second
	// It is done for this share of what is live, and not for less than so many bytes. The heartbeats of 5,000 idle visitors make that much
	// garbage in some five seconds, and the collection takes 25 ms of processor time.
	worthShare = 8
	worthLeast = 4 << 20
)

// Collecting costs by what is live and not by what is garbage, and a small server under load makes its few megabytes of live objects
// over again many times a second. So garbage may grow to headroom before it is collected, or to what is live if that is more; but not to
// more than a multiple of what is live, which may be growing fast.
const (
	headroom    = 64 << 20
	percentMost = 500
	adaptEvery  = time.Second
	// If from one collection to the next what is live has grown by a growingShare and growingLeast, visitors come, and the garbage of that
	// lies between what stays of them: a page that holds one live object cannot be given back. So there is less garbage then.
	growingShare   = 20
	growingLeast   = 1 << 20
	percentGrowing = 30
)

// percentFor is what to set as GOGC with so many bytes live, after before at an earlier collection.
func percentFor(live, before uint64) int {
	if live > before+before/growingShare+growingLeast {
		return percentGrowing
	}
	return int(min(max(100*headroom/max(live, 1), 100), percentMost))
}

// adaptCollector lets the runtime collect as often as percentFor says, until ctx ends. An operator who has set GOGC has decided himself.
func adaptCollector(ctx context.Context) error {
	if _, set := os.LookupEnv("GOGC"); set {
		return nil
	}
	tick := time.NewTicker(adaptEvery)
	defer tick.Stop()
	before, seen := readHeap().live, collections()
	current := percentFor(before, before)
	defer debug.SetGCPercent(debug.SetGCPercent(current))
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := collections()
		if now == seen {
			continue // what is live is as it was then
		}
		seen = now
		live := readHeap().live
		// Setting it stops the world for a moment.
		if p := percentFor(live, before); p != current {
			current = p
			debug.SetGCPercent(p)
		}
		before = live
	}
}

// collections counts what the runtime has collected since the start.
func collections() uint64 {
	s := []runtimemetrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	runtimemetrics.Read(s)
	return s[0].Value.Uint64()
}

// heapFigures are what the decision is made of, in bytes.
type heapFigures struct {
	// live is what the last collection found to be in use, spare what the heap occupies beyond that.
	live, spare uint64
	// allocated is what was taken from the heap since the start.
	allocated uint64
}

// wantsBack tells whether memory should be given back now: there is more to spare than was left over the last time, and less was
// allocated since the last look than makes the runtime collect.
func (now heapFigures) wantsBack(look heapFigures, left uint64) bool {
	return now.spare > left+max(now.live/worthShare, worthLeast) && now.allocated-look.allocated < now.live
}

func readHeap() heapFigures {
	s := []runtimemetrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	}
	runtimemetrics.Read(s)
	held := s[2].Value.Uint64() + s[3].Value.Uint64() + s[4].Value.Uint64()
	live := s[0].Value.Uint64()
	return heapFigures{live: live, spare: held - min(held, live), allocated: s[1].Value.Uint64()}
}

// giveBackMemory does so until ctx ends.
func giveBackMemory(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	look, left := readHeap(), uint64(0)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := readHeap()
		if now.wantsBack(look, left) {
			debug.FreeOSMemory()
			now = readHeap()
			left = now.spare
		}
		look = now
	}
}
