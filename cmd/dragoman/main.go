// Command dragoman is the whole product: the server, and the commands that look after it.
//
// How to read it:
//
//	main.go      Main: a run of the program, also for tests
//	settings.go  every setting once: flag, environment variable, key of the file, default and help
//	resolve.go   where a setting's value comes from when it is not on the command line
//	serve.go     the server put together, and taken down in order; greet.go what it says when it is up
//	http.go      what it answers, page.go the start page, tls.go
//	admin.go     the admin address; metrics.go what it shows, clocks.go what is timed
//	database.go  which database, and whether to make one
//	demo.go      the demo's site, agents and shop
//	backup.go    backup, restore and copy; uploads.go the folder of uploads meanwhile
//	memory_command.go, glossary_command.go  what a site's people have translated, and its words
//	site.go, agent.go, engines.go, translate.go, check.go, version.go  one command each; site_translating.go how a site's lines are translated
//	faults.go    what goes wrong on a machine, in sentences
//
// It is the only package that knows all others.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // what was asked could not be done
	exitUsage  = 2 // what was asked makes no sense: flags, environment, configuration file
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends the program in good order; a second one, for the impatient, at once.
	context.AfterFunc(ctx, stop)
	m := Main{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Environ()}
	code := m.Run(ctx)
	stop()
	os.Exit(code)
}

const description = `Live chat in which a shop talks with every customer in the customer's own language. Without a command it serves.

Every flag is also an environment variable (--admin-listen is DRAGOMAN_ADMIN_LISTEN) and a key of the file that --config names ` +
	"(admin-listen)."

// Main is one run of the program. It touches nothing of the process but what its fields name (and files), so that tests run the
// real program, many at a time.
type Main struct {
	// Args are the arguments without the program's name, Env is as os.Environ gives it.
	Args, Env []string
	Stdin     io.Reader
	// Stdout gets results, Stderr the rest.
	Stdout, Stderr io.Writer
	// Started, if set, is called once a server takes connections, from the goroutine that serves.
	Started func(Addresses)
	// Kept, if set, are the compressed files of the front ends that other runs in this process have made.
	Kept *web.Kept
	// Balancer, if set, is waited for on the way down, and not the time, which it gets: until it returns the load balancer has not noticed.
	Balancer func(wait time.Duration)
}

// Addresses are where a server listens, as scheme://host:port.
type Addresses struct{ Public, Admin string }

// usageError is an error of the asker: the program ends with exitUsage.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Run runs the command that Args name until it is done or ctx ends, and returns the exit code.
func (m *Main) Run(ctx context.Context) int {
	values, err := newValues(m.Args, m.Env)
	if err != nil {
		return m.fail(usageError{err})
	}
	var c commands
	exited := false
	parser, err := kong.New(&c,
		kong.Name("dragoman"),
		kong.Description(description),
		kong.Writers(m.Stdout, m.Stderr),
		kong.Exit(func(int) { exited = true }), // only help ends early
		kong.Resolvers(values),
		kong.Vars{"limits": limitList(), "engines": engineList(), "soft": strconv.Itoa(chat.DefaultSoftPercent)},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		return m.fail(err)
	}
	parsed, err := parser.Parse(m.Args)
	if exited {
		return exitOK
	}
	if err != nil {
		return m.fail(usageError{values.explain(err)})
	}
	for _, name := range values.unknown {
		fmt.Fprintf(m.Stderr, "dragoman: warning: there is no setting %s; see dragoman serve --help\n", name)
	}
	log, err := c.logger(m.Stderr)
	if err != nil {
		return m.fail(err)
	}
	return m.fail(parsed.Run(&run{Main: m, ctx: ctx, log: log, common: c.common}))
}

// fail prints an error as one sentence and returns the exit code; nil is success.
func (m *Main) fail(err error) int {
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(m.Stderr, "dragoman: "+sentence(err))
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

// run is what a command gets to work with.
type run struct {
	*Main
	ctx context.Context
	log zerolog.Logger
	common
}

// printf writes to standard output: the result.
func (r *run) printf(format string, args ...any) { fmt.Fprintf(r.Stdout, format, args...) }

// notef writes a line to standard error: what a person wants to know beside the result.
func (r *run) notef(format string, args ...any) { fmt.Fprintf(r.Stderr, format+"\n", args...) }
