// Package process runs the real program as a child process, for tests and benchmarks that must be able to kill it.
package process

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"dragoman/internal/backing"
)

// raceFlags are those of `make test`, so that what it has compiled is compiled once. Two packages of others are left alone: the SQLite that was
// translated from C, where the detector finds nothing of ours and would take three quarters of the time of the tests, and the hashing of passwords.
var raceFlags = []string{"-race", "-gcflags=modernc.org/...=-race=false -d=checkptr=0", "-gcflags=golang.org/x/crypto/argon2=-race=false -d=checkptr=0"}

// Build compiles the program into folder and returns its path. race builds it with the race detector; tags are build tags.
func Build(ctx context.Context, folder string, race bool, tags ...string) (string, error) {
	binary := filepath.Join(folder, strings.Join(append([]string{"dragoman"}, tags...), "-"))
	args := []string{"build", "-o", binary}
	if race {
		args = append(args, raceFlags...)
	}
	if len(tags) > 0 {
		args = append(args, "-tags", strings.Join(tags, ","))
	}
	out, err := exec.CommandContext(ctx, "go", append(args, "dragoman/cmd/dragoman")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("cannot build the program: %w\n%s", err, out)
	}
	return binary, nil
}

// Program is the program with a data folder of its own.
type Program struct {
	Binary string
	Data   string
	// Database is an address for --database, for every command that does not name one; empty: the file in Data.
	Database string
	// Env are variables that the program gets beside those of this process, each like NAME=VALUE.
	Env []string
	// Log gets what the server writes to standard error; nil: nowhere. The last lines are kept for Tail in any case.
	Log io.Writer

	mu   sync.Mutex // guards what follows
	tail []string
	// ports stay the Program's own after their servers have ended: the next one may listen in the same place.
	ports []*backing.Port
}

// Server is one run of serve.
type Server struct {
	// URL is like http://127.0.0.1:40123, Admin likewise.
	URL, Admin string
	// Began is when the process was started, Took how long it was until it took connections.
	Began time.Time
	Took  time.Duration

	cmd    *exec.Cmd
	done   chan struct{}
	err    error
	killed atomic.Bool
}

// startTime is how long a server may take to start; a build with the race detector on a busy machine needs its time.
const startTime = 60 * time.Second

// Serve starts a server with these arguments and waits until it takes connections. Without --listen it takes a free port, which nobody else in the tests
// is given as long as the Program is there.
func (p *Program) Serve(args ...string) (*Server, error) {
	all := append([]string{"serve", "--log", "json", "--drain-wait", "0s", "--admin-listen", "127.0.0.1:0"}, p.place(args)...)
	if !has(args, "--listen") {
		address, err := p.address()
		if err != nil {
			return nil, err
		}
		all = append(all, "--listen", address)
	}
	cmd := exec.Command(p.Binary, append(all, args...)...)
	cmd.SysProcAttr = childOfOurs()
	cmd.Env = append(append(os.Environ(), "GORACE=halt_on_error=1 exitcode=66"), p.Env...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	s := &Server{cmd: cmd, done: make(chan struct{}), Began: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	serving := make(chan struct{})
	go func() {
		defer close(s.done)
		p.read(stderr, s, serving)
		s.err = cmd.Wait()
	}()
	select {
	case <-serving:
		s.Took = time.Since(s.Began)
		return s, nil
	case <-s.done:
		return nil, fmt.Errorf("the server ended at once: %w\n%s", s.err, p.Tail())
	case <-time.After(startTime):
		s.Kill()
		return nil, fmt.Errorf("the server did not start within %s\n%s", startTime, p.Tail())
	}
}

// address takes one more port for good.
func (p *Program) address() (string, error) {
	port, err := backing.TakePort()
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ports = append(p.ports, port)
	return port.Address(), nil
}

// place is the flags that say where the data is, unless args name a database.
func (p *Program) place(args []string) []string {
	if p.Database == "" || has(args, "--database") {
		return []string{"--data", p.Data}
	}
	return []string{"--data", p.Data, "--database", p.Database}
}

func has(args []string, flag string) bool {
	for _, a := range args {
		if a == flag || strings.HasPrefix(a, flag+"=") {
			return true
		}
	}
	return false
}

// read follows the server's log until it ends, and finds the line that says where it listens.
func (p *Program) read(stderr io.Reader, s *Server, serving chan struct{}) {
	lines := bufio.NewReader(stderr)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			p.mu.Lock()
			p.tail = append(p.tail, line)
			if len(p.tail) > 40 {
				p.tail = p.tail[20:]
			}
			p.mu.Unlock()
			if p.Log != nil {
				_, _ = io.WriteString(p.Log, line)
			}
			var entry struct{ Message, Public, Admin string }
			if s.URL == "" && json.Unmarshal([]byte(line), &entry) == nil && entry.Message == "serving" {
				s.URL, s.Admin = entry.Public, entry.Admin
				close(serving)
			}
		}
		if err != nil {
			return
		}
	}
}

// Tail returns the last lines that servers of this program have logged.
func (p *Program) Tail() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.tail, "")
}

// PID is the process id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Address is host:port, fit for --listen of the next server in the same place.
func (s *Server) Address() string { return strings.TrimPrefix(s.URL, "http://") }

// Kill ends the server with SIGKILL, as a crash of the machine's kernel would.
func (s *Server) Kill() {
	s.killed.Store(true)
	_ = s.cmd.Process.Kill()
	<-s.done
}

// Stop asks the server to end in good order, and returns an error if it did not. One that was killed has ended as it was meant to.
func (s *Server) Stop() error {
	if s.killed.Load() {
		return nil
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
		return s.err
	case <-time.After(startTime):
		s.Kill()
		return errors.New("the server did not end after SIGTERM")
	}
}

// Signal sends the process a signal, such as SIGSTOP; one that has ended gets none.
func (s *Server) Signal(sig syscall.Signal) error { return s.cmd.Process.Signal(sig) }

// Done is closed when the process has ended.
func (s *Server) Done() <-chan struct{} { return s.done }

// Memory returns the resident memory in bytes.
func (s *Server) Memory() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("no VmRSS in /proc")
}

// Command runs a command of the program on the same data and returns its standard output.
func (p *Program) Command(ctx context.Context, stdin string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, p.Binary, append(args, p.place(args)...)...)
	cmd.Env = append(os.Environ(), p.Env...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("dragoman %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return out, nil
}

// AddSite adds a shop and returns its key.
func (p *Program) AddSite(ctx context.Context, name, language, origin string) (string, error) {
	out, err := p.Command(ctx, "", "site", "add", name, "--language", language, "--origin", origin, "--json")
	if err != nil {
		return "", err
	}
	var site struct{ Key string }
	if err := json.Unmarshal(out, &site); err != nil || site.Key == "" {
		return "", fmt.Errorf("site add --json printed no key: %s", out)
	}
	return site.Key, nil
}

// Password is that of every agent that AddAgent makes.
const Password = "correct horse battery staple"

// AddAgent adds an agent of all sites, or of those named, and returns the mail address.
func (p *Program) AddAgent(ctx context.Context, name string, languages []string, sites ...string) (string, error) {
	email := strings.ToLower(name) + "@example.com"
	args := []string{"agent", "add", email, "--name", name}
	for _, l := range languages {
		args = append(args, "--language", l)
	}
	for _, s := range sites {
		args = append(args, "--site", s)
	}
	_, err := p.Command(ctx, Password+"\n", args...)
	return email, err
}
