package backing

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"
)

// Redis is a Redis server that keeps nothing on disk.
type Redis struct {
	guarded
	port string
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
	if r.port, err = freePort(); err != nil {
		return err
	}
	if err := r.guarded.start(account{}, binary, "--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.folder); err != nil {
		return err
	}
	return r.await(r.ping)
}

// Address is host:port.
func (r *Redis) Address() string { return "127.0.0.1:" + r.port }

// URL is the address for --redis.
func (r *Redis) URL() string { return "redis://" + r.Address() }

func (r *Redis) ping() error {
	c, err := net.DialTimeout("tcp", r.Address(), time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	if _, err := c.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && line != "+PONG\r\n" {
		err = fmt.Errorf("it answers %q", line)
	}
	return err
}
