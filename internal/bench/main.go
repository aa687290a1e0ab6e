//go:build linux

// Command bench measures the real program from outside, as a child process, and prints tables in Markdown. docs/benchmarks.md keeps them.
//
//	go run ./internal/bench                  everything, about half an hour
//	go run ./internal/bench -only load,start
//	go run ./internal/bench -only load -quick -settings sqlite -rates 2000,6000
//
// Load comes open loop: the moment at which a line should leave is fixed beforehand, and times are counted from that moment, so that a
// server which stalls is not asked less. How late the generator itself was is printed beside: it runs on the same processors.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dragoman/internal/process"
)

// options are the flags.
type options struct {
	only          string
	settings      string
	rates         string
	seconds       int
	rounds        int
	quick         bool
	connections   string
	stormVisitors int
	profile       string
	// rateList is rates, read.
	rateList []int
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "floor" {
		runFloor()
		return
	}
	var o options
	flag.StringVar(&o.only, "only", "", "which parts, separated by commas: "+strings.Join(partNames(), ", ")+" (default all)")
	flag.StringVar(&o.settings, "settings", "sqlite,postgres,two", "which settings load and most compare with the floor")
	flag.StringVar(&o.rates, "rates", "500,2000,6000", "lines a second in load")
	flag.IntVar(&o.seconds, "seconds", 10, "how long each measurement lasts")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds of floor and settings in turn, of which the medians are printed")
	flag.BoolVar(&o.quick, "quick", false, "one round of a few seconds: for a look, not for the record")
	flag.IntVar(&o.stormVisitors, "visitors", 16000, "how many visitors storm has")
	flag.StringVar(&o.connections, "connections", "1000,5000,18000", "how many idle visitors in memory")
	flag.StringVar(&o.profile, "profile", "", "how the names of profiles begin, such as /tmp/bench-: of processor time in load and storm, of memory in memory and consoles")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := o.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// read checks what the flags say.
func (o *options) read() error {
	if o.quick {
		o.rounds, o.seconds = 1, 4
	}
	for text := range strings.SplitSeq(o.rates, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n <= 0 {
			return fmt.Errorf("-rates: %q is not a number of lines a second", text)
		}
		o.rateList = append(o.rateList, n)
	}
	for _, name := range names(o.only) {
		if !slices.Contains(partNames(), name) {
			return fmt.Errorf("-only: there is no part %q, only %s", name, strings.Join(partNames(), ", "))
		}
	}
	for _, name := range o.wantedSettings() {
		if settingsByName(name) == nil {
			return fmt.Errorf("-settings: there is no %q, only sqlite, postgres and two", name)
		}
	}
	return nil
}

func (o *options) wantedSettings() []string { return names(o.settings) }

// names reads a list with commas.
func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func settingsByName(name string) func(int) wanted {
	return map[string]func(int) wanted{"sqlite": oneSQLite, "postgres": onePostgres, "two": twoNodes}[name]
}

// part is one of what -only names.
type part struct {
	name string
	run  func(context.Context) error
}

// parts returns all, in order.
func (b *bench) parts() []part {
	return []part{
		{"start", b.startup}, {"load", b.load}, {"most", b.most}, {"apertium", b.apertium}, {"memory", b.memory}, {"consoles", b.idleConsoles},
		{"storm", b.storm}, {"readers", b.readers},
	}
}

func partNames() (all []string) {
	for _, p := range new(bench).parts() {
		all = append(all, p.name)
	}
	return all
}

// run measures every part that was asked for.
func (o options) run(ctx context.Context) error {
	if err := o.read(); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "dragoman-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	binary, err := process.Build(ctx, folder, false)
	if err != nil {
		return err
	}
	// The generator shares the processors with the server: it collects seldom.
	debug.SetGCPercent(400)
	keepConnections()
	fmt.Printf("%d processors, %s, %s, load generator on the same machine, %s\n", runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version(),
		time.Now().UTC().Format(time.DateOnly))
	b := bench{options: o, folder: folder, binary: binary}
	for _, part := range b.parts() {
		if o.only != "" && !slices.Contains(names(o.only), part.name) {
			continue
		}
		began := time.Now()
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Fprintf(os.Stderr, "bench: %s took %s\n", part.name, time.Since(began).Round(time.Second))
	}
	b.aims.print()
	return nil
}

// bench is a run.
type bench struct {
	options
	folder, binary string
	programs       int
	numbers        numbers
	aims           aims
}

// table prints a Markdown table under a heading.
func table(heading string, rows ...[]string) {
	fmt.Printf("\n### %s\n\n", heading)
	for i, row := range rows {
		fmt.Println("| " + strings.Join(row, " | ") + " |")
		if i == 0 {
			fmt.Println("|" + strings.Repeat(" --- |", len(row)))
		}
	}
}
