package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"dragoman/internal/process"
)

// starts is how often the program is started to measure how long that takes.
const starts = 10

// start measures from the start of the process to its taking connections, and the memory of a server that does nothing.
func (b *bench) start(ctx context.Context) error {
	p, _, err := b.program(ctx, "es", "en", 0)
	if err != nil {
		return err
	}
	var took []time.Duration
	var memory int64
	for range starts {
		s, err := p.Serve("--engine", "none")
		if err != nil {
			return err
		}
		took = append(took, s.Took)
		time.Sleep(300 * time.Millisecond)
		if memory, err = s.Memory(); err != nil {
			return err
		}
		if err := s.Stop(); err != nil {
			return err
		}
	}
	cells := spread(took)
	table(fmt.Sprintf("Start and idle, SQLite, engine none, %d starts", starts),
		[]string{"", "median", "most"},
		[]string{"process started to connections taken, ms", cells[0], cells[2]},
		[]string{"resident memory when idle, MiB", fmt.Sprintf("%.1f", float64(memory)/(1<<20)), ""})
	return nil
}

// latencyVisitors and latencyConsoles are the crowd of latency and apertium.
const (
	latencyVisitors = 100
	latencyConsoles = 10
)

// latency measures a line's way to the other side without an engine.
func (b *bench) latency(ctx context.Context) error {
	w, _, err := b.talk(ctx, "none", sentence)
	if err != nil {
		return err
	}
	table(fmt.Sprintf("A line's way at %d lines a second: SQLite, engine none, %d visitors, %d consoles, %d s, ms", b.rate, latencyVisitors, latencyConsoles, b.seconds),
		[]string{"", "p50", "p99", "most"},
		append([]string{"typed to acknowledged (on disk)"}, spread(w.times(func(l *line) int64 { return l.acked.Load() }))...),
		append([]string{"typed to shown on the other side"}, spread(w.times(func(l *line) int64 { return l.shown.Load() }))...),
		append([]string{"the generator's own lateness (in the above)"}, spread(w.times(func(l *line) int64 { return l.left.Load() }))...))
	return nil
}

// apertium measures the same with a real engine: the original must not wait for it.
func (b *bench) apertium(ctx context.Context) error {
	w, cpu, err := b.talk(ctx, "apertium", sentence)
	if err != nil {
		return err
	}
	translated := w.times(func(l *line) int64 { return l.translated.Load() })
	var engine []time.Duration
	for i := range w.lines {
		if at := w.lines[i].translated.Load(); at > 0 {
			engine = append(engine, time.Duration(at-w.lines[i].shown.Load()))
		}
	}
	table(fmt.Sprintf("The same with Apertium, es-en and en-es, every line another: %d of %d lines translated, ms", len(translated), len(w.lines)),
		[]string{"", "p50", "p99", "most"},
		append([]string{"typed to acknowledged (on disk)"}, spread(w.times(func(l *line) int64 { return l.acked.Load() }))...),
		append([]string{"typed to original shown on the other side"}, spread(w.times(func(l *line) int64 { return l.shown.Load() }))...),
		append([]string{"typed to translation shown"}, spread(translated)...),
		append([]string{"original shown to translation shown"}, spread(engine)...),
		append([]string{"the generator's own lateness (in the above)"}, spread(w.times(func(l *line) int64 { return l.left.Load() }))...))
	fmt.Printf("\nThe server without its engines used %.0f %% of one processor.\n", 100*cpu.Seconds()/float64(b.seconds))
	return nil
}

// talk lets a crowd talk with an engine and returns what was measured and the server's processor time.
func (b *bench) talk(ctx context.Context, engine string, say func(int) string) (*world, time.Duration, error) {
	p, site, err := b.program(ctx, "en", "en", latencyConsoles)
	if err != nil {
		return nil, 0, err
	}
	s, err := p.Serve(append([]string{"--engine", engine}, unlimited...)...)
	if err != nil {
		return nil, 0, err
	}
	defer s.Kill()
	w, err := crowd(ctx, s.URL, site, "es", latencyVisitors, latencyConsoles)
	if err != nil {
		return nil, 0, err
	}
	defer w.close()
	// Warm: the consoles have had their conversations open for more than 2 s, the engines run.
	time.Sleep(2500 * time.Millisecond)
	if err := w.load(ctx, b.rate, 3*time.Second, func(n int) string { return "calentando " + strconv.Itoa(n) }); err != nil {
		return nil, 0, err
	}
	time.Sleep(time.Second)
	before, _ := s.CPU()
	err = w.load(ctx, b.rate, time.Duration(b.seconds)*time.Second, say)
	if engine != "none" && err == nil {
		time.Sleep(2 * time.Second) // the last translations
	}
	after, _ := s.CPU()
	return w, after - before, err
}

