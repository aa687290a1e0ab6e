// Package backing starts the servers behind a node, for tests and benchmarks that need real ones: a PostgreSQL cluster and a Redis of
// one's own, each on a port of its own, in a temporary folder, gone with the process that started them.
package backing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"time"
)

// guarded is a server that a shell watches over. The shell ends the server and removes its folder as soon as the shell's standard input
// closes, and that the system does for us however this process ends. With the name of a signal on it, the shell sends the server that
// signal and leaves the folder, for the server to be run again. The methods are for one goroutine at a time.
type guarded struct {
	folder  string
	port    *Port // held while the server is down, too
	who     account
	command []string
	env     []string // beside this process's own
	shell   *exec.Cmd
	alive   io.WriteCloser
	log     bytes.Buffer
}

const guard = `trap "" INT HUP QUIT; folder=$1; shift; "$@" & word=$(cat)
if [ -n "$word" ]; then kill -"$word" $!; wait $!; else kill -INT $!; wait $!; rm -rf "$folder"; fi`

// start runs the server as the account, which must own the folder.
func (g *guarded) start(who account, server ...string) error {
	g.who, g.command = who, server
	return g.run()
}

// run runs the server, for the first time or again.
func (g *guarded) run() error {
	g.shell = exec.Command("sh", append([]string{"-c", guard, "guard", g.folder}, g.command...)...)
	g.who.apply(g.shell)
	g.shell.Env = append(os.Environ(), g.env...)
	g.shell.Stdout, g.shell.Stderr = &g.log, &g.log
	alive, err := g.shell.StdinPipe()
	if err != nil {
		return err
	}
	if err := g.shell.Start(); err != nil {
		return err
	}
	g.alive = alive
	return nil
}

// await waits until the server answers.
func (g *guarded) await(ping func() error) error {
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if err = ping(); err == nil {
			return nil
		}
		<-time.After(20 * time.Millisecond) // nothing tells when a server has begun to listen
	}
	g.Stop()
	return fmt.Errorf("it did not start: %w: %s", err, g.log.String())
}

// PID is the process id of the shell, whose only child is the server.
func (g *guarded) PID() int { return g.shell.Process.Pid }

// Stop ends the server and waits until its folder is gone. It may be called twice.
func (g *guarded) Stop() {
	g.end("")
	_ = os.RemoveAll(g.folder) // a server that was ended before has no guard any more
	g.port.GiveBack()
}

// end ends the server, if it runs, by this signal; without one for good.
func (g *guarded) end(signal string) {
	if g.alive == nil {
		return
	}
	_, _ = io.WriteString(g.alive, signal)
	_ = g.alive.Close()
	g.alive = nil
	_ = g.shell.Wait()
}

// account is a user to run a command as, or this process's own.
type account struct {
	set      bool
	uid, gid uint32
}

// owner gives the folder to the user who must run PostgreSQL, which refuses root.
func owner(folder string) (account, error) {
	if os.Getuid() != 0 {
		return account{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return account{}, errors.New("root cannot run it and there is no user postgres; scripts/setup installs everything that the tests need")
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return account{set: true, uid: uint32(uid), gid: uint32(gid)}, os.Chown(folder, int(uid), int(gid))
}
