package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usage is a process and the processor time that it has used, in user and kernel mode.
type usage struct {
	parent int
	own    time.Duration
	// children is the time of those that have ended and been waited for.
	children time.Duration
}

// CPU returns the processor time that a process has used, in user and kernel mode.
func CPU(pid int) (time.Duration, error) {
	u, err := usageOf(strconv.Itoa(pid))
	return u.own, err
}

// TreeCPU returns the processor time of a process and all that come from it, also of those that have ended.
func TreeCPU(pid int) (time.Duration, error) {
	names, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	all := map[int]usage{}
	for _, name := range names {
		// One that ends meanwhile is counted by its parent the next time.
		if u, err := usageOf(filepath.Base(name)); err == nil {
			id, _ := strconv.Atoi(filepath.Base(name))
			all[id] = u
		}
	}
	if _, there := all[pid]; !there {
		return 0, fmt.Errorf("there is no process %d", pid)
	}
	var sum time.Duration
	for id, u := range all {
		if descends(all, id, pid) {
			sum += u.own + u.children
		}
	}
	return sum, nil
}

func descends(all map[int]usage, id, from int) bool {
	for id > 1 {
		if id == from {
			return true
		}
		id = all[id].parent
	}
	return false
}

func usageOf(pid string) (usage, error) {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return usage{}, err
	}
	// The name in parentheses may hold spaces. The parent is the second field after it, utime, stime, cutime and cstime are the 12th to
	// the 15th, in ticks of 10 ms.
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 15 {
		return usage{}, errors.New("cannot read /proc/PID/stat")
	}
	var v [5]int64
	for i, at := range []int{1, 11, 12, 13, 14} {
		if v[i], err = strconv.ParseInt(f[at], 10, 64); err != nil {
			return usage{}, fmt.Errorf("cannot read /proc/PID/stat: %w", err)
		}
	}
	const tick = 10 * time.Millisecond
	return usage{parent: int(v[0]), own: time.Duration(v[1]+v[2]) * tick, children: time.Duration(v[3]+v[4]) * tick}, nil
}
