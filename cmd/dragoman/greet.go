package main

import (
	"net"
	"time"
)

// addresses are where the server listens, for logs and tests.
func (s *server) addresses() Addresses {
	a := Addresses{Public: s.tls.scheme() + "://" + dialable(s.public.Addr())}
	if s.admin != nil {
		a.Admin = "http://" + dialable(s.admin.Addr())
	}
	return a
}

// dialable turns the address of a listener into one that can be connected to from this machine.
func dialable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func (s *server) greet() {
	a := s.addresses()
	s.log.Info().Str("public", a.Public).Str("admin", a.Admin).Dur("took", time.Since(s.began)).Str("version", release).Msg("serving")
	if s.demo != nil {
		s.demo.greet()
	} else {
		s.greetEngines()
		s.greetFirst()
	}
	if s.Started != nil {
		s.Started(a)
	}
}

func (s *server) greetEngines() {
	found := false
	for _, st := range engineStates(s.ctx, s.engines) {
		if st.err == nil {
			s.log.Info().Str("engine", st.name).Str("pairs", st.offer).Msg("translates")
			found = true
		}
	}
	if !found {
		s.log.Warn().Msg(noEngine)
	}
}

// greetFirst tells who starts for the first time what to do next.
func (s *server) greetFirst() {
	sites, err := s.store.Sites(s.ctx)
	if err != nil {
		return
	}
	agents, err := s.store.Agents(s.ctx)
	if err != nil {
		return
	}
	if len(sites) == 0 {
		s.notef("\nThere is no site yet. Add one, and put the script tag that is printed on its pages:\n  dragoman site add \"My shop\" --origin https://shop.example.com --language en")
	}
	if len(agents) == 0 {
		s.notef("\nThere is no agent yet. Add one, who then logs in at %s/agent/:\n  dragoman agent add ana@example.com --name Ana --language en", s.set.base())
	}
}
