package enginetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Asked is one request that a Server got.
type Asked struct {
	Method, Path string
	Header       http.Header
	Body         string
	// Socket is the client's address: the same for requests over the same connection.
	Socket string
	// Gone is closed when the client has closed the connection, or has the answer.
	Gone <-chan struct{}
}

// Answer is what a Server answers, faults included.
type Answer struct {
	Status int // zero means 200
	Header map[string]string
	Body   string
	// Reset hangs up without an answer. Half promises twice as much as it sends, and hangs up. Drip sends one byte, and
	// then nothing until the client goes.
	Reset, Half, Drip bool
}

// Server is a vendor's service as a script: a function from request to answer.
type Server struct {
	*httptest.Server

	mu    sync.Mutex // guards all below
	reply func(Asked) Answer
	asked []Asked
}

// NewServer starts a server that answers by the script.
func NewServer(t testing.TB, reply func(Asked) Answer) *Server {
	s := &Server{reply: reply}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

// Script changes what the server answers from now on.
func (s *Server) Script(reply func(Asked) Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply = reply
}

// Asked returns all requests until now whose path begins with prefix.
func (s *Server) Asked(prefix string) []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var some []Asked
	for _, a := range s.asked {
		if strings.HasPrefix(a.Path, prefix) {
			some = append(some, a)
		}
	}
	return some
}

// ServeHTTP answers by the script.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	asked := Asked{Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header, Body: string(body), Socket: r.RemoteAddr, Gone: r.Context().Done()}
	s.mu.Lock()
	s.asked = append(s.asked, asked)
	reply := s.reply
	s.mu.Unlock()
	a := reply(asked)
	if a.Reset {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	for k, v := range a.Header {
		w.Header().Set(k, v)
	}
	if a.Half {
		w.Header().Set("Content-Length", strconv.Itoa(2*len(a.Body)))
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	if a.Drip {
		a.Body = a.Body[:1]
	}
	_, _ = io.WriteString(w, a.Body)
	if a.Half {
		panic(http.ErrAbortHandler)
	}
	if a.Drip {
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(patience):
		}
	}
}
