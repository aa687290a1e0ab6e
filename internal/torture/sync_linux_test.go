package torture

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"
)

var slowDisk = flag.Duration("slow-disk", 3*time.Second, "how long a disk is slow")

// inject changes what the system answers to a server's syncs, in the words of strace, until the returned function is called.
func inject(t *testing.T, s *process.Server, what string) (stop func()) {
	t.Helper()
	cmd := exec.Command("strace", "-f", "-p", strconv.Itoa(s.PID()), "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:"+what)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v; scripts/setup test installs strace", err)
	}
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(first, "attached") {
		t.Fatalf("strace cannot attach to the server (it needs the right to trace other processes: root, or kernel.yama.ptrace_scope=0): %s", first)
	}
	done := make(chan struct{})
	go func() { // what else it says, so that it is never held up
		defer close(done)
		for {
			if _, err := lines.ReadString('\n'); err != nil {
				return
			}
		}
	}()
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		<-done
		_ = cmd.Wait() // it ends by the signal
	})
	t.Cleanup(stop)
	return stop
}

// crowd is visitors of one SQLite server who talk all the time.
type crowd struct {
	talkers []*talker
	acked   atomic.Int64
	took    chan time.Duration
	stop    func()
}

func newCrowd(t *testing.T, ctx context.Context, s *process.Server, site string, n int) *crowd {
	t.Helper()
	c := &crowd{took: make(chan time.Duration, 1<<16)}
	var running, talking sync.WaitGroup
	leave := make(chan struct{})
	runCtx, cancel := context.WithCancel(ctx)
	for i := range n {
		o := client.Options{Server: s.URL, Site: site, Languages: []string{"es"}, BackoffBase: 20 * time.Millisecond, BackoffLimit: 200 * time.Millisecond, Patience: patience}
		k := &talker{Client: client.New(o), name: fmt.Sprintf("visitor %d", i)}
		running.Go(func() { _ = k.Run(runCtx) })
		k.say(t, ctx, "the first line")
		c.talkers = append(c.talkers, k)
	}
	for _, k := range c.talkers {
		talking.Go(func() {
			for i := 0; !closed(leave); i++ {
				begun := time.Now()
				if k.say(t, ctx, fmt.Sprintf("%s says %d", k.name, i)) {
					c.acked.Add(1)
					c.took <- time.Since(begun)
				}
			}
		})
	}
	c.stop = sync.OnceFunc(func() { close(leave); talking.Wait() })
	t.Cleanup(func() { c.stop(); cancel(); running.Wait() })
	return c
}

// sound holds what the crowd was promised against what is stored.
func (c *crowd) sound(t *testing.T, ctx context.Context) (problems int) {
	t.Helper()
	for _, k := range c.talkers {
		for _, problem := range check(k.name, k.sent, history(t, ctx, k.Client, k.sent[0].OK.Conversation)) {
			t.Error(problem)
			problems++
		}
	}
	return problems
}

// TestSyncFails: the disk answers fsync with an error. Nothing is acknowledged any more, everybody is told so soon, and when the disk is well again the server is
// too, without anybody's help.
func TestSyncFails(t *testing.T) {
	p, site := newProgram(t, "es")
	s := serve(t, p, "--limit", "sends_per_second=0,visitors_per_minute=0,sockets_per_address=0")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := newCrowd(t, ctx, s, site, 6)
	awaitLines(t, ctx, &c.acked, 50)
	stop := inject(t, s, "error=EIO")
	begun := time.Now()
	probe := c.talkers[0]
	var err error
	for err = errors.New("none"); unavailableAfter(err) == nil && time.Since(begun) < patience; {
		err = probe.Call(ctx, chat.CallSend, chat.Send{Key: chat.NewID(), Text: "is the disk well?"}, nil)
	}
	refused := time.Since(begun)
	if unavailableAfter(err) == nil {
		t.Fatalf("with a disk that cannot sync a line was answered with %v", err)
	}
	before := c.acked.Load()
	sick := time.NewTimer(time.Second)
	<-sick.C
	if n := c.acked.Load() - before; n > int64(len(c.talkers)) {
		t.Errorf("%d lines were acknowledged while the disk could not sync", n)
	}
	stop()
	begun = time.Now()
	awaitLines(t, ctx, &c.acked, c.acked.Load()+20)
	healed := time.Since(begun)
	c.stop()
	problems := c.sound(t, ctx)
	if refused > allowed(5*time.Second) || healed > allowed(5*time.Second) {
		t.Errorf("it took %s to say unavailable, and %s to heal", refused, healed)
	}
	report(t, "fsync answers EIO (strace), SQLite", fmt.Sprintf("`unavailable` after %s, no acknowledgement until the disk is well, healed by itself %s after; %d acknowledged, %d problems",
		brief(refused), brief(healed), c.acked.Load(), problems), "0 lost; heals within 5 s")
}

// unavailableAfter returns err if it says that the database cannot be reached.
func unavailableAfter(err error) error {
	if e, ok := errors.AsType[*chat.Error](err); ok && e.Code == chat.Unavailable {
		return err
	}
	return nil
}

// TestSlowDisk: every sync takes 200 ms longer. Groups grow, lines wait, and none is refused.
func TestSlowDisk(t *testing.T) {
	p, site := newProgram(t, "es")
	s := serve(t, p, "--limit", "sends_per_second=0,visitors_per_minute=0,sockets_per_address=0")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := newCrowd(t, ctx, s, site, 100)
	awaitLines(t, ctx, &c.acked, 100)
	stop := inject(t, s, "delay_exit=200000")
	for len(c.took) > 0 {
		<-c.took
	}
	begun := time.Now()
	slow := time.NewTimer(*slowDisk)
	<-slow.C
	var took durations
	for len(c.took) > 0 {
		took = append(took, <-c.took)
	}
	rate := float64(len(took)) / time.Since(begun).Seconds()
	stop()
	c.stop()
	problems := c.sound(t, ctx)
	tries := 0
	for _, k := range c.talkers {
		for _, l := range k.sent {
			tries += l.Tries - 1
		}
	}
	if p99 := took.at(.99); p99 > allowed(time.Second) || tries > 0 {
		t.Errorf("lines took %s, and %d had to be sent again", took, tries)
	}
	report(t, "Every sync takes 200 ms longer (strace), SQLite, 100 people without a pause", fmt.Sprintf("%.0f lines a second, acknowledged: %s; %d sent again, %d problems", rate, took, tries, problems), "p99 at most 1 s at 200 lines a second")
}
