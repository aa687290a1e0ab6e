package main

import (
	stdlog "log"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"
)

// adminRoutes is what the admin address answers: nothing that a visitor should ever reach. The command line is not among it: it may hold
// passwords.
func (s *server) adminRoutes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range s.watching() {
		mux.Handle(pattern, h)
	}
	if s.admin == nil {
		return mux // and nobody asks
	}
	if a, ok := s.admin.Addr().(*net.TCPAddr); ok && a.IP.IsLoopback() {
		return ownNamesOnly(mux)
	}
	return mux
}

// watching are the addresses for who runs the server.
func (s *server) watching() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /metrics":             promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}),
		"GET /debug/pprof/":        http.HandlerFunc(pprof.Index),
		"GET /debug/pprof/profile": http.HandlerFunc(pprof.Profile),
		"GET /debug/pprof/symbol":  http.HandlerFunc(pprof.Symbol),
		"GET /debug/pprof/trace":   http.HandlerFunc(pprof.Trace),
	}
}

// ownNamesOnly keeps web pages away from an address of this machine. Whoever owns a name can let it point here once a browser has his page
// (DNS rebinding), and the page then reads what it likes; but the browser still says that name.
func ownNamesOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if net.ParseIP(strings.Trim(host, "[]")) == nil && !strings.EqualFold(host, "localhost") {
			http.Error(w, "This address is for this machine: ask for it as localhost or 127.0.0.1.", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// quietLog takes what net/http says about single connections (a scanner's bad TLS handshake): of interest to who debugs only.
func quietLog(log zerolog.Logger) *stdlog.Logger {
	return stdlog.New(debugWriter{log}, "", 0)
}

type debugWriter struct{ log zerolog.Logger }

func (w debugWriter) Write(line []byte) (int, error) {
	w.log.Debug().Str("from", "net/http").Msg(string(trimNewline(line)))
	return len(line), nil
}

func trimNewline(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '\n' {
		b = b[:len(b)-1]
	}
	return b
}
