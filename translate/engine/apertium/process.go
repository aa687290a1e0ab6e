package apertium

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// process is a mode's programs, running. One goroutine at a time may use it; kill may be called by anybody.
type process struct {
	in     *os.File
	out    *os.File
	read   *bufio.Reader
	cmds   []*exec.Cmd
	number uint64
	kill   func()
	waited sync.WaitGroup
}

var errDied = errors.New("a program of the pair has died")

// start runs the stages, each reading what the one before writes.
func start(stages []stage) (*process, error) {
	first, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &process{in: in}
	p.kill = sync.OnceFunc(p.killAll)
	for i, s := range stages {
		var next, out *os.File
		if next, out, err = os.Pipe(); err != nil {
			break
		}
		cmd := exec.Command(s.path, s.args...)
		cmd.Stdin, cmd.Stdout = first, out
		cmd.Env = environment()
		dieWithParent(cmd)
		err = cmd.Start()
		// The child has its own copies. Ours must go, or nobody would ever see an end of file.
		first.Close()
		out.Close()
		first = next
		if err != nil {
			err = fmt.Errorf("cannot start %s (program %d of %d): %w", s.path, i+1, len(stages), err)
			break
		}
		p.cmds = append(p.cmds, cmd)
	}
	p.out = first
	p.read = bufio.NewReader(first)
	// If one stage dies the others would wait for ever: they go with it.
	for _, cmd := range p.cmds {
		p.waited.Go(func() {
			_ = cmd.Wait() // how it ended does not matter, that it ended does
			p.kill()
		})
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// environment is what the programs need of ours, and nothing else: there may be keys in the rest.
func environment() []string {
	env := []string{"LC_ALL=C.UTF-8"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func (p *process) killAll() {
	for _, cmd := range p.cmds {
		_ = cmd.Process.Kill()
	}
}

// close kills the programs, waits for them, and frees the pipes.
func (p *process) close() {
	p.kill()
	p.waited.Wait()
	p.in.Close()
	p.out.Close()
}

// pids returns the programs' process ids, in order.
func (p *process) pids() []int {
	var ids []int
	for _, cmd := range p.cmds {
		ids = append(ids, cmd.Process.Pid)
	}
	return ids
}

// roundTrip sends one encoded line and reads until the NUL that ends its answer.
func (p *process) roundTrip(line string) (string, error) {
	if strings.IndexByte(line, 0) >= 0 {
		return "", errors.New("the line has a NUL in it")
	}
	if _, err := io.WriteString(p.in, line+"\x00"); err != nil {
		return "", errDied
	}
	answer, err := p.read.ReadString(0)
	if err != nil {
		return "", errDied
	}
	return answer[:len(answer)-1], nil
}
