package web

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
)

// Options say how this server is reached.
type Options struct {
	// PublicURL is the origin under which browsers reach it, such as https://chat.example. Empty: scheme and host of each
	// request, as far as they can be believed.
	PublicURL string
	// Proxies are believed about the client's address and about scheme and host of the request.
	Proxies Proxies
	// Answered, if set, is called after every request, with the route's pattern (empty: there is none) and the status: 101 for a socket,
	// when it has been taken over.
	Answered func(route string, status int, took time.Duration)
	Log      zerolog.Logger
}

// Front is the outside of the server: what stands before every handler.
type Front struct {
	public   Origin
	proxies  Proxies
	answered func(route string, status int, took time.Duration)
	log      zerolog.Logger
}

// New makes a Front. A PublicURL that is no origin is refused.
func New(o Options) (*Front, error) {
	f := &Front{proxies: o.Proxies, answered: o.Answered, log: o.Log}
	if o.PublicURL != "" {
		var err error
		if f.public, err = ParseOrigin(o.PublicURL); err != nil {
			return nil, fmt.Errorf("cannot use the public URL: %w", err)
		}
	}
	return f, nil
}

// Client returns the address that a request comes from; see Proxies.Client.
func (f *Front) Client(r *http.Request) netip.Addr { return f.proxies.Client(r) }

// WithClient returns a copy of r that comes from this address: who gets it knows no proxies.
func WithClient(r *http.Request, from netip.Addr) *http.Request {
	r = r.WithContext(r.Context())
	r.RemoteAddr = from.String()
	return r
}

// Own returns this server's own origin as the request's sender sees it. The zero Origin means that the request names no
// usable host.
func (f *Front) Own(r *http.Request) Origin {
	if f.public != (Origin{}) {
		return f.public
	}
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if len(f.proxies) > 0 && f.proxies.Trusts(parseHop(r.RemoteAddr)) {
		if p := r.Header.Get("X-Forwarded-Proto"); p == "http" || p == "https" {
			scheme = p
		}
		if h := r.Header.Get("X-Forwarded-Host"); h != "" {
			host = h
		}
	}
	o, err := ParseOrigin(scheme + "://" + host)
	if err != nil {
		return Origin{}
	}
	return o
}

// Secure tells whether browsers reach this server over TLS.
func (f *Front) Secure(r *http.Request) bool { return f.Own(r).Scheme == "https" }

// SameOrigin tells whether the request's Origin header is this server's own origin; a request without one is not.
func (f *Front) SameOrigin(r *http.Request) bool {
	o, err := ParseOrigin(r.Header.Get("Origin"))
	return err == nil && o == f.Own(r)
}

type traceKey struct{}

// Trace returns the trace id of the request that ctx belongs to.
func Trace(ctx context.Context) string {
	s, _ := ctx.Value(traceKey{}).(string)
	return s
}

// Wrap puts the Front before a mux: a trace id per request, the strictest Policy (routes loosen it), problems instead of the mux's own plain texts,
// panics as internal errors, and an access log. The log has neither query nor body nor headers, so nothing secret can get into it.
func (f *Front) Wrap(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		trace := newTrace()
		r = r.WithContext(context.WithValue(r.Context(), traceKey{}, trace))
		res := responseOf(w)
		Policy{}.Apply(w.Header())
		w.Header().Set("X-Request-Id", trace)
		if f.Secure(r) {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		_, pattern := mux.Handler(r)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				f.log.Error().Str("trace", trace).Str("route", pattern).Str("stack", string(debug.Stack())).Msg("handler panicked")
				if res.status == 0 {
					writeProblem(res, problemOf(chat.Errorf(chat.Internal, ""), trace))
				}
			}
			f.access(res, r, pattern, trace, time.Since(began))
		}()
		if pattern == "" {
			f.fail(res, r, noRoute(mux, res, r))
			return
		}
		mux.ServeHTTP(res, r)
	})
}

// noRoute asks the mux why it has no handler: not found, or another method (then Allow is set).
func noRoute(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) error {
	rec := &discard{header: http.Header{}}
	mux.ServeHTTP(rec, r)
	if rec.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", rec.header.Get("Allow"))
		return WithStatus(rec.status, chat.Errorf(chat.BadRequest, "This address does not know the method: use %s.", rec.header.Get("Allow")))
	}
	return chat.Errorf(chat.NotFound, "There is nothing at this address.")
}

func (f *Front) access(res *response, r *http.Request, pattern, trace string, took time.Duration) {
	if f.answered != nil {
		f.answered(pattern, res.status, took)
	}
	ev := f.log.Debug()
	if res.status >= 400 {
		ev = f.log.Info()
	}
	ev.Str("trace", trace).Str("method", r.Method).Str("route", pattern).Str("path", r.URL.Path).
		Int("status", res.status).Int64("bytes", res.bytes).Bool("gone", res.gone).Dur("took", took).
		Str("from", f.Client(r).String()).Msg("request")
}

func newTrace() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// response remembers what was answered.
type response struct {
	http.ResponseWriter
	status int
	bytes  int64
	gone   bool
}

func responseOf(w http.ResponseWriter) *response {
	if r, ok := w.(*response); ok {
		return r
	}
	return &response{ResponseWriter: w}
}

func (r *response) WriteHeader(status int) {
	if r.status == 0 || r.status < 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *response) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Hijack gives the connection away: sockets are not ours any more.
func (r *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(r.ResponseWriter).Hijack()
}

// Unwrap is for http.ResponseController.
func (r *response) Unwrap() http.ResponseWriter { return r.ResponseWriter }

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
