package main

import (
	"net/http"
	"time"

	"dragoman/internal/web"
)

// httpServer has the time-outs and sizes that keep one slow or rude client from costing others anything. There is no write
// time-out: sockets leave net/http, and answers are small.
func (s *server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          quietLog(s.log),
	}
}

// routes is everything that the public address answers.
func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range s.ownRoutes() {
		mux.Handle(pattern, h)
	}
	s.widget.Routes(mux)
	s.agent.Routes(mux)
	handler := s.front.Wrap(mux)
	if s.demo != nil {
		return s.demo.byHost(handler)
	}
	return handler
}

// ownRoutes are the public addresses that neither edge answers.
func (s *server) ownRoutes() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /healthz": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answerHealth(w, true) }),
		"GET /readyz":  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answerHealth(w, s.ready.Load()) }),
		"GET /{$}":     s.front.Handle(s.startPage),
	}
}

// answerHealth answers probes. Neither asks PostgreSQL or Redis: a fault that all nodes share must not make every node throw
// its sockets away.
func answerHealth(w http.ResponseWriter, ok bool) {
	web.Policy{}.Apply(w.Header())
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if !ok {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("no\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
