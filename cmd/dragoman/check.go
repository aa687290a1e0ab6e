package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"dragoman/hub"
	"dragoman/store"
	"dragoman/translate"
)

// checkCommand takes what serve takes, so that the very same settings can be checked beforehand.
type checkCommand struct {
	address
	engineSettings
	serverSettings
}

// checkTime bounds what is asked over the network.
const checkTime = 15 * time.Second

// Run checks everything, and does not stop at the first fault.
func (c *checkCommand) Run(r *run) error {
	ctx, cancel := context.WithTimeout(r.ctx, checkTime)
	defer cancel()
	s := &server{run: r, set: &serveCommand{c.address, c.engineSettings, c.serverSettings}}
	faults := 0
	look := func(what string, check func() (string, error)) {
		found, err := check()
		if err != nil {
			faults++
			r.printf("fault  %-12s %s\n", what, sentence(err))
			return
		}
		r.printf("ok     %-12s %s\n", what, found)
	}
	look("settings", func() (string, error) { return "make sense together", s.check() })
	defer s.close()
	look("listen", func() (string, error) { return checkListen("listen", c.Listen) })
	if c.AdminListen != "" {
		look("admin-listen", func() (string, error) { return checkListen("admin-listen", c.AdminListen) })
	}
	look("data", func() (string, error) { return checkFolder(r.Data) })
	look("database", func() (string, error) { return checkDatabase(ctx, r) })
	look("uploads", func() (string, error) { return checkUploads(ctx, r, c.Redis) })
	if c.Redis != "" {
		look("redis", func() (string, error) { return checkRedis(ctx, r, c.Redis) })
	}
	look("engines", func() (string, error) { return checkEngines(ctx, r, c.engineSettings) })
	look("sites", func() (string, error) { return checkSites(r, c.engineSettings) })
	if faults > 0 {
		return fmt.Errorf("%d of the above must be put right before the server can run well", faults)
	}
	return nil
}

func checkListen(flag, address string) (string, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", listenError(flag, address, err)
	}
	defer l.Close()
	return l.Addr().String() + " is free", nil
}

// checkFolder writes and removes a file, which is the only honest way to know.
func checkFolder(folder string) (string, error) {
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		parent := filepath.Dir(absolute(folder))
		if _, err := os.Stat(parent); err != nil {
			return "", folderError(folder, err)
		}
		return absolute(folder) + " will be made", nil
	}
	f, err := os.CreateTemp(folder, ".check-")
	if err != nil {
		return "", folderError(folder, err)
	}
	f.Close()
	return absolute(folder) + " can be written to", os.Remove(f.Name())
}

func checkDatabase(ctx context.Context, r *run) (string, error) {
	path := r.databasePath()
	if !r.isPostgres() {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return absolute(path) + " will be made", nil
		}
	}
	s, err := store.Open(ctx, store.Options{Database: path, AllowUnsafe: r.AllowUnsafeDatabase, Log: r.log})
	if err != nil {
		return "", err
	}
	defer s.Close()
	sites, err := s.Sites(ctx)
	if err != nil {
		return "", err
	}
	agents, err := s.Agents(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s answers: %d sites, %d agents", s.Describe(), len(sites), len(agents)), nil
}

func checkEngines(ctx context.Context, r *run, c engineSettings) (string, error) {
	if names, err := c.names(); err != nil || len(names) == 0 {
		return "none: lines stay in the original", err
	}
	p, err := r.pipeline(c)
	if err != nil {
		return "", err
	}
	defer p.Close()
	good, trouble := "", ""
	for _, st := range p.Engines(ctx) {
		if st.Answers {
			good += fmt.Sprintf("%s answers, %s; ", st.Name, howMany(st))
			continue
		}
		if st.Found || len(c.Engine) > 0 {
			trouble += fmt.Sprintf("%s does not answer: %s; ", st.Name, st.Error)
		}
	}
	if trouble != "" {
		return "", errors.New(trim(trouble + good))
	}
	if good == "" {
		return noEngine, nil // chats work without, so this is no fault
	}
	return trim(good), nil
}

func trim(list string) string { return list[:len(list)-len("; ")] }

// howMany says how many directions of an engine are on.
func howMany(st translate.EngineStatus) string {
	if len(st.Sources) > 0 {
		return offered(nil, st.Sources, st.Targets)
	}
	n := 0
	for _, p := range st.Pairs {
		if !p.Off {
			n++
		}
	}
	return fmt.Sprintf("%d pairs", n)
}

// checkRedis has a broker do once what it will do all the time.
func checkRedis(ctx context.Context, r *run, address string) (string, error) {
	b, err := hub.NewRedis(address, r.log)
	if err != nil {
		return "", badRedis(err)
	}
	found, err := b.Check(ctx)
	if err != nil {
		return "", fmt.Errorf("cannot use Redis: %w", err)
	}
	return found, nil
}

// badRedis does not repeat the address, which may hold a password.
func badRedis(err error) error { return usagef("cannot use --redis: %s", sentence(err)) }
