package torture

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	table = flag.String("table", "", "file to which the figures are appended as rows of a Markdown table")
	long  = flag.Bool("long", false, "as often and as long as docs/torture.md promises, where a flag does not say otherwise")
)

// longer is what -long means, flag by flag.
var longer = map[string]string{
	"kills": "1000", "stops": "200", "cuts": "1000", "cut-lines": "20000", "away": "40s", "deploys": "10", "frozen": "40s", "everything": "2m",
	"races": "5000", "slow-disk": "20s", "plants": "20", "histories": "20",
}

// besides lets a test run beside others, because most of its time it waits: in the short lane, where it is asked whether something holds, and not
// in the long one, where its times are figures.
func besides(t *testing.T) {
	if !*long {
		t.Parallel()
	}
}

// allowed is how long something may take that is wanted within a time: in the long lane, which has the machine to itself, so long; in the short one,
// where it runs beside others, a minute more, so that what hangs is found and what waited for a processor is not.
func allowed(wanted time.Duration) time.Duration {
	if *long {
		return wanted
	}
	return wanted + time.Minute
}

// readFlags reads the command line.
func readFlags() error {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range longer {
		if *long && !given[name] {
			if err := flag.Set(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// figures gathers the rows of the table that "make torture" prints.
var figures struct {
	mu   sync.Mutex
	rows []string
	// missed are the tests that have a row already that says so.
	missed map[string]bool
}

// report puts one figure into the log and into the table: what was done, what came of it, and what must come of it.
func report(t *testing.T, what, came, want string) {
	t.Helper()
	t.Logf("%s: %s (want: %s)", what, came, want)
	figures.mu.Lock()
	defer figures.mu.Unlock()
	mark := ""
	if t.Failed() && !figures.missed[t.Name()] {
		mark = " **missed**"
		if figures.missed == nil {
			figures.missed = map[string]bool{}
		}
		figures.missed[t.Name()] = true
	}
	figures.rows = append(figures.rows, fmt.Sprintf("| %s | %s%s | %s |", what, came, mark, want))
}

// writeTable appends the figures of this run to the file that was asked for, under what they were measured on.
func writeTable() error {
	if *table == "" || len(figures.rows) == 0 {
		return nil
	}
	f, err := os.OpenFile(*table, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	head := fmt.Sprintf("Commit %s, seed %d, %s on %d processors, race detector %t.\n\n| what | figure | wanted |\n| --- | --- | --- |\n",
		commit(), *seed, runtime.Version(), runtime.NumCPU(), raceEnabled)
	if _, err := f.WriteString(head + strings.Join(figures.rows, "\n") + "\n\n"); err != nil {
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
