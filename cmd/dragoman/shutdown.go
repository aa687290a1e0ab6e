package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"dragoman/store"
)

const (
	// shutdownTime bounds the whole way down after the wait for the balancer; what still runs then is cut off. drainTime is the part of it
	// that sockets and requests have.
	shutdownTime = 25 * time.Second
	drainTime    = 18 * time.Second
	// drainWindow is the time over which sockets are told to come back: with thousands of them, the other nodes should not get
	// all handshakes in one second. drainWindowFew is for a server with few.
	drainWindow    = 10 * time.Second
	drainWindowFew = 500 * time.Millisecond
	fewSockets     = 100
	// schemaEvery is how often one looks whether a newer program has changed the database's schema.
	schemaEvery = 2 * time.Second
)

// errOverdue says that the way down took too long.
var errOverdue = errors.New("cannot end in good order: something did not end in time. Nothing that was acknowledged is lost")

// drainWait is how long the balancer has to notice that /readyz says no. Who is served all by himself, and a server that stands alone and has nobody
// to send elsewhere, need not wait for one.
func (s *server) drainWait() time.Duration {
	if s.set.Demo || s.set.Redis == "" && s.hub.Stats().Sessions == 0 {
		return 0
	}
	return s.set.DrainWait
}

func (s *server) awaitBalancer(wait time.Duration) {
	if s.Balancer != nil {
		s.Balancer(wait)
		return
	}
	time.Sleep(wait)
}

// shutdown takes the server out of the balancer, then asks every socket to come back elsewhere. New sockets and requests are served while the balancer has
// not noticed; after that nobody listens any more, and what is under way is finished.
func (s *server) shutdown(public, admin *http.Server) {
	s.ready.Store(false)
	sessions := s.hub.Stats().Sessions
	s.log.Info().Int("sessions", sessions).Msg("going down")
	if s.ctx.Err() != nil { // else something is broken, and time makes it no better
		s.awaitBalancer(s.drainWait())
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), drainTime)
	defer cancel()
	window := drainWindowFew
	if s.hub.Stats().Sessions > fewSockets {
		window = drainWindow
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		if err := public.Shutdown(ctx); err != nil {
			public.Close()
		}
	}()
	s.hub.Drain(ctx, window)
	<-stopped
	admin.Close()
}

// inTime waits for the end of everything, but after the end of ctx no longer than most: then it is errOverdue.
func inTime(ctx context.Context, ended <-chan error, most time.Duration) error {
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case err := <-ended:
		return err
	case <-late.C:
		return errOverdue
	}
}

// watchSchema ends the server when a newer program has changed the schema in a way that this one does not work with. It must not go on: what it
// writes may be wrong by the new rules.
func (s *server) watchSchema(ctx context.Context) error {
	t := time.NewTicker(schemaEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if err := s.store.CheckSchema(ctx); errors.Is(err, store.ErrOutdated) {
			s.log.Error().Err(err).Msg("this server is too old for its database: nothing is stored any more, and it ends")
			return err
		}
	}
}
