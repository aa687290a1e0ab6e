// Command bench measures the real program from outside, as a child process, and prints tables in Markdown. docs/benchmarks.md keeps them.
//
//	go run ./internal/bench            everything, about eight minutes
//	go run ./internal/bench -only latency,start
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
	"strings"
	"time"

	"dragoman/internal/process"
)

// settings are the flags.
type settings struct {
	only        string
	rate        int
	seconds     int
	rounds      int
	floorRate   int
	connections string
	profile     string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "floor" {
		runFloor()
		return
	}
	var s settings
	flag.StringVar(&s.only, "only", "", "which parts, separated by commas: start, latency, apertium, memory, floor (default all)")
	flag.IntVar(&s.rate, "rate", 200, "lines a second in latency and apertium")
	flag.IntVar(&s.seconds, "seconds", 20, "how long each measurement lasts")
	flag.IntVar(&s.rounds, "rounds", 3, "rounds of floor and server in turn, of which the medians are printed")
	flag.IntVar(&s.floorRate, "floor-rate", 2000, "lines a second in the comparison with the floor")
	flag.StringVar(&s.connections, "connections", "1000,5000", "how many idle visitors in memory")
	flag.StringVar(&s.profile, "profile", "", "where to write a profile of the server: of its memory in memory, of its processor time in floor")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := s.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures every part that was asked for.
func (s settings) run(ctx context.Context) error {
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
	fmt.Printf("%d processors, %s, %s, load generator on the same machine, %s\n", runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version(),
		time.Now().UTC().Format(time.DateOnly))
	b := bench{settings: s, folder: folder, binary: binary}
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"start", b.start}, {"latency", b.latency}, {"apertium", b.apertium}, {"memory", b.memory}, {"floor", b.floor},
	} {
		if s.only != "" && !strings.Contains(","+s.only+",", ","+part.name+",") {
			continue
		}
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// bench is a run.
type bench struct {
	settings
	folder, binary string
	programs       int
}

// program returns the program with a new data folder, a shop and agents.
func (b *bench) program(ctx context.Context, siteLanguage, agentLanguage string, agents int) (*process.Program, string, error) {
	b.programs++
	p := &process.Program{Binary: b.binary, Data: fmt.Sprintf("%s/data%d", b.folder, b.programs)}
	site, err := p.AddSite(ctx, "Alma & Sol", siteLanguage, "https://shop.example.com")
	for i := 0; i < agents && err == nil; i++ {
		_, err = p.AddAgent(ctx, agentName(i), []string{agentLanguage})
	}
	return p, site, err
}

// agentName is the name of the agent of a console. Each console has its own: what one agent may call in a second is limited.
func agentName(i int) string { return fmt.Sprintf("ana%d", i) }

// unlimited switches off the limits that hold one address back: all the load comes from one.
var unlimited = []string{"--limit", "visitors_per_minute=0,sends_per_second=0,conversations_per_hour=0,sockets_per_visitor=0,sockets_per_address=0,handshakes_per_second=0"}

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
