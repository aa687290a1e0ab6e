package apertium

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dragoman/translate"
	"dragoman/translate/engine/enginetest"
)

// TestParentKilled: a server that is killed leaves no program behind. It runs this test once more as that server.
func TestParentKilled(t *testing.T) {
	const role = "APERTIUM_TEST_SERVER"
	if os.Getenv(role) != "" {
		e := New(Options{})
		w, _ := e.worker("es-pt")
		_, err := w.do(context.Background(), translate.Segment{Text: "la casa"})
		// A stopped program does not notice that its pipe has closed: only the kernel can end it.
		_ = syscall.Kill(w.proc.pids()[2], syscall.SIGSTOP)
		fmt.Println("pids", fmt.Sprint(w.proc.pids()), err)
		select {}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestParentKilled$")
	cmd.Env = append(os.Environ(), role+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []int
	for s := bufio.NewScanner(out); pids == nil && s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "pids ["); ok {
			list, _, _ := strings.Cut(rest, "]")
			for _, f := range strings.Fields(list) {
				n, _ := strconv.Atoi(f)
				pids = append(pids, n)
			}
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if len(pids) != 6 {
		t.Fatalf("the server ran the programs %v", pids)
	}
	if !enginetest.Eventually(func() bool { return !anyRuns(pids) }) {
		t.Errorf("some of the programs %v outlive their server", pids)
	}
}

// anyRuns tells whether one of the processes is there and no zombie.
func anyRuns(pids []int) bool {
	for _, pid := range pids {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		if _, state, _ := strings.Cut(string(b), ") "); !strings.HasPrefix(state, "Z") {
			return true
		}
	}
	return false
}

// TestStartFails: programs that were started before one that cannot be are waited for, or they would stay in the table of processes.
func TestStartFails(t *testing.T) {
	cat, err := exec.LookPath("cat")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if p, err := start([]stage{{path: cat}, {path: "/nonexistent/program"}}); err == nil {
			p.close()
			t.Fatal("a program that is not there was started")
		}
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range stats {
		b, _ := os.ReadFile(f) // it may have ended meanwhile
		_, rest, _ := strings.Cut(string(b), ") ")
		fields := strings.Fields(rest)
		if len(fields) > 1 && fields[0] == "Z" && fields[1] == strconv.Itoa(os.Getpid()) && strings.Contains(string(b), "(cat)") {
			t.Errorf("a program was not waited for: %s", b)
		}
	}
}
