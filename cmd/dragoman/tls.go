package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// tlsSetup is how the public address speaks TLS; without config it does not, and a proxy may.
type tlsSetup struct {
	config *tls.Config
	auto   *automatic // nil unless --tls auto
}

// readTLS reads --tls: off, auto, or two files.
func (s *server) readTLS() (*tlsSetup, error) {
	a := s.set.address
	switch a.TLS {
	case "", "off":
		return &tlsSetup{}, nil
	case "auto":
		return s.automaticTLS()
	}
	certFile, keyFile, ok := strings.Cut(a.TLS, ",")
	if !ok {
		return nil, usagef("cannot use --tls %q: want off, auto, or two files as CERT,KEY", a.TLS)
	}
	files := &certificateFiles{cert: certFile, key: keyFile}
	if _, err := files.get(nil); err != nil {
		return nil, usagef("cannot use --tls: %w", err)
	}
	return &tlsSetup{config: &tls.Config{GetCertificate: files.get, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}}, nil
}

func (s *server) automaticTLS() (*tlsSetup, error) {
	u, err := url.Parse(s.set.PublicURL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return nil, usagef("--tls auto needs --public-url https://HOST: the certificate is made out to that name")
	}
	if s.set.Redis != "" {
		return nil, usagef("--tls auto is for a server that is alone, because the authority's challenge may come to any of several: let the balancer before them have the certificate, and say --tls off")
	}
	if d, err := url.Parse(s.set.ACMEDirectory); err != nil || d.Scheme != "https" || d.Host == "" {
		return nil, usagef("cannot use --acme-directory %q: want the address of an ACME directory, such as %s", s.set.ACMEDirectory, defaultDirectory)
	}
	roots, err := readRoots(s.set.ACMERoot)
	if err != nil {
		return nil, usageError{err}
	}
	return &tlsSetup{auto: &automatic{automaticOptions: automaticOptions{
		host: u.Hostname(), directory: s.set.ACMEDirectory, email: s.set.ACMEEmail, roots: roots,
		folder: filepath.Join(s.Data, "certificates"), log: s.log,
	}}}, nil
}

// defaultDirectory is Let's Encrypt's.
const defaultDirectory = "https://acme-v02.api.letsencrypt.org/directory"

// wrap makes a listener speak TLS, if that is wanted.
func (t *tlsSetup) wrap(l net.Listener) net.Listener {
	if t.auto != nil {
		t.auto.start(l.Addr())
		t.config = t.auto.config()
	}
	if t.config == nil {
		return l
	}
	return tls.NewListener(l, t.config)
}

func (t *tlsSetup) scheme() string {
	if t.config == nil && t.auto == nil {
		return "http"
	}
	return "https"
}

// lookAgain is how often certificate files are looked at: whoever renews them need not restart the server.
const lookAgain = 10 * time.Second

// certificateFiles is a certificate that may be renewed under us.
type certificateFiles struct {
	cert, key string

	mu      sync.Mutex // guards the rest
	current *tls.Certificate
	changed time.Time
	looked  time.Time
}

func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < lookAgain {
		return f.current, nil
	}
	f.looked = time.Now()
	info, err := os.Stat(f.cert)
	if err == nil && info.ModTime().Equal(f.changed) {
		return f.current, nil
	}
	if err == nil {
		var c tls.Certificate
		if c, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.current, f.changed = &c, info.ModTime()
		}
	}
	if f.current == nil {
		return nil, fmt.Errorf("cannot read the certificate: %w", err)
	}
	return f.current, nil // a renewal that is half written is read the next time
}
