//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"dragoman/internal/swarm"
)

// load is lines sent at a constant rate, whatever the server does.
type load struct {
	first int64        // the number of lines[0], which is its call's id and part of its key
	lines []line       // written by the sender (due, left) and by the swarm's thread (the rest)
	whole atomic.Int64 // lines both acknowledged and shown
	// refused is the first error that a send was answered with.
	refused atomic.Pointer[string]
	// shut is set before the lines are read: what comes later counts nowhere.
	shut atomic.Bool
}

// line is what was measured of one line, in nanoseconds after the start of the process; 0 means not yet.
type line struct{ due, left, acked, shown, translated int64 }

// numbers counts lines over all loads of the process, so that no two share a key.
type numbers struct{ next atomic.Int64 }

// keyPrefix begins the key of every line; the line's number is the last twelve digits.
const keyPrefix = "5ca1ab1e-0000-4000-8000-"

// began is the moment that all times are counted from.
var began = time.Now()

func now() int64 { return int64(time.Since(began)) }

// of returns the line with this number, if it is one of this load that is still measured.
func (l *load) of(id int64) *line {
	if n := id - l.first; n >= 0 && n < int64(len(l.lines)) && !l.shut.Load() {
		return &l.lines[n]
	}
	return nil
}

func (l *load) acknowledged(id, at int64, rest []byte) {
	k := l.of(id)
	if k == nil {
		return
	}
	if bytes.Contains(rest[:min(len(rest), replyHead)], errorMark) {
		text := string(rest)
		l.refused.CompareAndSwap(nil, &text)
		return
	}
	if k.acked == 0 {
		k.acked = at
		l.done(k)
	}
}

// came notes an event with a line; even numbers are visitors' lines, odd ones their agents' answers.
func (l *load) came(id, at int64, console bool, b []byte) {
	k := l.of(id)
	if k == nil || console == ((id-l.first)%2 == 1) { // the sender's own
		return
	}
	if k.shown == 0 {
		k.shown = at
		l.done(k)
	}
	if k.translated == 0 && bytes.Contains(b, doneMark) {
		k.translated = at
	}
}

func (l *load) done(k *line) {
	if k.acked != 0 && k.shown != 0 {
		l.whole.Add(1)
	}
}

// errBehind ends a load whose server no longer keeps up.
var errBehind = errors.New("the server does not keep up")

// forever is the seconds of lines under way that no load reaches.
const forever = 1e6

// run sends rate lines a second for the time given, then waits for what is still on its way. It gives up if more than behind seconds of
// lines are on their way.
func (c *crowd) run(ctx context.Context, from *numbers, rate int, length time.Duration, behind float64, say func(n int) string) (*load, error) {
	total := int(length.Seconds() * float64(rate))
	l := &load{first: from.next.Add(int64(total)) - int64(total) + 1, lines: make([]line, total)}
	c.current.Store(l)
	err := c.send(ctx, l, rate, int64(behind*float64(rate)), say)
	for end := time.Now().Add(10 * time.Second); err == nil && l.whole.Load() < int64(total) && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	l.shut.Store(true)
	time.Sleep(time.Millisecond) // the swarm's thread leaves the last frame
	if r := l.refused.Load(); r != nil {
		return l, fmt.Errorf("a line was refused: %s", *r)
	}
	if lost := c.lost(); lost != nil {
		return l, fmt.Errorf("a socket was lost: %w", lost)
	}
	if missing := total - int(l.whole.Load()); err == nil && missing > 0 {
		return l, fmt.Errorf("%d of %d lines were never acknowledged or shown", missing, total)
	}
	return l, err
}

// send is the sender's loop, on a thread of its own: the kernel wakes it within some ten microseconds, Go's own timers within a millisecond.
func (c *crowd) send(ctx context.Context, l *load, rate int, behind int64, say func(n int) string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer punctual()()
	gap := float64(time.Second) / float64(rate)
	from := now() + int64(50*time.Millisecond)
	var call, frame []byte
	for n := range l.lines {
		k := &l.lines[n]
		k.due = from + int64(float64(n)*gap)
		if wait := k.due - now(); wait > 0 {
			t := syscall.NsecToTimespec(wait)
			_ = syscall.Nanosleep(&t, nil)
		}
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if int64(n)-l.whole.Load() > behind {
			return errBehind
		}
		i := (n / 2) % len(c.visitors)
		p := c.visitors[i]
		call = appendSend(call[:0], l.first+int64(n), p.conversation, say(n))
		frame = swarm.AppendText(frame[:0], call)
		if n%2 == 1 {
			p = c.console(i)
		}
		k.left = now()
		if err := p.socket.Write(frame); err != nil {
			return fmt.Errorf("a socket ended in the middle of the load: %w", err)
		}
	}
	return nil
}

// appendSend appends a send call; text must need no escapes.
func appendSend(b []byte, number int64, conversation, text string) []byte {
	b = strconv.AppendInt(append(b, `{"id":`...), number, 10)
	b = append(append(b, `,"call":"send","key":"`...), keyPrefix...)
	for d := int64(100_000_000_000); d > 0; d /= 10 {
		b = append(b, '0'+byte(number/d%10))
	}
	b = append(append(b, `","text":"`...), text...)
	b = append(append(b, `","conversation":"`...), conversation...)
	return append(b, `"}`...)
}

// punctual asks the kernel to wake this thread to the microsecond, where by default it may be 50 late, and at once, though the server
// wants the processor as well: a generator on a machine of its own would not wait for it. The latter is allowed to root only; how late
// the sender is without is in the tables. undo makes it a thread like others; it must not end, for the servers that it has started
// would end with it.
func punctual() (undo func()) {
	const (
		setTimerSlack = 29
		other, fifo   = 0, 1
	)
	set := func(slackNS, policy uintptr, priority int32) {
		_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setTimerSlack, slackNS, 0)
		_, _, _ = syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, 0, policy, uintptr(unsafe.Pointer(&priority)))
	}
	set(1000, fifo, 1)
	return func() { set(0, other, 0) } // 0 is the default slack
}

// times returns how long after it was due each line reached a stage; lines that never did are left out.
func (l *load) times(of func(*line) int64) []time.Duration {
	var all []time.Duration
	for i := range l.lines {
		if at := of(&l.lines[i]); at > 0 {
			all = append(all, time.Duration(at-l.lines[i].due))
		}
	}
	return all
}

// The stages of a line.
func acked(k *line) int64      { return k.acked }
func shown(k *line) int64      { return k.shown }
func left(k *line) int64       { return k.left }
func translated(k *line) int64 { return k.translated }
