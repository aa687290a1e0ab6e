package torture

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var table = flag.String("table", "", "file to which the figures are appended as rows of a Markdown table")

// figures gathers the rows of the table that "make torture" prints.
var figures struct {
	mu   sync.Mutex
	rows []string
}

// report puts one figure into the log and into the table: what was done, what came of it, and what must come of it.
func report(t *testing.T, what, came, want string) {
	t.Helper()
	t.Logf("%s: %s (want: %s)", what, came, want)
	figures.mu.Lock()
	defer figures.mu.Unlock()
	mark := ""
	if t.Failed() {
		mark = " **missed**"
	}
	figures.rows = append(figures.rows, fmt.Sprintf("| %s | %s%s | %s |", what, came, mark, want))
}

// writeTable appends the figures of this run to the file that was asked for.
func writeTable() error {
	if *table == "" || len(figures.rows) == 0 {
		return nil
	}
	f, err := os.OpenFile(*table, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(strings.Join(figures.rows, "\n") + "\n"); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// commit is the commit of the tree, as far as git knows.
func commit() string {
	out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// durations are many times of one thing.
type durations []time.Duration

// at returns the time within which this part of them, from 0 to 1, lies.
func (d durations) at(part float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(d))
	return s[min(len(s)-1, int(part*float64(len(s))))]
}

func (d durations) String() string {
	return fmt.Sprintf("p50 %s, p99 %s, worst %s of %d", brief(d.at(.5)), brief(d.at(.99)), brief(d.at(1)), len(d))
}

// brief is a time with as many digits as one can believe.
func brief(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Microsecond).String()
}

func TestDurations(t *testing.T) {
	var d durations
	for i := range 100 {
		d = append(d, time.Duration(100-i)*time.Millisecond)
	}
	if d.at(.5) != 51*time.Millisecond || d.at(.99) != 100*time.Millisecond || d.at(1) != 100*time.Millisecond || durations(nil).at(.5) != 0 {
		t.Errorf("%s", d)
	}
}
