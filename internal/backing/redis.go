package backing

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

// redisPatience is how long a command may take on a machine that is busy with other tests.
const redisPatience = 30 * time.Second

// Redis is a Redis server that keeps nothing on disk.
type Redis struct {
	guarded
}

// StartRedis starts a server and waits until it answers.
func StartRedis() (*Redis, error) {
	r := &Redis{}
	if err := r.start(); err != nil {
		return nil, fmt.Errorf("Redis: %w", err)
	}
	return r, nil
}

func (r *Redis) start() error {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("%w; scripts/setup installs everything that the tests need", err)
	}
	if r.folder, err = os.MkdirTemp("", "dragoman-redis-"); err != nil {
		return err
	}
	if r.port, err = TakePort(); err != nil {
		return err
	}
	if err := r.guarded.start(account{}, binary, "--port", r.port.String(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.folder); err != nil {
		return err
	}
	return r.await(r.ping)
}

// Address is host:port.
func (r *Redis) Address() string { return r.port.Address() }

// URL is the address for --redis.
func (r *Redis) URL() string { return "redis://" + r.Address() }

// Crash ends the server without a word.
func (r *Redis) Crash() { r.end("KILL") }

// Restart runs a server again that has crashed, in the same place, and waits until it answers.
func (r *Redis) Restart() error {
	if err := r.run(); err != nil {
		return fmt.Errorf("Redis: %w", err)
	}
	return r.await(r.ping)
}

// Do sends a command whose answer is one line, such as "CLIENT KILL TYPE pubsub", and returns that line; it waits redisPatience at most.
func (r *Redis) Do(command string) (string, error) {
	c, err := net.DialTimeout("tcp", r.Address(), redisPatience)
	if err != nil {
		return "", err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(redisPatience))
	if _, err := io.WriteString(c, command+"\r\n"); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return "", err
	}
	if line = strings.TrimSpace(line); strings.HasPrefix(line, "-") {
		return line, fmt.Errorf("redis answers %q", line)
	}
	return line, nil
}

func (r *Redis) ping() error {
	line, err := r.Do("PING")
	if err == nil && line != "+PONG" {
		err = fmt.Errorf("it answers %q", line)
	}
	return err
}