// words make sentences that are all different, in the language of the side that sends.
var words = [2][4][]string{
	{
		{"El jarrón azul", "La tetera grande", "Mi pedido", "La taza blanca", "El plato pintado", "La caja de té"},
		{"llegó roto", "no ha llegado", "está en el almacén", "es muy bonita", "tiene un color distinto", "no cabe en mi mesa"},
		{"esta mañana", "el lunes", "hace tres días", "por segunda vez", "sin la factura", "con la caja abierta"},
		{"y quiero otro igual.", "¿me pueden ayudar?", "gracias por todo.", "y prefiero devolverlo.", "¿cuánto cuesta el envío?", "necesito una respuesta hoy."},
	},
	{
		{"The blue vase", "The large teapot", "Your order", "The white cup", "The painted plate", "The box of tea"},
		{"will arrive", "was sent", "is in the warehouse", "can be returned", "is being packed", "will be replaced"},
		{"tomorrow morning", "on Monday", "within three days", "without any cost", "with the invoice", "from our workshop"},
		{"and we are sorry.", "thank you for your patience.", "is that all right?", "we will write to you.", "please keep the box.", "have a nice day."},
	},
}

func sentence(n int) string {
	side := words[n%2]
	k := n / 2
	var out []string
	for _, choice := range side {
		out = append(out, choice[k%len(choice)])
		k /= len(choice)
	}
	return strings.Join(out, " ") + " #" + strconv.Itoa(10000+rand.IntN(90000))
}

// memory measures what idle visitors cost: each has a socket and one conversation with a line in it.
func (b *bench) memory(ctx context.Context) error {
	rows := [][]string{{"visitors", "server without them, MiB", "with them, MiB", "KiB a visitor (difference)", "KiB a visitor (all of the server)"}}
	for text := range strings.SplitSeq(b.connections, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("-connections: %w", err)
		}
		p, site, err := b.program(ctx, "es", "en", 0)
		if err != nil {
			return err
		}
		s, err := p.Serve(append([]string{"--engine", "none"}, unlimited...)...)
		if err != nil {
			return err
		}
		before, err := settled(s)
		if err != nil {
			return err
		}
		w, err := crowd(ctx, s.URL, site, "es", n, 0)
		if err != nil {
			return err
		}
		after, err := settled(s)
		if err != nil {
			return err
		}
		if b.profile != "" {
			if err := b.save(ctx, s.Admin+"/debug/pprof/heap?gc=1"); err != nil {
				return err
			}
		}
		w.close()
		if err := s.Stop(); err != nil {
			return err
		}
		mib := func(v int64) string { return fmt.Sprintf("%.1f", float64(v)/(1<<20)) }
		each := func(v int64) string { return fmt.Sprintf("%.1f", float64(v)/1024/float64(n)) }
		rows = append(rows, []string{strconv.Itoa(n), mib(before), mib(after), each(after - before), each(after)})
	}
	table("Idle visitors, each with one conversation, SQLite, engine none, resident memory after settling", rows...)
	return nil
}

// settled returns the resident memory once it has stopped falling: the runtime gives memory back over a minute or two.
func settled(s *process.Server) (int64, error) {
	least, since := int64(1)<<62, time.Now()
	for began := time.Now(); time.Since(since) < 20*time.Second && time.Since(began) < 3*time.Minute; {
		m, err := s.Memory()
		if err != nil {
			return 0, err
		}
		if m < least-least/200 {
			least, since = m, time.Now()
		}
		time.Sleep(time.Second)
	}
	return s.Memory()
}
