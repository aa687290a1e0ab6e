// Command shoppers plays six shoppers in six languages against a running demo, so that whoever works on the console has something to do in it:
//
//	go run ./internal/shoppers                                 the server of make run
//	go run ./internal/shoppers -pace 0.2 -seed 7               five times as quick, with other pauses
//	go run ./internal/shoppers -engine 127.0.0.1:5005          and translates for it (engine.go says how well)
//
// They ask, wait for an answer, lose patience, go into a tunnel, leave and come back. cast.go has who they are and what they say, play.go how, engine.go
// what translates for them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"dragoman/chat"
)

// options are the flags.
type options struct {
	server, site, shop string
	// secret is the site's identity secret; without it nobody is signed in at the shop.
	secret string
	engine string
	seed   uint64
	// pace is what every pause is multiplied with, patience how long a shopper waits for an answer before writing on without.
	pace     float64
	patience time.Duration
	// say is told each line, and whatever else a shopper does.
	say func(who, what string)
}

func main() {
	o := options{say: func(who, what string) { fmt.Printf("%s  %-16s %s\n", time.Now().Format(time.TimeOnly), who, what) }}
	flag.StringVar(&o.server, "server", "http://127.0.0.1:8080", "the server")
	flag.StringVar(&o.site, "site", "demo", "the key of the site whose shoppers they are")
	flag.StringVar(&o.shop, "shop", "http://shop.localhost:8080/demo", "where the shop's pages are, for the addresses that they tell")
	flag.StringVar(&o.secret, "secret", "", "the site's identity secret (dragoman site show KEY): then one of them is signed in at the shop")
	flag.StringVar(&o.engine, "engine", "", "an address to translate at, such as 127.0.0.1:5005, for DRAGOMAN_LIBRETRANSLATE_URL of the server")
	flag.Uint64Var(&o.seed, "seed", 1, "which pauses they make")
	flag.Float64Var(&o.pace, "pace", 1, "what pauses are multiplied with: 0.1 is ten times as quick")
	flag.DurationVar(&o.patience, "patience", 3*time.Minute, "how long they wait for an answer before they write on without")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := o.run(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "shoppers:", err)
		os.Exit(1)
	}
}

// run plays all shoppers to their end. With an engine it goes on translating until ctx ends.
func (o options) run(ctx context.Context) error {
	cast := cast()
	if o.engine == "" {
		return o.play(ctx, cast)
	}
	listener, err := net.Listen("tcp", o.engine)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: newEngine(cast), ReadHeaderTimeout: 10 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	defer serving.Wait()
	defer server.Close()
	if err := o.play(ctx, cast); err != nil {
		return err
	}
	o.say("all", "have ended; their engine translates until Ctrl-C")
	<-ctx.Done()
	return nil
}

// ready waits until the server takes sockets: whoever starts it needs the engine first.
func (o options) ready(ctx context.Context) error {
	for said := false; ; said = true {
		if r, err := http.Get(o.server + "/readyz"); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		if !said {
			o.say("all", "wait until "+o.server+" is ready")
		}
		select {
		case <-time.After(time.Second / 2):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// play plays shoppers side by side.
func (o options) play(ctx context.Context, cast []shopper) error {
	if err := o.ready(ctx); err != nil {
		return err
	}
	var all sync.WaitGroup
	failed := make([]error, len(cast))
	for i, s := range cast {
		p := &player{options: o, shopper: s, chance: rand.New(rand.NewPCG(o.seed, uint64(i)))}
		all.Go(func() {
			if err := p.play(ctx); err != nil {
				failed[i] = fmt.Errorf("%s: %w", s.name, err)
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// on returns where a shopper is, in the shop.
func (o options) on(p page) *chat.Page {
	return &chat.Page{URL: strings.TrimSuffix(o.shop, "/") + p.path, Title: p.title}
}
